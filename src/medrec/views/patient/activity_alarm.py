"""The alarm: what was seen, both heads, what is safe, what to do; it stays until it is settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from PyQt6.QtCore import QAbstractItemModel, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from medrec.domain.ids import Address
from medrec.errors import AuditBroken, HistoryForked, IntegrityError, WrongRecordChain
from medrec.models.patient.activity import TraceModel
from medrec.services.alarm import Agreement, Examination, Side
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.banner import AlarmPanel
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card, Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import hbox, vbox
from medrec.views.common.lists import ListView
from medrec.views.common.tiles import IconTile
from medrec.views.patient.activity_rows import ActivityDelegate

MOST = 12
"""Missing entries that are seen at once."""


class AlarmView(QWidget):
    """What stands in the place of the trace while it does not hold."""

    nodesAsked = pyqtSignal()
    betterAsked = pyqtSignal()
    """Go on with the node that agrees."""
    reportAsked = pyqtSignal()
    verifyAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.report = Button(self.tr("Save a report"), Kind.SECONDARY, "download")
        self.nodes = Button(self.tr("Ask another node"), Kind.PRIMARY, "network")
        self.again = Button(self.tr("Verify again"), Kind.QUIET, "refresh-cw")
        self.better = Button("", Kind.PRIMARY, "check")
        self.panel = AlarmPanel("", "", [self.better, self.nodes, self.report, self.again])
        self._facts = [_Fact() for _ in range(3)]
        self.panel.words.insertLayout(2, hbox(*self._facts, None, spacing=28))
        self._missing = Card(self.tr("Entries that the network does not show"))
        self._missing.head.addWidget(
            Badge(self.tr("Kept on this computer"), Tone.SUCCESS, "hard-drive")
        )
        self.list = ListView()
        self.list.set_fitted(most=MOST)
        self.list.setAccessibleName(self.tr("Entries that the network does not show"))
        self._missing.body.addWidget(self.list)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._to_do(), 1)
        row.addWidget(self._meanwhile(), 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 8)
        whole.setSpacing(16)
        whole.addWidget(self.panel)
        whole.addLayout(row)
        whole.addWidget(self._missing)
        whole.addStretch(1)
        self.nodes.clicked.connect(self.nodesAsked)
        self.better.clicked.connect(self.betterAsked)
        self.report.clicked.connect(self.reportAsked)
        self.again.clicked.connect(self.verifyAsked)

    def _to_do(self) -> Card:
        card = Card(self.tr("What to do"))
        for number, (title, text) in enumerate(
            (
                (self.tr("Nothing is lost"), self.tr("Your computer keeps all it has verified.")),
                (
                    self.tr("Ask another node"),
                    self.tr(
                        "If it agrees with you, the node in use shows a false history. Go on with "
                        "the one that agrees."
                    ),
                ),
                (
                    self.tr("Show the report to your clinic"),
                    self.tr("It holds both heads and the missing entries, no medical contents."),
                ),
            ),
            1,
        ):
            words = vbox(
                Label(title, Type.ROW_STRONG),
                Label(text, Type.SMALL, "text_2", wrap=True),
                spacing=2,
            )
            row = hbox(_Number(number), words, spacing=12)
            row.setStretch(1, 1)
            card.body.addLayout(row)
        card.body.addStretch(1)
        return card

    def _meanwhile(self) -> Card:
        card = Card(self.tr("Until it is settled"))
        for good, text in (
            (True, self.tr("You can read what is on this computer")),
            (True, self.tr("You can export your record")),
            (False, self.tr("New records and access changes wait in your outbox")),
            (False, self.tr("Looks by doctors may be missing here")),
        ):
            icon = Icon("circle-check", 18, "success") if good else Icon("ban", 18, "danger")
            row = hbox(icon, Label(text, Type.BODY, wrap=True), spacing=12)
            row.setStretch(1, 1)
            card.body.addLayout(row)
        card.body.addStretch(1)
        return card

    def set_missing(
        self, model: QAbstractItemModel, names: Callable[[], Mapping[Address, str]]
    ) -> None:
        """Show the missing entries of this model."""
        self.list.setItemDelegate(ActivityDelegate(names, self.list))
        self.list.setModel(model)

    def show_trace(self, trace: TraceModel) -> None:
        """Say what does not match."""
        found, error = trace.examination, trace.alarm
        if error is None:
            return
        self.panel.set(self._title(error), self._text(error, found))
        mine, theirs, others = self._facts
        if found is not None:
            mine.set(self.tr("Your last verified head"), self._side(found.mine))
            theirs.set(self.tr("This network says"), self._side(found.shown), "danger_text")
            others.set(self.tr("Nodes asked"), self._answers(found))
        for fact in self._facts:
            fact.setVisible(found is not None)
        missing = len(found.missing) if found is not None else 0
        self._missing.setVisible(missing > 0)
        self._missing.set_note(f"{missing:,}")
        self.report.setEnabled(found is not None)
        self.nodes.setEnabled(found is not None)
        better = found.better if found is not None else ""
        self.better.setVisible(bool(better))
        self.better.setText(self.tr("Go on with {node}").format(node=_host(better)))
        # One primary a view: first ask, then go on.
        self.nodes.set_kind(Kind.SECONDARY if better else Kind.PRIMARY)

    def _title(self, error: IntegrityError) -> str:
        if isinstance(error, HistoryForked):
            return self.tr("The history on this network does not match yours")
        if isinstance(error, AuditBroken):
            return self.tr("The trace on this network was changed")
        if isinstance(error, WrongRecordChain):
            return self.tr("The versions of a record do not match")
        return self.tr("Something on this network does not match")

    def _text(self, error: IntegrityError, found: Examination | None) -> str:
        if found is None:
            return error.sentence
        mine = f"{found.mine.entries:,}"
        if found.shown is None:
            text = self.tr("Your computer verified {mine} entries. The node does not answer now.")
            return text.format(mine=mine)
        shown = f"{found.shown.entries:,}"
        if found.shown.entries < found.mine.entries:
            text = self.tr(
                "Your computer verified {mine} entries. This network shows {shown}: entries were "
                "removed, or it is not your network."
            )
        elif found.missing:
            text = self.tr(
                "Your computer verified {mine} entries. This network shows {shown}, and from "
                "entry {first} on they are others: something was changed, added or reordered."
            )
        else:
            text = self.tr(
                "The {mine} entries that your computer verified are there. What this network "
                "shows beyond them does not follow: an entry was changed, added or left out."
            )
        first = found.missing[0][0] if found.missing else 0
        return text.format(mine=mine, shown=shown, first=f"{first:,}")

    def _side(self, side: Side | None) -> str:
        if side is None:
            return self.tr("No answer")
        head = side.head.hex() if side.head is not None else ""
        shown = f"{head[:4]} … {head[-4:]}" if head else self.tr("no head")
        text = self.tr("{head}, entry {number}")
        return text.format(head=shown, number=f"{side.entries:,}")

    def _answers(self, found: Examination) -> str:
        if not found.nodes:
            return self.tr("None yet")
        agree = sum(node.agreement is Agreement.AGREES for node in found.nodes)
        silent = sum(node.agreement is Agreement.SILENT for node in found.nodes)
        text = self.tr("{agree} of {all} agrees with you").format(agree=agree, all=len(found.nodes))
        return f"{text}, {self.tr('{n} silent').format(n=silent)}" if silent else text


def _host(url: str) -> str:
    """A node's name and port: its path may hold a provider's key."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


class _Fact(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = Label("", Type.SMALL, "text_2")
        self._value = Label("", Type.ROW_STRONG).selectable()
        column = vbox(self._name, self._value, spacing=2)
        column.setContentsMargins(0, 4, 0, 0)
        self.setLayout(column)

    def set(self, name: str, value: str, colour: str = "text") -> None:
        """Show a fact."""
        self._name.setText(name)
        self._value.setText(value)
        self._value.set_colour(colour)


class _Number(QWidget):
    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tile = IconTile("circle", "accent_soft", "accent_soft", 26, circle=True)
        label = Label(str(number), Type.CAPTION_STRONG, "accent_text")
        label.setParent(tile)
        label.setGeometry(0, 0, 26, 26)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = vbox(tile, None)
        self.setLayout(column)
