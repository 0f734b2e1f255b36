"""The focus ring: two pixels, two away, around whatever the keyboard has reached."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtCore import QEvent, QObject, QRectF, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWindow
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFocusFrame,
    QGridLayout,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QProxyStyle,
    QScrollArea,
    QStyle,
    QStyleOption,
    QTextEdit,
    QWidget,
)

from medrec.views.common import theme

RING = 2
OFFSET = 2
RADIUS = "ringRadius"
"""The property with the corner of a widget, when it is not 8."""

_OWN_RING = (
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QComboBox,
    QAbstractSpinBox,
    QAbstractItemView,
)
"""What shows its focus by itself: fields by their border, lists by the ring of a row."""

_KEYS = {
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_F6,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Alt,
}


class _RoomForRing(QProxyStyle):
    """Tells the frame how far outside of the control it lies; used by the frame alone."""

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        if metric in (
            QStyle.PixelMetric.PM_FocusFrameHMargin,
            QStyle.PixelMetric.PM_FocusFrameVMargin,
        ):
            return RING + OFFSET
        return super().pixelMetric(metric, option, widget)


class FocusRing(QFocusFrame):
    """Paints the ring around the widget that it is set to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = _RoomForRing("Fusion")
        self.setStyle(self._room)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        held = self.widget()
        corner = held.property(RADIUS) if held is not None else None
        radius = float(corner if corner is not None else 8) + OFFSET
        painter = QPainter(self)
        paint_ring(painter, QRectF(self.rect()), radius)
        painter.end()


def paint_ring(painter: QPainter, outer: QRectF, radius: float = 8) -> None:
    """Draw the ring just inside of a rectangle, for rows of lists and painted groups."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("focus"), RING))
    half = RING / 2
    painter.drawRoundedRect(outer.adjusted(half, half, -half, -half), radius + half, radius + half)


class Keyboard(QObject):
    """Knows whether the last thing that somebody touched was the keyboard.

    It listens to the windows, not to the application: a filter there would see every event of every
    object pass through Python.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.used = False
        self._ring: FocusRing | None = None
        app.focusWindowChanged.connect(self._listen)
        app.focusChanged.connect(self._moved)

    def _listen(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)
            theme.theme_bus.systemChanged.emit()

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonPress:
            if self.used:
                self.used = False
                self._show(None)
        elif isinstance(event, QKeyEvent) and event.key() in _KEYS and not self.used:
            self.used = True
            self._show(QApplication.focusWidget())
        return False

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._show(new if self.used else None)

    def _show(self, widget: QWidget | None) -> None:
        wanted = widget is not None and not isinstance(widget, _OWN_RING)
        if not wanted or widget is None or widget.isWindow():
            if self._ring is not None:
                self._ring.setWidget(None)
            return
        if self._ring is None:
            self._ring = FocusRing()
            self._ring.destroyed.connect(self._gone)
        self._ring.setWidget(widget)

    def _gone(self) -> None:
        # The ring is a child of the window that it was last shown in, and ends with it.
        self._ring = None


_keyboard: Keyboard | None = None


def install(app: QApplication) -> None:
    """Show the ring from now on; once an application."""
    global _keyboard  # noqa: PLW0603  # one application a process
    if _keyboard is None:
        _keyboard = Keyboard(app)


def by_keyboard() -> bool:
    """Whether focus is to be shown on things that a pointer can reach too."""
    return _keyboard is not None and _keyboard.used


def focus_first(region: QWidget) -> bool:
    """Give the focus to the first control of a region that takes it by keyboard."""
    first = next(controls(region), None)
    if first is not None:
        first.setFocus(Qt.FocusReason.TabFocusReason)
    return first is not None


def controls(region: QWidget) -> Iterator[QWidget]:
    """What Tab reaches of a region, in the order of its layouts, whenever each of them was made."""
    for child in _in_order(region):
        if child.isHidden() or child.isWindow():
            continue
        takes = child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.focusProxy() is None
        if takes and child.isEnabled():
            yield child
        yield from controls(child)


def tab_on(region: QWidget, forward: bool) -> bool:
    """Move the focus to the next control of a region, or to the one before, and round again.

    False where the focus is on none of them: then Qt's own chain decides.
    """
    found = list(controls(region))
    here = region.focusWidget()
    if here not in found:
        return False
    step = 1 if forward else -1
    following = found[(found.index(here) + step) % len(found)]
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    following.setFocus(reason)
    _bring_into_sight(following)
    return True


def _in_order(widget: QWidget) -> list[QWidget]:
    layout = widget.layout()
    placed = list(_placed(layout)) if layout is not None else []
    known = set(map(id, placed))
    children = (child for child in widget.children() if isinstance(child, QWidget))
    return placed + [child for child in children if id(child) not in known]


def _placed(layout: QLayout) -> Iterator[QWidget]:
    places = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        # Row by row, whatever was put in first.
        places.sort(key=lambda number: layout.getItemPosition(number)[:2])
    for number in places:
        item = layout.itemAt(number)
        widget = item.widget() if item is not None else None
        inner = item.layout() if item is not None else None
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _placed(inner)


def _bring_into_sight(widget: QWidget) -> None:
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget)
        around = around.parentWidget()
