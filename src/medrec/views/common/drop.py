"""Files that are dropped on a page: an overlay says what will happen, a signal brings the paths."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from medrec.views.common.fonts import Type, font
from medrec.views.common.icons import paint_icon
from medrec.views.common.theme import tokens

ICON = 32


class DropTarget(QWidget):
    """Makes its parent take files; it is seen only while files hang over the parent."""

    dropped = pyqtSignal(list)
    """`Path` of each file; folders are left out."""

    def __init__(self, parent: QWidget, text: str) -> None:
        super().__init__(parent)
        self._text = text
        self.setAccessibleName(text)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        parent.setAcceptDrops(True)
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Drags over the parent (Qt)."""
        if isinstance(event, QDragEnterEvent) and event.type() is QEvent.Type.DragEnter:
            return self._enter(event)
        if event is not None and event.type() is QEvent.Type.DragLeave:
            self.hide()
        elif isinstance(event, QDropEvent) and event.type() is QEvent.Type.Drop:
            return self._drop(event)
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """A dashed frame with the sentence (Qt)."""
        look = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(look.window)
        ground.setAlphaF(0.92)
        painter.fillRect(self.rect(), ground)
        frame = QRectF(self.rect()).adjusted(16, 16, -16, -16)
        pen = QPen(QColor(look.accent), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(look.accent_soft))
        painter.drawRoundedRect(frame, 14, 14)
        centre = frame.center()
        spot = QRectF(centre.x() - ICON / 2, centre.y() - ICON - 8, ICON, ICON)
        paint_icon(painter, spot, "file-plus", look.accent_text)
        painter.setFont(font(Type.TITLE))
        painter.setPen(QColor(look.accent_text))
        words = QRectF(frame.left(), centre.y() + 8, frame.width(), 32)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()

    def _enter(self, event: QDragEnterEvent) -> bool:
        if not files_in(event.mimeData()):
            return False
        event.acceptProposedAction()
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()
        return True

    def _drop(self, event: QDropEvent) -> bool:
        self.hide()
        paths = files_in(event.mimeData())
        if not paths:
            return False
        event.acceptProposedAction()
        self.dropped.emit(paths)
        return True


def files_in(data: QMimeData | None) -> list[Path]:
    """The local files of what is dragged."""
    if data is None or not data.hasUrls():
        return []
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.is_file()]
