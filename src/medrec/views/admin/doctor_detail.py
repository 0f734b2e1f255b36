"""One doctor as a verifier looks at them: profile, key, credential, checks, decision."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from medrec.domain.ids import short_address
from medrec.domain.people import DoctorStatus
from medrec.models.admin.words import doctor_title
from medrec.services.verification import Candidate, Decision, Standing
from medrec.views.admin.checks import Checklist
from medrec.views.admin.facts import Fact, Facts, grouped
from medrec.views.common import dates
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.banner import Banner
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card, Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import Scroll, hbox, vbox
from medrec.views.common.tiles import Avatar

_NARROW = 600
"""Below this width the credential stands under the profile and not beside it."""

_BADGES = {
    Standing.WAITING: (Tone.WARNING, "clock"),
    Standing.VERIFIED: (Tone.SUCCESS, "shield-check"),
    Standing.SUSPENDED: (Tone.DANGER, "ban"),
    Standing.REFUSED: (Tone.NEUTRAL, "x"),
}


class DoctorDetail(Card):
    """The profile that was announced, and what can be decided."""

    verifyAsked = pyqtSignal()
    refuseAsked = pyqtSignal()
    suspendAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.row: Candidate | None = None
        self._made()
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(16)
        self._column.addLayout(
            hbox(self._avatar, vbox(self._name, self._second, spacing=2), self._badge, spacing=14)
        )
        self._column.addWidget(self.problem)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(24)
        self._beside.addWidget(self._facts, 3)
        self._beside.addWidget(self.credential, 2)
        self._column.addLayout(self._beside)
        self._column.addWidget(self._key)
        self._column.addWidget(self.checks)
        self._column.addStretch(1)
        self.body.addWidget(Scroll(content), 1)
        foot = hbox(self._note, self.refuse, self.suspend, self.verify)
        foot.setStretch(0, 1)
        self.body.addLayout(foot)
        self._connect()

    def _made(self) -> None:
        self._avatar = Avatar("", 48)
        self._name = ElidedLabel("", Type.TITLE)
        self._second = ElidedLabel("", Type.SMALL, "text_2")
        self._badge = Badge("")
        self.problem = Banner("", Tone.DANGER, title=self.tr("This doctor cannot be verified"))
        self._facts = Facts()
        self._key = Card(look="sunken")
        self._key.set_padding(14, 10)
        self._finger = Label("", Type.CODE, wrap=True).selectable()
        self._matches = Badge("")
        label = Label(self.tr("Key fingerprint"), Type.CAPTION, "text_3")
        words = vbox(label, self._finger, spacing=2)
        row = hbox(Icon("fingerprint-pattern"), words, self._matches, spacing=12)
        row.setStretch(1, 1)
        self._key.body.addLayout(row)
        self.credential = Card(self.tr("Credential"), icon="stamp", look="sunken")
        self._signed = Label("", Type.SMALL, "text_2", wrap=True)
        self._reason = Label("", Type.BODY, wrap=True)
        self.credential.body.addWidget(self._signed)
        self.credential.body.addWidget(self._reason)
        self.credential.body.addStretch(1)
        self.checks = self._checklist()
        self._note = Label("", Type.CAPTION, "text_2", wrap=True)
        self.refuse = Button(self.tr("Refuse"), Kind.DANGER_OUTLINE)
        self.suspend = Button(self.tr("Suspend"), Kind.DANGER_OUTLINE, "ban")
        self.verify = Button(self.tr("Verify doctor"), Kind.PRIMARY, "badge-check")

    def _checklist(self) -> Checklist:
        return Checklist(
            self.tr("Before you verify"),
            [
                (self.tr("The name matches the papers"), self.tr("Compared letter by letter")),
                (
                    self.tr("The licence is in the public register"),
                    self.tr("Searched today, no restriction"),
                ),
                (
                    self.tr("The person was met, here or by video"),
                    self.tr("Ask for a photo identity, and have the fingerprint read out"),
                ),
            ],
        )

    def _connect(self) -> None:
        self.verify.clicked.connect(self.verifyAsked)
        self.refuse.clicked.connect(self.refuseAsked)
        self.suspend.clicked.connect(self.suspendAsked)
        self.checks.changed.connect(lambda _: self._enable())

    def show_doctor(self, row: Candidate, decided_by: str = "") -> None:
        """Show a doctor; ticks stay while it is the same profile."""
        if self.row is None or self.row.digest != row.digest or self.row.address != row.address:
            self.checks.clear()
        self.row = row
        title = doctor_title(row.name, row.address)
        self._avatar.set_name(title)
        self._name.setText(title)
        when = self.tr("registered %1").replace("%1", dates.ago(row.registered))
        self._second.setText("  ·  ".join(part for part in (row.specialty, when) if part))
        tone, icon = _BADGES[row.standing]
        self._badge.set(self._standing(row), tone, icon)
        self.problem.setVisible(bool(row.problem))
        self.problem.set_text(row.problem, self.tr("This doctor cannot be verified"))
        self._show_facts(row)
        self._show_credential(row, decided_by)
        self._show_choices(row)
        self.setAccessibleName(title)

    def set_busy(self, busy: bool) -> None:
        """Whether a decision is under way."""
        self.verify.set_busy(busy, self.tr("Verifying"))
        self.refuse.setEnabled(not busy)
        self.suspend.setEnabled(not busy)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Put the credential below where there is no room beside (Qt)."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._beside.setDirection(way)

    def _standing(self, row: Candidate) -> str:
        if row.again:
            return self.tr("Asked again")
        return {
            Standing.WAITING: self.tr("Waiting"),
            Standing.VERIFIED: self.tr("Verified"),
            Standing.SUSPENDED: self.tr("Suspended"),
            Standing.REFUSED: self.tr("Refused"),
        }[row.standing]

    def _show_facts(self, row: Candidate) -> None:
        unknown = self.tr("not to be read")
        address = Fact(
            self.tr("Address"),
            short_address(row.address),
            code=True,
            copied=row.address,
            hint=row.address,
        )
        self._facts.show_facts(
            [
                Fact(self.tr("Name"), row.plain_name or unknown),
                Fact(self.tr("Specialty"), row.specialty or unknown),
                Fact(self.tr("Licence number"), row.licence or unknown),
                Fact(self.tr("Announced in block"), f"{row.block:,}"),
                address,
                Fact(self.tr("Announced"), dates.day_time(row.announced)),
            ]
        )
        self._finger.setText(grouped(row.fingerprint) or unknown)
        if row.problem:
            self._matches.set(self.tr("Does not match"), Tone.DANGER, "shield-alert")
        else:
            self._matches.set(self.tr("Matches the chain"), Tone.SUCCESS, "check")

    def _show_credential(self, row: Candidate, decided_by: str) -> None:
        made = row.decision
        self.credential.set_title(
            self.tr("Credential") if made is None else self._standing_of(made)
        )
        if made is None:
            text = self.tr(
                "None yet. When you verify, you sign that this name, specialty, licence and key "
                "belong together. Everybody can read it; it holds for two years."
            )
        elif made.status is DoctorStatus.VERIFIED:
            text = self._filled(self.tr("Signed by %1.\n%2\nHolds until %3."), made, decided_by)
        else:
            text = self._filled(self.tr("By %1.\n%2"), made, decided_by)
        self._signed.setText(text)
        reason = made.reason if made is not None else ""
        if made is not None and not reason and made.status is not DoctorStatus.VERIFIED:
            reason = self.tr("No reason is sealed to you.")
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))

    def _standing_of(self, made: Decision) -> str:
        return {
            DoctorStatus.SUSPENDED: self.tr("Suspended"),
            DoctorStatus.REFUSED: self.tr("Refused"),
        }.get(made.status, self.tr("Credential"))

    def _filled(self, text: str, made: Decision, by: str) -> str:
        values = (by, dates.day_time(made.at), dates.day(made.valid_until))
        for number, value in enumerate(values, 1):
            text = text.replace(f"%{number}", value)
        return text

    def _show_choices(self, row: Candidate) -> None:
        verified = row.doctor.status is DoctorStatus.VERIFIED
        waits = row.standing is Standing.WAITING
        self.checks.setVisible(row.standing is not Standing.VERIFIED)
        self.verify.setVisible(row.standing is not Standing.VERIFIED)
        suspended = row.standing is Standing.SUSPENDED
        self.verify.setText(self.tr("Reinstate") if suspended else self.tr("Verify doctor"))
        self.refuse.setVisible(waits and row.doctor.status is DoctorStatus.PENDING)
        self.suspend.setVisible(verified)
        notes = {
            Standing.WAITING: self.tr("Refusing needs a reason, which the doctor reads."),
            Standing.VERIFIED: self.tr("Suspending closes every access of this doctor at once."),
            Standing.SUSPENDED: self.tr("Reinstating signs a new credential."),
            Standing.REFUSED: self.tr("Verifying signs a credential, as for somebody new."),
        }
        again = self.tr("The profile before stays in force until you verify this one.")
        self._note.setText(again if verified and waits else notes[row.standing])
        self._note.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading)
        self._enable()

    def _enable(self) -> None:
        sound = self.row is not None and not self.row.problem
        self.verify.setEnabled(sound and self.checks.complete)
