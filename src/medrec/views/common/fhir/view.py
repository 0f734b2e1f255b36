"""FHIR JSON shown as pages that people read, one for each resource in it."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.clinical.page import Embedded, Look, Page, Part
from medrec.clinical.readable import ROOT, Document
from medrec.views.common.background import Background
from medrec.views.common.badges import Badge
from medrec.views.common.buttons import IconButton
from medrec.views.common.fhir.parts import PartView
from medrec.views.common.fhir.words import flag_look, moment, words
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Scroll, boxed, clear, hbox, vbox
from medrec.views.common.states import Skeleton

AT_ONCE = 60_000
"""Bytes that are read without a thread: they take less than five milliseconds."""
_LONGEST_TEXT = 200_000


class ResourceView(QWidget):
    """A resource, or a Bundle of them, as a readable page.

    With ``scrolls`` it is a scroll area of its own, else it is as high as the page. Without
    ``heading`` the first page has no title of its own, because it stands under one.
    """

    rendered = pyqtSignal()
    """All parts of the page are there."""
    failed = pyqtSignal(object)
    """The file is not FHIR JSON: its text is shown instead. Brings the error."""
    moved = pyqtSignal(str)
    """Another page is shown; brings its key."""
    fileOpened = pyqtSignal(object)
    """Somebody wants to see an `Embedded` file; shown here unless ``own_files`` is False."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        scrolls: bool = True,
        heading: bool = True,
        own_files: bool = True,
    ) -> None:
        super().__init__(parent)
        self._heading, self._own_files = heading, own_files
        self._document: Document | None = None
        self._data = b""
        self._history: list[str] = [ROOT]
        self._waiting: list[Part] = []
        self._work = Background(self)
        self._work.done.connect(self._read)
        self._work.failed.connect(self._unreadable)
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(14)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._scroller = Scroll(self._content) if scrolls else None
        whole.addWidget(self._scroller or self._content)
        shortcut = QShortcut(QKeySequence.StandardKey.Back, self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.back)
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._next_part)

    @property
    def document(self) -> Document | None:
        """What was read; None while it is being read, and where it is no FHIR."""
        return self._document

    @property
    def key(self) -> str:
        """The key of the page that is shown."""
        return self._history[-1]

    @property
    def can_go_back(self) -> bool:
        """Whether there is a page before this one."""
        return len(self._history) > 1

    def show_bytes(self, data: bytes) -> None:
        """Show FHIR JSON; several MB are read in a thread, `rendered` tells when it is there."""
        self._clear()
        self._document, self._data, self._history = None, data, [ROOT]
        if len(data) > AT_ONCE:
            self._column.addWidget(Skeleton(4, 52))
            self._work.start(partial(_first_page, data))
            return
        self._work.drop()
        try:
            read = _first_page(data)
        except Exception as error:
            self._unreadable(error)
            return
        self._read(read)

    def clear(self) -> None:
        """Show nothing."""
        self._work.drop()
        self._clear()
        self._document, self._data, self._history = None, b"", [ROOT]

    def go(self, target: str) -> None:
        """Follow a target of a line: another page of the document, or a file inside it."""
        document = self._document
        if document is None:
            return
        held = document.embedded(target)
        if held is not None:
            self.fileOpened.emit(held)
            if self._own_files:
                self._history.append(target)
                self._show_file(held)
        elif target in document:
            self._history.append(target)
            self._show(document.page(target))

    def back(self) -> None:
        """Show the page before this one again."""
        if self.can_go_back and self._document is not None:
            self._history.pop()
            self._show(self._document.page(self.key))

    def parts(self) -> list[PartView]:
        """The parts of the page that are there, for tests and for printing."""
        items = (self._column.itemAt(i) for i in range(self._column.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, PartView)]

    def _read(self, read: tuple[Document, Page]) -> None:
        self._document, page = read
        self._show(page)

    def _unreadable(self, error: object) -> None:
        self._clear()
        told = self.tr("This file says that it is FHIR, but it cannot be read as such.")
        self._column.addWidget(Label(told, Type.BODY, "warning_text", wrap=True))
        text = self._data[:_LONGEST_TEXT].decode("utf-8", "replace")
        from medrec.views.common.viewers.text import TextViewer

        viewer = TextViewer(text, code=True)
        viewer.setMinimumHeight(300)
        self._column.addWidget(viewer, 1)
        self.failed.emit(error)
        self.rendered.emit()

    def _clear(self) -> None:
        self._turn.stop()
        self._waiting = []
        clear(self._column)

    def _show(self, page: Page) -> None:
        self._clear()
        head = self._head(page)
        if head is not None:
            self._column.addWidget(head)
        self._waiting = list(page.parts)
        self.setAccessibleName(page.title)
        self._to_top()
        self._next_part()
        self.moved.emit(page.key)

    def _to_top(self) -> None:
        bar = self._scroller.verticalScrollBar() if self._scroller is not None else None
        if bar is not None:
            bar.setValue(0)

    def _next_part(self) -> None:
        """One part each turn of the loop, so that a long page never stops the window."""
        if not self._waiting:
            self._turn.stop()
            self._column.addStretch(1)
            self.rendered.emit()
            return
        part = self._waiting.pop(0)
        document, key = self._document, self.key
        bare = part.look is Look.RESULTS and not self.parts()
        view = PartView(
            part, lambda: document.everything(key) if document is not None else (), bare=bare
        )
        view.followed.connect(self.go)
        self._column.addWidget(view)
        self._turn.start()

    def _head(self, page: Page) -> QWidget | None:
        if not self.can_go_back and not self._heading:
            return None
        row = hbox(spacing=10)
        if self.can_go_back:
            row.addWidget(self._back_button())
        kind = words(page.kind)
        under = "  ·  ".join(part for part in (kind, moment(page.when)) if part)
        title = Label(page.title, Type.TITLE, wrap=True)
        row.addLayout(vbox(title, Label(under, Type.SMALL, "text_2"), spacing=2), 1)
        if page.flag is not None:
            row.addWidget(Badge(*flag_look(page.flag)))
        return boxed(row)

    def _back_button(self) -> IconButton:
        back = IconButton("arrow-left", self.tr("Back (Alt+Left)"))
        back.clicked.connect(self.back)
        return back

    def _show_file(self, held: Embedded) -> None:
        from medrec.views.common.viewers import viewer_for

        self._clear()
        row = hbox(self._back_button(), Label(held.name, Type.TITLE), None, spacing=10)
        self._column.addWidget(boxed(row))
        viewer = viewer_for(held.media_type, held.name, held.data)
        viewer.setMinimumHeight(420)
        self._column.addWidget(viewer, 1)
        self.moved.emit(self.key)
        self.rendered.emit()


def _first_page(data: bytes) -> tuple[Document, Page]:
    document = Document(data)
    return document, document.page()
