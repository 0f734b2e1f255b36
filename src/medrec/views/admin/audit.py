"""Audit explorer: every entry of the registry, filtered, with its place in the chain."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFontMetricsF,
    QHideEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from medrec.domain.entries import Action
from medrec.domain.ids import Address
from medrec.domain.people import Role
from medrec.models.admin.audit import AuditModel, Column
from medrec.models.admin.words import action_icon
from medrec.services.ledger import LedgerRow, Sieve
from medrec.views.admin.audit_detail import AuditDetail, EntryView
from medrec.views.admin.audit_filter import AuditFilter
from medrec.views.common import dates, theme
from medrec.views.common.banner import AlarmPanel
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card, Icon
from medrec.views.common.file_dialogs import ask_save
from medrec.views.common.fonts import Type, font, numeric, text_scale
from medrec.views.common.icons import paint_icon
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider, Page, hbox
from medrec.views.common.lists import TableView
from medrec.views.common.painting import paint_text, text_width
from medrec.views.common.states import Empty, Skeleton, StateStack

_SIDE, _NARROW, _WIDE, _DID = 320, 1000, 1300, 280
_INKS = {
    Action.ACCESS_REVOKED: "danger",
    Action.ACCESS_GRANTED: "warning",
    Action.RECORD_CREATED: "success",
    Action.RECORD_UPDATED: "success",
}


class EntryCells(QStyledItemDelegate):
    """The cells of an entry: number muted, person strong, action with its icon, time at the end."""

    def paint(
        self,
        painter: QPainter | None,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw a cell (Qt)."""
        row = index.data(AuditModel.ROW)
        if painter is None or not isinstance(row, LedgerRow):
            return
        painter.save()
        painter.setLayoutDirection(option.direction)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(option.rect, theme.colour("selected"))
        line = QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1)
        painter.fillRect(line, theme.colour("border"))
        inner = option.rect.adjusted(15, 0, -15, 0)
        self._cell(painter, inner, row, Column(index.column()), str(index.data()))
        if selected and index.column() == 0:
            self._bar(painter, option)
        painter.restore()

    def _cell(
        self, painter: QPainter, rect: QRect, row: LedgerRow, column: Column, text: str
    ) -> None:
        if column is Column.NUMBER:
            paint_text(painter, rect, text, numeric(font(Type.BODY)), "text_3")
        elif column is Column.WHO:
            paint_text(painter, rect, text, Type.ROW)
        elif column is Column.DID:
            self._action(painter, rect, row.entry.action, text)
        elif column is Column.SUBJECT:
            role = Type.CODE if text.startswith("0x") else Type.BODY
            paint_text(painter, rect, text, role, "text_2")
        else:
            when = dates.short(row.entry.meta.time)
            end = Qt.AlignmentFlag.AlignTrailing
            paint_text(painter, rect, when, Type.BODY, "text_2", end)

    def _action(self, painter: QPainter, rect: QRect, action: int, text: str) -> None:
        mirrored = painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = rect.right() - 16 if mirrored else rect.left()
        ink = theme.colour(_INKS.get(Action(action), "accent")) if action in tuple(Action) else None
        name = (ink or theme.colour("text_2")).name()
        paint_icon(painter, QRect(left, rect.center().y() - 8, 16, 16), action_icon(action), name)
        room = (0, 0, -24, 0) if mirrored else (24, 0, 0, 0)
        paint_text(painter, rect.adjusted(*room), text, Type.BODY)

    def _bar(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        left = option.rect.right() - 2 if mirrored else option.rect.left()
        bar = QRect(left, option.rect.top(), 3, option.rect.height())
        painter.fillRect(bar, theme.colour("accent"))


class AuditPage(Page):
    """The explorer; says what is wanted and shows what it is told."""

    sieveChanged = pyqtSignal(object)
    """The `Sieve`."""
    verifyAsked = pyqtSignal(object)
    """The subject whose chain is to be recomputed; None for everybody's."""
    exportAsked = pyqtSignal(object)
    """The `Path` of a file that is not there yet."""

    def __init__(self, model: AuditModel, parent: QWidget | None = None) -> None:
        self.export = Button("", Kind.SECONDARY, "download")
        self.verify = Button("", Kind.PRIMARY, "shield-check")
        super().__init__("", "", self.export, self.verify, scroll=False, parent=parent)
        self.export.setText(self.tr("Export"))
        self.verify.setText(self.tr("Verify all"))
        self.set_title(self.tr("Audit explorer"))
        self.set_subtitle(
            self.tr("Every entry of the registry. Contents are never shown: only who, what, when.")
        )
        self.model = model
        self.filter = AuditFilter()
        self.alarm: AlarmPanel | None = None
        self.detail = AuditDetail()
        self._make_table()
        self.body.addWidget(self.filter)
        row = hbox(self.card, self.detail, spacing=16)
        row.setStretch(0, 1)
        self.body.addLayout(row, 1)
        self._connect()

    def _make_table(self) -> None:
        self.table = TableView(row_height=42)
        self.table.setModel(self.model)
        self.table.setItemDelegate(EntryCells(self.table))
        self.table.setAccessibleName(self.tr("Entries"))
        self._arrange()
        self.table.setSortingEnabled(False)
        head = self.table.horizontalHeader()
        if head is not None:
            head.setSortIndicatorShown(True)
            head.setSortIndicator(Column.NUMBER, Qt.SortOrder.DescendingOrder)
            head.sectionClicked.connect(self._turn)
        empty = Empty(
            "scroll-text",
            self.tr("No entries"),
            self.tr("They appear here as soon as somebody registers."),
            self.tr("Clear the filter"),
        )
        self.stack = StateStack(self.table, empty=empty, skeleton=Skeleton(8, 42))
        self._count = Label("", Type.CAPTION, "text_2")
        self._proof = Label("", Type.SMALL_STRONG, "success_text")
        self._shield = Icon("shield-check", 16, "success_text")
        self._shield.hide()
        self.card = Card()
        self.card.set_padding(1, 1)
        self.card.body.addWidget(self.stack, 1)
        self.card.body.addWidget(Divider())
        self.card.body.addLayout(hbox(self._count, None, self._shield, self._proof, margins=11))
        self.card.body.setSpacing(0)

    def _connect(self) -> None:
        self.stack.follow(self.model)
        self.stack.acted.connect(self.filter.reset)
        self.filter.changed.connect(self.sieveChanged)
        self.table.chosen.connect(lambda _: self._show_current())
        self.model.loaded.connect(self._settle)
        self.export.clicked.connect(self._ask_file)
        self.verify.clicked.connect(lambda: self.verifyAsked.emit(None))
        self.detail.verifyAsked.connect(self.verifyAsked)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        again = QShortcut(QKeySequence(Qt.Key.Key_F5), self)
        for shortcut in (find, again):
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.filter.text.setFocus)
        again.activated.connect(self.model.reload)
        self.detail.hide()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Give what is narrow to the names (Qt)."""
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent | None) -> None:
        """What changed meanwhile is read now (Qt)."""
        super().showEvent(event)
        self.model.set_seen(True)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nobody looks: nothing is read for nobody (Qt)."""
        super().hideEvent(event)
        self.model.set_seen(False)

    def _arrange(self) -> None:
        narrow = self.width() < _NARROW
        self.detail.setFixedWidth(_SIDE - 40 if narrow else _SIDE)
        number = self._number_width()
        # Numbers, addresses and times need what their text needs; the names take what is left.
        widths = (172, 118, 70) if narrow else (_DID if self.width() > _WIDE else 196, 124, 84)
        scale = max(text_scale(), 1.0)
        self.table.set_columns(number, 0, *(round(width * scale) for width in widths))

    def _number_width(self) -> int:
        """What the largest number and the head with its arrow need, in pixels."""
        last = f"{max(len(self.model.ledger.rows), 1):,}"
        digits = QFontMetricsF(numeric(font(Type.BODY))).horizontalAdvance(last)
        across = Qt.Orientation.Horizontal
        word = str(self.model.headerData(Column.NUMBER, across))
        head = text_width(word, Type.CAPTION_STRONG) + 18
        return round(max(digits, head)) + 32

    def arrive(
        self, subject: Address | None = None, actor: Address | None = None, **_facts: object
    ) -> None:
        """Show somebody's entries."""
        self.filter.choose(subject, actor)

    def set_busy(self, verifying: bool) -> None:
        """Whether chains are being recomputed."""
        self.verify.set_busy(verifying, self.tr("Verifying"))
        self.detail.set_busy(verifying)

    def set_verified(self, sentence: str) -> None:
        """What was recomputed and holds."""
        self._drop_alarm()
        self._shield.show()
        self._proof.setText(sentence)

    def set_broken(self, title: str, sentence: str) -> None:
        """What does not hold; it stays until something was verified again."""
        self._drop_alarm()
        self._shield.hide()
        self._proof.setText("")
        self.alarm = AlarmPanel(title, sentence)
        self.body.insertWidget(0, self.alarm)

    def _drop_alarm(self) -> None:
        if self.alarm is not None:
            self.alarm.hide()
            self.alarm.deleteLater()
            self.alarm = None

    def _ask_file(self) -> None:
        ask_save(self, self.tr("Export these entries"), "medrec-audit.csv", self._on_file)

    def _on_file(self, path: Path) -> None:
        self.exportAsked.emit(path if path.suffix else path.with_suffix(".csv"))

    def _turn(self, section: int) -> None:
        head = self.table.horizontalHeader()
        newest_first = not self.model.newest_first
        order = Qt.SortOrder.DescendingOrder if newest_first else Qt.SortOrder.AscendingOrder
        if head is not None:
            place = section if section in (Column.NUMBER, Column.WHEN) else Column.NUMBER
            head.setSortIndicator(place, order)
        self.model.sort(section, order)

    def _settle(self) -> None:
        """Other rows than before: people, count, empty words, and an entry that is shown."""
        model = self.model
        self.filter.set_people(model.people(Role.PATIENT), model.people(Role.DOCTOR))
        shown, whole = f"{len(model.rows):,}", f"{len(model.ledger.rows):,}"
        text = self.tr("%1 of %2 entries, newest first")
        if not model.newest_first:
            text = self.tr("%1 of %2 entries, oldest first")
        self._arrange()
        self._count.setText(text.replace("%1", shown).replace("%2", whole))
        self.export.setEnabled(bool(model.rows))
        if model.sieve != Sieve():
            self.stack.set_empty(
                self.tr("No entry fits the filter"), "", self.tr("Clear the filter")
            )
        else:
            self.stack.set_empty(
                self.tr("No entries"),
                self.tr("They appear here as soon as somebody registers."),
                "",
            )
        if model.rows and not self.table.currentIndex().isValid():
            # Not selectRow: Qt finds no column for it where people read from right to left.
            self.table.setCurrentIndex(model.index(0, 0))
        self._show_current()

    def _show_current(self) -> None:
        row = self.model.row(self.table.currentIndex())
        self.detail.setVisible(row is not None)
        if row is None:
            return
        model = self.model
        self.detail.show_entry(
            EntryView(
                row,
                model.place(row),
                model.person(row.entry.actor),
                model.person(row.entry.subject),
                model.person(row.about) if row.about is not None else "",
            )
        )
