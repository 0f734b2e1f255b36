"""Two versions of a record side by side, with what changed between them."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from medrec.clinical.compare import CompareRow, compare
from medrec.models.record_page import AttachmentLine, ComparePage, VersionContents
from medrec.views.common import dates
from medrec.views.common.background import Background
from medrec.views.common.badges import Badge
from medrec.views.common.buttons import Button, IconButton, Kind, Size
from medrec.views.common.cards import Card, Icon
from medrec.views.common.choices import SegmentedControl
from medrec.views.common.clipboard import copy_button
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import MARGIN, Divider, Scroll, boxed, clear, hbox, vbox
from medrec.views.common.painting import Tone
from medrec.views.common.record.before import ICON, badge_text
from medrec.views.common.record.compare_rows import SideView, rows_of
from medrec.views.common.states import Skeleton
from medrec.views.common.theme import ground
from medrec.views.common.tiles import CategoryTile
from medrec.views.common.viewers.base import size_text
from medrec.views.common.words import category_name

AT_ONCE = 40_000
MANY = 400
"""With more rows than these only the changes are shown at first."""


class VersionsCompare(QWidget):
    """Shows a `ComparePage`: equal columns, changed rows tinted, and how one follows the other."""

    backRequested = pyqtSignal()
    openRequested = pyqtSignal(int)
    """The number of the version that is to be opened by itself."""
    attachmentOpened = pyqtSignal(int, str)
    """The number of the version and the name of its file."""
    rendered = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "window")
        self.page: ComparePage | None = None
        self.rows: list[CompareRow] = []
        self.sides: list[SideView] = []
        self._work = Background(self)
        self._work.done.connect(self._compared)
        self._work.failed.connect(lambda _: self._compared([]))
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(MARGIN, 20, MARGIN, MARGIN)
        self._column.setSpacing(16)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scroll(self._content))
        self.mode = SegmentedControl([self.tr("Side by side"), self.tr("Changes only")])
        self.mode.changed.connect(self._fill)

    def show_page(self, page: ComparePage) -> None:
        """Compare two versions; large ones in a thread, `rendered` tells when it is there."""
        self.page, self.rows, self.sides = page, [], []
        self.mode.setParent(self)
        clear(self._column)
        self._column.addWidget(boxed(self._head(page)))
        self.mode.show()
        self._skeleton = Skeleton(6, 42)
        self._column.addWidget(self._skeleton)
        older = (page.older.media_type, page.older.data)
        newer = (page.newer.media_type, page.newer.data)
        if len(page.older.data) + len(page.newer.data) > AT_ONCE:
            self._work.start(partial(compare, older, newer))
        else:
            self._work.drop()
            self._compared(compare(older, newer))

    def _head(self, page: ComparePage) -> QHBoxLayout:
        self.back = IconButton("arrow-left", self.tr("Back"))
        self.back.clicked.connect(self.backRequested)
        kept = self.tr("2 versions, both kept for good")
        if page.versions > 2:
            kept = self.tr("2 of %1 versions, all kept for good")
            kept = kept.replace("%1", str(page.versions))
        told = f"{category_name(page.category)}  ·  {kept}"
        title = Label(page.title, Type.PAGE_TITLE)
        row = hbox(self.back, CategoryTile(page.category, 40), spacing=12)
        row.addLayout(vbox(title, Label(told, Type.SMALL, "text_2"), spacing=2), 1)
        row.addWidget(self.mode)
        return row

    def _compared(self, rows: list[CompareRow]) -> None:
        page = self.page
        if page is None:
            return
        self.rows = rows
        self._skeleton.hide()
        self._skeleton.deleteLater()
        if len(rows) > MANY:
            self.mode.set_texts([self.tr("Side by side"), self.tr("Changes only")], 1)
        if page.newer.line.reason:
            self._column.addWidget(self._why(page.newer))
        columns = QHBoxLayout()
        columns.setSpacing(16)
        for contents in (page.older, page.newer):
            columns.addWidget(self._side(contents, page), 1)
        self._column.addLayout(columns)
        self._column.addStretch(1)
        self._fill()
        self.rendered.emit()

    def _why(self, contents: VersionContents) -> Card:
        card = Card()
        card.set_padding(16, 12)
        line = contents.line
        reason = Label(f"“{line.reason}”", Type.BODY, wrap=True)
        words = vbox(
            Label(self.tr("Why it was amended"), Type.CAPTION, "text_2"), reason, spacing=2
        )
        row = hbox(Icon("message-square-text", 18, "accent_text"), spacing=14)
        row.addLayout(words, 1)
        told = f"{line.author}, {dates.day_time(line.when)}"
        row.addWidget(Label(told, Type.SMALL, "text_2", wrap=True))
        card.body.addLayout(row)
        return card

    def _side(self, contents: VersionContents, page: ComparePage) -> Card:
        card = Card()
        card.set_padding(0, 0)
        card.body.setSpacing(0)
        name = self.tr("Version %1").replace("%1", str(contents.line.number))
        card.setAccessibleName(name)
        card.body.addWidget(boxed(self._side_head(contents, name)))
        card.body.addWidget(Divider())
        view = SideView(name)
        self.sides.append(view)
        card.body.addWidget(view)
        most = max(len(page.older.attachments), len(page.newer.attachments))
        for place in range(most):
            lines = contents.attachments
            line = lines[place] if place < len(lines) else None
            card.body.addWidget(self._file(contents.line.number, line))
            card.body.addWidget(Divider())
        card.body.addWidget(self._anchor(contents))
        card.body.addStretch(1)
        card.body.addWidget(self._verified())
        return card

    def _side_head(self, contents: VersionContents, name: str) -> QHBoxLayout:
        current = contents.current
        badge = Badge(self.tr("Current"), Tone.SUCCESS, "check")
        if not current:
            badge = Badge(self.tr("Replaced"), Tone.NEUTRAL, "history")
        line = contents.line
        told = f"{dates.day_time(line.when)}  ·  {line.author}"
        who = ElidedLabel(told, Type.CAPTION, "text_2")
        title = hbox(Label(name, Type.ROW_STRONG), badge, spacing=10)
        if line.origin:
            origin = Badge(badge_text(), Tone.NEUTRAL, ICON)
            origin.setToolTip(line.origin)
            title.addWidget(origin)
        title.addStretch(1)
        words = vbox(title, who, spacing=4)
        button = Button(self.tr("Open"), Kind.SECONDARY, size=Size.ROW)
        button.setAccessibleName(f"{button.text()} {name}")
        button.clicked.connect(lambda: self.openRequested.emit(line.number))
        row = hbox(spacing=12)
        row.setContentsMargins(20, 12, 20, 12)
        row.addLayout(words, 1)
        row.addWidget(button)
        return row

    def _file(self, number: int, line: AttachmentLine | None) -> QWidget:
        row = hbox(spacing=10)
        row.setContentsMargins(20, 8, 20, 8)
        if line is None:
            row.addWidget(Label(self.tr("No file here"), Type.SMALL, "text_3"))
        else:
            row.addWidget(Icon("paperclip", 14))
            middle = Qt.TextElideMode.ElideMiddle
            row.addWidget(ElidedLabel(line.name, Type.SMALL_STRONG, "text", middle))
            size = size_text(line.size) if line.size else ""
            row.addWidget(Label(size, Type.CAPTION, "text_2"))
            row.addStretch(1)
            button = Button(self.tr("Open"), Kind.QUIET, size=Size.ROW)
            button.clicked.connect(lambda: self.attachmentOpened.emit(number, line.name))
            row.addWidget(button)
        held = boxed(row)
        held.setMinimumHeight(48)
        return held

    def _anchor(self, contents: VersionContents) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(20, 12, 20, 12)
        grid.setVerticalSpacing(4)
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(1, 1)
        line = contents.line
        facts: list[tuple[str, QWidget]] = []
        if line.block:
            facts.append((self.tr("Block"), Label(f"{line.block:,}", Type.SMALL)))
        if line.digest:
            facts.append((self.tr("Digest"), self._digest(line.digest)))
        facts.append((self.tr("Follows"), self._follows(contents)))
        for row, (name, value) in enumerate(facts):
            label = Label(name, Type.CAPTION, "text_2")
            label.setMinimumWidth(80)
            grid.addWidget(label, row, 0)
            grid.addWidget(value, row, 1)
        return holder

    def _digest(self, digest: str) -> QWidget:
        plain = digest.removeprefix("0x")
        short = f"{plain[:4]} {plain[4:8]} … {plain[-4:]}"
        label = Label(short, Type.CODE)
        label.setToolTip(digest)
        label.setAccessibleName(digest)
        return boxed(hbox(label, copy_button(digest, self.tr("Copy the digest")), None, spacing=6))

    def _follows(self, contents: VersionContents) -> Label:
        number = contents.line.number
        if number <= 1:
            return Label(self.tr("nothing: first version"), Type.SMALL)
        text = self.tr("version %1, unbroken") if contents.unbroken else self.tr("not version %1")
        colour = "text" if contents.unbroken else "danger_text"
        return Label(text.replace("%1", str(number - 1)), Type.SMALL, colour)

    def _verified(self) -> QWidget:
        icon = Icon("shield-check", 18, "success_text")
        text = Label(
            self.tr("Verified: exactly what was written"), Type.SMALL_STRONG, "success_text"
        )
        row = hbox(icon, text, None, spacing=10)
        row.setContentsMargins(20, 8, 20, 14)
        return boxed(row)

    def _fill(self, _: int = 0) -> None:
        only = self.mode.current == 1
        for place, view in enumerate(self.sides):
            view.side.set_rows(rows_of(self.rows, newer=place == 1, only_changes=only))
            view.updateGeometry()
