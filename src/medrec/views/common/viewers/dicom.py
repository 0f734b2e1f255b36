"""DICOM inside the window: pictures with window and level, many frames, curves, and the tags."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QImage, QMouseEvent, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from medrec.clinical.dicom import DicomFile, NotShown, read_dicom
from medrec.views.common import dates
from medrec.views.common.background import Background
from medrec.views.common.fhir.words import words
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import Scroll
from medrec.views.common.states import Skeleton
from medrec.views.common.viewers.base import NotShownView, Viewer
from medrec.views.common.viewers.image import ImageCanvas, zoom_tools
from medrec.views.common.viewers.waveform import WaveformView

_TAGS_WIDTH, _WIDE = 240, 640
_DRAG = 400.0
"""Pixels of a drag that double the window or move the level by its width."""


class _WindowCanvas(ImageCanvas):
    """A picture whose brightness follows a drag with the right button, as radiologists do it."""

    def __init__(self, viewer: DicomViewer) -> None:
        super().__init__(black=True)
        self._viewer = viewer
        self._from: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Qt's report."""
        if event is not None and event.button() is Qt.MouseButton.RightButton:
            self._from = event.pos()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Qt's report: across for contrast, up and down for brightness."""
        if event is not None and self._from is not None:
            moved = event.pos() - self._from
            self._from = event.pos()
            self._viewer.drag(moved.x() / _DRAG, moved.y() / _DRAG)
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Qt's report."""
        self._from = None
        super().mouseReleaseEvent(event)


class DicomViewer(Viewer):
    """A DICOM file, decoded in a thread; `file` is None until then."""

    def __init__(self, data: bytes, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._size = len(data)
        self.file: DicomFile | None = None
        self._frame = 0
        self._panel: QWidget | None = None
        self._was_wide: bool | None = None
        self._centre, self._width = 0.0, 1.0
        self._skeleton = Skeleton(3)
        self.column.addWidget(self._skeleton, 1)
        self._work = Background(self)
        self._work.done.connect(self._decoded)
        self._work.failed.connect(self._failed)
        self._work.start(partial(read_dicom, data))

    def _failed(self, error: object) -> None:
        told = str(error) if isinstance(error, NotShown) else self.tr("It cannot be decoded.")
        more = self.tr("Save it to open it elsewhere.")
        self.show_instead(NotShownView(self.name, "DICOM", self._size, f"{told} {more}"))

    def _decoded(self, file: DicomFile) -> None:
        self.file = file
        self._skeleton.hide()
        self._skeleton.deleteLater()
        row = QHBoxLayout()
        row.setSpacing(16)
        if file.count:
            row.addLayout(self._pictures(file), 1)
        elif file.waveforms:
            self.bar.addStretch(1)
            row.addWidget(WaveformView(file.waveforms), 1)
        else:
            told = self.tr("There is neither a picture nor a curve in it.")
            row.addWidget(NotShownView(self.name, "DICOM", self._size, told), 1)
        self._panel = self._tags(file)
        row.addWidget(self._panel)
        self.column.addLayout(row, 1)
        self.details = self.tool("list", self.tr("Patient and study"))
        self.details.setCheckable(True)
        self.details.toggled.connect(self._panel.setVisible)
        self._fold()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Qt's report: where there is little room the picture has it all."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        wide = self.width() >= _WIDE
        if self._panel is not None and wide is not self._was_wide:
            self._was_wide = wide
            self.details.setChecked(wide)
            self._panel.setVisible(wide)

    def _pictures(self, file: DicomFile) -> QVBoxLayout:
        self._centre, self._width = file.centre, file.width
        self.canvas = _WindowCanvas(self)
        self.canvas.setAccessibleName(self.name or self.tr("Picture"))
        self._note = self.note()
        self.bar.addStretch(1)
        if not file.colour:
            reset = self.tool("contrast", self.tr("Window of the author"), "R")
            reset.clicked.connect(self.reset)
            self.on_keys("R", reset)
        zoom_tools(self, self.canvas)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.canvas, 1)
        if not file.colour:
            column.addLayout(self._window_sliders(file))
        if file.count > 1:
            self.frames = QSlider(Qt.Orientation.Horizontal)
            self.frames.setRange(0, file.count - 1)
            self.frames.setAccessibleName(self.tr("Picture"))
            self.frames.valueChanged.connect(self.show_frame)
            column.addWidget(self.frames)
        self._draw()
        return column

    def _window_sliders(self, file: DicomFile) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        self.level, self.window_width = (QSlider(Qt.Orientation.Horizontal) for _ in range(2))
        spread = max(file.width * 2, 1.0)
        self._low, self._spread = file.centre - spread, 2 * spread
        for slider, text in (
            (self.level, self.tr("Brightness")),
            (self.window_width, self.tr("Contrast")),
        ):
            slider.setRange(0, 1000)
            slider.setAccessibleName(text)
            row.addWidget(Label(text, Type.CAPTION, "text_2"))
            row.addWidget(slider, 1)
        self._place_sliders()
        self.level.valueChanged.connect(self._slid)
        self.window_width.valueChanged.connect(self._slid)
        return row

    def _place_sliders(self) -> None:
        """Brighter is a lower level, more contrast a narrower window."""
        for slider, share in (
            (self.level, 1 - (self._centre - self._low) / self._spread),
            (self.window_width, 1 - self._width / self._spread),
        ):
            slider.blockSignals(True)
            slider.setValue(round(share * 1000))
            slider.blockSignals(False)

    def _slid(self) -> None:
        self._centre = self._low + (1 - self.level.value() / 1000) * self._spread
        self._width = max((1 - self.window_width.value() / 1000) * self._spread, 1.0)
        self._draw()

    @property
    def window_level(self) -> tuple[float, float]:
        """Centre and width of the window in the units of the file."""
        return self._centre, self._width

    def set_window(self, centre: float, width: float) -> None:
        """Show values from ``centre - width / 2`` (black) to ``centre + width / 2`` (white)."""
        self._centre, self._width = centre, max(width, 1.0)
        if hasattr(self, "level"):
            self._place_sliders()
        self._draw()

    def reset(self) -> None:
        """The window that the file came with."""
        if self.file is not None:
            self.set_window(self.file.centre, self.file.width)

    def drag(self, across: float, down: float) -> None:
        """Change the window by a drag: shares of its width."""
        if self.file is not None and not self.file.colour:
            self.set_window(self._centre + down * self._width, self._width * (1 + across))

    def show_frame(self, number: int) -> None:
        """Show another picture, from 0."""
        self._frame = number
        self._draw()

    def _draw(self) -> None:
        if self.file is None or not self.file.count:
            return
        shown, width, height, colour = self.file.picture(self._frame, self._centre, self._width)
        kind = QImage.Format.Format_RGB888 if colour else QImage.Format.Format_Grayscale8
        image = QImage(shown, width, height, width * (3 if colour else 1), kind).copy()
        self.canvas.show_image(image, self.file.pixel_aspect)
        texts = [f"{width} × {height}"]  # noqa: RUF001 - a product
        if not colour:
            window = self.tr("window %1 / %2").replace("%1", f"{self._centre:.0f}")
            texts.append(window.replace("%2", f"{self._width:.0f}"))
        if self.file.count > 1:
            place = self.tr("picture %1 of %2").replace("%1", str(self._frame + 1))
            texts.append(place.replace("%2", str(self.file.count)))
        self._note.setText("  ·  ".join(texts))

    def _tags(self, file: DicomFile) -> QWidget:
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setVerticalSpacing(2)
        for row, (label, value) in enumerate(file.tags):
            grid.addWidget(Label(words(label), Type.CAPTION, "text_3"), 2 * row, 0)
            shown = dates.day(value) if label in {"Born", "Study date"} else value
            held = ElidedLabel(shown, Type.SMALL)
            held.setContentsMargins(0, 0, 0, 6)
            grid.addWidget(held, 2 * row + 1, 0)
            grid.setRowMinimumHeight(2 * row + 1, 24)
        grid.setRowStretch(2 * len(file.tags), 1)
        area = Scroll(content)
        area.setFixedWidth(_TAGS_WIDTH)
        area.setAccessibleName(self.tr("Patient and study"))
        return area
