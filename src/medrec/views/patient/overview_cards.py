"""The cards of the overview: an open request, the plot, who looked, and lists of facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from medrec.clinical.facts import LABORATORY, Fact
from medrec.domain.ids import Address
from medrec.models.patient.highlights import Highlight, change_of
from medrec.models.patient.overview import LookRow, OpenRequest
from medrec.views.common import dates
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card, Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import Divider, clear, vbox
from medrec.views.common.plots import LinePlot, SparkTile, plot_series
from medrec.views.common.tiles import Avatar
from medrec.views.common.tokens import Family
from medrec.views.patient import overview_words as words


class _Link(Button):
    """A quiet action in a card's head: no higher than the heading, flush with the card's edge."""

    def __init__(self, text: str) -> None:
        super().__init__(text, Kind.QUIET, size=Size.ROW)

    def sizeHint(self) -> QSize:
        """As wide as the words (Qt)."""
        return QSize(super().sizeHint().width() - 16, 24)


class RequestCard(Card):
    """A doctor asks for access; the patient reviews it, or leaves it for later."""

    reviewed = pyqtSignal(object)
    """The doctor's address."""
    putOff = pyqtSignal(object)

    def __init__(self, request: OpenRequest, parent: QWidget | None = None) -> None:
        super().__init__(look="asking", parent=parent)
        self.set_padding(16, 12)
        self.request = request
        self.setAccessibleName(words.asks(request))
        later = Button(self.tr("Not now"), Kind.SECONDARY)
        review = Button(self.tr("Review request"), Kind.PRIMARY)
        later.clicked.connect(lambda: self.putOff.emit(request.doctor))
        review.clicked.connect(lambda: self.reviewed.emit(request.doctor))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Avatar(request.name, 36))
        asks = Label(words.asks(request), Type.ROW_STRONG, wrap=True)
        # Until when and what is asked for is never cut: it goes to the next line.
        what = Label(words.request_line(request), Type.SMALL, "text_2", wrap=True)
        row.addLayout(vbox(None, asks, what, None, spacing=2), 1)
        row.addWidget(later)
        row.addWidget(review)
        self.body.addLayout(row)
        if request.reason:
            self.setToolTip(request.reason)


class PlotCard(Card):
    """One measurement over time, with its reference range."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Over time"), parent=parent)
        self.plot = LinePlot()
        self.head.addWidget(self.plot.legend)
        self.body.addWidget(self.plot, 1)
        self._empty = Label(
            self.tr("A line appears here when something was measured three times."),
            Type.SMALL,
            "text_3",
            wrap=True,
        )
        self.body.addWidget(self._empty)

    def show_highlight(
        self, highlight: Highlight | None, names: Mapping[Address, str] | None = None
    ) -> None:
        """Plot it, ``names`` are its authors'; None where nothing was measured often enough."""
        self._empty.setVisible(highlight is None)
        self.plot.setVisible(highlight is not None)
        self.plot.legend.setVisible(highlight is not None)
        if highlight is None:
            self.set_title(self.tr("Over time"))
            self.set_note("")
            return
        name = words.name_of(highlight)
        self.set_title(name)
        self.set_note(words.span_words(highlight))
        called = {str(who): author for who, author in (names or {}).items()}
        self.plot.set_series([plot_series(series, called) for series in highlight.series], name)

    def set_plot_height(self, height: int) -> None:
        """How high the plot is, in pixels."""
        self.plot.setFixedHeight(height)


class LooksCard(Card):
    """Who looked lately, and whether the list is whole."""

    allRequested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        every = _Link(self.tr("All activity"))
        super().__init__(self.tr("Who looked lately"), action=every, parent=parent)
        every.clicked.connect(self.allRequested)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)
        self.body.addWidget(Divider())
        self._shield = QHBoxLayout()
        self._mark = Icon("shield-check", 18, "success")
        self._whole = Label("", Type.SMALL_STRONG, "success_text", wrap=True)
        self._shield.addWidget(self._mark)
        self._shield.addWidget(self._whole, 1)
        self.body.addLayout(self._shield)

    def show_looks(self, rows: Sequence[LookRow], most: int) -> None:
        """The latest looks."""
        clear(self._rows)
        if not rows:
            none = Label(
                self.tr("Nobody has looked yet. Every look through MedRec appears here."),
                Type.SMALL,
                "text_3",
                wrap=True,
            )
            self._rows.addWidget(none)
        for row in rows[:most]:
            self._rows.addWidget(_LookLine(row))

    def show_check(self, verified: bool, online: bool, block: int, away: bool = False) -> None:
        """Whether the list was recomputed from the chain; ``away``: but not that of before."""
        if verified and away:
            self._mark.set_icon("layers", "text_3")
            text = self.tr("Later looks in the network before may be missing")
        elif verified:
            self._mark.set_icon("shield-check", "success")
            text = self.tr("Nothing is missing from this list")
        elif online:
            self._mark.set_icon("clock", "text_3")
            text = self.tr("Checking that nothing is missing")
        else:
            self._mark.set_icon("cloud-off", "text_3")
            text = self.tr("You are offline: later looks are missing from this list")
            if block:
                text = self.tr("Whole up to block {n}; you are offline").format(n=f"{block:,}")
        self._whole.setText(text)
        self._whole.set_colour("success_text" if verified and not away else "text_2")


class _LookLine(QWidget):
    """A person, what the person did, and when."""

    def __init__(self, row: LookRow) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 4, 0, 4)
        line.setSpacing(10)
        line.addWidget(Avatar(row.face or row.name, 32))
        text = words.look_line(row.look)
        # What somebody did is never cut.
        done = Label(text, Type.SMALL, "text_2", wrap=True)
        line.addLayout(vbox(ElidedLabel(row.name, Type.SMALL_STRONG), done, spacing=2), 1)
        when = Label(dates.short(row.look.when), Type.CAPTION, "text_3")
        line.addWidget(when, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setToolTip(row.look.who)
        self.setAccessibleName(f"{row.name}: {text}, {dates.day_time(row.look.when)}")


class FactsCard(Card):
    """A list of problems, medicines or allergies; its head leads to the records."""

    opened = pyqtSignal()

    def __init__(self, title: str, icon: str, empty: str, parent: QWidget | None = None) -> None:
        self.all_button = _Link("")
        super().__init__(title, action=self.all_button, icon=icon, parent=parent)
        self.all_button.clicked.connect(self.opened)
        self._empty = empty
        self._rows = QVBoxLayout()
        self._rows.setSpacing(1)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)

    def set_empty(self, text: str) -> None:
        """What is said where there is nothing."""
        self._empty = text

    def show_facts(self, facts: Sequence[Fact], most: int, count: str) -> None:
        """The first facts; ``count`` is what the head says of all."""
        clear(self._rows)
        self.all_button.setText(count)
        self.all_button.setVisible(bool(facts))
        if not facts:
            self._rows.addWidget(Label(self._empty, Type.SMALL, "text_3", wrap=True))
        for fact in facts[:most]:
            self._rows.addWidget(_FactLine(fact))


class _FactLine(QWidget):
    """A fact in two lines, with how bad it is at the end."""

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 2, 0, 2)
        line.setSpacing(8)
        second = words.fact_line(fact)
        line.addLayout(_two_lines(fact.title, second), 1)
        severity = words.severity_words(fact) if fact.kind == "allergy" else ""
        if severity:
            line.addWidget(_severity_badge(fact, severity), 0, Qt.AlignmentFlag.AlignVCenter)
        said = ", ".join(part for part in (fact.title, second, severity) if part)
        self.setAccessibleName(said)


def spark_tile(highlight: Highlight) -> SparkTile:
    """The tile of a measurement."""
    first = highlight.series[0]
    said = words.tile_words(highlight, change_of(highlight))
    kind = Family.LABORATORY if first.kind == LABORATORY else Family.VITALS
    tile = SparkTile(kind, said.name)
    tile.show_values(
        said.value,
        said.unit,
        said.note,
        [point.value for point in first.points[-12:]],
        first.last.low,
        first.last.high,
        highlight.flag,
    )
    return tile


def _severity_badge(fact: Fact, text: str) -> Badge:
    if fact.critical:
        return Badge(text, Tone.DANGER, "triangle-alert")
    return Badge(text, Tone.WARNING if fact.severity == "moderate" else Tone.NEUTRAL)


def _two_lines(first: str, second: str) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(2)
    column.addStretch(1)
    column.addWidget(ElidedLabel(first, Type.ROW, "text"))
    if second:
        # How a medicine is taken is never cut.
        column.addWidget(Label(second, Type.CAPTION, "text_2", wrap=True))
    column.addStretch(1)
    return column
