"""Long lists in memory: filtered, taken over, sieved, and a table of 20,000 rows scrolled.

Each beside what cannot be spared: a plain loop that looks for a text in as many rows, or a frame of
16.7 ms. The tests count the rows that are looked at; here is how long that takes.

Run it with ``python -m tests.bench.bench_lists``.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtWidgets import QApplication

from medrec.chain.audit import next_head
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, ChainHead, Digest, TxHash, address_word
from medrec.models.admin.audit import AuditModel, Seen
from medrec.models.chart import ChartModel, TimelineFilter, TimelineModel
from medrec.models.patient.activity import ActivityFilter, ActivityModel, FilteredActivity
from medrec.models.rows import LoadState
from medrec.services.activity import ActivityRow, Kind, kind_of
from medrec.services.ledger import Ledger, LedgerRow, Sieve
from medrec.views.common.fonts import load_fonts
from medrec.views.common.lists import TableView
from medrec.views.common.theme import apply_theme
from medrec.workers.loop import WindowLoop
from tests.bench.table import show
from tests.support.charts import PATIENT, QuietSession, chart, record

RUNS = 5
FEW, MANY, MOST = 10_000, 20_000, 50_000
START = ChainHead(bytes(27))
FRAME = 1000 / 60


def main() -> None:
    """Print both tables."""
    app = QApplication(["medrec"])
    load_fonts()
    apply_theme(app)
    with WindowLoop(app):
        _tables(app)


def _tables(app: QApplication) -> None:
    texts = [f"record {number}" for number in range(MOST)]
    table = []
    for name, number, work in (_timeline(), _activity(), _one_more(), _audit()):
        ours = statistics.median(_timed(work) for _ in range(RUNS))
        plain = statistics.median(_timed(partial(_looked, texts[:number])) for _ in range(RUNS))
        table.append([name, f"{number:,}", f"{ours:,.1f}", f"{plain:,.1f}"])
    show(["a list", "rows", "ms", "a plain loop, ms"], table)
    print()
    _scrolled(app)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _looked(texts: Sequence[str]) -> list[str]:
    return [text for text in texts if "123" in text]


Work = tuple[str, int, Callable[[], object]]


def _timeline() -> Work:
    """Switch a filter on and off: the whole list goes, and comes."""
    read = ChartModel(QuietSession(), PATIENT)
    read.chart = chart([record(number) for number in range(1, FEW + 1)])
    read.state = LoadState.READY
    model = TimelineModel(read)
    wanted = [TimelineFilter(text="record 123"), TimelineFilter()]

    def switch() -> None:
        wanted.reverse()
        model.set_filter(wanted[0])

    return "a timeline filtered", FEW, switch


def _entries(number: int) -> list[ActivityRow]:
    actions = (Action.RECORD_CREATED, Action.CONSULTED)
    return [
        ActivityRow(n, 1_700_000_000 + n, n, PATIENT, actions[n % 2], kind_of(actions[n % 2]))
        for n in range(number, 0, -1)
    ]


def _activity() -> Work:
    model = ActivityModel(QuietSession())
    shown = FilteredActivity(model, model)
    model.set_rows(_entries(FEW))
    shown.rowCount()
    wanted = [ActivityFilter(kind=Kind.LOOK), ActivityFilter()]

    def switch() -> None:
        wanted.reverse()
        shown.set_filter(wanted[0])
        shown.rowCount()

    return "activity filtered", FEW, switch


def _one_more() -> Work:
    model = ActivityModel(QuietSession())
    both = [_entries(FEW), _entries(FEW + 1)]
    model.set_rows(both[0])

    def switch() -> None:
        both.reverse()
        model.set_rows(both[0])

    return "one more entry, or less", FEW, switch


def _row(number: int) -> LedgerRow:
    who = Address("0x" + f"{number % 97:040x}")
    entry = AuditEntry(
        subject=who,
        actor=Address("0x" + f"{number % 31:040x}"),
        ref=address_word(who),
        meta_word=(Action.CONSULTED << 184) | (1_700_000_000 + number << 144),
        digest=Digest(bytes(32)),
        head=START,
        block=number,
        log_index=0,
        transaction=TxHash(number.to_bytes(32, "big")),
    )
    return LedgerRow(number, 0, replace(entry, head=next_head(START, entry)))


def _audit() -> Work:
    sieve = Sieve(text="0x2a", first=1_700_001_000)
    rows = list(map(_row, range(1, MOST + 1)))
    return "an audit sieved", MOST, lambda: [row for row in rows if sieve.takes(row)]


def _scrolled(app: QApplication) -> None:
    rows = tuple(map(_row, range(MANY, 0, -1)))
    chains = {row.entry.subject: (row,) for row in rows}
    model = AuditModel(QuietSession())
    table = TableView()
    table.setModel(model)
    table.resize(1000, 700)
    table.show()
    book = Ledger(rows[::-1], chains, dict.fromkeys(chains, START), {})
    begun = time.perf_counter()
    model._take(Seen(book, {}, rows))
    app.processEvents()
    taken = (time.perf_counter() - begun) * 1000
    bar, viewport = table.verticalScrollBar(), table.viewport()
    assert bar is not None
    assert viewport is not None
    times = []
    for step in range(200):
        bar.setValue(bar.maximum() * step // 199)
        times.append(_timed(viewport.repaint))
    times.sort()
    show(
        [f"an audit of {MANY:,}", "ms", "a frame, ms"],
        [
            ["shown", f"{taken:,.1f}", f"{FRAME:,.1f}"],
            ["a repaint, median", f"{statistics.median(times):,.1f}", f"{FRAME:,.1f}"],
            ["a repaint, 99 %", f"{times[len(times) * 99 // 100]:,.1f}", f"{FRAME:,.1f}"],
        ],
    )


if __name__ == "__main__":
    main()
