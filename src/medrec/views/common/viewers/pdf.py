"""PDF from memory: pages on white, as they were printed."""

from __future__ import annotations

from PyQt6.QtCore import (
    QBuffer,
    QByteArray,
    QEvent,
    QIODevice,
    QObject,
    QPointF,
    Qt,
    QTimer,
)
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtPdf import QPdfDocument
from PyQt6.QtPdfWidgets import QPdfView
from PyQt6.QtWidgets import QFrame, QWidget

from medrec.views.common.theme import theme_bus, tokens
from medrec.views.common.viewers.base import NotShownView, Viewer

_SMALLEST, _LARGEST, _STEP = 0.25, 5.0, 1.25
_SETTLED = 150
"""Milliseconds after which a size is taken to stay."""


class PdfViewer(Viewer):
    """A PDF, all pages below each other; zoomed, and fitted to the width at first."""

    def __init__(self, data: bytes, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._bytes = QByteArray(data)
        self._buffer = QBuffer(self._bytes, self)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document = QPdfDocument(self)
        self.view = QPdfView(self)
        self._tools()
        self.column.addWidget(self.view, 1)
        self.document.statusChanged.connect(self._status)
        self.view.setDocument(self.document)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setAccessibleName(name or self.tr("PDF"))
        self.document.load(self._buffer)
        navigator = self.view.pageNavigator()
        if navigator is not None:
            navigator.currentPageChanged.connect(self._count)
        theme_bus.changed.connect(self._restyle)
        # A page that was being drawn for another width would be shown stretched.
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED)
        self._settled.timeout.connect(self._draw_again)
        self.view.installEventFilter(self)
        self._restyle()
        self._count()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """The view has another size: its pages are drawn anew when it stays so (Qt)."""
        if event is not None and event.type() is QEvent.Type.Resize:
            self._settled.start()
        return super().eventFilter(watched, event)

    def _draw_again(self) -> None:
        mode = self.view.zoomMode()
        if mode is not QPdfView.ZoomMode.Custom:
            self.view.setZoomMode(QPdfView.ZoomMode.Custom)
            self.view.setZoomMode(mode)

    def _tools(self) -> None:
        self.tool("chevron-up", self.tr("Page before")).clicked.connect(lambda: self._turn(-1))
        self.tool("chevron-down", self.tr("Next page")).clicked.connect(lambda: self._turn(1))
        self._page = self.note()
        self.bar.addStretch(1)
        tools = (
            ("zoom-out", self.tr("Smaller"), "Ctrl+-", lambda: self.zoom(1 / _STEP)),
            ("zoom-in", self.tr("Larger"), "Ctrl++", lambda: self.zoom(_STEP)),
            ("maximize", self.tr("Fit to the width"), "Ctrl+0", self.fit),
        )
        for icon, name, keys, does in tools:
            button = self.tool(icon, name, keys)
            button.clicked.connect(does)
            self.on_keys(keys, button)

    def zoom(self, factor: float) -> None:
        """Show the pages larger or smaller by a factor."""
        if self.view.zoomMode() is not QPdfView.ZoomMode.Custom:
            width = self.document.pagePointSize(0).width() * self.logicalDpiX() / 72
            viewport = self.view.viewport()
            shown = (viewport.width() if viewport is not None else width) / max(width, 1)
            self.view.setZoomMode(QPdfView.ZoomMode.Custom)
            self.view.setZoomFactor(shown)
        wanted = min(max(self.view.zoomFactor() * factor, _SMALLEST), _LARGEST)
        self.view.setZoomFactor(wanted)

    def fit(self) -> None:
        """As wide as the window."""
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return self.document.pageCount()

    def _turn(self, by: int) -> None:
        navigator = self.view.pageNavigator()
        if navigator is not None:
            page = min(max(navigator.currentPage() + by, 0), max(self.pages - 1, 0))
            navigator.jump(page, QPointF(), navigator.currentZoom())

    def _count(self) -> None:
        navigator = self.view.pageNavigator()
        at = (navigator.currentPage() if navigator is not None else 0) + 1
        text = self.tr("Page %1 of %2").replace("%1", str(at)).replace("%2", str(self.pages))
        self._page.setText(text)

    def _status(self, status: QPdfDocument.Status) -> None:
        if status is QPdfDocument.Status.Error:
            locked = self.document.error() is QPdfDocument.Error.IncorrectPassword
            why = self.tr("It is locked with a password.") if locked else self.tr("It is damaged.")
            more = self.tr("Save it to open it elsewhere.")
            size = self._bytes.size()
            told = f"{why} {more}"
            self.show_instead(NotShownView(self.name, "application/pdf", size, told))

    def _restyle(self) -> None:
        look = self.view.palette()
        look.setColor(QPalette.ColorRole.Dark, QColor(tokens().sunken))
        self.view.setPalette(look)
        self.view.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
