"""Gaps of a 5 ms timer in the real main window, at rest and while it works; JSON on the last line.

Run by `bench_window` in a process of its own: ``python -m tests.bench.window_gaps HOME``.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QApplication

from medrec.app import Place
from medrec.app.desktop import warm_up
from medrec.app.pauses import collect_seldom, spare_pauses
from medrec.domain.categories import Category
from medrec.services.devnet import Devnet
from medrec.services.sources import attachment, in_memory
from medrec.services.writing import Draft, add_record
from medrec.views.common.fonts import load_fonts
from medrec.views.common.theme import apply_theme
from medrec.workers.jobs import Ended
from medrec.workers.loop import WindowLoop
from tests.bench.bench_window import TRANSACTIONS, UPLOAD
from tests.screenshots.camera import Camera

REST = 5.0
PATIENT = "okafor"


class Gaps:
    """The times between the ticks of a timer that wants to tick every 5 ms."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin anew."""
        self.times, self._last = [], time.perf_counter()
        self._timer.start(5)

    def stop(self) -> dict[str, float]:
        """Median, 99th percentile and maximum in milliseconds, and how many there were."""
        self._timer.stop()
        return figures(self.times)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.times.append((now - self._last) * 1000)
        self._last = now


def figures(times: Sequence[float]) -> dict[str, float]:
    """What a table shows of some gaps."""
    ordered = sorted(times)
    return {
        "p50": statistics.median(ordered),
        "p99": ordered[int(len(ordered) * 0.99)],
        "max": ordered[-1],
        "n": f"{len(ordered):,}",  # type: ignore[dict-item]
    }


def main() -> None:
    """Measure."""
    home = Path(sys.argv[1])
    collect_seldom()
    app = QApplication(["medrec"])
    load_fonts()
    apply_theme(app)
    with WindowLoop(app) as loop:
        found = loop.run_until_complete(_measure(app, Place(home, Devnet(home).network_file)))
    print(json.dumps(found))


async def _measure(app: QApplication, place: Place) -> dict[str, object]:
    camera, gaps = Camera(app, place), Gaps()
    spare_pauses(camera.desktop)
    await camera.open()
    await asyncio.to_thread(warm_up)
    await camera.sign_in(PATIENT)
    gaps.start()
    await asyncio.sleep(REST)
    rest = gaps.stop()
    with tempfile.TemporaryDirectory() as folder:
        # Written before: the file is not the program's work.
        large = Path(folder) / "large.bin"
        large.write_bytes(secrets.token_bytes(UPLOAD))
        begun = time.perf_counter()
        gaps.start()
        await _work(camera, large)
        work = gaps.stop()
        seconds = time.perf_counter() - begun
    await camera.close()
    return {
        "at rest": rest,
        "at work": work,
        "transactions": TRANSACTIONS,
        "bytes": UPLOAD,
        "seconds": seconds,
    }


async def _work(camera: Camera, large: Path) -> None:
    """99 small records and one of 100 MiB, as a person would start them: all at once."""
    session = camera.desktop.session
    assert session is not None
    me, context = session.me, session.context
    drafts = [Draft(Category.DOCUMENTS, "Large", (attachment(large),))]
    drafts += [
        Draft(Category.NOTES, f"Note {n}", (in_memory("note.txt", "text/plain", b"Well."),))
        for n in range(TRANSACTIONS - 1)
    ]
    handles = [
        session.start(draft.title, partial(add_record, context, me, draft)) for draft in drafts
    ]
    for handle in handles:
        ended = await handle.wait()
        assert ended is Ended.DONE, f"{handle.title}: {handle.error!r}"


if __name__ == "__main__":
    main()
