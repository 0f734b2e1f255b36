"""Where a file is dropped, or chosen with the keyboard."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QLocale, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent
from PyQt6.QtGui import QPen as Pen
from PyQt6.QtWidgets import QFileDialog, QFrame, QSizePolicy, QWidget

from medrec.views.common import theme
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.drop import files_in
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import hbox, vbox
from medrec.views.common.tiles import IconTile

LEAST = 72
"""Height in pixels."""


def size_text(size: int) -> str:
    """Bytes as people read them: 1.8 MB."""
    style = QLocale.DataSizeFormat.DataSizeSIFormat
    digits = 0 if size < 1_000_000 else 1
    return QLocale().formattedDataSize(size, digits, style).replace("kB", "KB")


class FileArea(QFrame):
    """A dashed box that takes one file, and shows which one it has."""

    chosen = pyqtSignal(object)
    """The `Path` of a file that was dropped or chosen."""

    def __init__(
        self, text: str = "", hint: str = "", patterns: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = text or self.tr("Drop a file here")
        self._hint = hint
        self._patterns = patterns
        self._over = False
        self._dialog: QFileDialog | None = None
        self.path: Path | None = None
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        # A minimum, not a hint: a layout that asks for the height at a width hears only that.
        self.setMinimumHeight(LEAST)
        self.tile = IconTile("file-plus", size=40)
        self.name = ElidedLabel(self._words, Type.ROW_STRONG, mode=Qt.TextElideMode.ElideMiddle)
        self.detail = Label(hint, Type.SMALL, "text_2", wrap=True)
        self.button = Button(self.tr("Choose a file"), Kind.SECONDARY, "folder-open")
        self.button.clicked.connect(self.browse)
        lines = vbox(None, self.name, self.detail, None, spacing=2)
        row = hbox(self.tile, lines, self.button, spacing=14)
        row.setStretch(1, 1)
        row.setAlignment(self.tile, Qt.AlignmentFlag.AlignVCenter)
        row.setAlignment(self.button, Qt.AlignmentFlag.AlignVCenter)
        row.setContentsMargins(16, 14, 16, 14)
        self.setLayout(row)
        self.setFocusProxy(self.button)
        self.detail.setVisible(bool(hint))
        self.setAccessibleName(self._words)

    def browse(self) -> None:
        """Ask the system for a file, without waiting for the answer."""
        dialog = QFileDialog(self.window(), self.tr("Choose a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        if self._patterns:
            dialog.setNameFilters([self._patterns, self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.chosen.emit(Path(name)))
        self._dialog = dialog
        dialog.open()

    def show_file(self, path: Path | None, detail: str = "") -> None:
        """Say which file it is, None for none yet; ``detail`` is its second line."""
        self.path = path
        self.name.setText(path.name if path is not None else self._words)
        second = detail if path is not None else self._hint
        self.detail.setText(second)
        self.detail.setVisible(bool(second))
        self.tile.set_icon("file-text" if path is not None else "file-plus")
        one = self.tr("Another file") if path is not None else self.tr("Choose a file")
        self.button.setText(one)
        self.setAccessibleName(self.name.text())
        self.update()

    def sizeHint(self) -> QSize:
        """As its contents want it (Qt)."""
        return super().sizeHint().expandedTo(QSize(280, LEAST))

    def dragEnterEvent(self, a0: QDragEnterEvent | None) -> None:
        """A file hangs over it (Qt)."""
        if a0 is not None and files_in(a0.mimeData()):
            a0.acceptProposedAction()
            self._over = True
            self.update()

    def dragLeaveEvent(self, a0: QDragLeaveEvent | None) -> None:
        """It went away (Qt)."""
        self._over = False
        self.update()

    def dropEvent(self, a0: QDropEvent | None) -> None:
        """Take the first file (Qt)."""
        self._over = False
        self.update()
        found = files_in(a0.mimeData()) if a0 is not None else []
        if a0 is not None and found:
            a0.acceptProposedAction()
            self.chosen.emit(found[0])

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """A dashed frame, a whole one once there is a file (Qt)."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = theme.tokens()
        dashed = self.path is None
        edge = look.accent if self._over else look.strong if dashed else look.border
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        painter.setPen(Pen(QColor(edge), 1.5 if dashed else 1, style))
        painter.setBrush(QColor(look.accent_soft if self._over else look.sunken))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), 10, 10)
        painter.end()
