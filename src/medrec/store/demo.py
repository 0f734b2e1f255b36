"""The invented people of a demo: home/demo.json, mode 0600, written by `medrec demo`.

    {"maria": {"label": "Maria Lopez", "role": "patient", "password": "...", "key": "XXXX-XXXX"}}

Keyed by the account's name; role is patient, doctor or administrator. They are real accounts on a
network of their own, whose secrets may be known because nobody behind them exists.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from medrec.domain.people import Role
from medrec.errors import FileUnreadable
from medrec.store.files import make_private_dir, write_over

ROLES = {"patient": Role.PATIENT, "doctor": Role.DOCTOR, "administrator": Role.ADMINISTRATOR}
_FIELDS = {"label", "role", "password", "key"}
_LARGEST = 1 << 20
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person's account."""

    label: str
    role: str
    password: str = field(repr=False)
    key: str = field(repr=False)


def read_demo(home: Path) -> Mapping[str, DemoPerson]:
    """The demo's people by account name; none where the file is missing, damaged or not private."""
    try:
        with _path(home).open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                return {}
            found = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: DemoPerson(**each) for name, each in found.items() if _fits(each)}


def write_demo(home: Path, people: Mapping[str, DemoPerson]) -> None:
    """Write the demo's people, whole or not at all.

    Raises:
        FileUnreadable.
    """
    path = _path(home)
    try:
        make_private_dir(home)
        found = {name: asdict(each) for name, each in people.items()}
        write_over(path, json.dumps(found, indent=1, ensure_ascii=False).encode())
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error


def _path(home: Path) -> Path:
    return home / "demo.json"


def _fits(each: object) -> bool:
    return (
        isinstance(each, dict)
        and set(each) == _FIELDS
        and all(isinstance(v, str) and 0 < len(v) <= _LONGEST for v in each.values())
        and each["role"] in ROLES
    )
