"""What a person set for the desktop on this computer: home/desktop.json. No secrets."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from medrec.errors import FileUnreadable
from medrec.store.files import make_private_dir, write_over

_LARGEST = 1 << 16
LONGEST_LOCK = 24 * 60


@dataclass(frozen=True, slots=True)
class Preferences:
    """The desktop's settings.

    ``lock_minutes`` is the idle time after which it locks (0: never); ``theme`` is ``system``,
    ``light``, ``dark`` or ``contrast``; ``last_account`` is chosen at sign-in.
    """

    lock_minutes: int = 10
    theme: str = "system"
    less_motion: bool = False
    last_account: str = ""


def read_preferences(home: Path) -> Preferences:
    """The settings; the usual one for each that is missing or cannot be used."""
    try:
        found = json.loads(_path(home).read_bytes()[:_LARGEST])
    except (OSError, ValueError, RecursionError):
        return Preferences()
    if not isinstance(found, dict):
        return Preferences()
    usual = Preferences()
    minutes = found.get("lock_minutes")
    theme = found.get("theme")
    last = found.get("last_account")
    return Preferences(
        minutes if type(minutes) is int and 0 <= minutes <= LONGEST_LOCK else usual.lock_minutes,
        theme if theme in ("system", "light", "dark", "contrast") else usual.theme,
        found.get("less_motion") is True,
        last if isinstance(last, str) else usual.last_account,
    )


def write_preferences(home: Path, preferences: Preferences) -> None:
    """Keep the settings.

    Raises:
        FileUnreadable.
    """
    path = _path(home)
    try:
        make_private_dir(home)
        write_over(path, json.dumps(asdict(preferences)).encode())
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error


def _path(home: Path) -> Path:
    return home / "desktop.json"
