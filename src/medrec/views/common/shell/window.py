"""The window: sign-in or the workspace, never a modal wait."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QSettings, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QResizeEvent, QScreen, QShowEvent
from PyQt6.QtWidgets import QMainWindow, QScrollArea, QStackedWidget, QWidget

from medrec.views.common.focus import tab_on
from medrec.views.common.toasts import Toasts

SMALLEST = (1024, 640)
FIRST = (1280, 800)


class _Around(QScrollArea):
    """Scroll bars, should the window have to be smaller than its content may be.

    The content is as large as the window, and at least `SMALLEST`. An area that sizes it by itself
    asks how high it would like to be in that width, of each page, also of those that are not shown:
    the window would scroll for the highest, and pages scroll inside.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.setMinimumSize(*SMALLEST)
        self.setWidget(content)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Keep the content as large as the window (Qt)."""
        super().resizeEvent(a0)
        content, upright = self.widget(), self.verticalScrollBar()
        if content is None or upright is None:
            return
        least, room = QSize(*SMALLEST), self.maximumViewportSize()
        if room.height() < least.height():
            room.setWidth(room.width() - upright.sizeHint().width())
        content.resize(room.expandedTo(least))


class MainWindow(QMainWindow):
    """The one window. ``closeAsked`` instead of closing: what runs is put away first."""

    closeAsked = pyqtSignal()
    painted = pyqtSignal()
    """The window is seen for the first time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seen = self._follows = False
        self.setWindowTitle("MedRec")
        self.stack = QStackedWidget()
        self.setCentralWidget(_Around(self.stack))
        self.fit(self.screen())
        self.resize(*FIRST)
        self.toasts = Toasts(self)
        self.may_close = False

    def fit(self, screen: QScreen | None) -> None:
        """Be as small as a screen, where `SMALLEST` is more than that: what is outside scrolls.

        A screen of 1366 x 768 has 683 x 384 logical pixels at 200 %.
        """
        least = QSize(*SMALLEST)
        self.setMinimumSize(least if screen is None else least.boundedTo(screen.availableSize()))

    def showEvent(self, a0: QShowEvent | None) -> None:
        """Follow the window to another screen (Qt)."""
        super().showEvent(a0)
        handle = self.windowHandle()
        if handle is not None and not self._follows:
            self._follows = True
            handle.screenChanged.connect(self.fit)

    def show_widget(self, widget: QWidget) -> None:
        """Show the door or a workspace."""
        if self.stack.indexOf(widget) < 0:
            self.stack.addWidget(widget)
        if not self._seen:
            widget.installEventFilter(self)
        self.stack.setCurrentWidget(widget)

    def drop_widget(self, widget: QWidget) -> None:
        """Let go of a workspace that is not shown any more."""
        self.stack.removeWidget(widget)
        widget.deleteLater()

    def remember_place(self, settings: QSettings) -> None:
        """Keep size and place for the next start."""
        settings.setValue("window/geometry", self.saveGeometry())

    def restore_place(self, settings: QSettings) -> None:
        """Size and place of last time, where there was one."""
        geometry = settings.value("window/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes as the page is laid out, whenever its parts were made (Qt)."""
        return tab_on(self, forward) or super().focusNextPrevChild(forward)

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """Tell of the first time that what is shown is drawn; it may cover the window (Qt)."""
        if a1 is not None and a1.type() == QEvent.Type.Paint and not self._seen:
            self._seen = True
            # The children are drawn after their parent, in the same turn.
            QTimer.singleShot(0, self.painted.emit)
        return super().eventFilter(a0, a1)

    def closeEvent(self, a0: QCloseEvent | None) -> None:
        """Ask to be closed; close only when everything is put away (Qt)."""
        if a0 is None or self.may_close:
            return
        a0.ignore()
        self.closeAsked.emit()
