"""The keyring is a convenience: it remembers, or it remembers nothing, and it never fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked

from medrec.domain.ports import Keyring
from medrec.store.keyring import NoKeyring, OsKeyring
from tests.support.keyring_backend import MemoryBackend


class PlainTextBackend(MemoryBackend):
    """A backend that writes keys where everybody reads them, and says so by its priority."""

    priority = 0.5


class BrokenBackend(KeyringBackend):
    """A locked keyring, or one whose service is gone."""

    priority = 5

    def __init__(self, error: Exception) -> None:
        self._error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self._error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self._error

    def delete_password(self, service: str, username: str) -> None:
        raise self._error


@pytest.fixture(autouse=True)
def _own_backend() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_a_key_is_remembered_and_forgotten(tmp_path: Path) -> None:
    backend = MemoryBackend()
    keyring.set_keyring(backend)
    ours: Keyring = OsKeyring(tmp_path)
    assert ours.recall("alice") is None
    ours.remember("alice", "ABCD-EFGH")
    ours.remember("bob", "0000-0000")
    assert OsKeyring(tmp_path).recall("alice") == "ABCD-EFGH"
    ours.remember("alice", "JKMN-PQRS")
    assert ours.recall("alice") == "JKMN-PQRS"
    ours.forget("alice")
    ours.forget("alice")
    assert ours.recall("alice") is None
    assert list(backend.kept.values()) == ["0000-0000"]
    assert ours.exists()


def test_homes_are_apart(tmp_path: Path) -> None:
    keyring.set_keyring(MemoryBackend())
    OsKeyring(tmp_path / "a").remember("alice", "ABCD-EFGH")
    assert OsKeyring(tmp_path / "b").recall("alice") is None


@pytest.mark.parametrize(
    "error", [KeyringLocked("locked"), OSError("no bus"), RuntimeError("D-Bus"), KeyError("x")]
)
def test_a_keyring_that_does_not_answer_is_nothing_remembered(
    tmp_path: Path, error: Exception
) -> None:
    keyring.set_keyring(BrokenBackend(error))
    ours = OsKeyring(tmp_path)
    ours.remember("alice", "ABCD-EFGH")
    assert ours.recall("alice") is None
    ours.forget("alice")


@pytest.mark.parametrize("kind", [fail.Keyring, null.Keyring, PlainTextBackend])
def test_a_backend_that_does_not_protect_is_not_used(
    tmp_path: Path, kind: type[KeyringBackend]
) -> None:
    backend = kind()
    keyring.set_keyring(backend)
    ours = OsKeyring(tmp_path)
    ours.remember("alice", "ABCD-EFGH")
    assert ours.recall("alice") is None
    assert not ours.exists()
    assert getattr(backend, "kept", {}) == {}


def test_a_backend_that_does_not_load_is_nothing_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> KeyringBackend:
        raise ImportError("no such backend")

    monkeypatch.setattr(keyring, "get_keyring", broken)
    ours = OsKeyring(tmp_path)
    ours.remember("alice", "ABCD-EFGH")
    assert ours.recall("alice") is None


def test_no_keyring_remembers_nothing() -> None:
    ours: Keyring = NoKeyring()
    assert not ours.exists()
    ours.remember("alice", "ABCD-EFGH")
    assert ours.recall("alice") is None
    ours.forget("alice")
