"""Steps one after the other: a head with the stepper, one step, and the way back and on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.entry.notice import Notice
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider, Scroll
from medrec.views.common.mark import Mark
from medrec.views.common.stepper import Stepper
from medrec.views.common.theme import ground

HEAD = 64
NARROW, WIDE = 560, 1064


@dataclass(frozen=True)
class StepSpec:
    """A step: its widget, its words, and what the button that goes on says."""

    widget: QWidget
    title: str
    subtitle: str
    go: str
    width: int = NARROW
    back: bool = True
    first: Callable[[], QWidget] | None = None
    """What has the focus at first; else the widget's proxy. A proxy that is not the first control
    of the widget would make Tab pass over those before it."""


class Wizard(QWidget):
    """What creating and restoring an account have in common."""

    backAsked = pyqtSignal()
    goAsked = pyqtSignal()
    leaveAsked = pyqtSignal()

    def __init__(self, names: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "window")
        self._names = names
        self._specs: list[StepSpec] = []
        self._current = 0
        self.stepper = Stepper(names)
        self.cancel = Button(self.tr("Cancel"), Kind.SECONDARY, size=Size.ROW)
        self.back = Button(self.tr("Back"), Kind.SECONDARY, size=Size.LARGE)
        self.go = Button("", Kind.PRIMARY, size=Size.LARGE)
        self.trouble = Notice()
        self._title = Label("", Type.FIGURE)
        self._subtitle = Label("", Type.BODY, "text_2", wrap=True)
        self._count = Label("", Type.SMALL, "text_3")
        self._steps = QVBoxLayout()
        self._column = QWidget()
        self._build()
        self.cancel.clicked.connect(self.leaveAsked)
        self.back.clicked.connect(self._on_back)
        self.go.clicked.connect(self.goAsked)

    @property
    def current(self) -> int:
        """The step that is shown, from 0."""
        return self._current

    @property
    def title(self) -> str:
        """What the step is called."""
        return self._title.text()

    def add(self, spec: StepSpec) -> None:
        """Another step at the end."""
        spec.widget.setVisible(False)
        self._specs.append(spec)
        self._steps.addWidget(spec.widget)

    def show_at(self, number: int) -> None:
        """Show a step."""
        self._current = number
        spec = self._specs[number]
        for each in self._specs:
            each.widget.setVisible(each is spec)
        self._column.setMaximumWidth(spec.width)
        self.stepper.set_current(number)
        self._title.setText(spec.title)
        self._subtitle.setText(spec.subtitle)
        self.setAccessibleName(spec.title)
        self._count.setText(
            self.tr("Step {number} of {count}").format(number=number + 1, count=len(self._specs))
        )
        self.go.setText(spec.go)
        self.go.setVisible(bool(spec.go))
        self.back.setVisible(spec.back)
        self.trouble.clear()
        self.scroller.ensureVisible(0, 0)
        proxy = spec.first() if spec.first is not None else spec.widget.focusProxy()
        (proxy or self.go).setFocus(Qt.FocusReason.OtherFocusReason)

    def set_busy(self, busy: bool, text: str = "") -> None:
        """The step's work goes on."""
        self.go.set_busy(busy, text)
        self.back.setEnabled(not busy)
        for spec in self._specs:
            # Another step may be shown by now than when the work began.
            spec.widget.setEnabled(not busy)

    def show_trouble(self, sentence: str) -> None:
        """Say what went wrong."""
        self.trouble.say(sentence)

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """Esc goes back (Qt)."""
        if a0 is not None and a0.key() == Qt.Key.Key_Escape and not self.go.busy:
            self._on_back()
        else:
            super().keyPressEvent(a0)

    def _on_back(self) -> None:
        if self._current == 0:
            self.leaveAsked.emit()
        elif self._specs[self._current].back:
            self.backAsked.emit()

    def _build(self) -> None:
        head = QFrame()
        ground(head, "surface")
        head.setFixedHeight(HEAD)
        bar = QHBoxLayout(head)
        bar.setContentsMargins(24, 0, 24, 0)
        bar.addWidget(Mark())
        bar.addStretch(1)
        bar.addWidget(self.stepper)
        bar.addStretch(1)
        bar.addWidget(self.cancel)
        column = QVBoxLayout(self._column)
        column.setContentsMargins(0, 16, 0, 12)
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(self._title)
        column.addSpacing(4)
        column.addWidget(self._subtitle)
        column.addSpacing(24)
        column.addLayout(self._steps)
        column.addSpacing(16)
        column.addWidget(self.trouble)
        column.addSpacing(8)
        column.addLayout(self._build_foot())
        column.addStretch(3)
        holder = QWidget()
        middle = QHBoxLayout(holder)
        middle.setContentsMargins(24, 0, 24, 0)
        middle.addWidget(self._column)
        self.scroller = Scroll(holder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(head)
        whole.addWidget(Divider())
        whole.addWidget(self.scroller, 1)

    def _build_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(20)
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self._count)
        foot.addWidget(self.go)
        return foot
