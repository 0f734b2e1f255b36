"""What a screen's controller may ask of the window around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from PyQt6.QtCore import QObject, pyqtBoundSignal, pyqtSignal
from PyQt6.QtWidgets import QWidget

from medrec.workers.jobs import JobHandle


class Count(QObject):
    """A number beside a page's name in the rail: what waits for the person there."""

    changed = pyqtSignal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.value = 0

    def set(self, value: int) -> None:
        """Tell the rail, where the number is another one."""
        if value != self.value:
            self.value = value
            self.changed.emit(value)


@dataclass(frozen=True)
class PageSpec:
    """A page of a role: its name, icon, and how it is built on the first visit.

    ``build`` returns the page; a page that wants facts (``shell.go("chart", patient=...)``) has a
    method ``arrive(**facts)``.
    """

    key: str
    text: str
    icon: str
    build: Callable[[], QWidget]
    count: Count | None = None


class Shell(Protocol):
    """The window around the pages."""

    leaving: pyqtBoundSignal
    """The account is about to close: keep what is unsaved."""

    @property
    def window(self) -> QWidget:
        """The parent of dialogs."""

    def toast(
        self,
        title: str,
        text: str = "",
        tone: str = "success",
        action: str = "",
        on_action: Callable[[], None] | None = None,
    ) -> None:
        """Say something in passing; errors (tone "danger") stay until they are closed."""

    def go(self, key: str, **facts: object) -> None:
        """Show a page of the rail, with facts for its ``arrive``."""

    def follow(
        self, handle: JobHandle, done: str = "", on_done: Callable[[Any], None] | None = None
    ) -> JobHandle:
        """Show a job's progress and say how it ended: ``done``, or the error's sentence."""
