"""The page of one record: versions, contents, files, and that it is what was written."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from medrec.clinical.reading import FHIR_JSON
from medrec.models.record_page import PageState, RecordPage, VersionLine
from medrec.views.common import dates
from medrec.views.common.badges import Badge
from medrec.views.common.buttons import IconButton
from medrec.views.common.fhir.view import ResourceView
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Flow, Scroll, boxed, clear, hbox, vbox
from medrec.views.common.menu import Menu
from medrec.views.common.painting import Tone
from medrec.views.common.record.before import origin_line
from medrec.views.common.record.checks import strip_of
from medrec.views.common.record.pieces import AttachmentRow, Readers, VersionsBar
from medrec.views.common.states import Message, Skeleton
from medrec.views.common.tiles import Avatar, CategoryTile
from medrec.views.common.words import category_name

_MARGIN = 20
_MOST = 100
_POLICY = QSizePolicy.Policy
_VIEWER = 320
"""So that a window of 800 shows the file and its checks without two scroll bars."""


class _Held(QWidget):
    """A viewer that takes the room there is, and never less than `_VIEWER`.

    A scroll area makes its content as high as the hints say where text has a height for its width,
    and a viewer's own hint may be a hundred pages.
    """

    def __init__(self, viewer: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(viewer)
        viewer.setSizePolicy(_POLICY.Expanding, _POLICY.Ignored)
        self.setMinimumHeight(_VIEWER)
        self.setSizePolicy(_POLICY.Expanding, _POLICY.Expanding)

    def sizeHint(self) -> QSize:
        """Qt's question."""
        return QSize(super().sizeHint().width(), _VIEWER)

    def hasHeightForWidth(self) -> bool:
        """Qt's question: what does not fit scrolls inside."""
        return False


class RecordDetail(QWidget):
    """Shows a `RecordPage`; it asks, and never does anything by itself."""

    versionChosen = pyqtSignal(int)
    compareRequested = pyqtSignal(int, int)
    """The numbers of the older and the newer version."""
    attachmentOpened = pyqtSignal(str)
    attachmentSaved = pyqtSignal(str)
    saveRequested = pyqtSignal()
    """The record's own file is to be saved."""
    amendRequested = pyqtSignal()
    archiveRequested = pyqtSignal()
    correctionRequested = pyqtSignal()
    retried = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page: RecordPage | None = None
        self.resource: ResourceView | None = None
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(_MARGIN, 16, _MARGIN, 16)
        self._column.setSpacing(12)
        self._scroller = Scroll(self._content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scroller)
        self.menu = Menu(self)

    def show_page(self, page: RecordPage) -> None:
        """Show a page; the same one again changes nothing."""
        if page == self.page:
            return
        same = self.page is not None and self.page.record == page.record
        self.page = page
        self.resource = None
        clear(self._column)
        self.setAccessibleName(page.title)
        self._column.addWidget(boxed(self._head(page)))
        if len(page.versions) > 1:
            self._column.addWidget(self._versions(page))
        line = origin_line(page)
        if line is not None:
            self._column.addWidget(line)
        self._reason(page)
        self._body(page)
        bar = self._scroller.verticalScrollBar()
        if bar is not None and not same:
            bar.setValue(0)

    def _head(self, page: RecordPage) -> QVBoxLayout:
        told = [category_name(page.category)]
        told += [dates.day_time(page.when)] if page.when else []
        title = Label(page.title or category_name(page.category), Type.TITLE, wrap=True)
        words = vbox(title, Label("  ·  ".join(told), Type.SMALL, "text_2"), spacing=2)
        row = hbox(CategoryTile(page.category, 40), spacing=14)
        row.addLayout(words, 1)
        if page.archived:
            row.addWidget(Badge(self.tr("Archived"), Tone.NEUTRAL, "archive"))
        more = self._menu(page)
        if more is not None:
            row.addWidget(more, 0, Qt.AlignmentFlag.AlignTop)
        return vbox(row)

    def _menu(self, page: RecordPage) -> IconButton | None:
        """What may be done with the record; nothing is offered that would be refused."""
        self.menu.clear()
        offers = (
            (page.may_amend, "pen-line", self.tr("Write a new version"), self.amendRequested),
            (
                page.may_ask_correction,
                "message-square-text",
                self.tr("Ask for a correction"),
                self.correctionRequested,
            ),
            (
                page.state is PageState.READY,
                "download",
                self.tr("Save the record's file"),
                self.saveRequested,
            ),
            (page.may_archive, "archive", self.tr("Archive"), self.archiveRequested),
        )
        for offered, name, text, signal in offers:
            if offered:
                self.menu.add(text, signal.emit, name)
        if not self.menu.actions():
            return None
        button = IconButton("ellipsis", self.tr("More"))
        button.clicked.connect(lambda: self.menu.open_below(button))
        return button

    def _versions(self, page: RecordPage) -> VersionsBar:
        bar = VersionsBar(page.versions, page.shown)
        bar.chosen.connect(self.versionChosen)
        bar.compared.connect(self.compareRequested)
        return bar

    def _reason(self, page: RecordPage) -> None:
        version = page.version
        if version is None:
            return
        if version.reason:
            text = self.tr("Amended on %1: %2") if version.number > 1 else "%2"
            text = text.replace("%1", dates.day_time(version.when)).replace("%2", version.reason)
            self._column.addWidget(Label(text, Type.SMALL, "text_2", wrap=True))
        if page.shown != page.latest and page.state is PageState.READY:
            text = self.tr("There is a newer version of this record.")
            self._column.addWidget(Label(text, Type.SMALL, "warning_text", wrap=True))

    def _body(self, page: RecordPage) -> None:
        if page.state is PageState.LOADING:
            self._column.addWidget(Skeleton(4, 52))
            self._column.addStretch(1)
            return
        if page.state is PageState.READY:
            self._contents(page)
            self._files(page)
        version = page.version
        author = version.author if version is not None else ""
        if page.state in {PageState.READY, PageState.BROKEN}:
            self._column.addWidget(strip_of(page, author))
        if page.state is not PageState.READY:
            self._column.addWidget(self._message(page), 1)
        self._column.addStretch(1)
        if version is not None and author and page.state is not PageState.DENIED:
            self._foot(page, version)

    def _contents(self, page: RecordPage) -> None:
        if not page.data:
            return
        if page.media_type == FHIR_JSON:
            self.resource = ResourceView(scrolls=False, heading=False)
            self.resource.moved.connect(self._to_resource)
            self.resource.show_bytes(page.data)
            self._column.addWidget(self.resource)
            return
        from medrec.views.common.viewers import NotShownView, viewer_for

        viewer = viewer_for(page.media_type, page.name or page.title, page.data)
        if isinstance(viewer, NotShownView):
            viewer.set(viewer.title, viewer.text, self.tr("Save"))
            viewer.acted.connect(self.saveRequested)
        else:
            viewer = _Held(viewer)
        self._column.addWidget(viewer, _MOST)

    def _to_resource(self) -> None:
        """Another page of the resource begins at its top."""
        bar = self._scroller.verticalScrollBar()
        if bar is not None and self.resource is not None:
            bar.setValue(min(bar.value(), self.resource.y()))

    def _files(self, page: RecordPage) -> None:
        for line in page.attachments:
            row = AttachmentRow(line)
            row.opened.connect(self.attachmentOpened)
            row.saved.connect(self.attachmentSaved)
            self._column.addWidget(row)

    def _message(self, page: RecordPage) -> Message:
        looks = {
            PageState.ARRIVING: (
                "hourglass",
                self.tr("This record is still arriving"),
                Tone.ACCENT,
                "",
            ),
            PageState.DENIED: ("lock", self.tr("You may not read this"), Tone.WARNING, ""),
            PageState.BROKEN: (
                "shield-alert",
                self.tr("Its contents are hidden"),
                Tone.DANGER,
                self.tr("Check again"),
            ),
        }
        failed = ("wifi-off", self.tr("This did not load"), Tone.DANGER, self.tr("Try again"))
        name, title, tone, action = looks.get(page.state, failed)
        text = page.trouble
        if page.state is PageState.BROKEN:
            text = self.tr("MedRec asks another store or node when you check again.")
        if page.state is PageState.ARRIVING and not text:
            text = self.tr("It is shown by itself as soon as it is whole.")
        message = Message(name, title, text, action, tone, "refresh-cw" if action else "")
        message.acted.connect(self.retried)
        return message

    def _foot(self, page: RecordPage, version: VersionLine) -> None:
        text = self.tr("Written by %1").replace("%1", version.author)
        name = Label(text, Type.SMALL, "text_2")
        name.setToolTip(version.author_address)
        who = boxed(hbox(Avatar(version.face or version.author, 24), name, spacing=8))
        row = Flow(who, spacing=16, line_spacing=6)
        self._column.addLayout(row)
        if page.readers is not None:
            readers = Readers(page.readers)
            row.addWidget(readers.button)
            self._column.addWidget(readers)
