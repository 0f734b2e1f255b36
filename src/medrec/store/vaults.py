"""The accounts' vault files: home/accounts/NAME.vault, and beside it NAME.json.

NAME.json holds the account's address and its label, which is all that stands on the disk in clear.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from medrec.domain.ids import Address
from medrec.errors import AccountExists, BadAccountName, FileUnreadable, NoSuchAccount, VaultDamaged
from medrec.store.files import make_private_dir, sync_dir, write_new, write_over

_NAME = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9_-][A-Za-z0-9._-]*")
_LARGEST = 1 << 20
"""Bytes. A vault is far smaller; a larger file is not one, and is not read into memory."""


LONGEST_LABEL = 60
"""Characters."""


class VaultFolder:
    """`medrec.domain.ports.VaultFiles` in a folder that only the user can read."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "accounts"

    def names(self) -> list[str]:
        """The accounts' names, sorted."""
        if not self._folder.is_dir():
            return []
        found = (path.stem for path in self._folder.glob("*.vault") if path.is_file())
        return sorted(name for name in found if _NAME.fullmatch(name))

    def read(self, name: str) -> bytes:
        """The sealed vault.

        Raises:
            NoSuchAccount, BadAccountName, VaultDamaged, FileUnreadable.
        """
        return _read(self._existing(name))

    def create(self, name: str, vault: bytes, address: Address, label: str = "") -> None:
        """Write a new vault and the account's address and label.

        Raises:
            AccountExists, BadAccountName, FileUnreadable.
        """
        path = self._path(name)
        if any(name.casefold() == known.casefold() for known in self.names()):
            raise AccountExists(name=name)
        try:
            make_private_dir(self._folder)
            write_new(path, vault)
            # The vault alone makes the account: what a crash loses here is only a convenience.
            facts = {"name": name, "address": address, **({"label": label} if label else {})}
            write_over(self._facts(name), json.dumps(facts).encode())
        except FileExistsError as error:
            raise AccountExists(name=name) from error
        except OSError as error:
            raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error

    def describe(self, name: str) -> Address | None:
        """The address written at creation; None where the file is missing or not ours.

        Raises:
            NoSuchAccount, BadAccountName.
        """
        address = self._told(name).get("address")
        return Address(address) if isinstance(address, str) and _is_address(address) else None

    def label(self, name: str) -> str:
        """The label written at creation; the name where there is none.

        Raises:
            NoSuchAccount, BadAccountName.
        """
        label = self._told(name).get("label")
        fits = isinstance(label, str) and 0 < len(label) <= LONGEST_LABEL and label.isprintable()
        return str(label) if fits else name

    def replace(self, name: str, vault: bytes) -> None:
        """Replace a vault atomically.

        Raises:
            NoSuchAccount, BadAccountName, FileUnreadable.
        """
        _write(self._existing(name), vault)

    def stage(self, name: str, vault: bytes) -> None:
        """Lay a vault beside the account's own; one that waited already is replaced.

        Raises:
            NoSuchAccount, BadAccountName, FileUnreadable.
        """
        self._existing(name)
        _write(self._next(name), vault)

    def staged(self, name: str) -> bytes | None:
        """The vault that waits.

        Raises:
            NoSuchAccount, BadAccountName, VaultDamaged, FileUnreadable.
        """
        self._existing(name)
        path = self._next(name)
        return _read(path) if path.is_file() else None

    def promote(self, name: str) -> None:
        """Let the vault that waits take the account's place.

        Raises:
            NoSuchAccount, BadAccountName, FileUnreadable.
        """
        path, waiting = self._existing(name), self._next(name)
        if not waiting.is_file():
            return
        try:
            waiting.replace(path)
            sync_dir(self._folder)
        except OSError as error:
            raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error

    def unstage(self, name: str) -> None:
        """Drop the vault that waits.

        Raises:
            NoSuchAccount, BadAccountName, FileUnreadable.
        """
        self._existing(name)
        path = self._next(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error

    def _told(self, name: str) -> Mapping[str, object]:
        self._existing(name)
        try:
            facts = json.loads(self._facts(name).read_bytes()[:_LARGEST])
        except (OSError, ValueError, RecursionError):
            return {}
        return facts if isinstance(facts, dict) else {}

    def _existing(self, name: str) -> Path:
        path = self._path(name)
        if not path.is_file():
            raise NoSuchAccount(name=name)
        return path

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BadAccountName(name=name)
        return self._folder / f"{name}.vault"

    def _facts(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _next(self, name: str) -> Path:
        return self._folder / f"{name}.vault.next"


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            vault = file.read(_LARGEST + 1)
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error
    if len(vault) > _LARGEST:
        raise VaultDamaged(why="it is far too large.")
    return vault


def _write(path: Path, vault: bytes) -> None:
    try:
        write_over(path, vault)
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error


def _is_address(text: str) -> bool:
    return re.fullmatch(r"0x[0-9a-fA-F]{40}", text) is not None
