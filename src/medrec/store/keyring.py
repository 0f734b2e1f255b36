"""Where the 8-character key may be remembered: the desktop's keyring, if there is one.

A keyring is a convenience: where it is missing, locked or broken, nothing is remembered and the
key is asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SERVICE = "MedRec"


class NoKeyring:
    """`medrec.domain.ports.Keyring` that remembers nothing."""

    def exists(self) -> bool:
        """No."""
        return False

    def recall(self, name: str) -> str | None:
        """Nothing."""
        return None

    def remember(self, name: str, key: str) -> None:
        """Remember nothing."""

    def forget(self, name: str) -> None:
        """There is nothing to forget."""


class OsKeyring:
    """`medrec.domain.ports.Keyring` in the system's keyring, apart for each home folder."""

    def __init__(self, home: Path) -> None:
        self._home = home.resolve()

    def exists(self) -> bool:
        """Whether the system has a keyring that is more than a file in plain text."""
        return _backend() is not None

    def recall(self, name: str) -> str | None:
        """The remembered key; None where there is none or the keyring does not answer."""
        backend = _backend()
        if backend is None:
            return None
        try:
            return backend.get_password(_SERVICE, self._user(name))
        except Exception:  # backends let D-Bus's, Windows' and macOS's own errors through
            return None

    def remember(self, name: str, key: str) -> None:
        """Remember a key, where the keyring takes it."""
        backend = _backend()
        if backend is None:
            return
        try:
            backend.set_password(_SERVICE, self._user(name), key)
        except Exception:  # as above; the key is then asked for again
            return

    def forget(self, name: str) -> None:
        """Forget a key."""
        backend = _backend()
        if backend is None:
            return
        try:
            backend.delete_password(_SERVICE, self._user(name))
        except Exception:  # as above; also raised where nothing was remembered
            return

    def _user(self, name: str) -> str:
        return f"{name} in {self._home}"


def _backend() -> KeyringBackend | None:
    """The system's keyring, unless it is none that protects what it holds."""
    try:
        import keyring

        backend = keyring.get_keyring()
        # Below 1 stand the null keyring, the failing one and files in plain text.
        return backend if backend.priority >= 1 else None
    except Exception:  # a broken backend may raise anything while it is loaded
        return None
