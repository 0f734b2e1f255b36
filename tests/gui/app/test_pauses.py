"""The garbage collector while an account is open, and when it is closed."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QObject, pyqtSignal
from pytestqt.qtbot import QtBot

from medrec.app import pauses


class Door(QObject):
    """What is told of a desktop: somebody came, somebody left."""

    entered = pyqtSignal()
    left = pyqtSignal()


class Knot:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def door(qtbot: QtBot) -> Iterator[Door]:
    made = Door()
    yield made
    gc.unfreeze()


def old(thing: object) -> bool:
    """Whether a full collection would look at it."""
    return any(held is thing for held in gc.get_objects())


def test_nothing_is_looked_at_while_the_program_loads() -> None:
    before = gc.isenabled()
    try:
        gc.enable()
        pauses.load_unlooked()
        assert not gc.isenabled()
        here = [Knot()]
        pauses.loaded()
        assert gc.isenabled()
        assert not old(here)
    finally:
        gc.unfreeze()
        (gc.enable if before else gc.disable)()


def test_what_lives_at_sign_in_is_set_apart(door: Door) -> None:
    here = [Knot()]
    pauses.spare_pauses(door)  # type: ignore[arg-type]
    assert old(here)
    door.entered.emit()
    assert not old(here)


def test_what_comes_later_is_set_apart_and_garbage_is_not(door: Door) -> None:
    apart = pauses.spare_pauses(door)  # type: ignore[arg-type]
    door.entered.emit()
    assert apart._timer.isActive()
    here, gone = [Knot()], Knot()
    ghost = weakref.ref(gone)
    assert old(here)
    del gone
    apart._timer.timeout.emit()
    assert not old(here)
    assert ghost() is None


def test_who_leaves_takes_everything_along(door: Door) -> None:
    apart = pauses.spare_pauses(door)  # type: ignore[arg-type]
    here = Knot()
    ghost = weakref.ref(here)
    door.entered.emit()
    del here
    apart.settle()
    assert ghost() is not None, "what was set apart is not looked at"
    door.left.emit()
    assert ghost() is None
    assert not apart._timer.isActive()


def test_an_account_that_is_open_for_days_keeps_no_garbage_without_end(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses, "MOST", 1000)
    apart = pauses.spare_pauses(door)  # type: ignore[arg-type]
    door.entered.emit()
    here = Knot()
    ghost = weakref.ref(here)
    apart.settle()
    del here
    many = [Knot() for _ in range(2000)]
    apart.settle()
    assert ghost() is not None
    apart.settle()
    assert ghost() is None
    assert len(many) == 2000
