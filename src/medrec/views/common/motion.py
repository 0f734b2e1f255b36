"""Short fades: what appears comes within a blink, and at once for whoever wants less motion."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEasingCurve, Qt, QVariantAnimation
from PyQt6.QtWidgets import QGraphicsOpacityEffect, QWidget

from medrec.views.common import theme

TOAST = 180
POPOVER = 180
DIALOG = 240
"""Milliseconds."""


class Fade(QVariantAnimation):
    """One appearance of a widget; it ends by itself and leaves nothing behind."""

    def __init__(
        self, widget: QWidget, milliseconds: int, along: Callable[[float], None] | None
    ) -> None:
        super().__init__(widget)
        self._widget, self._along = widget, along
        self._veil: QGraphicsOpacityEffect | None = QGraphicsOpacityEffect(widget)
        widget.setGraphicsEffect(self._veil)
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.setDuration(milliseconds)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.valueChanged.connect(self._show)
        self.finished.connect(self._end)
        self._show(0.0)
        self.start()

    def _show(self, share: float) -> None:
        if self._veil is not None:
            self._veil.setOpacity(share)
        if self._along is not None:
            self._along(share)

    def _end(self) -> None:
        if self._veil is not None:
            # A widget without an effect is painted without a detour through a picture.
            self._veil = None
            self._widget.setGraphicsEffect(None)
        self.deleteLater()


def fade_in(
    widget: QWidget, milliseconds: int, along: Callable[[float], None] | None = None
) -> Fade | None:
    """Let a widget appear; None, and nothing else, where no motion is wanted.

    ``along`` is told the share that is seen, from 0 to 1. The widget can be used at once. Qt takes
    one effect a widget: a shadow is for `Fade.finished`, and one that appears already goes on.
    """
    wanted = theme.duration(milliseconds)
    if not wanted:
        return None
    runs = widget.findChild(Fade, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return runs if isinstance(runs, Fade) else Fade(widget, wanted, along)
