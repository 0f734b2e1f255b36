"""What every test of the desktop stands on: no screen, one Qt loop, no warning from Qt."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Iterator, Mapping

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PyQt6.QtCore import QEvent, QtMsgType, qInstallMessageHandler
from PyQt6.QtWidgets import QApplication

from medrec.views.common.fonts import load_fonts
from medrec.views.common.theme import apply_theme, set_calm
from medrec.views.common.tokens import Theme
from medrec.workers.loop import WindowLoop

LOUD = {
    QtMsgType.QtWarningMsg,
    QtMsgType.QtCriticalMsg,
    QtMsgType.QtFatalMsg,
}
HARMLESS = (
    "This plugin does not support",  # the offscreen platform: raise(), propagateSizeHints()
    "This plugin supports grabbing the mouse only for popup windows",
)


def _qt_loop() -> asyncio.AbstractEventLoop:
    return WindowLoop(QApplication.instance() or QApplication([]), already_running=False)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Coroutines of these tests run in the program's own loop."""
    return {"qt": _qt_loop}


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["medrec"]


@pytest.fixture(scope="session", autouse=True)
def look(qapp: QApplication) -> None:
    """The fonts and the light theme, once: a test that changes the theme puts it back."""
    # As in the program: a dialog that closes does not end the loop.
    qapp.setQuitOnLastWindowClosed(False)
    load_fonts()
    apply_theme(qapp, Theme.LIGHT)
    # What appears is there at once; a test of motion asks for the fixture `motion`.
    set_calm(True)


@pytest.fixture
def motion() -> Iterator[None]:
    """Things move, as for a reader who did not ask for less."""
    set_calm(False)
    yield
    set_calm(True)


@pytest.fixture(autouse=True)
def nothing_outlives_its_test(qapp: QApplication) -> Iterator[None]:
    """Windows of a test end with it, and not while Qt draws one of them.

    A page that only its own closures hold is collected at any allocation, also in its paintEvent;
    in the program its window holds it.
    """
    before = set(map(id, qapp.topLevelWidgets()))
    gc.disable()
    yield
    gc.enable()
    for window in qapp.topLevelWidgets():
        if id(window) not in before:
            window.hide()
            window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


@pytest.fixture(autouse=True)
def qt_is_quiet() -> Iterator[list[str]]:
    """Any warning of Qt fails the test that caused it."""
    heard: list[str] = []

    def hear(kind: QtMsgType, _context: object, text: str | None) -> None:
        if kind in LOUD and text and not text.startswith(HARMLESS):
            heard.append(text)

    before = qInstallMessageHandler(hear)
    yield heard
    qInstallMessageHandler(before)
    assert not heard, "Qt warned:\n" + "\n".join(heard)
