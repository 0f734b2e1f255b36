"""The demo's people and the desktop's settings: private, and never trusted further than needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medrec.errors import FileUnreadable
from medrec.store.demo import DemoPerson, read_demo, write_demo
from medrec.store.preferences import Preferences, read_preferences, write_preferences

MARIA = DemoPerson("Maria Lopez", "patient", "demo password", "K7QM-2TXD")


def test_the_demos_people_are_read_back(tmp_path: Path):
    home = tmp_path / "home"
    assert read_demo(home) == {}
    write_demo(home, {"maria": MARIA})
    assert read_demo(home) == {"maria": MARIA}
    assert (home / "demo.json").stat().st_mode & 0o777 == 0o600
    assert MARIA.password not in repr(MARIA)
    assert MARIA.key not in repr(MARIA)


def test_a_file_that_others_can_read_is_no_demos(tmp_path: Path):
    write_demo(tmp_path, {"maria": MARIA})
    (tmp_path / "demo.json").chmod(0o644)
    assert read_demo(tmp_path) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        json.dumps({"maria": 1}).encode(),
        json.dumps({"maria": {"label": "M", "role": "king", "password": "p", "key": "k"}}).encode(),
        json.dumps({"maria": {"label": "M", "role": "patient", "password": "p"}}).encode(),
        json.dumps(
            {"maria": {"label": "", "role": "patient", "password": "p", "key": "k"}}
        ).encode(),
    ],
)
def test_what_is_no_demos_file_holds_nobody(tmp_path: Path, content: bytes):
    path = tmp_path / "demo.json"
    path.touch(0o600)
    path.write_bytes(content)
    assert read_demo(tmp_path) == {}


def test_settings_are_kept_and_nonsense_is_the_usual(tmp_path: Path):
    home = tmp_path / "home"
    assert read_preferences(home) == Preferences() == Preferences(10, "system", False, "")
    chosen = Preferences(0, "dark", True, "maria")
    write_preferences(home, chosen)
    assert read_preferences(home) == chosen
    for content in (b"", b"[]", b"{" * 90_000):
        (home / "desktop.json").write_bytes(content)
        assert read_preferences(home) == Preferences()
    nonsense = {"lock_minutes": True, "theme": "pink", "less_motion": 1, "last_account": []}
    (home / "desktop.json").write_text(json.dumps(nonsense))
    assert read_preferences(home) == Preferences()


def test_a_folder_in_the_way_is_told(tmp_path: Path):
    (tmp_path / "desktop.json").mkdir()
    (tmp_path / "demo.json").mkdir()
    assert read_demo(tmp_path) == {}
    with pytest.raises(FileUnreadable):
        write_preferences(tmp_path, Preferences())
    with pytest.raises(FileUnreadable):
        write_demo(tmp_path, {"maria": MARIA})
