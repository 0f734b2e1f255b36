"""Processes that outlive us, and are never taken for another with the same pid."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from medrec.ipfs.process import DetachedProcess, _started_by_ps

Start = Callable[..., DetachedProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    begun: list[DetachedProcess] = []

    def spawn(*command: str, **environment: str) -> DetachedProcess:
        process = DetachedProcess.spawn(command, environment, tmp_path, tmp_path / "log")
        begun.append(process)
        return process

    yield spawn
    for process in begun:
        process.stop(0)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_runs_until_it_is_stopped(start: Start) -> None:
    process = start("/bin/sleep", "60")
    assert process.running()
    process.stop(5)
    assert not process.running()
    process.stop(5)


def test_ends_by_itself(start: Start) -> None:
    process = start("/bin/sh", "-c", "exit 3")
    until(lambda: not process.running())


def test_one_that_will_not_end_is_ended(start: Start, tmp_path: Path) -> None:
    process = start("/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done")
    until(lambda: (tmp_path / "log").read_text() == "deaf\n")
    process.stop(0.2)
    assert not process.running()


def test_output_goes_to_a_new_private_log(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("what an earlier one said")
    log.chmod(0o644)
    start("/bin/sh", "-c", "echo out; echo err >&2; umask; pwd; touch made")
    until((tmp_path / "made").exists)
    assert log.read_text().split() == ["out", "err", "0077", str(tmp_path)]
    assert log.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o600


def test_sees_only_the_environment_that_it_is_given(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDREC_PASSWORD", "hunter2")
    start("/bin/sh", "-c", "/usr/bin/env; touch done", GIVEN="yes")
    until((tmp_path / "done").exists)
    said = (tmp_path / "log").read_text()
    assert "GIVEN=yes" in said
    assert "hunter2" not in said


def test_is_in_a_session_of_its_own(start: Start) -> None:
    process = start("/bin/sleep", "60")
    assert os.getsid(process.pid) == process.pid != os.getsid(0)


def test_a_later_process_with_the_same_pid_is_not_ours_to_stop(start: Start) -> None:
    process = start("/bin/sleep", "60")
    earlier = DetachedProcess(process.pid, "another start")
    assert not earlier.running()
    earlier.stop(1)
    assert process.running()


def test_without_a_start_it_is_not_running(start: Start) -> None:
    assert not DetachedProcess(start("/bin/sleep", "60").pid, "").running()


def test_is_found_again_through_its_file(start: Start, tmp_path: Path) -> None:
    process = start("/bin/sleep", "60")
    record = tmp_path / "pid"
    record.write_bytes(process.text())
    assert DetachedProcess.load(record) == process


@pytest.mark.parametrize("text", [None, "", "[]", "{", "7", '{"pid": 1}', '{"pid": "x"}'])
def test_a_file_that_says_nothing_names_no_process(tmp_path: Path, text: str | None) -> None:
    record = tmp_path / "pid"
    if text is not None:
        record.write_text(text)
    assert DetachedProcess.load(record) is None


def test_it_goes_on_when_the_one_who_started_it_ends(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "from medrec.ipfs.process import DetachedProcess;"
        "d = Path(sys.argv[1]);"
        "print(DetachedProcess.spawn(['/bin/sleep', '60'], {}, d, d / 'log').text().decode())"
    )
    said = subprocess.check_output(
        [sys.executable, "-X", "dev", "-W", "error", "-c", script, str(tmp_path)],
        stderr=subprocess.STDOUT,
    )
    process = DetachedProcess(**json.loads(said))
    assert process.running()
    os.kill(process.pid, signal.SIGKILL)
    until(lambda: not process.running())


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="no ps on this machine")
def test_where_there_is_no_proc_ps_tells_the_start(start: Start) -> None:
    process = start("/bin/sleep", "60")
    first = _started_by_ps(process.pid)
    assert first
    assert _started_by_ps(process.pid) == first
    process.stop(5)
    assert _started_by_ps(process.pid) is None
