"""The real desktop of one home, driven as a person would: by clicks and keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from medrec.app import Place
from medrec.app.gate import HomeGate
from medrec.controllers.desktop import Desktop
from medrec.controllers.workspace import WorkspaceController
from medrec.models.session import Session
from medrec.store.preferences import Preferences
from medrec.views.common.badges import Badge
from medrec.views.common.labels import ElidedLabel
from medrec.views.common.shell.window import MainWindow
from tests.support.qtest import QTest
from tests.support.waiting import PATIENCE, still, until

W = TypeVar("W", bound=QWidget)
READ = (QLabel, QAbstractButton, ElidedLabel, Badge)
"""Widgets whose text people read."""


class Window:
    """A desktop, its window, and what a person sees and does there."""

    def __init__(self, home: Path, network: Path | None = None) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        # As in the program: the loop goes on when a window is closed.
        app.setQuitOnLastWindowClosed(False)
        self.gate = HomeGate(Place(home, network))
        self.main = MainWindow()
        self.desktop = Desktop(self.gate, self.main, app)

    @property
    def session(self) -> Session:
        """The open account."""
        assert self.desktop.session is not None, "nobody is signed in"
        return self.desktop.session

    @property
    def workspace(self) -> WorkspaceController:
        """The pages of the open account."""
        assert self.desktop.workspace is not None, "nobody is signed in"
        return self.desktop.workspace

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        page = self.workspace.view.pages.currentWidget()
        assert page is not None
        return page

    async def open(self) -> None:
        """Start the program, up to the door."""
        self.main.show()
        # Shortcuts are those of the window that is in front.
        self.main.activateWindow()
        self.desktop.start(Preferences(lock_minutes=0))
        await self.until(lambda: not self.desktop._jobs.running)

    async def sign_in(self, name: str, password: str, key: str) -> None:
        """Choose the account, type password and key, press the button."""
        page = self.desktop.door.sign_in
        self.desktop.entry.show_sign_in(name)
        await self.until(lambda: not self.desktop._jobs.running)
        type_into(page.password.editor, password)
        type_into(page.key.editor, key)
        click(page.submit)

    async def signed_in(self) -> None:
        """Wait for the workspace, and until its first page has read."""
        await self.until(lambda: self.desktop.workspace is not None)
        await self.calm()

    async def go(self, key: str) -> QWidget:
        """Choose a page in the rail."""
        click(self.workspace.view.rail.items[key])
        await self.calm()
        return self.page

    async def calm(self) -> None:
        """Wait until no job runs, for some turns of the loop."""
        await still(self.session.jobs)

    async def until(self, true: Callable[[], object], what: str = "") -> None:
        """Wait until something holds."""
        await until(true, why=lambda: what)

    async def said(self, sentence: str) -> None:
        """Wait until a toast says it."""
        await self.until(
            lambda: any(sentence in text for text in self.news()),
            f"“{sentence}” was not said, but: {self.news()}",
        )

    def news(self) -> list[str]:
        """What the toasts say."""
        return [text for toast in self.main.toasts.shown for text in texts(toast)]

    async def close(self) -> None:
        """Put everything away."""
        ended = asyncio.Event()
        self.desktop.ended.connect(ended.set)
        self.desktop.quit()
        await asyncio.wait_for(ended.wait(), PATIENCE)
        self.main.may_close = True
        self.main.close()
        self.main.deleteLater()


def texts(widget: QWidget) -> list[str]:
    """Every text of labels and buttons that is seen."""
    seen: list[str] = []
    for child in widget.findChildren(QWidget):
        if child.isVisibleTo(widget) and isinstance(child, READ):
            seen.append(child.text())
    return [text for text in seen if text]


def find(widget: QWidget, kind: type[W], name: str) -> W:
    """The visible widget of that kind with that text or accessible name."""
    for child in widget.findChildren(kind):
        text = child.text() if isinstance(child, QAbstractButton | QLabel) else ""
        if name in (text, child.accessibleName()) and child.isVisibleTo(widget):
            return child
    raise AssertionError(f"no {kind.__name__} “{name}”; there are: {texts(widget)}")


def press(widget: QWidget, name: str) -> None:
    """Press the button of that name."""
    click(find(widget, QAbstractButton, name))


def click(widget: QWidget) -> None:
    """A click in the middle, on what is seen and enabled."""
    assert widget.isVisible(), f"{widget.accessibleName() or widget} is not seen"
    assert widget.isEnabled(), f"{widget.accessibleName() or widget} is not enabled"
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def type_into(widget: QWidget, text: str) -> None:
    """Replace what stands in a field by typing."""
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    for letter in text:
        if letter.isascii():
            QTest.keyClicks(widget, letter)
        else:
            # Qt's test keyboard has no such key.
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
                QApplication.sendEvent(widget, event)
