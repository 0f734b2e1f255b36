"""Rows that stay are the same rows for their views; what is read again is told row by row."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtTest import QAbstractItemModelTester

from medrec.errors import MedRecError, NodeDown
from medrec.models.rows import LoadState, RowsModel
from medrec.workers.jobs import JobHandle, Jobs


@dataclass(frozen=True)
class Row:
    key: int
    text: str = ""


class FakeSession(QObject):
    """The part of a session that a model of rows needs."""

    changed = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.jobs = Jobs(self)

    def start(self, title: str, work: Any, quiet: bool = False) -> JobHandle:
        return self.jobs.start(title, work, quiet=quiet)


class Rows(RowsModel[Row]):
    """What the test says is what there is."""

    def __init__(self) -> None:
        self.there: Sequence[Row] = ()
        self.wrong: Exception | None = None
        self.asked = 0
        super().__init__(FakeSession())  # type: ignore[arg-type]

    async def query(self) -> Sequence[Row]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.wrong is not None:
            raise self.wrong
        return self.there

    def key(self, row: Row) -> Hashable:
        return row.key

    def text(self, row: Row) -> str:
        return row.text


@pytest.fixture
def model(qapp: object) -> Rows:
    found = Rows()
    QAbstractItemModelTester(found, QAbstractItemModelTester.FailureReportingMode.Warning, found)
    return found


def signals(model: Rows) -> list[tuple[str, int, int]]:
    """What views are told from now on."""
    heard: list[tuple[str, int, int]] = []
    model.rowsInserted.connect(lambda _, a, b: heard.append(("inserted", a, b)))
    model.rowsRemoved.connect(lambda _, a, b: heard.append(("removed", a, b)))
    model.dataChanged.connect(lambda a, b: heard.append(("changed", a.row(), b.row())))
    model.modelReset.connect(lambda: heard.append(("reset", 0, 0)))
    return heard


def rows(*keys: int) -> list[Row]:
    return [Row(key, f"row {key}") for key in keys]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ((), (1,), [("inserted", 0, 0)]),
        ((1, 2, 3), (1, 3), [("removed", 1, 1)]),
        ((1, 3), (1, 2, 3, 4), [("inserted", 1, 1), ("inserted", 3, 3)]),
        ((1, 2, 3), (2, 4, 3), [("removed", 0, 0), ("inserted", 1, 1)]),
        ((1, 2), (2, 1), [("reset", 0, 0)]),
        ((1, 2), (1, 2), []),
        ((1,), (), [("removed", 0, 0)]),
    ],
)
def test_only_the_difference_is_told(
    model: Rows, before: tuple[int, ...], after: tuple[int, ...], told: list[Any]
):
    model.set_rows(rows(*before))
    heard = signals(model)
    model.set_rows(rows(*after))
    assert heard == told
    assert model.rows == rows(*after)


def test_a_row_that_changed_is_drawn_again_alone(model: Rows):
    model.set_rows(rows(*range(100)))
    heard = signals(model)
    new = rows(*range(100))
    new[40] = Row(40, "new words")
    model.set_rows(new)
    assert heard == [("changed", 40, 40)]
    assert model.data(model.index(40)) == "new words"
    assert model.row(model.index(40)) == Row(40, "new words")


def test_ten_thousand_new_rows_are_one_reset(model: Rows):
    heard = signals(model)
    model.set_rows(rows(*range(10_000)))
    assert heard == [("reset", 0, 0)]
    assert model.rowCount() == 10_000
    assert model.data(model.index(9_999)) == "row 9999"


async def test_states_loading_then_ready_or_empty(model: Rows):
    states = [model.state]
    model.stateChanged.connect(lambda: states.append(model.state))
    await model.reload().wait()
    model.there = rows(1)
    await model.reload().wait()
    assert states == [LoadState.LOADING, LoadState.EMPTY, LoadState.LOADING, LoadState.READY]


async def test_an_error_keeps_the_rows_and_its_sentence(model: Rows):
    model.there = rows(1, 2)
    await model.reload().wait()
    model.wrong = NodeDown(url="http://localhost", why="")
    await model.reload().wait()
    assert model.state is LoadState.FAILED
    assert isinstance(model.error, NodeDown)
    assert model.rows == rows(1, 2)
    model.wrong = None
    await model.reload().wait()
    assert model.state is LoadState.READY
    assert model.error is None


async def test_a_defect_is_an_error_too(model: Rows, caplog: pytest.LogCaptureFixture):
    model.wrong = ZeroDivisionError()
    await model.reload().wait()
    assert model.state is LoadState.FAILED
    assert type(model.error) is MedRecError
    caplog.clear()


async def test_a_confirmed_change_reads_again_once_however_often_it_is_told(model: Rows):
    session: Any = model.session
    session.changed.emit("0x1")
    assert model.asked == 0, "nobody looked at it yet"
    await model.reload().wait()
    for _ in range(5):
        session.changed.emit("0x1")
    for _ in range(20):
        await asyncio.sleep(0)
    assert model.asked == 3
