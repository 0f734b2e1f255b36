"""The line below the sign-in: which network, up to which block, how many nodes answer."""

from __future__ import annotations

from PyQt6.QtCore import QLocale, QPointF, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from medrec.services.network_check import NetworkReport
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.painting import paint_dot


class Dot(QWidget):
    """A dot beside words that say the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = "text_3"
        self.setFixedSize(10, 10)

    def set_colour(self, colour: str) -> None:
        """Take a token as colour."""
        self._colour = colour
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the dot (Qt)."""
        painter = QPainter(self)
        paint_dot(painter, QPointF(5, 5), self._colour)
        painter.end()


class NetworkLine(QWidget):
    """The network in use, in one line, and the way to another."""

    openAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot = Dot()
        self._name = Label("", Type.SMALL_STRONG, "text_2")
        self._state = ElidedLabel("", Type.SMALL, "text_3")
        self._state.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.open = Button(self.tr("Open a network file"), Kind.QUIET, "network", Size.ROW)
        self.open.clicked.connect(self.openAsked)
        row = QHBoxLayout(self)
        row.setContentsMargins(32, 4, 32, 12)
        row.setSpacing(8)
        row.addWidget(self._dot)
        row.addWidget(self._name)
        row.addSpacing(4)
        row.addWidget(self._state, 1)
        row.addWidget(self.open)
        self._tell("text_3", "", self.tr("Asking the network…"))

    def text(self) -> str:
        """What the line says."""
        return f"{self._name.text()} {self._state.text()}".strip()

    def set_report(self, report: NetworkReport | None) -> None:
        """Show how the network's nodes answer."""
        if report is None:
            self._tell("text_3", "", self.tr("No network is set."))
        elif not report.usable:
            wrong = report.wrong_chain or report.wrong_code
            self._tell("danger", report.network.name, wrong.sentence if wrong else "")
        elif report.block is None:
            self._tell("warning", report.network.name, self.tr("No node answers. You are offline."))
        else:
            self._tell("success", report.network.name, self._answering(report, report.block))

    def set_error(self, sentence: str) -> None:
        """Show what is wrong with the network file."""
        self._tell("danger", "", sentence)

    def _answering(self, report: NetworkReport, block: int) -> str:
        number = QLocale(QLocale.Language.English).toString(block)
        some, every = len(report.answering), len(report.nodes)
        if every == 1:
            return self.tr("block {block}").format(block=number)
        if some == every:
            text = self.tr("block {block}, {count} nodes agree")
        else:
            text = self.tr("block {block}, {count} of {every} nodes answer")
        return text.format(block=number, count=some, every=every)

    def _tell(self, colour: str, name: str, state: str) -> None:
        self._dot.set_colour(colour)
        self._name.setText(name)
        self._name.setVisible(bool(name))
        self._state.setText(state)
        self.setAccessibleName(self.text())
