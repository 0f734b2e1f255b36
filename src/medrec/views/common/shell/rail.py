"""The left rail: the mark, the pages of the role, help and lock."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QShortcut
from PyQt6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from medrec.views.common.focus import by_keyboard
from medrec.views.common.fonts import Type, font
from medrec.views.common.icons import pixmap
from medrec.views.common.mark import Mark
from medrec.views.common.theme import ground, tokens

WIDE, NARROW = 216, 64
MARGIN = 12
ITEM_HEIGHT = 36
ICON = 18
HEAD = 56


class RailItem(QAbstractButton):
    """One page's name in the rail; a count of what waits there, or a shortcut, at its end."""

    def __init__(
        self, text: str, icon: str, note: str = "", *, checkable: bool = True, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._icon, self._note = icon, note
        self.count = 0
        self.narrow = False

    def set_count(self, count: int) -> None:
        """Show how many wait."""
        self.count = count
        waits = self.tr("{n} waiting").format(n=count)
        self.setAccessibleName(f"{self.text()}, {waits}" if count else self.text())
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """The icon alone, the name as a tooltip."""
        self.narrow = narrow
        self.setToolTip(self.text() if narrow else "")
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the text needs, `ITEM_HEIGHT` at least (Qt)."""
        high = max(ITEM_HEIGHT, self.fontMetrics().height() + 16)
        return QSize((NARROW if self.narrow else WIDE) - 2 * MARGIN, high)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the item (Qt)."""
        t, chosen = tokens(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen or self.underMouse():
            painter.setBrush(QColor(t.selected if chosen else t.hover))
            painter.drawRoundedRect(box, 8, 8)
        if chosen:
            painter.setBrush(QColor(t.accent))
            painter.drawRoundedRect(self._place(QRectF(0, box.center().y() - 10, 3, 20)), 1.5, 1.5)
        colour = t.accent_text if chosen else t.text_2
        left = (self.width() - ICON) / 2 if self.narrow else 12
        spot = self._place(QRectF(left, box.center().y() - ICON / 2, ICON, ICON))
        picture = pixmap(self._icon, ICON, colour, self.devicePixelRatioF())
        painter.drawPixmap(spot.topLeft(), picture)
        if self.narrow:
            self._paint_dot(painter, spot)
        else:
            self._paint_words(painter, box, colour)
        if self.hasFocus() and by_keyboard():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(t.focus))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 8, 8)

    def _paint_words(self, painter: QPainter, box: QRectF, colour: str) -> None:
        t = tokens()
        painter.setFont(font(Type.ROW_STRONG if self.isChecked() else Type.ROW))
        painter.setPen(QColor(colour))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        end = 84 if self.count or self._note else 48
        words = self._place(QRectF(40, box.top(), box.width() - end, box.height()))
        name = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(words.width())
        )
        painter.drawText(words, flags, name)
        if self.count:
            painter.setFont(font(Type.CAPTION_STRONG))
            text = str(self.count) if self.count < 100 else "99+"
            width = max(20.0, painter.fontMetrics().horizontalAdvance(text) + 12)
            pill = self._place(QRectF(box.width() - 8 - width, box.center().y() - 10, width, 20))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.accent))
            painter.drawRoundedRect(pill, 10, 10)
            painter.setPen(QColor(t.on_accent))
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        elif self._note:
            painter.setFont(font(Type.CAPTION))
            painter.setPen(QColor(t.text_3))
            note = self._place(QRectF(box.width() - 68, box.top(), 60, box.height()))
            painter.drawText(
                note, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignTrailing, self._note
            )

    def _paint_dot(self, painter: QPainter, spot: QRectF) -> None:
        if self.count:
            painter.setBrush(QColor(tokens().accent))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(QPointF(spot.right() + 2, spot.top() - 1), 4, 4)

    def _place(self, box: QRectF) -> QRectF:
        """The box at its place, mirrored where people read from right to left."""
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            return QRectF(self.width() - box.right(), box.top(), box.width(), box.height())
        return box


class Rail(QFrame):
    """The pages of a role, help and lock."""

    chosen = pyqtSignal(str)
    helpAsked = pyqtSignal()
    lockAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        ground(self, "rail")
        self.setAccessibleName(self.tr("Pages"))
        self.items: dict[str, RailItem] = {}
        self.mark = Mark(parent=self)
        self.mark.setFixedHeight(HEAD)
        self.mark.setContentsMargins(4, 0, 4, 0)
        self._pages = QVBoxLayout()
        self._pages.setSpacing(4)
        self.help = RailItem(self.tr("Help"), "circle-help", "F1", checkable=False, parent=self)
        self.help.clicked.connect(self.helpAsked)
        self.lock = RailItem(self.tr("Lock"), "lock", "Ctrl L", checkable=False, parent=self)
        self.lock.clicked.connect(self.lockAsked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        layout.setSpacing(4)
        layout.addWidget(self.mark)
        layout.addSpacing(4)
        layout.addLayout(self._pages)
        layout.addStretch(1)
        layout.addWidget(self.help)
        layout.addWidget(self.lock)
        self.set_narrow(False)

    def add(self, key: str, text: str, icon: str) -> RailItem:
        """A page at the end; Ctrl and its number show it."""
        item = RailItem(text, icon, parent=self)
        item.clicked.connect(lambda: self.chosen.emit(key))
        self.items[key] = item
        self._pages.addWidget(item)
        if len(self.items) <= 9:
            jump = QShortcut(QKeySequence(f"Ctrl+{len(self.items)}"), self)
            jump.activated.connect(lambda: self.chosen.emit(key))
        return item

    def focus_chosen(self) -> None:
        """Give the focus to the page that is shown, for the keyboard."""
        chosen = (item for item in self.items.values() if item.isChecked())
        next(chosen, self.help).setFocus(Qt.FocusReason.TabFocusReason)

    def select(self, key: str) -> None:
        """Mark the page that is shown."""
        for name, item in self.items.items():
            item.setChecked(name == key)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the ground, and the line towards the page (Qt)."""
        super().paintEvent(a0)
        painter = QPainter(self)
        right_to_left = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        painter.fillRect(
            0 if right_to_left else self.width() - 1, 0, 1, self.height(), QColor(tokens().border)
        )

    def set_narrow(self, narrow: bool) -> None:
        """Icons alone, for small windows."""
        self.setFixedWidth(NARROW if narrow else WIDE)
        self.mark.set_narrow(narrow)
        for item in (*self.items.values(), self.help, self.lock):
            item.set_narrow(narrow)
