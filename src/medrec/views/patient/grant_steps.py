"""The four steps of giving access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from PyQt6.QtCore import QDate, QModelIndex, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QButtonGroup, QGridLayout, QStyleOptionViewItem, QVBoxLayout, QWidget

from medrec.domain.categories import Category, Permission
from medrec.models.patient.access import DirectoryFilter, DirectoryModel
from medrec.models.patient.grant import LONGEST_YEARS, Ending, GrantForm, Preset, end_of
from medrec.services.access_overview import DoctorCard
from medrec.views.common import dates
from medrec.views.common.badges import Tone
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card, Icon
from medrec.views.common.choices import Option, OptionCard
from medrec.views.common.fields import DateField, Field, FieldKind
from medrec.views.common.fonts import Type
from medrec.views.common.inputs import SearchField
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import Flow, clear, hbox, vbox
from medrec.views.common.lists import ListView, RowDelegate, is_selected
from medrec.views.common.matrix import CategoryMatrix, caption
from medrec.views.common.painting import badge_width
from medrec.views.common.states import Empty, StateStack
from medrec.views.common.tiles import Avatar, paint_avatar, paint_badge
from medrec.views.common.tokens import Family, members
from medrec.views.patient import access_words as words
from medrec.views.patient.access_rows import readable, standing

LIST_HEIGHT = 264


class DoctorDelegate(RowDelegate):
    """A doctor of the register: initials, name, specialty, and that a verifier vouches."""

    def paint_row(
        self, painter: QPainter, rect: QRect, row: DoctorCard, option: QStyleOptionViewItem
    ) -> None:
        """Draw a doctor."""
        lead, rest = self.split(rect, 36, option)
        side = QRect(lead.left(), lead.center().y() - 17, 36, 36)
        paint_avatar(painter, side, row.name, is_selected(option))
        text = self.tr("Verified")
        rest, end = self.split_end(rest, round(badge_width(text, "badge-check", True)), option)
        self.two_lines(painter, rest, row.name, row.specialty, strong=True)
        spot = QRect(end.left(), end.center().y() - 10, end.width(), 20)
        paint_badge(painter, spot.toRectF(), text, Tone.SUCCESS, "badge-check", True)


class WhoStep(Card):
    """A doctor out of the register, out of a QR code's picture, or by a pasted text."""

    pasted = pyqtSignal(str)
    pictureAsked = pyqtSignal()
    opened = pyqtSignal()
    """A doctor was chosen and the next step is wanted (Enter, double click)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._form: GrantForm | None = None
        self._shown: DirectoryFilter | None = None
        self.body.addWidget(Label(self.tr("Whom do you give access to?"), Type.HEADING))
        self.search = SearchField(self.tr("Search verified doctors by name or specialty"))
        self.list = ListView()
        self.list.setItemDelegate(DoctorDelegate(parent=self.list))
        self.list.setAccessibleName(self.tr("Verified doctors"))
        empty = Empty(
            "user-search",
            self.tr("No doctor is verified yet."),
            self.tr("They appear here when an administrator has verified them."),
        )
        self.stack = StateStack(self.list, empty=empty)
        self.stack.setMinimumHeight(LIST_HEIGHT)
        self.paste = Field(
            self.tr("Or paste an address, or the text of a code"),
            placeholder="0x…",
            kind=FieldKind.CODE,
        )
        self.picture = Button(self.tr("Open a picture of a QR code"), Kind.SECONDARY, "qr-code")
        self.body.addWidget(self.search)
        self.body.addWidget(self.stack, 1)
        self.body.addWidget(self.paste)
        self.body.addLayout(hbox(self.picture, None))
        self._connect()

    def _connect(self) -> None:
        self.search.searched.connect(self._search)
        self.search.returnPressed.connect(self._first)
        self.list.chosen.connect(self._choose)
        self.list.opened.connect(self._open)
        self.paste.edited.connect(self._paste)
        self.picture.clicked.connect(self.pictureAsked)

    def set_models(
        self, form: GrantForm, directory: DirectoryModel, shown: DirectoryFilter
    ) -> None:
        """Choose out of this register into this form."""
        self._form, self._shown = form, shown
        self.list.setModel(shown)
        self.stack.follow(directory)

    def take_focus(self) -> None:
        """Typing searches at once."""
        self.search.setFocus()

    def begin(self) -> None:
        """Nothing is chosen, nothing typed."""
        self.search.clear()
        self.paste.set_text("")
        self.paste.set_error("")
        self.list.clearSelection()
        self.list.setCurrentIndex(QModelIndex())

    def found(self, doctor: DoctorCard) -> None:
        """Say who is behind what was pasted."""
        self.list.clearSelection()
        self.paste.set_success(f"{doctor.name}, {doctor.specialty}".rstrip(", "))

    def not_found(self, sentence: str) -> None:
        """Say why nobody can be reached by what was pasted."""
        self.paste.set_error(sentence)

    chosen = pyqtSignal(object)
    """The `DoctorCard`."""

    def _search(self, text: str) -> None:
        if self._shown is not None:
            self._shown.set_text(text)

    def _first(self) -> None:
        if self._shown is not None and self._shown.rowCount():
            self.list.setCurrentIndex(self._shown.index(0, 0))
            self.list.setFocus()

    def _choose(self, index: QModelIndex) -> None:
        row = index.data(DirectoryModel.ROW)
        if isinstance(row, DoctorCard):
            self.paste.set_text("")
            self.chosen.emit(row)

    def _open(self, index: QModelIndex) -> None:
        self._choose(index)
        self.opened.emit()

    def _paste(self, text: str) -> None:
        self.paste.set_error("")
        if text.strip():
            self.pasted.emit(text)


class WhatStep(Card):
    """What may be read and written, with sets to choose at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._form: GrantForm | None = None
        self._question = Label("", Type.HEADING)
        self.matrix = CategoryMatrix(Permission(), editable=True)
        self.presets = {
            preset: Button(text, kind, size=Size.ROW)
            for preset, text, kind in (
                (Preset.ASKED, self.tr("As asked"), Kind.SECONDARY),
                (Preset.BASICS, self.tr("The basics"), Kind.SECONDARY),
                (Preset.GENERAL, self.tr("All but sensitive"), Kind.SECONDARY),
                (Preset.ALL, self.tr("Everything"), Kind.SECONDARY),
                (Preset.NOTHING, self.tr("Nothing"), Kind.QUIET),
            )
        }
        # The rows of the matrix reach the edges of the card.
        self.set_padding(0, 0)
        head = vbox(self._question, Flow(*self.presets.values(), spacing=8), spacing=12)
        head.setContentsMargins(20, 16, 20, 4)
        self.body.addLayout(head)
        self.body.addWidget(self.matrix)
        for preset, button in self.presets.items():
            button.clicked.connect(lambda _, chosen=preset: self._choose(chosen))
        self.matrix.changed.connect(self._on_matrix)

    def set_form(self, form: GrantForm) -> None:
        """Choose into this form."""
        self._form = form
        form.changed.connect(self._show)
        self._show()

    def take_focus(self) -> None:
        """The first of the sets."""
        button = next(button for button in self.presets.values() if not button.isHidden())
        button.setFocus()

    def set_counts(self, counts: Mapping[Category, int]) -> None:
        """Say how many records each family has."""
        if self.matrix.rows is None:
            return
        notes = {}
        for family in Family:
            count = sum(counts.get(category, 0) for category in members(family))
            one, many = self.tr("1 record"), self.tr("{count} records").format(count=count)
            notes[family] = self.tr("None") if not count else one if count == 1 else many
        self.matrix.rows.set_notes(notes)

    def _choose(self, preset: Preset) -> None:
        if self._form is not None:
            self._form.choose(preset)

    def _on_matrix(self, permission: Permission) -> None:
        form = self._form
        if form is not None and readable(form.permission) != readable(permission):
            form.set_permission(permission)

    def _show(self) -> None:
        form = self._form
        if form is None:
            return
        who = form.doctor.short if form.doctor is not None else ""
        self._question.setText(self.tr("What may {name} open?").format(name=who))
        self.presets[Preset.ASKED].setVisible(form.asked is not None)
        self.matrix.set_permission(form.permission)


class UntilStep(Card):
    """Until when, and whether the history opens too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._form: GrantForm | None = None
        self.body.addWidget(Label(self.tr("Until when?"), Type.HEADING))
        self.endings = self._options(self._ending_options())
        self.day = DateField(self.tr("Last day"))
        self.body.addWidget(self.day)
        self.body.addWidget(Label(self.tr("And the history?"), Type.HEADING))
        self.histories = self._options(self._history_options())
        self.body.addStretch(1)
        for card in self.endings:
            card.clicked.connect(lambda _, card=card: self._end(card.option.value))
        for card in self.histories:
            card.clicked.connect(lambda _, card=card: self._history(bool(card.option.value)))
        self.day.changed.connect(self._on_day)

    def _ending_options(self) -> list[Option]:
        return [
            Option(Ending.VISIT, self.tr("1 visit"), self.tr("Ends tonight"), "calendar-clock"),
            Option(Ending.QUARTER, self.tr("3 months"), " ", "calendar"),
            Option(Ending.YEAR, self.tr("1 year"), " ", "calendar"),
            Option(Ending.DATE, self.tr("A date"), self.tr("You choose the last day"), "calendar"),
        ]

    def _history_options(self) -> list[Option]:
        return [
            Option(
                False,
                self.tr("The history too"),
                self.tr("Earlier records open too"),
                "history",
            ),
            Option(
                True,
                self.tr("From today on"),
                self.tr("Earlier records stay closed"),
                "lock",
            ),
        ]

    def _options(self, options: list[Option]) -> list[OptionCard]:
        # A group of their own: cards with one parent would exclude each other.
        group, grid, cards = QButtonGroup(self), QGridLayout(), []
        grid.setSpacing(12)
        for place, option in enumerate(options):
            card = OptionCard(option)
            group.addButton(card)
            grid.addWidget(card, place // 2, place % 2)
            cards.append(card)
        self.body.addLayout(grid)
        return cards

    def set_form(self, form: GrantForm) -> None:
        """Choose into this form."""
        self._form = form
        form.changed.connect(self._show)
        self._show()

    def take_focus(self) -> None:
        """The chosen end."""
        card = next((card for card in self.endings if card.isChecked()), self.endings[0])
        card.setFocus()

    def _end(self, value: object) -> None:
        if self._form is not None and isinstance(value, Ending):
            self._form.set_ending(value)
            if value is Ending.DATE:
                self.day.setFocus()

    def _history(self, from_today: bool) -> None:
        if self._form is not None:
            self._form.set_from_today(from_today)

    def _on_day(self, day: QDate) -> None:
        form, chosen = self._form, date(day.year(), day.month(), day.day())
        if form is not None and chosen != form.day:
            form.set_ending(Ending.DATE, chosen)

    def _show(self) -> None:
        form = self._form
        if form is None:
            return
        for card in self.endings:
            card.setChecked(card.option.value is form.ending)
            last = (
                form.last_day(card.option.value) if isinstance(card.option.value, Ending) else None
            )
            if last is not None and card.option.value is not Ending.VISIT:
                until = self.tr("Until {day}").format(day=dates.day(end_of(last)))
                card.option = replace(card.option, text=until)
                card.update()
        for card in self.histories:
            card.setChecked(bool(card.option.value) is form.from_today)
        today = _qt(form.today)
        self.day.set_range(today, today.addYears(LONGEST_YEARS))
        self.day.set_date(_qt(form.day))
        over = form.held is not None and form.until < form.held.until
        self.day.set_warning(self.tr("That is earlier than it ends now.") if over else "")


class ConfirmStep(Card):
    """All of it once more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(16)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)

    def set_form(self, form: GrantForm) -> None:
        """Show this form."""
        form.changed.connect(lambda: self._show(form))

    def take_focus(self) -> None:
        """There is nothing to change here."""

    def _show(self, form: GrantForm) -> None:
        clear(self._rows)
        doctor = form.doctor
        if doctor is None:
            return
        names = vbox(
            hbox(ElidedLabel(doctor.name, Type.TITLE), standing(doctor), None),
            ElidedLabel(doctor.specialty, Type.SMALL, "text_2"),
            spacing=2,
        )
        self._rows.addLayout(hbox(Avatar(doctor.name, 48), names, spacing=14))
        self._rows.addLayout(self._fact(self.tr("May open"), CategoryMatrix(form.permission)))
        self._rows.addWidget(Label(caption(form.permission), Type.BODY, wrap=True))
        until = Label(dates.day(form.until), Type.ROW_STRONG)
        self._rows.addLayout(self._fact(self.tr("Until the end of"), until))
        history = (
            self.tr("Closed: only what is written from now on opens")
            if form.from_today
            else self.tr("Open: what was written before too")
        )
        self._rows.addLayout(self._fact(self.tr("The history"), Label(history, Type.ROW_STRONG)))
        note = words.tr(
            "The keys of the open categories are sealed to this doctor alone and put into the "
            "store; the grant itself appears in your activity for good."
        )
        row = hbox(Icon("key-round", 16), Label(note, Type.SMALL, "text_2", wrap=True), spacing=10)
        row.setStretch(1, 1)
        key = row.itemAt(0)
        if key is not None:
            key.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._rows.addLayout(row)

    def _fact(self, label: str, value: QWidget) -> QVBoxLayout:
        return vbox(Label(label, Type.SMALL, "text_2"), hbox(value, None), spacing=4)


def _qt(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
