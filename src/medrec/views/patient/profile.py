"""Profile & security: one's own data, and what opens the account."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from medrec.clinical.patient import Demographics
from medrec.models.patient.profile import OwnData
from medrec.views.common import dates
from medrec.views.common.appearance import AppearanceCard
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import Page, boxed, hbox, vbox
from medrec.views.common.security import SecurityCard
from medrec.views.common.states import Empty, Skeleton, StateStack
from medrec.views.common.tiles import Avatar
from medrec.views.patient.person_form import PersonForm

NARROW = 900
"""Width in pixels below which the cards lie below each other."""


class ProfilePage(Page):
    """Who I am, my data, my security."""

    contactAsked = pyqtSignal()
    saved = pyqtSignal(object)
    """The `Demographics` that are to be saved."""
    retried = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent=parent)
        self.set_title(self.tr("Profile & security"))
        self.set_subtitle(
            self.tr("Your account lives on this computer. Your words restore it anywhere.")
        )
        self.contact = Button(self.tr("Show my address"), Kind.SECONDARY, "qr-code")
        self.contact.clicked.connect(self.contactAsked)
        self.body.addWidget(self._who())
        self.data = self._data()
        self.security = SecurityCard()
        self._row = QHBoxLayout()
        self._row.setSpacing(16)
        self.appearance = AppearanceCard()
        left = boxed(vbox(self.data, self.appearance, None, spacing=16))
        self._row.addWidget(left, 1, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self.security, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(self._row)
        self.body.addStretch(1)

    def _who(self) -> Card:
        card = Card()
        self._avatar = Avatar("", 56)
        self._name = ElidedLabel("", Type.TITLE)
        self.badge = Badge(self.tr("Identity not verified"), Tone.NEUTRAL, "id-card")
        self._facts = Label("", Type.SMALL, "text_2")
        names = vbox(hbox(self._name, self.badge, None), self._facts, spacing=4)
        row = hbox(self._avatar, names, self.contact, spacing=16)
        row.setStretch(1, 1)
        card.body.addLayout(row)
        return card

    def _data(self) -> Card:
        card = Card(self.tr("Your data"))
        self.waits = Badge(self.tr("Waiting"), Tone.WARNING, "clock")
        self.waits.hide()
        card.head.addWidget(self.waits)
        self.form = PersonForm()
        self.stack = StateStack(
            self.form,
            empty=Empty("id-card", self.tr("Nothing is known about you yet.")),
            skeleton=Skeleton(3),
        )
        card.body.addWidget(self.stack)
        self.save = Button(self.tr("Save to your record"), Kind.PRIMARY)
        self.discard = Button(self.tr("Discard"), Kind.QUIET)
        note = self.tr("Sealed as a new version of your first record. Whoever has access reads it.")
        card.body.addWidget(Label(note, Type.SMALL, "text_3", wrap=True))
        card.body.addLayout(hbox(None, self.discard, self.save))
        self.save.clicked.connect(self._save)
        self.discard.clicked.connect(self._discard)
        self.form.edited.connect(self._show_buttons)
        self.stack.retry.connect(self.retried)
        self._show_buttons()
        return card

    def show_data(self, data: OwnData) -> None:
        """Show the confirmed data; what waits is said."""
        person = data.profile.demographics
        name = f"{person.given} {person.family}"
        self._avatar.set_name(name)
        self._name.setText(name)
        sexes = {str(value): text for text, value in self.form.sexes()}
        born = self.tr("born {day}").format(day=dates.day(person.birth_date))
        facts = [sexes.get(person.sex, ""), born]
        if data.verified_at is not None:
            self.badge.set(self.tr("Identity verified"), Tone.SUCCESS, "badge-check")
            day = dates.day(data.verified_at)
            facts.append(self.tr("verified on {day}").format(day=day))
        else:
            self.badge.set(self.tr("Identity not verified"), Tone.NEUTRAL, "id-card")
            facts.append(self.tr("the identity desk of your clinic verifies it"))
        self._facts.setText("  ·  ".join(fact for fact in facts if fact))
        self.waits.setVisible(data.change_waits)
        self.form.show_person(person)
        self.stack.set_state("ready")
        self._show_buttons()

    def show_failed(self, sentence: str) -> None:
        """Nothing could be read."""
        self.stack.set_state("failed", sentence)

    def set_busy(self, busy: bool) -> None:
        """While it is saved."""
        self.save.set_busy(busy, self.tr("Saving"))
        self.form.setEnabled(not busy)

    def set_saved(self, person: Demographics) -> None:
        """What was typed is saved, here at least."""
        self.form.set_saved(person)
        self._show_buttons()

    def _save(self) -> None:
        person = self.form.person()
        if person is not None and not self.save.busy:
            self.saved.emit(person)

    def _discard(self) -> None:
        self.form.reset()
        self._show_buttons()

    def _show_buttons(self) -> None:
        self.discard.setVisible(self.form.changed)
        self.save.setEnabled(self.form.changed)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """With little room the cards lie below each other (Qt)."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        way = QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight
        if self._row.direction() is not way:
            self._row.setDirection(way)
