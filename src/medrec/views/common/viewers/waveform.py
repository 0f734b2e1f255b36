"""Curves such as an ECG on their grid: a second and a millivolt as large as on paper."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from medrec.clinical.dicom import Waveform
from medrec.views.common.choices import SegmentedControl
from medrec.views.common.fonts import Type
from medrec.views.common.painting import paint_text
from medrec.views.common.theme import ground, theme_bus, tokens

_SECOND = 100.0
"""Pixels of a second: 25 mm/s at 4 pixels a millimetre."""
_MILLIVOLT = 40.0
"""Pixels of a millivolt: 10 mm/mV."""
_LANE, _LEFT = 78.0, 44.0
_IN_MILLIVOLTS = {"uV": 0.001, "mV": 1.0, "V": 1000.0}


class _Curves(QWidget):
    """One recording, its curves below each other, drawn once for each size."""

    def __init__(self, waveform: Waveform, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waveform = waveform
        self._lines = [self._line(i) for i in range(len(waveform.names))]
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(self.sizeHint())
        names = ", ".join(waveform.names)
        text = self.tr("%1 curves over %2 seconds: %3").replace("%1", str(len(waveform.names)))
        self.setAccessibleName(text.replace("%2", f"{self.seconds:.1f}").replace("%3", names))
        theme_bus.changed.connect(self.update)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(len(self._waveform.samples)) / self._waveform.rate

    def sizeHint(self) -> QSize:
        """Qt's question."""
        height = _LANE * len(self._lines) + 16
        return QSize(round(self.seconds * _SECOND + _LEFT + 16), round(height))

    def _line(self, place: int) -> QPolygonF:
        """A curve in pixels; of samples closer than half a pixel the outermost are kept."""
        samples = self._waveform.samples[:, place]
        scale = _IN_MILLIVOLTS.get(self._waveform.units[place], 0.0) * _MILLIVOLT
        middle = float(samples.mean()) if len(samples) else 0.0
        if not scale:
            reach = float(abs(samples - middle).max()) if len(samples) else 1.0
            scale = _LANE / 2 / max(reach, 1e-9)
        base = _LANE * (place + 0.5) + 8
        step = max(1, int(self._waveform.rate / (_SECOND * 2)))
        points = []
        for start in range(0, len(samples), step):
            piece = samples[start : start + step]
            x = _LEFT + start / self._waveform.rate * _SECOND
            low, high = float(piece.min()), float(piece.max())
            rising = piece[0] <= piece[-1]
            for value in (low, high) if rising else (high, low):
                points.append(QPointF(x, base - (value - middle) * scale))
        return QPolygonF(points)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Qt's request to draw."""
        painter, look = QPainter(self), tokens()
        shown = QRectF(event.rect()) if event is not None else QRectF(self.rect())
        painter.fillRect(shown, QColor(look.surface))
        for step, colour in ((_SECOND / 25, look.grid), (_SECOND / 5, look.border)):
            painter.setPen(QPen(QColor(colour), 0.5 if colour == look.grid else 1.0))
            x = _LEFT + step * max(0, int((shown.left() - _LEFT) / step))
            while x <= shown.right():
                painter.drawLine(QPointF(x, shown.top()), QPointF(x, shown.bottom()))
                x += step
            y = 8 + step * int(max(0.0, shown.top() - 8) / step)
            while y <= shown.bottom():
                painter.drawLine(QPointF(_LEFT, y), QPointF(shown.right(), y))
                y += step
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(look.plot_1), 1.5))
        for line in self._lines:
            painter.drawPolyline(line)
        for place, name in enumerate(self._waveform.names):
            where = QRectF(6, _LANE * (place + 0.5) - 2, _LEFT - 8, 20)
            paint_text(painter, where, name, Type.CAPTION_STRONG, "text_2")


class WaveformView(QWidget):
    """Recordings of curves; where a file holds several, one is chosen."""

    def __init__(self, waveforms: tuple[Waveform, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waveforms = waveforms
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        if len(waveforms) > 1:
            seconds = [len(w.samples) / w.rate for w in waveforms]
            text = self.tr("Recording %1, %2 s")
            texts = [
                text.replace("%1", str(i + 1)).replace("%2", f"{s:.1f}")
                for i, s in enumerate(seconds)
            ]
            self.choice = SegmentedControl(texts)
            self.choice.changed.connect(self.show_recording)
            column.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignLeading)
        self.area = QScrollArea()
        # Time runs from left to right under every layout.
        self.area.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        ground(self.area, "surface")
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        column.addWidget(self.area, 1)
        self.show_recording(0)

    def show_recording(self, number: int) -> None:
        """Show another recording, from 0."""
        self.area.setWidget(_Curves(self._waveforms[number]))
