"""The top bar: search, outbox, network, identity."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QWidget

from medrec.views.common.cards import Icon
from medrec.views.common.fields import SearchField
from medrec.views.common.focus import by_keyboard
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider, vbox
from medrec.views.common.progress import ProgressBar
from medrec.views.common.theme import ground, tokens
from medrec.views.common.tiles import Avatar

HEIGHT = 56


@dataclass(frozen=True, slots=True)
class OutboxState:
    """What the top bar says of the outbox: counts, and how far the running job is."""

    waiting: int = 0
    failed: int = 0
    done: int = 0
    total: int = 0
    """Moves of the running jobs; 0 while none runs."""


@dataclass(frozen=True, slots=True)
class NetworkState:
    """What the top bar says of the network."""

    online: bool = True
    block: int = 0
    verified: bool = False
    alarm: bool = False


class BarButton(QAbstractButton):
    """A button of the bar that shows icon, words and more, and opens a popover."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(8, 4, 8, 4)
        self.row.setSpacing(8)

    def add(self, widget: QWidget) -> None:
        """A part of the button; it hears no clicks of its own."""
        widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def sizeHint(self) -> QSize:
        """What the parts need (Qt)."""
        return self.row.sizeHint().expandedTo(QSize(0, 36))

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw hover and focus (Qt)."""
        t = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(1, 1, -1, -1)
        ring = self.hasFocus() and by_keyboard()
        painter.setPen(QColor(t.focus) if ring else Qt.PenStyle.NoPen)
        if self.underMouse() or self.isDown():
            painter.setBrush(QColor(t.hover))
        painter.drawRoundedRect(box, 8, 8)


class Dot(QWidget):
    """The network's dot."""

    def __init__(self) -> None:
        super().__init__()
        self.colour = "success"
        self.setFixedSize(8, 8)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the dot (Qt)."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(tokens(), self.colour)))
        painter.drawEllipse(self.rect())


class OutboxButton(BarButton):
    """All saved, saving 2 of 5, or what waits and what needs the person."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Icon("circle-check", 16, "success")
        self._words = Label("", Type.SMALL_STRONG, "text_2")
        self._bar = ProgressBar()
        self._bar.setFixedWidth(64)
        for part in (self._picture, self._words, self._bar):
            self.add(part)
        self.show_state(OutboxState())

    def show_state(self, state: OutboxState) -> None:
        """Say it."""
        self._bar.setVisible(bool(state.total))
        if state.total:
            words = self.tr("Saving {done} of {total}").format(done=state.done, total=state.total)
            self._bar.set_progress(state.done, state.total)
            self._say("upload", "accent", words, "text_2")
        elif state.failed:
            words = self.tr("{n} not saved").format(n=state.failed)
            self._say("circle-alert", "danger", words, "danger_text")
        elif state.waiting:
            one, many = self.tr("1 change waits"), self.tr("{n} changes wait")
            words = one if state.waiting == 1 else many.format(n=state.waiting)
            self._say("clock", "warning", words, "warning_text")
        else:
            self._say("circle-check", "success", self.tr("All saved"), "text_2")

    def _say(self, icon: str, colour: str, words: str, text_colour: str) -> None:
        self._picture.set_icon(icon, colour)
        self._words.setText(words)
        self._words.set_colour(text_colour)
        self.setAccessibleName(self.tr("Outbox: {state}").format(state=words))
        self.updateGeometry()


class NetworkButton(BarButton):
    """Dot, block and shield; never colour without a word, except where the window is small."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot, self._shield = Dot(), Icon("shield-check", 16, "success")
        self._block = Label("", Type.SMALL_STRONG, "text_2")
        self._words = Label("", Type.SMALL_STRONG, "success_text")
        for part in (self._dot, self._block, self._shield, self._words):
            self.add(part)
        self._narrow = False
        self._state = NetworkState()
        self.show_state(self._state)

    def set_narrow(self, narrow: bool) -> None:
        """Dot and shield alone, unless something is wrong."""
        self._narrow = narrow
        self.show_state(self._state)

    def show_state(self, state: NetworkState) -> None:
        """Say it."""
        self._state = state
        if state.alarm:
            self._say("danger", "triangle-alert", self.tr("Does not match"), "danger_text")
        elif not state.online:
            self._say("danger", "wifi-off", self.tr("Offline"), "danger_text")
        elif state.verified:
            self._say("success", "shield-check", self.tr("Verified"), "success_text")
        else:
            self._say("warning", "clock", self.tr("Checking"), "warning_text")
        block = self.tr("Block {number}").format(number=f"{state.block:,}")
        self._block.setText(block)
        self._block.setVisible(not self._narrow and bool(state.block))
        self._words.setVisible(not self._narrow or state.alarm or not state.online)
        name = self.tr("Network: {state}, {block}").format(state=self._words.text(), block=block)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def _say(self, dot: str, icon: str, words: str, colour: str) -> None:
        self._dot.colour = dot
        self._dot.update()
        self._shield.set_icon(icon, dot)
        self._words.setText(words)
        self._words.set_colour(colour)
        self.updateGeometry()


class IdentityButton(BarButton):
    """Who is signed in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.avatar = Avatar("", 32)
        self._name = Label("", Type.SMALL_STRONG)
        self._role = Label("", Type.CAPTION, "text_2")
        self._words = QWidget()
        lines = QHBoxLayout(self._words)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addLayout(vbox(self._name, self._role, spacing=1))
        for part in (self.avatar, self._words, Icon("chevron-down", 16, "text_2")):
            self.add(part)

    def show_person(self, name: str, role: str) -> None:
        """Say who it is."""
        self.avatar.set_name(name)
        self._name.setText(name)
        self._role.setText(role)
        self.setAccessibleName(self.tr("{name}, {role}: account").format(name=name, role=role))
        self.updateGeometry()

    def set_narrow(self, narrow: bool) -> None:
        """The avatar alone."""
        self._words.setVisible(not narrow)
        self.setToolTip(self._name.text() if narrow else "")
        self.updateGeometry()


class TopBar(QFrame):
    """Search at the start; outbox, network and identity at the end."""

    searched = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        ground(self, "surface")
        self.setFixedHeight(HEIGHT)
        self.search = SearchField(self.tr("Search"), "Ctrl K")
        self.outbox, self.network, self.identity = OutboxButton(), NetworkButton(), IdentityButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(self.search)
        row.addStretch(1)
        row.addWidget(self.outbox)
        row.addWidget(_bar_line())
        row.addWidget(self.network)
        row.addWidget(_bar_line())
        row.addWidget(self.identity)
        self.set_narrow(False)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the ground, and the line above the page (Qt)."""
        super().paintEvent(a0)
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens().border))

    def set_narrow(self, narrow: bool) -> None:
        """Shorter parts, for small windows."""
        self.search.setFixedWidth(200 if narrow else 320)
        self.network.set_narrow(narrow)
        self.identity.set_narrow(narrow)


def _bar_line() -> Divider:
    line = Divider(vertical=True)
    line.setFixedHeight(24)
    return line
