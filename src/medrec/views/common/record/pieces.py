"""Small parts of a record's page: attachments, readers, versions."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QCoreApplication, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from medrec.clinical.media import Kind, medium
from medrec.models.record_page import AttachmentLine, ReaderLine, VersionLine
from medrec.views.common import dates
from medrec.views.common.buttons import Button, IconButton, Size
from medrec.views.common.buttons import Kind as ButtonKind
from medrec.views.common.choices import Combo, SegmentedControl
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import hbox, vbox
from medrec.views.common.theme import set_look
from medrec.views.common.tiles import Avatar, IconTile
from medrec.views.common.viewers.base import size_text

_NAME_ROOM = 210
SEGMENTS = 4
"""More versions than these are chosen from a list."""
_KINDS = {
    "application/pdf": "PDF",
    "application/dicom": "DICOM",
    "application/fhir+json": "FHIR",
    "text/plain": "Text",
}
_ICONS = {Kind.IMAGE: "image", Kind.DICOM: "scan", Kind.FHIR: "file-json"}


def kind_text(media_type: str) -> str:
    """A media type for people: PDF, JPEG."""
    base = media_type.partition(";")[0]
    return _KINDS.get(base) or base.rpartition("/")[2].upper() or base


def times_text(times: int) -> str:
    """How often: once, 4 times."""
    if times == 1:
        return QCoreApplication.translate("RecordPieces", "once")
    return QCoreApplication.translate("RecordPieces", "%1 times").replace("%1", str(times))


class AttachmentRow(QFrame):
    """A file of the record: what it is, Open and Save."""

    opened = pyqtSignal(str)
    saved = pyqtSignal(str)

    def __init__(self, line: AttachmentLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "card", "plain")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(12)
        icon = _ICONS.get(medium(line.name, b"").kind, "file-text")
        row.addWidget(IconTile(icon, "text_2", "sunken", 36))
        name = ElidedLabel(line.name, Type.SMALL_STRONG, "text", Qt.TextElideMode.ElideMiddle)
        facts = [kind_text(line.media_type), size_text(line.size) if line.size else ""]
        told = "  ·  ".join(part for part in (*facts, self.tr("sealed")) if part)
        row.addLayout(vbox(name, Label(told, Type.CAPTION, "text_2"), spacing=2), 1)
        self.open = Button(self.tr("Open"), ButtonKind.SECONDARY, "eye", Size.ROW)
        self.save = Button(self.tr("Save"), ButtonKind.SECONDARY, "download", Size.ROW)
        self._wide = (self.open, self.save)
        narrow = (
            IconButton("eye", self.tr("Open %1").replace("%1", line.name)),
            IconButton("download", self.tr("Save %1").replace("%1", line.name)),
        )
        for button, small, asked in zip(self._wide, narrow, (self.opened, self.saved), strict=True):
            button.setAccessibleName(small.accessibleName())
            for one in (button, small):
                one.clicked.connect(lambda _=False, does=asked: does.emit(line.name))
                row.addWidget(one)
        self._narrow = narrow
        self._fold()

    def minimumSizeHint(self) -> QSize:
        """Qt's question: where there is little room, icons do."""
        return QSize(180, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Qt's report."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        needed = sum(button.sizeHint().width() for button in self._wide) + _NAME_ROOM
        wide = self.width() >= needed
        for button in self._wide:
            button.setVisible(wide)
        for small in self._narrow:
            small.setVisible(not wide)


class VersionsBar(QWidget):
    """The versions of a record, newest first, and Compare."""

    chosen = pyqtSignal(int)
    compared = pyqtSignal(int, int)

    def __init__(
        self, versions: Sequence[VersionLine], shown: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._numbers = sorted((line.number for line in versions), reverse=True)
        self._shown = shown
        name = self.tr("Version %1")
        texts = [name.replace("%1", str(number)) for number in self._numbers]
        at = self._numbers.index(shown) if shown in self._numbers else 0
        row = hbox(spacing=10)
        row.addWidget(self._chooser(texts, at))
        self.compare = Button(self.tr("Compare"), ButtonKind.QUIET, "columns-2", Size.ROW, self)
        self.compare.clicked.connect(self._compare)
        self.compare.setVisible(len(self._numbers) > 1)
        row.addWidget(self.compare)
        row.addStretch(1)
        self.setLayout(row)

    def _chooser(self, texts: list[str], at: int) -> QWidget:
        if len(texts) > SEGMENTS:
            combo = Combo()
            combo.addItems(texts)
            combo.setCurrentIndex(at)
            combo.setMinimumWidth(160)
            combo.setAccessibleName(self.tr("Version"))
            combo.activated.connect(self._choose)
            return combo
        segments = SegmentedControl(texts, at)
        segments.setAccessibleName(self.tr("Version"))
        segments.changed.connect(self._choose)
        return segments

    def _choose(self, place: int) -> None:
        self.chosen.emit(self._numbers[place])

    def _compare(self) -> None:
        """With the version before it; the first one with the second."""
        before = self._shown - 1 if self._shown > 1 else 1
        self.compared.emit(before, before + 1)


class Readers(QWidget):
    """Who read the record: ``button`` says how many, and shows each of them here."""

    def __init__(self, readers: Sequence[ReaderLine], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._readers = readers
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        text = self.tr("Read by nobody yet")
        if readers:
            one = self.tr("Read by 1 doctor, %1")
            many = self.tr("Read by %2 doctors, %1").replace("%2", str(len(readers)))
            times = times_text(sum(reader.times for reader in readers))
            text = (one if len(readers) == 1 else many).replace("%1", times)
        self.button = Button(text, ButtonKind.QUIET, "eye", Size.ROW)
        self.button.setEnabled(bool(readers))
        self.button.setCheckable(True)
        self.button.toggled.connect(self._toggle)
        self._list: QWidget | None = None
        self._column = column

    def _toggle(self, shown: bool) -> None:
        if self._list is None:
            self._list = QWidget()
            rows = QVBoxLayout(self._list)
            rows.setContentsMargins(0, 0, 0, 0)
            for reader in self._readers:
                rows.addLayout(self._row(reader))
            self._column.addWidget(self._list)
        self._list.setVisible(shown)

    def _row(self, reader: ReaderLine) -> QHBoxLayout:
        name = Label(reader.name, Type.SMALL_STRONG)
        name.setToolTip(reader.address)
        last = self.tr("last %1").replace("%1", dates.day_time(reader.last)) if reader.last else ""
        told = ", ".join(part for part in (times_text(reader.times), last) if part)
        return hbox(
            Avatar(reader.face or reader.name, 24), name, None, Label(told, Type.CAPTION, "text_2")
        )
