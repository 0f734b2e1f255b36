"""The accounts of this computer as cards, of which one is chosen."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QModelIndex, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from medrec.domain.ids import short_address
from medrec.models.entry import AccountChoice, AccountsModel
from medrec.views.common import theme
from medrec.views.common.fonts import Type, font
from medrec.views.common.icons import paint_icon
from medrec.views.common.painting import box, paint_avatar, paint_text, text_width

CARD, GAP = 60, 8
FEWEST, MOST = 2, 6
"""Rows that stay visible in a small window, and rows beyond which the list scrolls in any."""


class AccountDelegate(QStyledItemDelegate):
    """A card: avatar, what the account is called, its role where known, its address in short."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """A card and the gap under it (Qt)."""
        return QSize(200, card_height() + GAP)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Draw the card (Qt)."""
        row = index.data(AccountsModel.ROW)
        if painter is None or not isinstance(row, AccountChoice):
            return
        painter.save()
        painter.setLayoutDirection(option.direction)
        rect = QRectF(option.rect).adjusted(1, 0, -1, -GAP)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        edge, width = ("accent", 2.0) if chosen else ("border_2", 1.0)
        box(painter, rect, 10, "hover" if hover and not chosen else "surface", edge, width)
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        self._paint_inside(painter, rect, row, index, chosen, mirrored)
        painter.restore()

    def _paint_inside(
        self,
        painter: QPainter,
        rect: QRectF,
        row: AccountChoice,
        index: QModelIndex,
        chosen: bool,
        mirrored: bool,
    ) -> None:
        def place(left: float, width: float, top: float, height: float) -> QRectF:
            x = rect.right() - left - width if mirrored else rect.left() + left
            return QRectF(x, top, width, height)

        middle = rect.center().y()
        paint_avatar(painter, place(13, 40, middle - 20, 40), row.label)
        mark = place(rect.width() - 31, 18, middle - 9, 18)
        sign, colour = ("circle-check", "accent") if chosen else ("circle", "strong")
        paint_icon(painter, mark, sign, theme.colour(colour).name())
        name = text_width(row.label, Type.ROW_STRONG)
        right = rect.width() - 46
        short = short_address(row.address or "")
        address = text_width(short, Type.CODE)
        if short and 67 + name + 16 + address < right:
            # In large type the name goes before: the address is in the tooltip as well.
            right -= address
            spot = place(right, address + 2, middle - 12, 24)
            paint_text(painter, spot, short, Type.CODE, "text_3")
        width = right - 67 - 12
        model = index.model()
        second = model.role_text(row) if isinstance(model, AccountsModel) else ""
        upper, lower = line_height(Type.ROW_STRONG), line_height(Type.SMALL)
        top = middle - (upper + lower if second else upper) / 2
        paint_text(painter, place(67, width, top, upper), row.label, Type.ROW_STRONG)
        if second:
            paint_text(painter, place(67, width, top + upper, lower), second, Type.SMALL, "text_2")


def card_height() -> int:
    """A card's height in pixels: two lines and the avatar need it, also in large type."""
    lines = line_height(Type.ROW_STRONG) + line_height(Type.SMALL)
    return max(CARD, round(lines) + 20)


def line_height(role: Type) -> float:
    """The height of a line in pixels, by the size of its letters."""
    return font(role).pointSizeF() * 96 / 72 * 1.4


class AccountList(QListView):
    """One account is always chosen: by arrows, by typing, or with the mouse."""

    chosen = pyqtSignal(str)
    """The account's name."""
    opened = pyqtSignal()
    """Enter, or a double click: go on to the password."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = FEWEST
        self.setItemDelegate(AccountDelegate(self))
        self.setProperty("plain", "true")
        self.setAccessibleName(self.tr("Accounts on this computer"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda _: self.opened.emit())

    def set_accounts(self, model: AccountsModel) -> None:
        """Show these accounts."""
        self.setModel(model)
        model.modelReset.connect(self._fit)
        self._fit()

    def name(self) -> str:
        """The chosen account's name; empty where there is none."""
        row = self.currentIndex().data(AccountsModel.ROW)
        return row.name if isinstance(row, AccountChoice) else ""

    def choose(self, name: str) -> None:
        """Choose an account, and say so also where it was chosen already."""
        model = self.model()
        if not isinstance(model, AccountsModel):
            return
        again = bool(name) and name == self.name()
        index = model.find(name)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        if again:
            self.chosen.emit(name)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Tell who was chosen (Qt)."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit(self.name())

    def set_most(self, rows: int) -> None:
        """Show so many cards before the list scrolls."""
        self._most = min(max(rows, FEWEST), MOST)
        self._fit()

    def changeEvent(self, e: QEvent | None) -> None:
        """Fit again when the type has another size (Qt)."""
        super().changeEvent(e)
        if e is not None and e.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        model = self.model()
        rows = model.rowCount() if model is not None else 0
        self.setFixedHeight(max(1, min(rows, self._most) * (card_height() + GAP)))
        self.scrollTo(self.currentIndex())
