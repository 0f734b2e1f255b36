"""Entry point: a command, or the desktop where none is given."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    try:
        from medrec.cli.main import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        # Before or after the command itself, which says more.
        status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
