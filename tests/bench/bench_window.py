"""The window: how soon it is there, and whether it stays alive while much goes on.

- First paint and ready: the real program at sign-in beside a bare PyQt6 window, both started anew,
  the median of some runs; and the processor's time until then, which says more on a busy machine.
  Aim: 0.3 s and 1.5 s.
- Gaps of a timer of 5 ms in the real main window while 100 transactions and an upload of 100 MiB
  run, beside the same window at rest. Aim: 16 ms at the 99th percentile, 50 ms at most.

Run it with ``python -m tests.bench.bench_window``; under Xvfb where there is one, else offscreen.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.compiled import compiled
from tests.bench.table import show

RUNS = 5
TRANSACTIONS = 100
UPLOAD = 100 << 20

BARE = """
import sys, time
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QWidget
app = QApplication([])
def seen():
    print(time.time(), time.process_time())
    app.quit()
class Window(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, seen)
window = Window()
window.resize(1280, 800)
window.show()
app.exec()
"""

OURS = """
import asyncio, sys, time
from pathlib import Path
from medrec.app import Place, desktop

show, make = desktop._show, desktop._desktop

def tell():
    print(time.time(), time.process_time(), flush=True)

async def showing(window, ended):
    window.painted.connect(tell)
    return await show(window, ended)

def making(*arguments):
    made = make(*arguments)
    start = made.start

    async def ready():
        while made._jobs.running:
            await asyncio.sleep(0.005)
        tell()
        made.quit()

    def started(preferences):
        start(preferences)
        made._later(ready())

    made.start = started
    return made

desktop._show, desktop._desktop = showing, making
desktop.run_desktop(Place(Path(sys.argv[1])))
"""


class Moment(NamedTuple):
    """Seconds since a process was started, and seconds of the processor that it had by then."""

    since: float
    used: float


def main() -> None:
    """Print both tables."""
    with _display():
        home = Path(tempfile.mkdtemp(prefix="medrec-bench-"))
        try:
            os.environ["MEDREC_HOME"] = str(home)
            asyncio.run(_network(home))
            _starts(home)
            figures = json.loads(
                subprocess.run(
                    [sys.executable, "-m", "tests.bench.window_gaps", str(home)],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout.splitlines()[-1]
            )
            _gaps(figures)
        finally:
            _down(home)
            shutil.rmtree(home, ignore_errors=True)


def _starts(home: Path) -> None:
    bare, ours = _started(BARE), _started(OURS, str(home))
    show(
        ["start of the window", "ms", "bare PyQt6", "aim", "processor ms", "bare PyQt6"],
        [
            _row("first paint", ours[0], bare[0], "300"),
            _row("ready at sign-in", ours[1], bare[0], "1,500"),
        ],
    )


def _row(name: str, ours: Moment, bare: Moment, aim: str) -> tuple[str, ...]:
    since, bare_since, used, bare_used = (
        f"{seconds * 1000:,.0f}" for seconds in (ours.since, bare.since, ours.used, bare.used)
    )
    return name, since, bare_since, aim, used, bare_used


def _started(program: str, *arguments: str) -> list[Moment]:
    """The median of some runs of each moment that a program prints."""
    command = [sys.executable, "-c", program, *arguments]
    with compiled() as env:
        _moments(command, env)
        runs = [_moments(command, env) for _ in range(RUNS)]
    return [
        Moment(*map(statistics.median, zip(*moments, strict=True)))
        for moments in zip(*runs, strict=True)
    ]


def _moments(command: list[str], env: Mapping[str, str]) -> list[Moment]:
    begun = time.time()
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=60)
    printed = [map(float, line.split()) for line in done.stdout.splitlines()]
    return [Moment(at - begun, used) for at, used in printed]


def _gaps(figures: dict[str, Any]) -> None:
    rows = [
        [name, *(f"{figures[name][key]:,.1f}" for key in ("p50", "p99", "max")), figures[name]["n"]]
        for name in ("at rest", "at work")
    ]
    print()
    show(["gaps of a 5 ms timer", "median ms", "99 % ms", "most ms", "ticks"], rows)
    print(
        f"{figures['transactions']} transactions and {figures['bytes'] / 2**20:,.0f} MiB in "
        f"{figures['seconds']:,.1f} s; aim: 16 ms at 99 %, 50 ms at most"
    )


async def _network(home: Path) -> None:
    from medrec.cli.demo_desktop import prepare

    await prepare(home, "kubo")


def _down(home: Path) -> None:
    from medrec.services.devnet import Devnet

    asyncio.run(Devnet(home).down())


@contextmanager
def _display() -> Iterator[None]:
    """A screen of our own where there is Xvfb, else none at all."""
    program = shutil.which("Xvfb")
    if program is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        yield
        return
    reads, writes = os.pipe()
    command = [
        program,
        "-displayfd",
        str(writes),
        "-screen",
        "0",
        "1600x1000x24",
        "-nolisten",
        "tcp",
    ]
    with subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL) as server:
        os.close(writes)
        with os.fdopen(reads) as answer:
            os.environ["DISPLAY"] = f":{answer.readline().strip()}"
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        try:
            yield
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
