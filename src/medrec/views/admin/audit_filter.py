"""Which entries are wanted: whose, by whom, what, when, and a part of an id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from PyQt6.QtCore import QDate, QTimer, pyqtSignal
from PyQt6.QtWidgets import QWidget

from medrec.domain.ids import ZERO_ADDRESS, Address
from medrec.models.admin.words import GROUPS, group_name
from medrec.services.ledger import FAR, Sieve
from medrec.views.common.badges import Chip
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card
from medrec.views.common.choices import Combo, DateEdit
from medrec.views.common.fonts import Type
from medrec.views.common.inputs import SearchField
from medrec.views.common.labels import Label
from medrec.views.common.layout import boxed, hbox

TYPING = 250
"""Milliseconds after the last key before the entries are looked through."""

_ANY, _TODAY, _WEEK, _MONTH, _YEAR, _BETWEEN = range(6)
_DAYS = {_TODAY: 0, _WEEK: 6, _MONTH: 29, _YEAR: 364}


class AuditFilter(Card):
    """A line of choices; `changed` brings the `Sieve`."""

    changed = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.set_padding(12, 10)
        self.text = SearchField(self.tr("Find an entry"))
        self.text.setToolTip(self.tr("By a record, an address or a transaction"))
        self.patient = self._combo(self.tr("Patient"))
        self.doctor = self._combo(self.tr("Doctor"))
        self.action = self._combo(self.tr("Action"))
        self.when = self._combo(self.tr("When"))
        self.first, self.last = DateEdit(), DateEdit()
        self.refused = self._chip()
        self.clear = Button(self.tr("Clear"), Kind.QUIET, "x", Size.ROW)
        self._people: dict[Combo, tuple[Address | None, ...]] = {}
        self.action.addItems([group_name(place) for place in range(len(GROUPS))])
        self.when.addItems(
            [
                self.tr("Any time"),
                self.tr("Today"),
                self.tr("Last 7 days"),
                self.tr("Last 30 days"),
                self.tr("Last year"),
                self.tr("Between"),
            ]
        )
        self._between = boxed(hbox(Label(self.tr("From"), Type.SMALL, "text_2"), self.first))
        self._until = boxed(hbox(Label(self.tr("to"), Type.SMALL, "text_2"), self.last))
        first = hbox(self.text, self.patient, self.doctor, self.action, self.when)
        self.text.setMinimumWidth(150)
        for place, stretch in enumerate((3, 2, 2, 2, 2)):
            first.setStretch(place, stretch)
        first.addWidget(self.refused)
        first.addWidget(self.clear)
        self.body.addLayout(first)
        self._dates = boxed(hbox(self._between, self._until, None, spacing=12))
        self.body.addWidget(self._dates)
        self._typing = QTimer(self)
        self._prepare_dates()
        self.set_people([], [])
        self._connect()

    def _chip(self) -> Chip:
        chip = Chip(self.tr("Only refused"), "ban")
        chip.setToolTip(
            self.tr(
                "Declined requests, refused doctors, stopped replacements of a wallet. What the "
                "contracts refuse leaves no entry."
            )
        )
        return chip

    def _combo(self, name: str) -> Combo:
        combo = Combo()
        combo.setMinimumHeight(36)
        combo.setMinimumContentsLength(4)
        combo.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setAccessibleName(name)
        return combo

    def _prepare_dates(self) -> None:
        today = QDate.currentDate()
        for editor, value, name in (
            (self.first, today.addMonths(-1), self.tr("From")),
            (self.last, today, self.tr("To")),
        ):
            editor.setMinimumHeight(36)
            editor.setMinimumWidth(150)
            editor.setDate(value)
            editor.setAccessibleName(name)
        self._dates.hide()

    def _connect(self) -> None:
        for combo in (self.patient, self.doctor, self.action, self.when):
            combo.currentIndexChanged.connect(lambda _: self._tell())
        for editor in (self.first, self.last):
            editor.dateChanged.connect(lambda _: self._tell())
        self.refused.toggled.connect(lambda _: self._tell())
        self.text.textChanged.connect(lambda _: self._typing.start())
        self._typing.timeout.connect(self._tell)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING)
        self.clear.clicked.connect(self.reset)
        self.clear.setEnabled(False)

    def set_people(
        self, patients: Sequence[tuple[str, Address]], doctors: Sequence[tuple[str, Address]]
    ) -> None:
        """Who can be chosen; what was chosen stays chosen."""
        register: list[tuple[str, Address | None]] = [
            (self.tr("Any patient"), None),
            (self.tr("The register"), ZERO_ADDRESS),
        ]
        self._fill(self.patient, [*register, *patients])
        self._fill(self.doctor, [(self.tr("Any doctor"), None), *doctors])

    def _fill(self, combo: Combo, people: Sequence[tuple[str, Address | None]]) -> None:
        who = tuple(address for _, address in people)
        texts = [text for text, _ in people]
        if who == self._people.get(combo) and texts == [
            combo.itemText(n) for n in range(combo.count())
        ]:
            return
        before = self._chosen(combo)
        combo.blockSignals(True)
        combo.clear()
        combo.addItems(texts)
        self._people[combo] = who
        combo.setCurrentIndex(who.index(before) if before in who else 0)
        combo.blockSignals(False)

    def choose(
        self, subject: Address | None = None, actor: Address | None = None, text: str = ""
    ) -> None:
        """Ask for somebody's entries, and for nothing else."""
        self.reset()
        for combo, who in ((self.patient, subject), (self.doctor, actor)):
            known = self._people.get(combo, ())
            if who is not None and who in known:
                combo.setCurrentIndex(known.index(who))
        self.text.setText(text)
        self._tell()

    def reset(self) -> None:
        """Ask for everything again."""
        for combo in (self.patient, self.doctor, self.action, self.when):
            combo.setCurrentIndex(0)
        self.refused.setChecked(False)
        self.text.clear()
        self._tell()

    def sieve(self) -> Sieve:
        """What is asked for."""
        first, last = self._range()
        return Sieve(
            subject=self._chosen(self.patient),
            actor=self._chosen(self.doctor),
            actions=GROUPS[max(self.action.currentIndex(), 0)][1],
            text=self.text.text().strip(),
            first=first,
            last=last,
            refused=self.refused.isChecked(),
        )

    def _chosen(self, combo: Combo) -> Address | None:
        people = self._people.get(combo, ())
        index = combo.currentIndex()
        return people[index] if 0 <= index < len(people) else None

    def _range(self) -> tuple[int, int]:
        place = self.when.currentIndex()
        if place == _BETWEEN:
            return _begin(_day(self.first)), _begin(_day(self.last) + timedelta(days=1)) - 1
        if place in _DAYS:
            today = datetime.now().astimezone().date()
            return _begin(today - timedelta(days=_DAYS[place])), FAR
        return 0, FAR

    def _tell(self) -> None:
        self._typing.stop()
        self._dates.setVisible(self.when.currentIndex() == _BETWEEN)
        wanted = self.sieve()
        self.clear.setEnabled(wanted != Sieve())
        self.changed.emit(wanted)


def _day(editor: DateEdit) -> date:
    chosen = editor.date()
    return date(chosen.year(), chosen.month(), chosen.day())


def _begin(day: date) -> int:
    """The first second of a day here, in Unix seconds."""
    return int(datetime.combine(day, time()).astimezone().timestamp())
