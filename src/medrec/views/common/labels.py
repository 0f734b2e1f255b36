"""Text in the roles of the look."""

from __future__ import annotations

from html import escape

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy, QWidget

from medrec.views.common.fonts import Type
from medrec.views.common.painting import paint_text
from medrec.views.common.theme import set_look, set_type


class Label(QLabel):
    """Plain text; `colour` is a token. Wrapped text is a paragraph with a line height of 1.5."""

    def __init__(
        self,
        text: str = "",
        role: Type = Type.BODY,
        colour: str = "text",
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._plain = ""
        self._paragraph = wrap and role in (Type.BODY, Type.SMALL)
        self.setWordWrap(wrap)
        set_type(self, role)
        self.set_colour(colour)
        self.setTextFormat(Qt.TextFormat.RichText if self._paragraph else Qt.TextFormat.PlainText)
        self.setText(text)
        if wrap:
            self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)

        self._follow_direction()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() is QEvent.Type.LayoutDirectionChange:
            self._follow_direction()

    def _follow_direction(self) -> None:
        """Stand at the leading edge, also with Latin text: QLabel itself asks the text for it."""
        across = self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask
        if across & Qt.AlignmentFlag.AlignHCenter:
            return
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        if not mirrored and not across & Qt.AlignmentFlag.AlignAbsolute:
            return
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        upright = self.alignment() & Qt.AlignmentFlag.AlignVertical_Mask
        self.setAlignment(upright | side | Qt.AlignmentFlag.AlignAbsolute)

    def text(self) -> str:
        """The text as it was given."""
        return self._plain

    def setText(self, text: str | None) -> None:
        """Show another text."""
        self._plain = text or ""
        if self._paragraph:
            lines = escape(self._plain).replace("\n", "<br>")
            height = "line-height:124%" if self._plain else ""
            super().setText(f'<p style="margin:0;{height}">{lines}</p>')
            self.setAccessibleName(self._plain)
        else:
            super().setText(self._plain)

    def set_colour(self, colour: str) -> None:
        """Take another token as colour."""
        set_look(self, "colour", colour)

    def set_role(self, role: Type) -> None:
        """Take another role."""
        set_type(self, role)

    def selectable(self) -> Label:
        """Let people mark the text, by keyboard too; returns itself."""
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        return self


class ElidedLabel(QWidget):
    """One line that gives way: elided where it is too long, then whole in the tooltip."""

    def __init__(
        self,
        text: str = "",
        role: Type = Type.BODY,
        colour: str = "text",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text, self._role, self._colour, self._mode = text, role, colour, mode
        set_type(self, role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def setText(self, text: str) -> None:
        """Show another text."""
        self._text = text
        self.setAccessibleName(text)
        self._hint()
        self.updateGeometry()
        self.update()

    def set_colour(self, colour: str) -> None:
        """Take another token as colour."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 40), self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._hint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        paint_text(painter, self.rect(), self._text, self.font(), self._colour, elide=self._mode)
        painter.end()

    def _hint(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self._text) > self.width()
        self.setToolTip(self._text if cut else "")
