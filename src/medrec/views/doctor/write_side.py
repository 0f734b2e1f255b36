"""Beside a form: what the chart knows already, what happens on saving, what is kept as a draft."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QCoreApplication, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.clinical.facts import LABORATORY, VITALS, Fact, Facts, Series
from medrec.clinical.facts_vitals import BLOOD_PRESSURE, HEART_RATE, WEIGHT
from medrec.clinical.forms import FormKind
from medrec.services.draft_rows import SavedDraft
from medrec.views.common import dates
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.buttons import Button, IconButton, Kind, Size
from medrec.views.common.cards import Card
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import boxed, clear, hbox, vbox
from medrec.views.common.painting import box, paint_text
from medrec.views.common.plots_spark import Sparkline
from medrec.views.doctor.words import how_and_since
from medrec.views.doctor.write_words import kind_name

SYSTOLIC = "8480-6"

MOST = 6
"""Lines of a card."""

POINTS = 12


class KnownCard(Card):
    """The last values, or what is recorded, of the kind that is being written."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Last values"), parent=parent)
        self.lines = QVBoxLayout()
        self.lines.setSpacing(12)
        self.body.addLayout(self.lines)
        self.count = 0

    def show_facts(self, kind: FormKind, facts: Facts) -> None:
        """Show what fits the form."""
        clear(self.lines)
        if kind in (FormKind.VITALS, FormKind.LABORATORY):
            self._show_values(kind, facts)
            return
        title, found = self._statements(kind, facts)
        self.set_title(title)
        self.set_note("")
        self.count = len(found)
        for fact in found[:MOST]:
            self.lines.addWidget(_statement(fact))
        if not found:
            self._nothing()
        elif len(found) > MOST:
            more = self.tr("and {n} more").format(n=len(found) - MOST)
            self.lines.addWidget(Label(more, Type.CAPTION, "text_3"))

    def _show_values(self, kind: FormKind, facts: Facts) -> None:
        self.set_title(self.tr("Last values"))
        rows = _vitals(facts) if kind is FormKind.VITALS else _results(facts)
        self.count = len(rows)
        latest = max((group[0].last.when for group in rows), default=0)
        self.set_note(dates.short(latest) if latest else "")
        for group in rows[:MOST]:
            self.lines.addWidget(_value(group))
        if not rows:
            self._nothing()

    def _nothing(self) -> None:
        self.lines.addWidget(Label(self.tr("Nothing yet"), Type.SMALL, "text_3"))

    def _statements(self, kind: FormKind, facts: Facts) -> tuple[str, list[Fact]]:
        if kind is FormKind.PRESCRIPTION:
            return self.tr("Taken now"), [f for f in facts.medications if f.active]
        if kind is FormKind.ALLERGY:
            return self.tr("Recorded"), list(facts.allergies)
        if kind is FormKind.IMMUNIZATION:
            return self.tr("Given before"), list(facts.immunizations)
        if kind is FormKind.DOCUMENT:
            return self.tr("Documents"), list(facts.documents)
        return self.tr("Problems"), [f for f in facts.problems if f.active]


def _vitals(facts: Facts) -> list[tuple[Series, ...]]:
    upper_first = sorted(facts.group(BLOOD_PRESSURE), key=lambda s: s.code != SYSTOLIC)
    pressure = tuple(upper_first)
    found: list[tuple[Series, ...]] = [pressure] if pressure else []
    single = [s for s in facts.of_kind(VITALS) if s not in pressure]
    first = {HEART_RATE: 0, WEIGHT: 1}
    single.sort(key=lambda s: (first.get(s.code, 2), -s.last.when))
    return found + [(series,) for series in single]


def _results(facts: Facts) -> list[tuple[Series, ...]]:
    found = sorted(facts.of_kind(LABORATORY), key=lambda s: -s.last.when)
    return [(series,) for series in found]


def _value(group: tuple[Series, ...]) -> QWidget:
    first = group[0]
    value = "/".join(series.last.text for series in group)
    name = _tr("Blood pressure") if len(group) > 1 else first.name
    figure = hbox(
        Label(value, Type.HEADING), Label(first.unit, Type.CAPTION, "text_3"), None, spacing=5
    )
    words = vbox(ElidedLabel(name, Type.CAPTION, "text_2"), figure, spacing=1)
    points = first.points[-POINTS:]
    line = Sparkline([p.value for p in points], first.last.low, first.last.high)
    if len(points) < 2:
        line.hide()
    row = hbox(words, line, spacing=8)
    row.setStretch(0, 1)
    held = boxed(row)
    held.setAccessibleName(f"{name} {value} {first.unit}, {dates.day(first.last.when)}")
    held.setToolTip(dates.day_time(first.last.when))
    return held


def _tr(text: str) -> str:
    return QCoreApplication.translate("KnownCard", text)


def _statement(fact: Fact) -> QWidget:
    colour = "danger_text" if fact.kind == "allergy" and fact.critical else "text"
    second = how_and_since(fact)
    words = vbox(Label(fact.title, Type.ROW, colour, wrap=True), spacing=1)
    if second:
        words.addWidget(Label(second, Type.CAPTION, "text_2", wrap=True))
    return boxed(words)


class _Disc(QWidget):
    """A number in a soft circle."""

    def __init__(self, number: str) -> None:
        super().__init__()
        self._number = number
        self.setFixedSize(24, 24)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), 12, "accent_soft")
        centre = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, self.rect(), self._number, Type.CAPTION_STRONG, "accent_text", centre)
        painter.end()


class SavingCard(Card):
    """What happens when the form is saved, in four steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("When you save"), parent=parent)
        self.readers = Label("", Type.SMALL, "text_2", wrap=True)
        self.body.setSpacing(14)
        for number, title, text in (
            (1, self.tr("Sealed"), Label(self.tr("on this computer"), Type.SMALL, "text_2")),
            (2, self.tr("Stored"), Label(self.tr("as ciphertext only"), Type.SMALL, "text_2")),
            (3, self.tr("Anchored"), Label(self.tr("in the chain"), Type.SMALL, "text_2")),
            (4, self.tr("Readable"), self.readers),
        ):
            disc = _Disc(str(number))
            row = hbox(disc, vbox(Label(title, Type.ROW_STRONG), text, spacing=1), spacing=10)
            row.setAlignment(disc, Qt.AlignmentFlag.AlignTop)
            row.setStretch(1, 1)
            self.body.addLayout(row)
        self.body.addStretch(1)

    def set_patient(self, name: str) -> None:
        """Say who will be able to read it."""
        words = self.tr("by {name}, by you, and by doctors who may")
        self.readers.setText(words.format(name=name))


class DraftsCard(Card):
    """The drafts about this patient, each to be opened again or dropped."""

    opened = pyqtSignal(str)
    dropped = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Drafts"), parent=parent)
        self.lines = QVBoxLayout()
        self.lines.setSpacing(10)
        self.body.addLayout(self.lines)
        self.setVisible(False)

    def show_drafts(self, drafts: Sequence[SavedDraft]) -> None:
        """Show the drafts, latest first."""
        clear(self.lines)
        self.setVisible(bool(drafts))
        self.set_note(str(len(drafts)) if len(drafts) > 1 else "")
        for draft in drafts[:MOST]:
            self.lines.addWidget(self._line(draft))

    def _line(self, draft: SavedDraft) -> QWidget:
        name = kind_name(draft.kind)
        open_it = Button(name, Kind.QUIET, size=Size.ROW)
        open_it.setAccessibleName(self.tr("Open the draft: {name}").format(name=name))
        open_it.clicked.connect(lambda: self.opened.emit(draft.id))
        drop = IconButton("trash-2", self.tr("Drop this draft"), 28)
        drop.clicked.connect(lambda: self.dropped.emit(draft.id))
        badge = self._badge(draft)
        first = hbox(open_it, None, *([badge] if badge is not None else []), drop, spacing=4)
        second = draft.problem or dates.day_time(draft.saved)
        if draft.waiting:
            second = self.tr("Saved here, not yet shared")
        colour = "danger_text" if draft.problem and not draft.waiting else "text_3"
        words = Label(second, Type.CAPTION, colour, wrap=True)
        words.setContentsMargins(10, 0, 0, 0)
        words.setToolTip(draft.problem)
        return boxed(vbox(first, words, spacing=0))

    def _badge(self, draft: SavedDraft) -> Badge | None:
        if draft.conflict:
            return Badge(self.tr("Conflict"), Tone.DANGER, "git-compare", small=True)
        if draft.waiting:
            return Badge(self.tr("Waiting"), Tone.WARNING, "clock", small=True)
        if draft.problem:
            return Badge(self.tr("Not saved"), Tone.DANGER, "circle-alert", small=True)
        return None
