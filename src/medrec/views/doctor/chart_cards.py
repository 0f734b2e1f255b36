"""The cards of a chart: lists of facts, vital signs over time, laboratory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QCoreApplication, Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.clinical.facts import LABORATORY, VITALS, Fact, Facts, Series
from medrec.clinical.facts_vitals import (
    BLOOD_PRESSURE,
    BMI,
    HEART_RATE,
    HEIGHT,
    RESPIRATION,
    SATURATION,
    TEMPERATURE,
    WEIGHT,
)
from medrec.domain.ids import Address
from medrec.models.doctor.results import result_rows
from medrec.views.common import dates
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card
from medrec.views.common.choices import SegmentedControl
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import boxed, clear, hbox
from medrec.views.common.plots import LinePlot, plot_series
from medrec.views.doctor import words
from medrec.views.doctor.results_list import ResultsList

MOST_FACTS = 6
MOST_RESULTS = 8
MOST_VITALS = 4
_ORDER = (HEART_RATE, WEIGHT, SATURATION, TEMPERATURE, RESPIRATION, BMI, HEIGHT)


class ClosedLine(QWidget):
    """Says that a category is closed, with the way to ask for it."""

    asked = pyqtSignal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = Button(
            QCoreApplication.translate("DoctorWords", "Ask"), Kind.SECONDARY, size=Size.ROW
        )
        self.button.setAccessibleDescription(text)
        self.button.clicked.connect(self.asked)
        label = Label(text, Type.SMALL, "warning_text", wrap=True)
        row = hbox(label, self.button, spacing=12)
        row.setAlignment(label, Qt.AlignmentFlag.AlignVCenter)
        row.setStretch(0, 1)
        self.setLayout(row)


class FactsCard(Card):
    """What a chart says about one thing: active first, the rest on demand."""

    asked = pyqtSignal()
    """The category is closed, and the doctor wants to ask for it."""

    def __init__(self, title: str, icon: str, none: str, parent: QWidget | None = None) -> None:
        super().__init__(title, icon=icon, parent=parent)
        self._none = none
        self._facts: Sequence[Fact] = ()
        self._whole = False
        self._count = Label("", Type.SMALL, "text_2")
        self.head.addWidget(self._count)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(8)
        self.body.addLayout(self.rows)
        self.more = Button("", Kind.QUIET)
        self.more.clicked.connect(self._toggle)
        self.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)

    def show_facts(self, facts: Sequence[Fact], count: str, closed: bool = False) -> None:
        """Show the facts, most important first; ``closed``: the category may not be read."""
        self._facts = facts
        self._count.setText("" if closed else count)
        clear(self.rows)
        if closed:
            line = ClosedLine(self.tr("Closed to you. You may ask for it."))
            line.asked.connect(self.asked)
            self.rows.addWidget(line)
        elif not facts:
            self.rows.addWidget(Label(self._none, Type.SMALL, "text_3", wrap=True))
        shown = () if closed else facts if self._whole else facts[:MOST_FACTS]
        for fact in shown:
            self.rows.addWidget(FactLine(fact))
        rest = 0 if closed else len(facts) - MOST_FACTS
        self.more.setVisible(rest > 0)
        if rest > 0:
            whole = self.tr("Show all {n}").format(n=len(facts))
            self.more.setText(self.tr("Show fewer") if self._whole else whole)

    def _toggle(self) -> None:
        self._whole = not self._whole
        self.show_facts(self._facts, self._count.text())


class FactLine(QWidget):
    """A fact: what, and below it how and since when."""

    def __init__(self, fact: Fact, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = Label(fact.title, Type.ROW, "text" if fact.active else "text_2", wrap=True)
        first = hbox(title)
        first.setStretch(0, 1)
        if not fact.active:
            status = fact.status.replace("-", " ") or self.tr("over")
            first.addWidget(Badge(status.capitalize(), Tone.NEUTRAL, small=True))
        elif fact.kind == "problem" and fact.severity == "severe":
            first.addWidget(Badge(self.tr("Severe"), Tone.DANGER, small=True))
        # How much of a medicine is taken is never cut.
        second = Label(words.how_and_since(fact), Type.CAPTION, "text_2", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(first)
        column.addWidget(second)
        second.setVisible(bool(second.text()))
        self.setAccessibleName(f"{fact.title}, {second.text()}")


class VitalsCard(Card):
    """One vital sign over time, chosen from those that were measured."""

    asked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Vitals"), parent=parent)
        self.plot = LinePlot()
        self.choice = SegmentedControl([])
        self.choice.changed.connect(self._show)
        self.head.addWidget(self.plot.legend)
        self.head.addWidget(self.choice)
        self.none = Label(self.tr("Nothing was measured yet."), Type.SMALL, "text_3", wrap=True)
        self.closed = ClosedLine(self.tr("Vitals are closed to you. You may ask for them."))
        self.closed.asked.connect(self.asked)
        for widget in (self.plot, self.none, self.closed):
            self.body.addWidget(widget)
        self.plot.setFixedHeight(180)
        self._choices: list[tuple[str, tuple[Series, ...]]] = []
        self._room = 0
        self._names: Mapping[Address, str] = {}

    def fit(self, width: int) -> None:
        """Say what the head has room for in so many pixels: ranges in words, as numbers, or not."""
        self._room = width
        legend = self.plot.legend
        spare = width - self._title.sizeHint().width() - self.choice.sizeHint().width() - 72
        legend.set_compact(False)
        if legend.sizeHint().width() > spare:
            legend.set_compact(True)
        measured = bool(self._choices)
        legend.setVisible(measured and legend.sizeHint().width() <= spare)

    def show_facts(self, facts: Facts, names: Mapping[Address, str], closed: bool) -> None:
        """Show the vital signs of a chart."""
        before = self._choices[self.choice.current][0] if self._choices else ""
        self._names = names
        self._choices = vitals_of(facts)[:MOST_VITALS]
        texts = [text for text, _ in self._choices]
        place = texts.index(before) if before in texts else 0
        self.choice.set_texts(texts, place)
        measured = bool(self._choices)
        self.choice.setVisible(len(texts) > 1)
        self.plot.setVisible(measured)
        self.none.setVisible(not measured and not closed)
        self.closed.setVisible(not measured and closed)
        if measured:
            self._show(place)

    def _show(self, place: int) -> None:
        name, series = self._choices[place]
        self.plot.set_series([plot_series(one, by_text(self._names)) for one in series], name)
        self.fit(self._room or self.width())


class LaboratoryCard(Card):
    """The latest results, those of the last day first."""

    opened = pyqtSignal(object)
    """The `Series` of a row that was chosen."""
    allRequested = pyqtSignal()
    asked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Laboratory"), icon="flask-conical", parent=parent)
        self.out = Label("", Type.SMALL, "danger_text")
        self.head.addWidget(self.out)
        self.list = ResultsList(whole=True)
        self.list.opened.connect(self.opened)
        self.none = Label(self.tr("No laboratory results yet."), Type.SMALL, "text_3", wrap=True)
        told = self.tr("Laboratory results are closed to you. You may ask for them.")
        self.closed = ClosedLine(told)
        self.closed.asked.connect(self.asked)
        self.more = Button("", Kind.QUIET)
        self.more.clicked.connect(self.allRequested)
        self.set_padding(0, 0)
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(0)
        self.head.setContentsMargins(20, 14, 20, 14)
        self.body.setSpacing(0)
        self.body.addWidget(self.list)
        for widget in (self.none, self.closed):
            widget.setContentsMargins(20, 0, 20, 14)
            self.body.addWidget(widget)
        self._foot = boxed(hbox(self.more, None, margins=6))
        self.body.addWidget(self._foot)
        # What lies in a card is not clipped by its round corners.
        self.body.addSpacing(6)

    def show_facts(self, facts: Facts, closed: bool) -> None:
        """Show the laboratory of a chart."""
        rows = result_rows(facts.of_kind(LABORATORY))
        out = sum(bool(row.series.last.flag) for row in rows)
        self.out.setText("" if not out else self.tr("{n} outside the range").format(n=out))
        latest = max((row.series.last.when for row in rows), default=0)
        self.set_note(dates.day(latest) if latest else "")
        self.list.setVisible(bool(rows))
        self.list.set_rows(rows[:MOST_RESULTS])
        self.none.setVisible(not rows and not closed)
        self.closed.setVisible(not rows and closed)
        self._foot.setVisible(len(rows) > MOST_RESULTS)
        self.more.setText(self.tr("All {n} results").format(n=len(rows)))


def by_text(names: Mapping[Address, str]) -> dict[str, str]:
    """The names under plain texts, as plots look them up."""
    return {str(who): name for who, name in names.items()}


def vitals_of(facts: Facts) -> list[tuple[str, tuple[Series, ...]]]:
    """The vital signs of a chart with their names: pressure first, then by how usual they are."""
    found: list[tuple[str, tuple[Series, ...]]] = []
    pressure = facts.group(BLOOD_PRESSURE)
    if pressure:
        systolic_first = sorted(pressure, key=lambda one: -one.last.value)[:2]
        found.append((QCoreApplication.translate("DoctorWords", "Pressure"), tuple(systolic_first)))
    rest = [one for one in facts.of_kind(VITALS) if not one.group]
    order = {code: place for place, code in enumerate(_ORDER)}
    rest.sort(key=lambda one: (order.get(one.code, len(order)), one.name))
    return found + [(one.name, (one,)) for one in rest]
