"""Accounts: secrets are shown once, and before anything else can go wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from medrec import app
from medrec.cli import account, session
from medrec.cli.main import run
from medrec.store.keyring import NoKeyring


@dataclass
class Funded:
    """As much of a network as `account new` asks for."""

    funded: bool = True


def test_the_words_are_shown_before_the_network_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("MEDREC_PASSWORD", "correct horse battery")
    monkeypatch.setattr(account, "load_network", lambda _: Funded())
    monkeypatch.setattr(app, "fund_address", stopped)
    assert run(["--home", str(tmp_path), "--json", "account", "new", "ada", "--show-secrets"]) == 1
    shown = capsys.readouterr()
    assert len(json.loads(shown.out)["words"].split()) == 24
    assert json.loads(shown.err)["code"] == "Stopped"


def test_without_a_terminal_nothing_is_made_whose_secrets_would_be_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(tmp_path), "account", "new", "ada"]) == 1
    assert "shown only once" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", ".", "../ada", "a/b", "a\nb", "ada\x1b[2J", "x" * 65, "é"])
def test_a_name_that_could_leave_the_folder_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDREC_PASSWORD", "correct horse battery")
    home = tmp_path / "home"
    assert run(["--home", str(home), "account", "new", "--show-secrets", "--", name]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.rstrip("\n").isprintable()
    assert list(tmp_path.rglob("*.vault")) == []


class DrawerKeyring:
    """A keyring that keeps keys in a drawer."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def recall(self, name: str) -> str | None:
        return self.kept.get(name)

    def remember(self, name: str, key: str) -> None:
        self.kept[name] = key

    def forget(self, name: str) -> None:
        self.kept.pop(name, None)


def test_a_remembered_key_opens_the_account_until_it_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawer = DrawerKeyring()
    monkeypatch.setattr(account, "keyring_of", lambda _: drawer)
    monkeypatch.setattr(session, "keyring_of", lambda _: drawer)
    monkeypatch.setenv("MEDREC_PASSWORD", "correct horse battery")
    home = ["--home", str(tmp_path), "--json", "account"]
    assert run([*home, "new", "ada", "--show-secrets"]) == 0
    key = json.loads(capsys.readouterr().out)["key"]
    monkeypatch.setenv("MEDREC_KEY", "AAAA-AAAA")
    assert run([*home, "remember", "ada"]) == 1
    assert drawer.kept == {}
    monkeypatch.setenv("MEDREC_KEY", key)
    assert run([*home, "remember", "ada"]) == 0
    monkeypatch.delenv("MEDREC_KEY")
    assert run([*home, "export", "ada", "--keystore", str(tmp_path / "one.json")]) == 0
    assert run([*home, "forget", "ada"]) == 0
    capsys.readouterr()
    assert run([*home, "export", "ada", "--keystore", str(tmp_path / "two.json")]) == 1
    assert json.loads(capsys.readouterr().err)["code"] == "SecretNeeded"
    assert not (tmp_path / "two.json").exists()


def test_a_system_without_a_keyring_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(account, "keyring_of", lambda _: NoKeyring())
    monkeypatch.setenv("MEDREC_PASSWORD", "correct horse battery")
    home = ["--home", str(tmp_path), "--json", "account"]
    assert run([*home, "new", "ada", "--show-secrets"]) == 0
    monkeypatch.setenv("MEDREC_KEY", json.loads(capsys.readouterr().out)["key"])
    assert run([*home, "remember", "ada"]) == 1
    assert json.loads(capsys.readouterr().err)["code"] == "NoKeyringHere"
