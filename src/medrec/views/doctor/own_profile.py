"""A doctor's standing: waits to be verified, verified, refused or suspended, and the profile."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.domain.people import DoctorStatus
from medrec.models.rows import LoadState
from medrec.services.own_profile import OwnProfile
from medrec.views.common.badges import Badge
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card
from medrec.views.common.dates import day
from medrec.views.common.entry.notice import Notice
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Page, hbox, vbox
from medrec.views.common.painting import Tone
from medrec.views.common.tiles import Avatar
from medrec.views.doctor.register import WIDTH, ProfileForm


class OwnProfilePage(QWidget):
    """What was decided, what follows from it, and the form to announce something new."""

    announced = pyqtSignal(object)
    """`DoctorProfileFields`, checked."""
    retried = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: OwnProfile | None = None
        self.page = Page(
            self.tr("Your profile"), self.tr("Patients see it before they let you read.")
        )
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.page)
        self.again = Button(self.tr("Try again"), Kind.SECONDARY, "rotate-cw")
        self.trouble = Notice(self.again)
        self.notice = Notice()
        self.badge = Badge("", Tone.NEUTRAL)
        self._name = Label("", Type.TITLE)
        self._detail = Label("", Type.SMALL, "text_2")
        self._avatar = Avatar("", 48)
        self.form = ProfileForm()
        self.submit = Button(self.tr("Announce the new profile"), Kind.SECONDARY)
        self._build()
        self.again.clicked.connect(self.retried)
        self.submit.clicked.connect(self._announce)

    def show_state(self, state: LoadState, own: OwnProfile | None, sentence: str) -> None:
        """Show what was read, or why it could not be read."""
        self.trouble.say(sentence if state is LoadState.FAILED else "", Tone.WARNING)
        self.card.setVisible(own is not None)
        self.change.setVisible(own is not None)
        if own is not None and own != self._shown:
            self._show(own)

    def set_busy(self, busy: bool) -> None:
        """A new profile is being announced."""
        self.submit.set_busy(busy, self.tr("Announcing..."))
        self.form.setEnabled(not busy)

    def _show(self, own: OwnProfile) -> None:
        self._shown = own
        profile = own.profile
        if profile is not None:
            self._name.setText(profile.display_name)
            self._avatar.set_name(profile.display_name)
            parts = [profile.specialty, self.tr("licence {number}").format(number=profile.licence)]
            self._detail.setText(" · ".join(parts))
            self.form.set_texts(profile.given, profile.family, profile.specialty, profile.licence)
        word, tone, icon = self._word(own)
        self.badge.set(word, tone, icon)
        self.notice.say(self._sentence(own), tone)

    def _word(self, own: OwnProfile) -> tuple[str, Tone, str]:
        if own.status is DoctorStatus.SUSPENDED:
            return self.tr("Suspended"), Tone.DANGER, "ban"
        if own.status is DoctorStatus.REFUSED:
            return self.tr("Not verified"), Tone.DANGER, "circle-x"
        if own.counts:
            return self.tr("Verified"), Tone.SUCCESS, "shield-check"
        return self.tr("Waits to be verified"), Tone.WARNING, "clock"

    def _sentence(self, own: OwnProfile) -> str:
        reason = own.decision.reason if own.decision is not None else ""
        told = self.tr("Reason: {reason}").format(reason=reason) if reason else ""
        if own.status is DoctorStatus.SUSPENDED:
            text = self.tr(
                "An administrator suspended you: no record opens to you until you are reinstated."
            )
        elif own.status is DoctorStatus.REFUSED:
            text = self.tr(
                "An administrator did not verify you. Correct your profile and announce it again."
            )
        elif own.counts:
            until = own.decision.valid_until if own.decision is not None else 0
            told = self.tr("Until {day}.").format(day=day(until)) if until else ""
            text = self.tr("Patients can let you read and write.")
        elif own.status is DoctorStatus.VERIFIED:
            text = self.tr(
                "The new profile counts once an administrator has verified it; until then the one "
                "before counts."
            )
        else:
            text = self.tr(
                "An administrator looks at your licence. Until you are verified no record opens to "
                "you; this page changes by itself."
            )
        return f"{text} {told}".strip()

    def _announce(self) -> None:
        profile = self.form.profile()
        if profile is not None:
            self.announced.emit(profile)

    def _build(self) -> None:
        self.card = Card()
        words = vbox(self._name, self._detail, spacing=2)
        row = hbox(self._avatar, words, None, self.badge, spacing=16)
        self.card.body.addLayout(row)
        self.card.body.addWidget(self.notice)
        self.change = Card(self.tr("Change your profile"))
        self.change.body.addWidget(self.form)
        text = self.tr("It becomes public, and an administrator verifies it before it counts.")
        self.change.body.addLayout(hbox(Label(text, Type.SMALL, "text_3"), None, self.submit))
        for each in (self.trouble, self.card, self.change):
            each.setMaximumWidth(WIDTH)
            self.page.body.addWidget(each)
        self.page.body.addStretch(1)
        self.card.hide()
        self.change.hide()
