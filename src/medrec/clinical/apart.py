"""FHIR looked at in a process of its own: the models hold Python's lock for a tenth of a second.

The bytes of a file go through a pipe, and so do the answers, one JSON array a line: nothing of a
patient touches the disk or a command line. The process ends with its work, with `Apart.end`, and
with the program that started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, Any, cast

from medrec import errors
from medrec.clinical.look import Begun, Ended, Step, look
from medrec.clinical.reading import inspect_file
from medrec.domain.categories import Category
from medrec.domain.imports import EntryState, FilePerson, ImportEntry
from medrec.errors import InputRefused

SLICE = 0.05
"""Seconds of work between two lines."""

LOOK, CHECK = "look", "check"


class ApartLost(Exception):
    """The process did not come to its end; what it was to do is still to be done."""


class Apart:
    """One file in one process. Its methods block: call them in a thread, `end` excepted."""

    def __init__(self, work: str, name: str, data: bytes) -> None:
        self._head = json.dumps([work, name, len(data)]).encode() + b"\n"
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._ended = False

    @property
    def pid(self) -> int | None:
        """The number of the process, once it runs."""
        return self._process.pid if self._process is not None else None

    def steps(self) -> list[Step] | None:
        """What was found since the last call; None at the end.

        Raises:
            ApartLost.
            InputRefused: what the file is refused for, as in this process.
        """
        try:
            line = self._line()
        except (OSError, ValueError) as cause:
            raise ApartLost from cause
        if not line.endswith(b"\n"):
            raise ApartLost
        kind, *told = json.loads(line)
        if kind == "refused":
            raise _refusal(*told)
        return None if kind == "end" else [_step(*one) for one in told]

    def end(self) -> None:
        """Stop it, whatever it does; harmless when it has ended."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Stop it and give back what it held."""
        self.end()
        process = self._process
        if process is not None:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    # What was still to be written has no reader any more.
                    with suppress(OSError):
                        pipe.close()

    def _line(self) -> bytes:
        process = self._process or self._start()
        return cast("IO[bytes]", process.stdout).readline()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._ended or getattr(sys, "frozen", False):
                # A bundle's executable is the program itself, and no Python.
                raise ApartLost
            # What a trace would show of a patient is shown nowhere.
            self._process = process = subprocess.Popen(
                [sys.executable, "-P", "-m", "medrec.clinical.apart"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        # It stays open: its end tells the process that nobody waits any more.
        pipe = cast("IO[bytes]", process.stdin)
        pipe.write(self._head)
        pipe.write(self._data)
        pipe.flush()
        self._data = b""
        return process


def _refusal(code: str, facts: dict[str, Any]) -> InputRefused:
    found = getattr(errors, code, None)
    if isinstance(found, type) and issubclass(found, InputRefused):
        return found(**facts)
    raise ApartLost


def _packed(step: Step) -> list[Any]:
    if isinstance(step, Begun):
        return ["begun", step.total]
    if isinstance(step, Ended):
        people = [[person.name, person.birth_date] for person in step.people]
        return ["ended", step.resource_type, step.title, step.category, people]
    words = [step.type, step.title, step.detail, step.category, step.state, step.problems]
    return ["entry", step.index, *words]


def _step(kind: str, *told: Any) -> Step:
    if kind == "begun":
        return Begun(told[0])
    if kind == "ended":
        people = tuple(FilePerson(name, birth) for name, birth in told[3])
        return Ended(told[0], told[1], Category(told[2]), people)
    index, type_, title, detail, category, state, problems = told
    told_of = tuple((path, sentence) for path, sentence in problems)
    return ImportEntry(index, type_, title, detail, Category(category), EntryState(state), told_of)


def main() -> None:
    """What the process does: one file, from standard input."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    work, name, size = json.loads(source.readline())
    data = source.read(size)
    threading.Thread(target=_end_with, args=(source,), daemon=True).start()
    try:
        for some in _sliced(look(name, data) if work == LOOK else _checked(name, data)):
            _tell(out, ["some", *map(_packed, some)])
    except InputRefused as refusal:
        _tell(out, ["refused", refusal.code, refusal.facts])
    else:
        _tell(out, ["end"])


def _checked(name: str, data: bytes) -> Iterator[Step]:
    inspect_file(name, data)
    return iter(())


def _sliced(steps: Iterable[Step]) -> Iterator[list[Step]]:
    found: list[Step] = []
    due = time.monotonic()
    for step in steps:
        found.append(step)
        if time.monotonic() >= due:
            yield found
            found, due = [], time.monotonic() + SLICE
    yield found


def _tell(out: IO[bytes], line: list[Any]) -> None:
    out.write(json.dumps(line).encode() + b"\n")
    out.flush()


def _end_with(source: IO[bytes]) -> None:
    """Nobody writes more: when the pipe ends, the program that wanted to know has ended."""
    source.read(1)
    os._exit(1)


if __name__ == "__main__":
    main()
