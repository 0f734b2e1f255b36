"""Menus with the corners of the look."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from medrec.views.common.fonts import Type
from medrec.views.common.icons import icon as icon_of
from medrec.views.common.theme import set_type


class Menu(QMenu):
    """A menu; `add` puts an entry into it with an icon and what it does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Without these the square window shows behind the rounded edge.
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setProperty("rounded", "true")
        set_type(self, Type.BODY)

    def add(
        self, text: str, do: Callable[[], object], icon: str = "", danger: bool = False
    ) -> QAction:
        """An entry; one that destroys has its icon in danger."""
        action = QAction(text, self)
        if icon:
            action.setIcon(icon_of(icon, "danger" if danger else None))
        action.triggered.connect(lambda _checked: do())
        self.addAction(action)
        return action
