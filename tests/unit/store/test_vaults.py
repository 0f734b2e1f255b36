"""The folder of vaults: names, modes, and writes that are whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from medrec.domain.ports import VaultFiles
from medrec.errors import AccountExists, BadAccountName, FileUnreadable, NoSuchAccount, VaultDamaged
from medrec.store.vaults import VaultFolder
from tests.support.local_data import DOCTOR, PATIENT, some_bytes

VAULT = some_bytes("vault", 600)
BAD_NAMES = [
    "", ".", "..", ".hidden", "../escape", "a/b", "a\\b", "/etc/passwd", "a b", "a\n", "\n", "é",
    "a" * 65, "a\x00b", "nul:", "Ａ",
]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def vaults(home: Path) -> VaultFiles:
    return VaultFolder(home)


def test_a_new_home_has_no_accounts_and_is_not_made_by_looking(
    home: Path, vaults: VaultFiles
) -> None:
    assert vaults.names() == []
    with pytest.raises(NoSuchAccount):
        vaults.read("alice")
    with pytest.raises(NoSuchAccount):
        vaults.describe("alice")
    assert not home.exists()


def test_what_was_created_is_read_back(vaults: VaultFiles) -> None:
    vaults.create("zoe", VAULT, PATIENT)
    vaults.create("Dr.Smith-2_b", b"", DOCTOR)
    assert vaults.names() == ["Dr.Smith-2_b", "zoe"]
    assert vaults.read("zoe") == VAULT
    assert vaults.read("Dr.Smith-2_b") == b""
    assert vaults.describe("zoe") == PATIENT
    assert vaults.describe("Dr.Smith-2_b") == DOCTOR


def test_files_are_the_users_alone_whatever_the_umask(home: Path, vaults: VaultFiles) -> None:
    old = os.umask(0)
    try:
        vaults.create("alice", VAULT, PATIENT)
        vaults.replace("alice", VAULT[::-1])
    finally:
        os.umask(old)
    folder = home / "accounts"
    assert {f.name: f.stat().st_mode & 0o777 for f in folder.iterdir()} == {
        "alice.vault": 0o600,
        "alice.json": 0o600,
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    assert home.stat().st_mode & 0o777 == 0o700


def test_an_account_is_never_overwritten(home: Path, vaults: VaultFiles) -> None:
    vaults.create("alice", VAULT, PATIENT)
    for name in ("alice", "Alice"):
        with pytest.raises(AccountExists):
            vaults.create(name, b"another", DOCTOR)
    assert vaults.read("alice") == VAULT
    assert vaults.describe("alice") == PATIENT
    assert len(list((home / "accounts").iterdir())) == 2


def test_two_that_create_at_once_do_not_overwrite_each_other(
    vaults: VaultFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    vaults.create("alice", VAULT, PATIENT)
    # As if the other had come between our look at the names and our writing.
    monkeypatch.setattr(VaultFolder, "names", lambda self: [])
    with pytest.raises(AccountExists):
        vaults.create("alice", b"another", DOCTOR)
    assert vaults.read("alice") == VAULT


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_no_files_name_is_refused(home: Path, vaults: VaultFiles, name: str) -> None:
    with pytest.raises(BadAccountName):
        vaults.create(name, VAULT, PATIENT)
    for act in (vaults.read, vaults.describe, lambda n: vaults.replace(n, VAULT)):
        with pytest.raises(BadAccountName):
            act(name)
    assert not home.exists()


def test_a_vault_is_replaced_whole(home: Path, vaults: VaultFiles) -> None:
    vaults.create("alice", VAULT, PATIENT)
    vaults.replace("alice", b"new")
    assert vaults.read("alice") == b"new"
    assert vaults.describe("alice") == PATIENT
    assert len(list((home / "accounts").iterdir())) == 2
    with pytest.raises(NoSuchAccount):
        vaults.replace("bob", VAULT)
    assert vaults.names() == ["alice"]


def test_a_full_disk_leaves_the_old_vault(
    home: Path, vaults: VaultFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    vaults.create("alice", VAULT, PATIENT)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileUnreadable, match="No space"):
        vaults.replace("alice", b"new")
    with pytest.raises(FileUnreadable, match="No space"):
        vaults.create("bob", VAULT, DOCTOR)
    monkeypatch.undo()
    assert vaults.read("alice") == VAULT
    assert vaults.names() == ["alice"]
    assert sorted(f.name for f in (home / "accounts").iterdir()) == ["alice.json", "alice.vault"]


def test_other_files_are_not_accounts(home: Path, vaults: VaultFiles) -> None:
    vaults.create("alice", VAULT, PATIENT)
    folder = home / "accounts"
    for name in (".alice.vault.1234", "notes.txt", "bad name.vault", ".vault"):
        (folder / name).write_bytes(b"x")
    assert vaults.names() == ["alice"]


def test_a_folder_in_a_vaults_place_is_no_account(home: Path, vaults: VaultFiles) -> None:
    (home / "accounts" / "alice.vault").mkdir(parents=True)
    assert vaults.names() == []
    with pytest.raises(NoSuchAccount):
        vaults.read("alice")
    with pytest.raises(AccountExists):
        vaults.create("alice", VAULT, PATIENT)


def test_a_file_far_too_large_is_not_read(home: Path, vaults: VaultFiles) -> None:
    vaults.create("alice", VAULT, PATIENT)
    with (home / "accounts" / "alice.vault").open("r+b") as file:
        file.truncate(1 << 34)
    with pytest.raises(VaultDamaged):
        vaults.read("alice")


@pytest.mark.parametrize(
    "facts",
    [b"", b"{", b"[]", b"\xff", b'{"name": "alice"}', b'{"address": 5}', b'{"address": "0x12"}'],
)
def test_facts_that_are_not_ours_are_no_address(
    home: Path, vaults: VaultFiles, facts: bytes
) -> None:
    vaults.create("alice", VAULT, PATIENT)
    path = home / "accounts" / "alice.json"
    assert json.loads(path.read_bytes()) == {"name": "alice", "address": PATIENT}
    path.write_bytes(facts)
    assert vaults.describe("alice") is None
    path.unlink()
    assert vaults.describe("alice") is None
    assert vaults.read("alice") == VAULT


def test_a_vault_that_waits_takes_the_accounts_place(home: Path, vaults: VaultFiles) -> None:
    vaults.create("zoe", VAULT, PATIENT)
    assert vaults.staged("zoe") is None
    vaults.promote("zoe")
    vaults.unstage("zoe")
    assert vaults.read("zoe") == VAULT
    vaults.stage("zoe", b"next")
    assert vaults.names() == ["zoe"], "what waits is no account of its own"
    assert (vaults.read("zoe"), vaults.staged("zoe")) == (VAULT, b"next")
    vaults.unstage("zoe")
    assert vaults.staged("zoe") is None
    vaults.stage("zoe", b"other")
    assert (home / "accounts" / "zoe.vault.next").stat().st_mode & 0o777 == 0o600
    vaults.promote("zoe")
    assert (vaults.read("zoe"), vaults.staged("zoe")) == (b"other", None)
    assert vaults.describe("zoe") == PATIENT
    for act in (vaults.staged, vaults.promote, vaults.unstage):
        with pytest.raises(NoSuchAccount):
            act("nobody")
    with pytest.raises(NoSuchAccount):
        vaults.stage("nobody", b"next")


def test_the_label_is_what_the_person_chose(home: Path, vaults: VaultFiles) -> None:
    vaults.create("amina-haddad", VAULT, PATIENT, "Amina Haddad")
    vaults.create("zoe", VAULT, DOCTOR)
    assert vaults.label("amina-haddad") == "Amina Haddad"
    assert vaults.label("zoe") == "zoe"
    for label in ("", "a\nb", "x" * 61, 3):
        facts = json.dumps({"label": label})
        (home / "accounts" / "zoe.json").write_text(facts)
        assert vaults.label("zoe") == "zoe"
    with pytest.raises(NoSuchAccount):
        vaults.label("nobody")
