"""The screens: a timeline of 10,000 rows scrolled, and a Synthea bundle of 4 MB imported and shown.

- Scrolling: the time of a repaint while a timeline is scrolled from end to end, beside Qt's own
  list of as many lines of text. A frame has 16.7 ms.
- The bundle: real entries of the Synthea files until they are 4 MB, validated, read and shown, with
  the gaps of a 5 ms timer meanwhile; beside `json.loads` of the same bytes.

Run it with ``python -m tests.bench.bench_screens``.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtCore import QObject, QStringListModel, pyqtSignal
from PyQt6.QtWidgets import QApplication, QListView

from medrec.app.pauses import collect_seldom
from medrec.clinical.facts import facts_of
from medrec.clinical.reading import inspect_file
from medrec.domain.categories import Category
from medrec.models.rows import RowsModel
from medrec.models.timeline_row import TimelineRow
from medrec.services.looking import looked_at
from medrec.views.common.fhir.view import ResourceView
from medrec.views.common.fonts import load_fonts
from medrec.views.common.record.timeline import TimelineView
from medrec.views.common.theme import apply_theme
from medrec.workers.loop import WindowLoop
from tests.bench.table import show
from tests.bench.window_gaps import Gaps

ROWS = 10_000
STEPS = 400
SIZE = 4 << 20
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhir" / "synthea_r4"


class _Session(QObject):
    changed = pyqtSignal(str)


class _Rows(RowsModel[TimelineRow]):
    async def query(self) -> Sequence[TimelineRow]:
        return self.rows

    def key(self, row: TimelineRow) -> Hashable:
        return row.key

    def text(self, row: TimelineRow) -> str:
        return row.title


def main() -> None:
    """Print both tables."""
    collect_seldom()
    app = QApplication(["medrec"])
    load_fonts()
    apply_theme(app)
    _scrolling(app)
    print()
    if DATA.is_dir():
        with WindowLoop(app) as loop:
            loop.run_until_complete(_bundle())
    else:
        print("The Synthea files are not here: the bundle is not measured.")


def _scrolling(app: QApplication) -> None:
    model = _Rows(_Session())  # type: ignore[arg-type]
    kinds = list(Category)
    rows = [
        TimelineRow(n, kinds[n % len(kinds)], f"Record number {n}", "Dr. Lukas Meyer", n * 40_000)
        for n in range(ROWS, 0, -1)
    ]
    begun = time.perf_counter()
    model.set_rows(rows)
    ours = TimelineView()
    ours.setModel(model)
    ours.resize(700, 800)
    ours.show()
    app.processEvents()
    first = (time.perf_counter() - begun) * 1000
    _laid_out(app, ours)
    filled = (time.perf_counter() - begun) * 1000
    plain = QListView()
    plain.setModel(QStringListModel([row.title for row in rows]))
    plain.resize(700, 800)
    plain.show()
    _laid_out(app, plain)
    table = []
    for name, view in (("timeline", ours), ("QListView of text", plain)):
        times = _scrolled(view)
        ordered = sorted(times)
        figures = (statistics.median(ordered), ordered[int(len(ordered) * 0.99)], ordered[-1])
        table.append([name, *(f"{figure:,.1f}" for figure in figures)])
    show([f"{ROWS:,} rows, a repaint", "median ms", "99 % ms", "most ms"], table)
    print(f"first rows shown after {first:,.0f} ms, the last laid out after {filled:,.0f} ms")


def _laid_out(app: QApplication, view: QListView) -> None:
    """Wait until every row has its place: lists are laid out in batches."""
    app.processEvents()
    model, end = view.model(), time.perf_counter() + 30
    assert model is not None
    last = model.index(model.rowCount() - 1, 0)
    while not view.visualRect(last).isValid() and time.perf_counter() < end:
        app.processEvents()


def _scrolled(view: QListView) -> list[float]:
    bar, viewport = view.verticalScrollBar(), view.viewport()
    assert bar is not None
    assert viewport is not None
    times = []
    for step in range(STEPS):
        bar.setValue(bar.maximum() * step // STEPS)
        begun = time.perf_counter()
        viewport.repaint()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def _four_megabytes() -> bytes:
    entries: list[Any] = []
    size = 0
    for path in sorted(DATA.glob("*.json")):
        for entry in json.loads(path.read_bytes())["entry"]:
            entries.append(entry)
            size += len(json.dumps(entry))
            if size >= SIZE:
                found = {"resourceType": "Bundle", "type": "collection", "entry": entries}
                for each in entries:
                    each.pop("request", None)
                return json.dumps(found).encode()
    raise AssertionError("the Synthea files are smaller than they were")


async def _bundle() -> None:
    data = _four_megabytes()
    begun = time.perf_counter()
    json.loads(data)
    bare = (time.perf_counter() - begun) * 1000
    table = []
    gaps, view = Gaps(), ResourceView()
    view.resize(900, 800)
    view.show()
    shown = asyncio.Event()
    view.rendered.connect(shown.set)

    async def showing() -> None:
        view.show_bytes(data)
        await shown.wait()

    async def looked() -> None:
        async for _ in looked_at("bundle.json", data):
            continue

    steps: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        ("validated in a process of its own", looked),
        ("validated in a thread", lambda: asyncio.to_thread(inspect_file, "bundle.json", data)),
        ("facts read", lambda: asyncio.to_thread(facts_of, data)),
        ("shown", showing),
    ]
    for name, step in steps:
        begun = time.perf_counter()
        gaps.start()
        await step()
        found = gaps.stop()
        milliseconds = (time.perf_counter() - begun) * 1000
        table.append(
            [name, f"{milliseconds:,.0f}", f"{milliseconds / bare:,.0f}", f"{found['max']:,.0f}"]
        )
    head = f"a bundle of {len(data) / 2**20:.1f} MB"
    show([head, "ms", "times json.loads", "longest gap, ms"], table)


if __name__ == "__main__":
    main()
