"""Identity desk: find the account, see the papers, confirm. One person, one record."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QPainter, QShowEvent
from PyQt6.QtWidgets import QLineEdit, QSizePolicy, QStackedWidget, QStyleOptionViewItem, QWidget

from medrec.clinical.patient import IdentityClaim
from medrec.domain.ids import short_address
from medrec.models.admin.identity import IdentitiesModel
from medrec.services.identities import DeskPatient, VerifiedIdentity
from medrec.views.admin.facts import Fact, Facts
from medrec.views.admin.identity_form import ClaimForm
from medrec.views.common import dates
from medrec.views.common.badges import Badge
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card, Icon
from medrec.views.common.clipboard import copy_button
from medrec.views.common.drop import DropTarget
from medrec.views.common.fields import Field, FieldKind
from medrec.views.common.file_dialogs import ask_files
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Page, boxed, hbox, vbox
from medrec.views.common.lists import ListView, RowDelegate
from medrec.views.common.painting import Tone, paint_icon_tile, paint_text, text_width
from medrec.views.common.states import Empty, Skeleton, StateStack
from medrec.views.common.stepper import Stepper
from medrec.views.common.tiles import IconTile

FIND, DOCUMENT, CONFIRM = range(3)
_SIDE = 320


class IdentityRows(RowDelegate):
    """A patient's address, who verified it, and when."""

    def __init__(self, model: IdentitiesModel) -> None:
        super().__init__(60)
        self._model = model

    def paint_row(
        self, painter: QPainter, rect: QRect, row: VerifiedIdentity, option: QStyleOptionViewItem
    ) -> None:
        """Draw an identity."""
        lead, rest = self.split(rect, 36, option)
        spot = QRectF(lead.left(), lead.center().y() - 17, 36, 36)
        paint_icon_tile(painter, spot, "id-card", "success_text", "success_soft")
        when = dates.day_time(row.at)
        words, end = self.split_end(rest, round(text_width(when, Type.CAPTION)) + 4, option)
        title = self.tr("Patient %1").replace("%1", short_address(row.patient))
        second = self.tr("Verified by %1, block %2")
        by = second.replace("%1", self._model.registrar(row)).replace("%2", f"{row.block:,}")
        self.two_lines(painter, words, title, by)
        paint_text(painter, end, when, Type.CAPTION, "text_3", Qt.AlignmentFlag.AlignTrailing)


class IdentityPage(Page):
    """Three steps; says what was entered and shows what it is told."""

    contactEntered = pyqtSignal(str)
    """A text that should hold an address: answer with `set_patient` or `set_contact_error`."""
    imageGiven = pyqtSignal(object)
    """The `Path` of an image that should hold a QR code: answer likewise."""
    verifyAsked = pyqtSignal(object, object)
    """The `DeskPatient` and the `IdentityClaim`."""

    def __init__(self, model: IdentitiesModel, parent: QWidget | None = None) -> None:
        self.stepper = Stepper(["", "", ""])
        super().__init__("", "", parent=parent)
        self.stepper = Stepper([self.tr("Find"), self.tr("Document"), self.tr("Confirm")])
        self.buttons.addWidget(self.stepper)
        self.set_title(self.tr("Identity desk"))
        self.set_subtitle(
            self.tr("Meet the person, see the document, confirm. One person, one record.")
        )
        self.model = model
        self.patient: DeskPatient | None = None
        self._claim: IdentityClaim | None = None
        self.form = ClaimForm()
        self.steps = QStackedWidget()
        self._make_find()
        self._make_person()
        self._make_confirm()
        for step in (self._find, self.form, self._confirm):
            self.steps.addWidget(step)
        self.body.addWidget(self.person)
        row = hbox(self.steps, self._explained(), spacing=16)
        row.setStretch(0, 1)
        self.body.addLayout(row)
        self._make_recent()
        self.body.addWidget(self.recent)
        self.body.addStretch(1)
        self._make_footer()
        self._connect()
        self.go(FIND)

    def _make_find(self) -> None:
        self._find = Card(self.tr("Who is at the desk?"))
        text = self.tr(
            "Ask the patient to show the QR code under Sharing. It holds the address and the "
            "fingerprint of the key, so that nobody's record is mistaken for another's."
        )
        self._find.body.addWidget(Label(text, Type.SMALL, "text_2", wrap=True))
        self.who = Field(
            self.tr("Patient"),
            self.tr("Or drop the image of the code anywhere on this page"),
            placeholder=self.tr("Address, or the text of the QR code"),
            kind=FieldKind.CODE,
        )
        self.image = Button(self.tr("QR image"), Kind.SECONDARY, "qr-code")
        self.paste = Button(self.tr("Paste"), Kind.SECONDARY, "clipboard")
        self._find.body.addWidget(self.who)
        self._find.body.addLayout(hbox(self.image, self.paste, None))
        self._find.body.addStretch(1)
        self._drop = DropTarget(self, self.tr("Drop the image of a QR code"))

    def _make_person(self) -> None:
        self.person = Card()
        self._name = Label("", Type.HEADING)
        self._address = Label("", Type.CODE, "text_2").selectable()
        self._copy = hbox(spacing=4)
        self._compared = Badge("")
        self.other = Button(self.tr("Other person"), Kind.SECONDARY, "qr-code", Size.ROW)
        words = vbox(self._name, hbox(self._address, boxed(self._copy), None, spacing=4), spacing=2)
        tile = IconTile("user-round", "text_2", "sunken", 44, circle=True)
        self.person.body.addLayout(hbox(tile, words, None, self._compared, self.other, spacing=14))

    def _make_confirm(self) -> None:
        self._confirm = Card(self.tr("Is this right?"))
        self._facts = Facts()
        self._confirm.body.addWidget(self._facts)
        text = self.tr(
            "With “Verify identity” you sign that you met this person and saw this document. It "
            "stands on the chain under your name and cannot be taken back in silence."
        )
        self._confirm.body.addWidget(Label(text, Type.BODY, "text_2", wrap=True))
        self._confirm.body.addStretch(1)

    def _explained(self) -> Card:
        card = Card(self.tr("What happens"))
        card.setFixedWidth(_SIDE)
        points = (
            (
                "fingerprint-pattern",
                self.tr("A fingerprint, not the data"),
                self.tr(
                    "Only a keyed fingerprint of birth date and number goes to the network. "
                    "Nobody can guess the person from it, and nothing is kept here."
                ),
            ),
            (
                "users",
                self.tr("No second record"),
                self.tr("If this person already has a record, the network refuses."),
            ),
            (
                "history",
                self.tr("Under your name"),
                self.tr("The entry says that you confirmed it, and when."),
            ),
        )
        for icon, title, text in points:
            words = vbox(
                Label(title, Type.ROW_STRONG),
                Label(text, Type.SMALL, "text_2", wrap=True),
                spacing=2,
            )
            row = hbox(spacing=12)
            row.addWidget(Icon(icon, 18, "accent_text"), 0, Qt.AlignmentFlag.AlignTop)
            row.addLayout(words, 1)
            card.body.addLayout(row)
        card.body.addStretch(1)
        return card

    def _make_recent(self) -> None:
        self.rows = ListView()
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(IdentityRows(self.model))
        self.rows.setAccessibleName(self.tr("Verified lately"))
        self.rows.set_fitted(True, 5)
        empty = Empty(
            "id-card",
            self.tr("Nobody was verified yet"),
            self.tr("Whom you verify appears here, by address."),
        )
        self.stack = StateStack(self.rows, empty=empty, skeleton=Skeleton(2))
        self.recent = Card(
            self.tr("Verified lately"), self.tr("by address: names are kept nowhere")
        )
        self.recent.body.addWidget(self.stack)

    def _make_footer(self) -> None:
        self._note = Label("", Type.SMALL, "danger_text")
        self.back = Button(self.tr("Back"), Kind.SECONDARY)
        self.forward = Button(self.tr("Continue"), Kind.PRIMARY)
        self.set_footer(boxed(hbox(self._note, None, self.back, self.forward)))

    def _connect(self) -> None:
        self.stack.currentChanged.connect(lambda _: self._fit())
        self.stack.follow(self.model)
        self._fit()
        self.who.edited.connect(lambda _: self.who.set_error(""))
        self.paste.clicked.connect(self._paste)
        self.image.clicked.connect(
            lambda: ask_files(self, self.tr("Image of a QR code"), self._files)
        )
        self._drop.dropped.connect(self._files)
        self.other.clicked.connect(self.begin)
        self.back.clicked.connect(lambda: self.go(self.step - 1))
        self.forward.clicked.connect(self._forward)
        self.form.edited.connect(self._show_note)
        for field in (self.who, *self.form.fields.values()):
            if isinstance(field.editor, QLineEdit):
                field.editor.returnPressed.connect(self._forward)

    def showEvent(self, event: QShowEvent | None) -> None:
        """The desk is ready for the next person (Qt)."""
        super().showEvent(event)
        if self.step == FIND:
            self.who.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def step(self) -> int:
        """The step that is shown."""
        return self.steps.currentIndex()

    def go(self, step: int) -> None:
        """Show a step."""
        self.steps.setCurrentIndex(step)
        self.stepper.set_current(step)
        self.person.setVisible(step != FIND)
        self.recent.setVisible(step == FIND)
        self.back.setVisible(step != FIND)
        self.forward.setText(self.tr("Verify identity") if step == CONFIRM else self.tr("Continue"))
        self._show_note()
        first = {FIND: self.who.editor, DOCUMENT: self.form.family.editor, CONFIRM: self.forward}
        first[step].setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self) -> None:
        """Somebody else is at the desk."""
        self.patient, self._claim = None, None
        self.form.clear()
        self.who.set_text("")
        self.who.set_error("")
        self.go(FIND)

    def arrive(self, contact: str = "", **_facts: object) -> None:
        """Somebody's address is known already."""
        self.begin()
        self.who.set_text(contact)
        self.contactEntered.emit(contact)

    def set_patient(self, patient: DeskPatient) -> None:
        """The account was found: on to the document."""
        self.patient = patient
        when = self.tr("Patient, registered %1").replace("%1", dates.ago(patient.registered))
        self._name.setText(when if patient.registered else self.tr("Patient"))
        self._address.setText(short_address(patient.address))
        self._address.setToolTip(patient.address)
        while (item := self._copy.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._copy.addWidget(copy_button(patient.address, self.tr("Copy the address")))
        if patient.compared:
            self._compared.set(self.tr("Key compared"), Tone.SUCCESS, "shield-check")
        else:
            self._compared.set(self.tr("Key not compared"), Tone.WARNING, "fingerprint-pattern")
        self.who.set_error("")
        self.go(DOCUMENT)

    def set_contact_error(self, sentence: str) -> None:
        """Nobody was found."""
        self.go(FIND)
        self.who.set_error(sentence)

    def set_busy(self, busy: bool) -> None:
        """Whether something is under way."""
        words = self.tr("Verifying") if self.step == CONFIRM else self.tr("Looking")
        self.forward.set_busy(busy, words)
        self.back.setEnabled(not busy)
        self.other.setEnabled(not busy)

    def set_refused(self, sentence: str) -> None:
        """The network refused: back to the papers, with the reason beside them."""
        self.go(DOCUMENT)
        self.form.show_refusal(sentence)

    def _forward(self) -> None:
        if self.forward.busy:
            return
        if self.step == FIND:
            self._ask()
        elif self.step == DOCUMENT:
            self._claim = self.form.claim()
            self._show_note()
            if self._claim is not None:
                self._show_claim(self._claim)
                self.go(CONFIRM)
        elif self.patient is not None and self._claim is not None:
            self.verifyAsked.emit(self.patient, self._claim)

    def _ask(self) -> None:
        text = self.who.text().strip()
        if text:
            self.contactEntered.emit(text)
        else:
            self.who.set_error(self.tr("Whom? Enter the address, or open the QR image."))
            self.who.editor.setFocus()

    def _show_claim(self, claim: IdentityClaim) -> None:
        self._facts.show_facts(
            [
                Fact(self.tr("Family name"), claim.family),
                Fact(self.tr("Given names"), claim.given),
                Fact(self.tr("Date of birth"), dates.day(claim.birth_date)),
                Fact(self.tr("Document number"), claim.id_number),
            ]
        )

    def _show_note(self) -> None:
        wrong = self.form.wrong if self.step == DOCUMENT else 0
        one, many = self.tr("1 value to correct"), self.tr("%1 values to correct")
        text = {0: "", 1: one}.get(wrong, many.replace("%1", str(wrong)))
        self._note.setText(text)

    def _fit(self) -> None:
        """Only what is seen takes room: a short list needs no more than its rows."""
        for place in range(self.stack.count()):
            widget = self.stack.widget(place)
            if widget is not None:
                seen = place == self.stack.currentIndex()
                policy = QSizePolicy.Policy.Preferred if seen else QSizePolicy.Policy.Ignored
                widget.setSizePolicy(QSizePolicy.Policy.Expanding, policy)
                widget.updateGeometry()

    def _paste(self) -> None:
        clipboard = QGuiApplication.clipboard()
        self.who.set_text(clipboard.text().strip() if clipboard is not None else "")
        self._ask()

    def _files(self, paths: list[Path]) -> None:
        if paths:
            self.imageGiven.emit(paths[0])
