"""Files looked at in a process of its own: the same is found, and the process never outlives us."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from medrec.clinical.apart import CHECK, LOOK, Apart, ApartLost
from medrec.clinical.look import Step, look
from medrec.errors import InputRefused, NotFhir, NotJson

DATA = Path(__file__).parents[2] / "data" / "fhir"
FILES = sorted(DATA.rglob("*.json"))
HEAVY = b'{"resourceType": "Bundle", "type": "collection", "entry": [%s]}' % b",".join(
    [b'{"resource": {"resourceType": "Patient", "name": [{"family": "Lovelace"}]}}'] * 20_000
)


def all_of(child: Apart) -> list[Step]:
    found = []
    try:
        while (some := child.steps()) is not None:
            found += some
    finally:
        child.close()
    return found


def here(name: str, data: bytes) -> list[Step] | tuple[type, dict[str, object]]:
    try:
        return list(look(name, data))
    except InputRefused as refusal:
        return type(refusal), refusal.facts


def there(name: str, data: bytes) -> list[Step] | tuple[type, dict[str, object]]:
    try:
        return all_of(Apart(LOOK, name, data))
    except InputRefused as refusal:
        return type(refusal), refusal.facts


def runs(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pid: int) -> bool:
    for _ in range(500):
        if not runs(pid):
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def heavy() -> Iterator[Apart]:
    child = Apart(LOOK, "heavy.json", HEAVY)
    yield child
    child.close()


@pytest.mark.parametrize("path", FILES[:: max(1, len(FILES) // 8)], ids=lambda path: path.stem)
def test_the_same_is_found(path: Path) -> None:
    data = path.read_bytes()
    assert there(path.name, data) == here(path.name, data)


@pytest.mark.parametrize(
    ("data", "error"),
    [(b'{"resourceType": ', NotJson), (b'{"a": 1, "a": 2}', NotFhir), (b"[1, 2]", NotFhir)],
)
def test_a_refusal_is_ours_with_its_facts(data: bytes, error: type[InputRefused]) -> None:
    found = there("cut.json", data)
    assert isinstance(found, tuple)
    assert found[0] is error
    assert found == here("cut.json", data)


def test_a_check_says_nothing_of_what_may_be_saved() -> None:
    assert all_of(Apart(CHECK, "a.json", b'{"resourceType": "Patient"}')) == []
    with pytest.raises(NotFhir, match="gender"):
        all_of(Apart(CHECK, "a.json", b'{"resourceType": "Patient", "gender": "x"}'))


def test_nothing_of_the_file_stands_on_the_command_line(heavy: Apart) -> None:
    assert heavy.steps()
    words = Path(f"/proc/{heavy.pid}/cmdline").read_bytes().split(b"\0")
    assert words[1:] == [b"-P", b"-m", b"medrec.clinical.apart", b""]


def test_it_ends_when_it_is_told_to(heavy: Apart) -> None:
    assert heavy.steps()
    assert heavy.pid is not None
    heavy.end()
    assert gone(heavy.pid)
    with pytest.raises(ApartLost):
        all_of(heavy)


def test_what_was_ended_before_it_began_never_begins() -> None:
    child = Apart(LOOK, "heavy.json", HEAVY)
    child.end()
    with pytest.raises(ApartLost):
        child.steps()
    assert child.pid is None


def test_a_process_that_dies_is_lost_not_ended(heavy: Apart) -> None:
    assert heavy.steps()
    assert heavy.pid is not None
    os.kill(heavy.pid, signal.SIGKILL)
    with pytest.raises(ApartLost):
        all_of(heavy)


def test_in_a_bundle_there_is_no_python_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(ApartLost):
        Apart(LOOK, "heavy.json", HEAVY).steps()


def test_it_gives_up_when_nobody_waits_any_more() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "medrec.clinical.apart"],
        input=json.dumps([CHECK, "heavy.json", len(HEAVY)]).encode() + b"\n" + HEAVY,
        stdout=subprocess.PIPE,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, b"")


def test_it_ends_with_the_program() -> None:
    program = """
from tests.unit.clinical.test_apart import HEAVY, LOOK, Apart
child = Apart(LOOK, "heavy.json", HEAVY)
child.steps()
print(child.pid, flush=True)
input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as ours:
        assert ours.stdout is not None
        pid = int(ours.stdout.readline())
        assert runs(pid)
        ours.kill()
    assert gone(pid)
