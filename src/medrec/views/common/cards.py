"""Cards: one subject each, never one in another."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from medrec.views.common import theme
from medrec.views.common.buttons import Button
from medrec.views.common.fonts import Type
from medrec.views.common.icons import paint_icon
from medrec.views.common.labels import Label
from medrec.views.common.theme import set_look


class Icon(QWidget):
    """An icon beside words that name it; `colour` is a token."""

    def __init__(
        self, name: str, size: int = 18, colour: str = "text_2", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._colour = name, colour
        self.setFixedSize(size, size)

    def set_icon(self, name: str, colour: str = "") -> None:
        """Show another icon."""
        self._name, self._colour = name, colour or self._colour
        self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        ink = theme.colour(self._colour).name()
        paint_icon(painter, QRectF(self.rect()), self._name, ink)
        painter.end()


class Card(QFrame):
    """A surface with an edge. Its head: icon, heading, muted note, one quiet action at the end.

    `look` is plain, asking (an accent edge), accent, success, warning, danger (soft grounds),
    sunken or raised. Put the content into `body`.
    """

    def __init__(
        self,
        title: str = "",
        note: str = "",
        action: Button | None = None,
        icon: str = "",
        look: str = "plain",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        set_look(self, "card", look)
        self.setAccessibleName(title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(19, 15, 19, 15)  # the edge is inside of the 20 and 16
        whole.setSpacing(12)
        top = QWidget(self)
        top.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.head = QHBoxLayout(top)
        self.head.setContentsMargins(0, 0, 0, 0)
        self.head.setSpacing(8)
        self._title = Label(title, Type.HEADING)
        self._note = Label(note, Type.SMALL, "text_3", parent=top)
        self._note.setVisible(bool(note))
        if icon:
            self.head.addWidget(Icon(icon), 0, Qt.AlignmentFlag.AlignVCenter)
        self.head.addWidget(self._title)
        self.head.addWidget(self._note)
        self.head.addStretch(1)
        if action is not None:
            self.head.addWidget(action)
        self._title.setMinimumHeight(24)
        whole.addWidget(top)
        top.setVisible(bool(title) or action is not None)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        whole.addLayout(self.body, 1)

    def set_title(self, title: str) -> None:
        """Another heading, on a card that has one."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def set_note(self, note: str) -> None:
        """Another note behind the heading, "" for none."""
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def set_look(self, look: str) -> None:
        """Another ground and edge."""
        set_look(self, "card", look)

    def add_flush(self, view: QWidget) -> None:
        """Let a list or table reach the edges; its corners follow the card's."""
        self.set_padding(0, 0)
        view.setProperty("rounded", 9)
        self.body.addWidget(view, 1)

    def set_padding(self, horizontal: int, vertical: int) -> None:
        """Other margins inside, counted from the outside of the edge; 0 reaches up to it."""
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(*(max(m - 1, 0) for m in (horizontal, vertical) * 2))
