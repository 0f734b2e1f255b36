"""Idle time: noticed, counted by the wall's clock, and over when somebody is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QInputMethodEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit

from medrec.controllers import entry_lock
from medrec.controllers.entry_lock import IDLE_MINUTES, IdleLock


class Clock:
    """The time that the lock sees, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(entry_lock, "time", found)
    return found


@pytest.fixture
def lock(qapp: QApplication, clock: Clock) -> Iterator[IdleLock]:
    made = IdleLock(qapp)
    yield made
    made.disarm()


def _heard(lock: IdleLock) -> list[str]:
    heard: list[str] = []
    lock.aboutToLock.connect(lambda: heard.append("about"))
    lock.locked.connect(lambda: heard.append("locked"))
    return heard


def test_it_locks_after_ten_minutes_without_anybody(lock: IdleLock, clock: Clock):
    heard = _heard(lock)
    assert IDLE_MINUTES == 10
    lock.arm()
    clock.now += 599
    lock.look()
    assert heard == []
    clock.now += 1
    lock.look()
    assert heard == ["about", "locked"], "drafts are kept before the account closes"
    assert not lock.armed
    clock.now += 6000
    lock.look()
    assert heard == ["about", "locked"]


def test_keys_and_mouse_begin_the_time_again(lock: IdleLock, clock: Clock, qtbot: object):
    heard = _heard(lock)
    field = QLineEdit()
    field.show()
    lock.arm()
    for act in (
        lambda: QTest.keyClick(field, "a"),
        lambda: QTest.mouseMove(field),
        lambda: QApplication.sendEvent(field, QInputMethodEvent()),
    ):
        clock.now += 590
        act()
    lock.look()
    assert heard == []
    clock.now += 601
    QApplication.sendEvent(field, QEvent(QEvent.Type.UpdateRequest))
    lock.look()
    assert heard == ["about", "locked"], "what draws is nobody"
    field.close()


def test_a_computer_that_slept_comes_back_locked(lock: IdleLock, clock: Clock):
    heard = _heard(lock)
    field = QLineEdit()
    lock.arm()
    clock.now += 3600
    QTest.keyClick(field, "a")
    assert heard == ["about", "locked"], "the first key locks, it does not unlock"


def test_never_is_never_but_by_hand(lock: IdleLock, clock: Clock):
    heard = _heard(lock)
    lock.set_minutes(0)
    lock.lock()
    assert heard == [], "nothing is open"
    lock.arm()
    clock.now += 10**6
    lock.look()
    assert heard == []
    lock.lock()
    assert heard == ["about", "locked"]


def test_only_an_open_account_is_watched(qapp: QApplication, clock: Clock):
    class Watched(QObject):
        filters = 0

        def installEventFilter(self, a0: QObject | None) -> None:
            self.filters += 1

        def removeEventFilter(self, a0: QObject | None) -> None:
            self.filters -= 1

    watched = Watched()
    lock = IdleLock(watched, 1)
    assert watched.filters == 0
    lock.arm()
    lock.arm()
    assert watched.filters == 1
    lock.disarm()
    lock.disarm()
    assert watched.filters == 0
