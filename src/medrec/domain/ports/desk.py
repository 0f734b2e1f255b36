"""What stands on the person's own desk: clock, vault files, keyring, notices."""

from __future__ import annotations

from typing import Protocol

from medrec.domain.ids import Address


class Clock(Protocol):
    """The time, in Unix seconds."""

    def now(self) -> int:
        """The local clock's time."""
        ...


class VaultFiles(Protocol):
    """The sealed vaults on disk; bytes only, opened by medrec.crypto.vault."""

    def names(self) -> list[str]:
        """The accounts' names."""
        ...

    def read(self, name: str) -> bytes:
        """The sealed vault.

        Raises:
            NoSuchAccount.
        """
        ...

    def create(self, name: str, vault: bytes, address: Address, label: str = "") -> None:
        """Write a new vault, mode 0600, fsynced, and beside it address and label (no secret).

        Raises:
            AccountExists, BadAccountName.
        """
        ...

    def describe(self, name: str) -> Address | None:
        """The address written at creation; None where it is not known.

        Raises:
            NoSuchAccount.
        """
        ...

    def label(self, name: str) -> str:
        """What the person calls the account; its name where nothing else was chosen.

        Raises:
            NoSuchAccount.
        """
        ...

    def replace(self, name: str, vault: bytes) -> None:
        """Replace a vault atomically.

        Raises:
            NoSuchAccount.
        """
        ...

    def stage(self, name: str, vault: bytes) -> None:
        """Lay a vault beside the account's own, that is to take its place.

        Raises:
            NoSuchAccount.
        """
        ...

    def staged(self, name: str) -> bytes | None:
        """The vault that waits to take the account's place; None where none does.

        Raises:
            NoSuchAccount.
        """
        ...

    def promote(self, name: str) -> None:
        """Let the vault that waits take the account's place, atomically; harmless without one.

        Raises:
            NoSuchAccount.
        """
        ...

    def unstage(self, name: str) -> None:
        """Drop the vault that waits; harmless without one.

        Raises:
            NoSuchAccount.
        """
        ...


class Keyring(Protocol):
    """Where the 8-character key may be remembered (the OS keyring)."""

    def exists(self) -> bool:
        """Whether there is a keyring that protects what it holds."""
        ...

    def recall(self, name: str) -> str | None:
        """The remembered key."""
        ...

    def remember(self, name: str, key: str) -> None:
        """Remember a key."""
        ...

    def forget(self, name: str) -> None:
        """Forget a key."""
        ...


class Notifier(Protocol):
    """Hears what happens while a person waits."""

    def progress(self, sentence: str, done: int = 0, total: int = 0) -> None:
        """A stage has begun or moved; ``total`` 0 where it can't be counted."""
        ...

    def warn(self, sentence: str) -> None:
        """Something that a person should know though the work went on."""
        ...

    def changed(self, subject: Address, what: str) -> None:
        """A confirmed event changed something of the subject's (``what``: "access", "records")."""
        ...
