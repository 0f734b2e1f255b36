"""Menus with the corners of the look."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPoint, Qt
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
        # An ampersand of a name is no shortcut.
        action = QAction(text.replace("&", "&&"), self)
        if icon:
            action.setIcon(icon_of(icon, "danger" if danger else None))
        action.triggered.connect(lambda _checked: do())
        self.addAction(action)
        return action

    def add_choice(
        self, text: str, do: Callable[[], object], chosen: bool, icon: str = ""
    ) -> QAction:
        """An entry that carries a check mark while it is the one in force."""
        action = self.add(text, do, icon)
        action.setCheckable(True)
        action.setChecked(chosen)
        return action

    def add_menu(self, text: str, icon: str = "") -> Menu:
        """A menu within this one."""
        inner = Menu(self)
        inner.setTitle(text)
        if icon:
            inner.setIcon(icon_of(icon))
        self.addMenu(inner)
        return inner

    def open_below(self, anchor: QWidget, gap: int = 4) -> None:
        """Open below a control; a menu that is wider than it ends where the control ends."""
        box = anchor.rect()
        beyond = 0
        if anchor.layoutDirection() is Qt.LayoutDirection.LeftToRight:
            beyond = max(self.sizeHint().width() - box.width(), 0)
        left = box.left() - beyond
        self.popup(anchor.mapToGlobal(QPoint(left, box.bottom() + gap)))
