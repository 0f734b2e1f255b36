"""Entry point: a command, or what to type where none is given."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    from medrec.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
