"""Editors as they stand inside a field: with a unit, with a button, for secrets, for search."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from medrec.views.common import theme
from medrec.views.common.buttons import IconButton
from medrec.views.common.fonts import Type
from medrec.views.common.icons import paint_icon
from medrec.views.common.painting import box, paint_text, text_width
from medrec.views.common.theme import set_type

HEIGHT = 40


class LineEdit(QLineEdit):
    """One line, 40 high, with a unit at its trailing end if it has one."""

    left = pyqtSignal()
    """The focus went elsewhere: the time to check."""

    def __init__(
        self, placeholder: str = "", unit: str = "", mono: bool = False,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._unit = ""
        self.setPlaceholderText(placeholder)
        set_type(self, Type.CODE if mono else Type.BODY)
        self.setMinimumHeight(HEIGHT)
        self.set_unit(unit)

    def set_unit(self, unit: str) -> None:
        """Another unit, "" for none."""
        self._unit = unit
        # Numbers and units are read from left to right under every layout.
        room = round(text_width(unit, Type.SMALL)) + 8 if unit else 0
        self.setTextMargins(0, 0, room, 0)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), max(HEIGHT, self.fontMetrics().height() + 18))

    def minimumSizeHint(self) -> QSize:
        return QSize(72, HEIGHT)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        if event is None or event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        if not self._unit:
            return
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        where = QRectF(self.rect()).adjusted(12, 0, -12, 0)
        end = Qt.AlignmentFlag.AlignRight
        paint_text(painter, where, self._unit, Type.SMALL, "text_3", end)
        painter.end()


class SecretEdit(LineEdit):
    """A line for a password, with a button that shows it."""

    def __init__(
        self, placeholder: str = "", mono: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(placeholder, "", mono, parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye = IconButton("eye", self.tr("Show"), 32, parent=self)
        self._eye.clicked.connect(self._toggle)
        self.setTextMargins(0, 0, 34, 0)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            self.setTextMargins(34, 0, 0, 0)

    @property
    def shown(self) -> bool:
        """Whether the password can be read."""
        return self.echoMode() is QLineEdit.EchoMode.Normal

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = 4 if mirrored else self.width() - self._eye.width() - 4
        self._eye.move(left, (self.height() - self._eye.height()) // 2)

    def _toggle(self) -> None:
        show = not self.shown
        mode = QLineEdit.EchoMode.Normal if show else QLineEdit.EchoMode.Password
        self.setEchoMode(mode)
        self._eye.set_icon(
            "eye-off" if show else "eye", self.tr("Hide") if show else self.tr("Show")
        )


class AreaEdit(QPlainTextEdit):
    """Several lines of plain text; Tab leaves it."""

    left = pyqtSignal()

    def __init__(self, placeholder: str = "", rows: int = 4, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        set_type(self, Type.BODY)
        self._rows = rows
        self.setMinimumHeight(self._high())

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        if event is None or event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def sizeHint(self) -> QSize:
        return QSize(240, self._high())

    def _high(self) -> int:
        return self._rows * (self.fontMetrics().height() + 2) + 18


class SearchField(LineEdit):
    """A search over what is shown; Escape empties it. `shortcut` is shown, not installed."""

    searched = pyqtSignal(str)
    """The text, without blanks around it, at each change."""

    def __init__(
        self, placeholder: str = "", shortcut: str = "", parent: QWidget | None = None
    ) -> None:
        self._shortcut = shortcut
        super().__init__(placeholder, parent=parent)
        self.setProperty("search", "true")
        self.setMinimumHeight(36)
        self.setAccessibleName(placeholder)
        self.textChanged.connect(lambda text: self.searched.emit(text.strip()))

    def sizeHint(self) -> QSize:
        return QSize(260, max(36, self.fontMetrics().height() + 18))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 36)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._make_room()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() is QEvent.Type.LayoutDirectionChange:
            self._make_room()

    def _make_room(self) -> None:
        """Leave room for the sign at the leading end and the key at the trailing one."""
        key = round(text_width(self._shortcut, Type.CAPTION)) + 16 if self._shortcut else 0
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self.setTextMargins(*((key, 0, 24, 0) if mirrored else (24, 0, key, 0)))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        spot = QRectF(self.width() - 28 if mirrored else 12, (self.height() - 16) / 2, 16, 16)
        paint_icon(painter, spot, "search", theme.tokens().text_3)
        if self._shortcut and not self.text():
            width = text_width(self._shortcut, Type.CAPTION) + 14
            key = QRectF(7 if mirrored else self.width() - width - 7, 0, width, 22)
            key.moveTop((self.height() - 22) / 2)
            box(painter, key, 5, "surface", "border_2")
            centre = Qt.AlignmentFlag.AlignHCenter
            paint_text(painter, key, self._shortcut, Type.CAPTION, "text_3", centre)
        painter.end()
