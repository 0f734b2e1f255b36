"""Dialogs over a scrim inside the window: they ask, they never block the program.

A dialog is a child that covers the window, not a window of its own: it lies where it belongs under
every window system, mirrors with it and needs no compositor for its shadow.
"""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QDialog,
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from medrec.views.common import theme
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.focus import focus_first, tab_on
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Scroll
from medrec.views.common.motion import DIALOG, fade_in
from medrec.views.common.theme import set_look

_MARGIN = 24
"""What is always seen of the window around a dialog."""
_SETTLED = 300
"""Milliseconds after which what has appeared in a dialog has its place."""


class Dialog(QDialog):
    """A question in the middle of the window. Escape is the safe choice; open it with `open()`.

    Put the content into `body`. The first button that is neither primary nor dangerous is the
    safe choice and has the focus, unless `first_focus` names another widget.
    """

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        *,
        width: int = 560,
        subtitle: str = "",
    ) -> None:
        window = parent.window() if parent is not None else None
        super().__init__(window)
        self._inside = window is not None
        if self._inside:
            self.setWindowFlags(Qt.WindowType.Widget)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._wide = width
        self.first_focus: QWidget | None = None
        self._before: QWidget | None = None
        self._told: QWidget | None = None
        self._dark = 1.0
        self._buttons: list[Button] = []
        self._panel = QFrame(self)
        set_look(self._panel, "card", "dialog")
        self._title = Label(title, Type.TITLE, wrap=True)
        self._build(subtitle)
        if not self._inside:
            self._as_window()
        self.finished.connect(self._closed)

    def _build(self, subtitle: str) -> None:
        whole = QVBoxLayout(self._panel)
        whole.setContentsMargins(0, 24, 0, 24)
        whole.setSpacing(16)
        head = QVBoxLayout()
        head.setContentsMargins(28, 0, 28, 0)
        head.setSpacing(4)
        head.addWidget(self._title)
        if subtitle:
            head.addWidget(Label(subtitle, Type.BODY, "text_2", wrap=True))
        whole.addLayout(head)
        content = QWidget()
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(28, 0, 28, 0)
        self.body.setSpacing(12)
        self._scroll = Scroll(content)
        bar = self._scroll.verticalScrollBar()
        if bar is not None:
            # What has just appeared can be scrolled to only now.
            bar.rangeChanged.connect(self._scroll_to_told)
        # A scroll area keeps to itself that its content wants another height.
        content.installEventFilter(self)
        whole.addWidget(self._scroll, 1)
        self.foot = QHBoxLayout()
        self.foot.setContentsMargins(28, 4, 28, 0)
        self.foot.setSpacing(8)
        self.foot.addStretch(1)
        whole.addLayout(self.foot)

    def _as_window(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._panel)
        self.setMinimumWidth(self._wide)

    def add_button(self, button: Button) -> Button:
        """Put a button at the trailing end; the last one is the outermost. Returns it."""
        self._buttons.append(button)
        self.foot.addWidget(button)
        return button

    def add_leading(self, widget: QWidget) -> None:
        """Put something at the leading end of the buttons."""
        self.foot.insertWidget(0, widget)

    def set_title(self, title: str) -> None:
        """Ask something else."""
        self._title.setText(title)
        self.setWindowTitle(title)
        self.setAccessibleName(title)

    def reveal(self, widget: QWidget) -> None:
        """Scroll to a piece of the content as soon as it has its place: a refusal is to be seen."""
        self._told = widget
        QTimer.singleShot(0, self._scroll_to_told)
        QTimer.singleShot(_SETTLED, self._settled)

    def _scroll_to_told(self) -> None:
        if self._told is not None:
            self._scroll.ensureWidgetVisible(self._told, 0, 8)

    def _settled(self) -> None:
        """From now on the content stays where somebody scrolls it."""
        self._told = None

    def open(self) -> None:
        """Show it over the window, at once; it ends by `accepted` or `rejected`."""
        if not self._inside:
            super().open()
            return
        window = self.parentWidget()
        if window is None:
            return
        self._before = window.focusWidget()
        window.installEventFilter(self)
        self.setResult(0)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self._place()
        target = self.first_focus or self._safe() or self._panel
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        fade = fade_in(self._panel, DIALOG, self._darken)
        if fade is None:
            self._cast_shadow()
        else:
            # A shadow takes 20 ms a picture: too much while it moves.
            fade.finished.connect(self._cast_shadow)

    def _cast_shadow(self) -> None:
        if theme.tokens().dark:
            return
        shadow = QGraphicsDropShadowEffect(self._panel)
        shadow.setBlurRadius(48)
        shadow.setOffset(0, 16)
        colour = theme.colour("scrim")
        colour.setAlphaF(0.35)
        shadow.setColor(colour)
        self._panel.setGraphicsEffect(shadow)

    def _darken(self, share: float) -> None:
        self._dark = share
        self.update()

    def _safe(self) -> QWidget | None:
        harmless = (Kind.SECONDARY, Kind.QUIET)
        for button in self._buttons:
            if button.kind in harmless:
                return button
        return self._buttons[-1] if self._buttons else None

    def _place(self) -> None:
        if not self._inside:
            return
        width = min(self._wide, max(self.width() - 2 * _MARGIN, 280))
        self._panel.setFixedWidth(width)
        layout = self._panel.layout()
        if layout is None:
            return
        most = self.height() - 2 * _MARGIN
        inner = _height(self._scroll.widget(), width)
        self._scroll.setFixedHeight(inner)
        height = layout.totalHeightForWidth(width)
        if height > most:
            self._scroll.setFixedHeight(max(inner - (height - most), 80))
            height = most
        left = (self.width() - width) // 2
        self._panel.setGeometry(left, (self.height() - height) // 2, width, height)

    def event(self, event: QEvent | None) -> bool:
        if event is not None:
            if event.type() is QEvent.Type.ShortcutOverride:
                # The window's shortcuts wait until the question has been answered.
                event.accept()
                return True
            if event.type() is QEvent.Type.LayoutRequest and self._inside and self.isVisible():
                QTimer.singleShot(0, self._place)
        return super().event(event)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is None or not self.isVisible():
            return super().eventFilter(watched, event)
        if watched is not self.parentWidget():
            if event.type() is QEvent.Type.LayoutRequest:
                QTimer.singleShot(0, self._place)
        elif event.type() is QEvent.Type.Resize:
            window = self.parentWidget()
            if window is not None:
                self.setGeometry(window.rect())
                self._place()
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes around inside of the dialog."""
        if not self._inside:
            return super().focusNextPrevChild(forward)
        if not tab_on(self, forward):
            focus_first(self)
        return True

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
        event.accept()

    def mousePressEvent(self, event: object) -> None:
        """What lies below the scrim is not reached; the dialog stays."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if not self._inside:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        colour = theme.colour("scrim")
        colour.setAlphaF(theme.tokens().scrim_opacity * self._dark)
        painter.fillRect(self.rect(), colour)
        painter.end()

    def _closed(self) -> None:
        window = self.parentWidget()
        if window is not None:
            window.removeEventFilter(self)
        if self._before is not None:
            try:
                self._before.setFocus(Qt.FocusReason.OtherFocusReason)
            except RuntimeError:  # the widget went away while the question stood
                self._before = None
        self.deleteLater()


def _height(content: QWidget | None, width: int) -> int:
    """How high a content is when it is so wide."""
    layout = content.layout() if content is not None else None
    if layout is None:
        return 0
    if layout.hasHeightForWidth():
        return layout.totalHeightForWidth(width)
    return layout.totalSizeHint().height()


def confirm(
    parent: QWidget,
    title: str,
    text: str,
    action: str,
    danger: bool = False,
    cancel: str = "",
) -> Dialog:
    """Ask whether to do something; already open. `accepted` says yes, `rejected` no."""
    dialog = Dialog(parent, title, width=480)
    dialog.body.addWidget(Label(text, Type.BODY, "text_2", wrap=True))
    no = dialog.add_button(Button(cancel or dialog.tr("Cancel"), Kind.SECONDARY))
    yes = dialog.add_button(Button(action, Kind.DANGER if danger else Kind.PRIMARY))
    no.clicked.connect(dialog.reject)
    yes.clicked.connect(dialog.accept)
    dialog.open()
    return dialog
