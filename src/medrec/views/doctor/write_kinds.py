"""What to write: the list at the left of the page."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from medrec.clinical.forms import FormKind
from medrec.views.common import theme
from medrec.views.common.cards import Card
from medrec.views.common.fonts import Type, font
from medrec.views.common.icons import paint_icon
from medrec.views.common.labels import Label
from medrec.views.common.painting import box, paint_text
from medrec.views.doctor.write_words import KIND_ICONS, kind_name

HEIGHT, ICON = 38, 18


class KindItem(QAbstractButton):
    """One kind of writing; where it may not be written, why stands in its tooltip."""

    def __init__(self, kind: FormKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.setText(kind_name(kind))
        self.setAccessibleName(self.text())
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def set_reason(self, reason: str) -> None:
        """Why it may not be written, "" where it may."""
        self.setEnabled(not reason)
        self.setToolTip(reason)
        self.setAccessibleDescription(reason)
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the text needs, 38 at least (Qt)."""
        return QSize(150, max(HEIGHT, self.fontMetrics().height() + 16))

    def minimumSizeHint(self) -> QSize:
        """Closer together in a low window (Qt)."""
        return QSize(150, self.fontMetrics().height() + 8)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the item (Qt)."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        on, live = self.isChecked(), self.isEnabled()
        frame = QRectF(self.rect())
        if on or (live and self.underMouse()):
            box(painter, frame, 8, "selected" if on else "hover")
        if on:
            bar = QRectF(0, frame.center().y() - 10, 3, 20)
            box(painter, self._place(bar), 1.5, "accent")
        ink = "accent_text" if on else "text_2" if live else "text_3"
        middle = frame.center().y() - ICON / 2
        spot = self._place(QRectF(12, middle, ICON, ICON))
        paint_icon(painter, spot, KIND_ICONS[self.kind], theme.colour(ink).name())
        words = self._place(QRectF(40, 0, frame.width() - (66 if not live else 46), frame.height()))
        held = font(Type.ROW_STRONG if on else Type.ROW)
        paint_text(painter, words, self.text(), held, ink if on else "text" if live else "text_3")
        if not live:
            lock = self._place(QRectF(frame.width() - 26, frame.center().y() - 7, 14, 14))
            paint_icon(painter, lock, "lock", theme.colour("text_3").name())
        painter.end()

    def _place(self, where: QRectF) -> QRectF:
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            where.moveLeft(self.width() - where.right())
        return where


class KindsCard(Card):
    """The kinds of writing below each other; arrows move between them."""

    chosen = pyqtSignal(object)
    """`FormKind`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.set_padding(8, 12)
        self.setFixedWidth(184)
        self.setAccessibleName(self.tr("What to write"))
        head = Label(self.tr("What to write"), Type.SMALL_STRONG, "text_2")
        head.setIndent(12)
        head.setMinimumHeight(24)
        self.body.setSpacing(2)
        self.body.addWidget(head)
        self.items = {kind: KindItem(kind) for kind in FormKind}
        for kind, item in self.items.items():
            item.clicked.connect(lambda _, kind=kind: self.chosen.emit(kind))
            self.body.addWidget(item)
        self.body.addStretch(1)

    def set_reasons(self, reasons: Mapping[FormKind, str]) -> None:
        """Which kinds may not be written, and why."""
        for kind, item in self.items.items():
            item.set_reason(reasons.get(kind, ""))

    def select(self, kind: FormKind) -> None:
        """Mark a kind as the one that is shown."""
        self.items[kind].setChecked(True)
