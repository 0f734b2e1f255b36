"""What stands in the place of rows: loading, empty, failed. Never a spinner over data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PyQt6.QtCore import QRectF, QSize, Qt, QTimer, pyqtBoundSignal, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import centred
from medrec.views.common.painting import TONES, Tone, box
from medrec.views.common.tiles import IconTile

PATIENCE = 150
"""Milliseconds before a skeleton is shown: what is there sooner does not flicker."""

ROW = 60


class Skeleton(QWidget):
    """Grey bars where rows will be."""

    def __init__(self, rows: int = 4, row_height: int = ROW, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._row_height = rows, row_height
        self.setAccessibleName(self.tr("Loading"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(240, self._rows * self._row_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._row_height)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        width = self.width()
        for row in range(self._rows):
            middle = row * self._row_height + self._row_height / 2
            box(painter, QRectF(16, middle - 18, 36, 36), 18, "grid")
            room = max(width - 64 - 16 - 48, 40)
            long = min(room, (150, 124, 138, 112)[row % 4] * 1.2)
            box(painter, QRectF(64, middle - 13, long, 10), 5, "grid")
            box(painter, QRectF(64, middle + 5, long * 0.68, 8), 4, "grid")
            box(painter, QRectF(width - 16 - 32, middle - 4, 32, 8), 4, "grid")
        painter.end()


class Message(QWidget):
    """An icon, a line that says what is, a line that says what next, and one action."""

    acted = pyqtSignal()

    def __init__(
        self,
        icon: str,
        title: str,
        text: str = "",
        action: str = "",
        tone: Tone = Tone.NEUTRAL,
        action_icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        colours = TONES[tone]
        ink = "text_2" if tone is Tone.NEUTRAL else colours.icon
        self._tile = IconTile(icon, ink, colours.ground, 44, circle=True)
        self._title = Label(title, Type.ROW_STRONG, wrap=True)
        self._text = Label(text, Type.SMALL, "text_2", wrap=True)
        self.button = Button(action, Kind.SECONDARY, action_icon, Size.ROW, self)
        self.button.setVisible(bool(action))
        self.button.clicked.connect(self.acted)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 24, 16, 24)
        column.setSpacing(4)
        column.addStretch(1)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(self._tile, 0, centre)
        column.addSpacing(8)
        for label in (self._title, self._text):
            label.setAlignment(centre)
            column.addWidget(centred(label, 420))
        column.addSpacing(8)
        column.addWidget(self.button, 0, centre)
        column.addStretch(1)
        self.set(title, text)

    def set(self, title: str, text: str = "", action: str | None = None) -> None:
        """Say something else; the action stays when it is left out."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(f"{title}. {text}" if text else title)
        if action is not None:
            self.button.setText(action)
            self.button.setVisible(bool(action))

    @property
    def title(self) -> str:
        """The first line."""
        return self._title.text()

    @property
    def text(self) -> str:
        """The second line."""
        return self._text.text()


@dataclass(frozen=True, slots=True)
class Empty:
    """What is said where there is nothing: what is missing, when it fills, one action."""

    icon: str
    title: str
    text: str = ""
    action_text: str = ""
    action_icon: str = ""


class Followed(Protocol):
    """What a stack follows: medrec.models' RowsModel and its like."""

    @property
    def stateChanged(self) -> pyqtBoundSignal: ...

    @property
    def state(self) -> object:
        """Its value is loading, ready, empty or failed."""
        ...

    @property
    def error(self) -> object:
        """What went wrong: its `sentence` is shown."""
        ...


class StateStack(QStackedWidget):
    """Shows the content, or what stands in its place."""

    retry = pyqtSignal()
    acted = pyqtSignal()
    """The action of the empty state."""

    def __init__(
        self,
        content: QWidget,
        *,
        empty: Empty,
        error_title: str = "",
        skeleton: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.content = content
        self.skeleton = skeleton or Skeleton()
        self.empty = Message(
            empty.icon, empty.title, empty.text, empty.action_text, action_icon=empty.action_icon
        )
        self._error_title = error_title or self.tr("This did not load")
        self.failed = Message(
            "wifi-off", self._error_title, "", self.tr("Try again"), Tone.DANGER, "refresh-cw"
        )
        for widget in (content, self.skeleton, self.empty, self.failed):
            self.addWidget(widget)
        self.empty.acted.connect(self.acted)
        self.failed.acted.connect(self.retry)
        self._model: Followed | None = None
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(PATIENCE)
        self._wait.timeout.connect(lambda: self.setCurrentWidget(self.skeleton))

    def follow(self, model: Followed) -> None:
        """Show the state of a model from now on; "Try again" reads it again if it can."""
        self._model = model
        model.stateChanged.connect(self._changed)
        reload = getattr(model, "reload", None)
        if callable(reload):
            self.retry.connect(reload)
        self._changed()

    def set_state(self, state: str, sentence: str = "") -> None:
        """Show loading, ready, empty or failed, for whoever has no model."""
        if state == "loading":
            if self.currentWidget() is not self.content or not self._has_rows():
                self._wait.start()
            return
        self._wait.stop()
        if state == "failed":
            self.failed.set(self._error_title, sentence)
        shown = {"empty": self.empty, "failed": self.failed}.get(state, self.content)
        self.setCurrentWidget(shown)

    def set_empty(self, title: str, text: str = "", action: str | None = None) -> None:
        """Say something else where there is nothing: a filter may have hidden everything."""
        self.empty.set(title, text, action)

    def _has_rows(self) -> bool:
        count = getattr(self._model, "rowCount", None)
        return bool(count()) if callable(count) else False

    def _changed(self) -> None:
        if self._model is None:
            return
        error = self._model.error
        sentence = str(getattr(error, "sentence", "") or (error or ""))
        state = self._model.state
        self.set_state(str(getattr(state, "value", state)), sentence)
