"""The one place where errors become sentences: exit status, JSON, no trace."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from medrec.cli.main import root, run
from medrec.errors import MedRecError, NoSuchAttachment


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the program fail with an error, whatever it is asked for."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(root, "main", fail)


@pytest.mark.parametrize("arguments", [[], ["demo"]])
def test_without_a_display_the_desktop_says_what_there_is_instead(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert run(arguments) == 1
    assert "make demo" in capsys.readouterr().err


def test_a_display_that_nobody_serves_is_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setenv("DISPLAY", ":7391")
    assert run([]) == 1
    assert "no display" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--json", "bogus"], ["record", "add", "--json"]])
def test_wrong_usage_is_told_in_json(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert json.loads(shown.err)["code"] == "Usage"


@pytest.mark.parametrize("place", [["--json", "account", "list"], ["account", "list", "--json"]])
def test_options_stand_before_or_after_the_verb(
    place: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(tmp_path / "a home"), *place]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_refusal_cannot_drive_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, NoSuchAttachment(name="x", known="\x1b]0;owned\x07 b\u202e"))
    assert run(["status"]) == 1
    told = capsys.readouterr().err
    assert told.rstrip("\n").isprintable()
    assert "owned" in told


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), click.exceptions.Abort()])
def test_a_stop_is_one_sentence_in_json_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stop: BaseException
) -> None:
    failing(monkeypatch, stop)
    assert run(["status", "--json"]) == 1
    assert json.loads(capsys.readouterr().err)["code"] == "Stopped"


def test_our_own_mistake_leaves_a_trace_without_values(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDREC_HOME", str(tmp_path))
    failing(monkeypatch, ValueError("password hunter2"))
    assert run(["status"]) == 1
    log = (tmp_path / "medrec.log").read_text(encoding="utf-8")
    assert "ValueError" in log
    assert "hunter2" not in log + capsys.readouterr().err
    assert (tmp_path / "medrec.log").stat().st_mode & 0o077 == 0


def test_a_home_that_is_a_file_gives_a_sentence_and_no_trace(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "file"
    home.write_bytes(b"")
    monkeypatch.setenv("MEDREC_HOME", str(home))
    assert run(["account", "list"]) == 1
    assert "is not a folder" in capsys.readouterr().err
    failing(monkeypatch, ValueError())
    assert run(["status"]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_disk_that_refuses_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, OSError(28, "No space left on device", "/data/db"))
    assert run(["status"]) == 1
    assert capsys.readouterr().err == "/data/db cannot be used: No space left on device.\n"


@pytest.mark.parametrize("job", ["0", "-1", str(1 << 63), "x"])
def test_what_cannot_be_a_job_is_wrong_usage(job: str) -> None:
    assert run(["outbox", "retry", "--", job]) == 2


def test_every_refusal_of_ours_ends_with_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, MedRecError())
    assert run(["status"]) == 1
