"""Where the program's own files lie: in a checkout at its top, in an installed wheel beside us."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def checkout_dir() -> Path | None:
    """The top of the source tree that this program runs from; None in an installed wheel."""
    runs_from_source = _PACKAGE.parent.name == "src" and (_CHECKOUT / "pyproject.toml").is_file()
    return _CHECKOUT if runs_from_source else None


def resources_dir() -> Path:
    """The folder of contract artifacts and everything else that the program shows or deploys."""
    return (checkout_dir() or _PACKAGE) / "resources"


def contracts_dir() -> Path:
    """The folder of <Name>.json artifacts: ABI, bytecode and the compiler's settings."""
    return resources_dir() / "contracts"


def migrations_dir() -> Path:
    """The folder of chain/ (numbered deployments) and local/ (the local database's schema)."""
    return (checkout_dir() or _PACKAGE) / "migrations"


def tools_dir() -> Path | None:
    """The folder of the programs that set-up brings (anvil, ipfs); None in an installed wheel."""
    checkout = checkout_dir()
    return checkout / "tools" if checkout else None
