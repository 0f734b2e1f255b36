"""Short news in the bottom trailing corner of the window."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QEnterEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from medrec.views.common.buttons import Button, IconButton, Kind, Size
from medrec.views.common.fonts import Type, text_scale
from medrec.views.common.labels import Label
from medrec.views.common.layout import FOOTER
from medrec.views.common.motion import TOAST, fade_in
from medrec.views.common.painting import TONES, Tone
from medrec.views.common.theme import set_look
from medrec.views.common.tiles import IconTile

WIDTH = 380
STAY = 6000
MOST = 3
_ICONS = {
    Tone.SUCCESS: "check",
    Tone.ACCENT: "info",
    Tone.WARNING: "clock",
    Tone.DANGER: "circle-alert",
    Tone.NEUTRAL: "info",
}


def width() -> int:
    """How wide a toast is, in logical pixels: more for readers with larger text."""
    return round(WIDTH * max(text_scale(), 1.0))


class Toast(QFrame):
    """One piece of news; it goes by itself unless it is an error or the pointer is over it."""

    gone = pyqtSignal()
    acted = pyqtSignal()

    def __init__(
        self,
        title: str,
        text: str = "",
        tone: Tone = Tone.SUCCESS,
        icon: str = "",
        action: str = "",
        sticky: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        set_look(self, "card", "raised")
        self.title, self.text, self.tone = title, text, tone
        self.setFixedWidth(width())
        self.setAccessibleName(f"{title}. {text}" if text else title)
        self._sticky = sticky or tone is Tone.DANGER
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(STAY)
        self._clock.timeout.connect(self.gone)
        self._build(icon or _ICONS[tone], action)
        if not self._sticky:
            self._clock.start()

    def _build(self, icon: str, action: str) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 10, 12)
        row.setSpacing(12)
        colours = TONES[self.tone]
        tile = IconTile(icon, colours.icon, colours.ground, 32, circle=True)
        row.addWidget(tile, 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(Label(self.title, Type.ROW_STRONG, wrap=True))
        if self.text:
            words.addWidget(Label(self.text, Type.SMALL, "text_2", wrap=True))
        row.addLayout(words, 1)
        if action:
            self.action = Button(action, Kind.QUIET, size=Size.ROW)
            self.action.clicked.connect(self._act)
            row.addWidget(self.action)
        self.closer = IconButton("x", self.tr("Close"), 28)
        self.closer.clicked.connect(self.gone)
        row.addWidget(self.closer)

    @property
    def stays(self) -> bool:
        """Whether it waits to be closed."""
        return self._sticky

    def enterEvent(self, event: QEnterEvent | None) -> None:
        super().enterEvent(event)
        self._clock.stop()

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        if not self._sticky:
            self._clock.start()

    def _act(self) -> None:
        self.acted.emit()
        self.gone.emit()


class Toasts(QObject):
    """The news of one window, at most three at a time, above a footer bar."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: list[Toast] = []
        window.installEventFilter(self)

    @property
    def shown(self) -> tuple[Toast, ...]:
        """What is seen, the oldest first."""
        return tuple(self._shown)

    def show(
        self,
        title: str,
        text: str = "",
        tone: Tone = Tone.SUCCESS,
        icon: str = "",
        action: str = "",
        on_action: Callable[[], object] | None = None,
        sticky: bool = False,
    ) -> Toast:
        """Show news; with three already there, the oldest that does not wait goes."""
        toast = Toast(title, text, tone, icon, action, sticky, self._window)
        toast.gone.connect(lambda: self._close(toast))
        if on_action is not None:
            toast.acted.connect(on_action)
        self._shown.append(toast)
        if len(self._shown) > MOST:
            self._close(next((t for t in self._shown if not t.stays), self._shown[0]))
        toast.show()
        toast.raise_()
        self._place()
        fade_in(toast, TOAST)
        return toast

    def pass_by(self) -> None:
        """Somebody went elsewhere: what was only said in passing about the page before goes."""
        for toast in [one for one in self._shown if one.tone is Tone.NEUTRAL and not one.stays]:
            self._close(toast)

    def clear(self) -> None:
        """Take all news away."""
        for toast in list(self._shown):
            self._close(toast)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _close(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        wide = width()
        bottom = self._window.height() - FOOTER - 16
        mirrored = self._window.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = 24 if mirrored else self._window.width() - wide - 24
        for toast in reversed(self._shown):
            layout = toast.layout()
            height = layout.totalHeightForWidth(wide) if layout is not None else 64
            height = max(height, 60)
            bottom -= height
            toast.setGeometry(left, bottom, wide, height)
            bottom -= 12
