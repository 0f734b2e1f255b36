"""Giving access: who, what, until when, confirm; one sentence at the side says all of it."""

from __future__ import annotations

import re

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from medrec.models.patient.access import DirectoryFilter, DirectoryModel
from medrec.models.patient.grant import GrantForm, Problem, Step
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card, Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider, Page, boxed, hbox, vbox
from medrec.views.common.stepper import Stepper
from medrec.views.patient import access_words as words
from medrec.views.patient.grant_steps import ConfirmStep, UntilStep, WhatStep, WhoStep

SIDE = 320
NARROW = 860
"""Width in pixels below which the sentence goes below the step."""


class GrantView(Page):
    """The steps of giving access, of answering a request, or of changing a grant."""

    cancelled = pyqtSignal()
    confirmed = pyqtSignal()
    revokeAsked = pyqtSignal(str)
    """Address of the doctor whose access is to lose something."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.stepper = Stepper([""])
        super().__init__("", "", self.stepper, parent=parent)
        self.form: GrantForm | None = None
        self.who, self.what = WhoStep(), WhatStep()
        self.until, self.confirm = UntilStep(), ConfirmStep()
        self.side = SideCard()
        # Not a stack: that would be as high as the highest of the steps, which may not fit.
        self._steps = (self.who, self.what, self.until, self.confirm)
        steps = vbox(*self._steps, spacing=0)
        self._row = QHBoxLayout()
        self._row.setSpacing(16)
        self._row.addLayout(steps, 1)
        self._row.addWidget(self.side, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(self._row)
        self.body.addStretch(1)
        self._footer_bar()
        self.side.openAllergies.connect(self._open_allergies)

    def _footer_bar(self) -> None:
        self.back = Button(self.tr("Back"), Kind.SECONDARY)
        self.cancel = Button(self.tr("Cancel"), Kind.QUIET)
        self.go_on = Button(self.tr("Continue"), Kind.PRIMARY)
        self.revoke = Button(self.tr("Revoke first"), Kind.DANGER_OUTLINE)
        self.problem = Label("", Type.SMALL, "danger_text", wrap=True)
        self.back.clicked.connect(self._back)
        self.cancel.clicked.connect(self.cancelled)
        self.go_on.clicked.connect(self._go_on)
        self.revoke.clicked.connect(self._revoke_first)
        row = hbox(self.back, self.problem, self.revoke, self.cancel, self.go_on, spacing=12)
        row.setStretch(1, 1)
        self.set_footer(boxed(row))

    def set_form(self, form: GrantForm, directory: DirectoryModel) -> None:
        """Gather into this form from now on."""
        self.form = form
        names = [self.tr("Who"), self.tr("What"), self.tr("Until when"), self.tr("Confirm")]
        stepper = Stepper(names)
        stepper.setFixedWidth(stepper.sizeHint().width())
        self.buttons.replaceWidget(self.stepper, stepper)
        self.stepper.deleteLater()
        self.stepper = stepper
        self.who.set_models(form, directory, DirectoryFilter(directory, self))
        self.what.set_form(form)
        self.until.set_form(form)
        self.confirm.set_form(form)
        form.changed.connect(self._show)
        self.who.opened.connect(self._go_on)
        self._show()

    def focus_step(self) -> None:
        """Put the focus where the step begins."""
        if self.form is not None:
            step = self._steps[self.form.step]
            if step is self.confirm:
                self.go_on.setFocus()
            else:
                step.take_focus()

    def set_busy(self, busy: bool) -> None:
        """While the grant is on its way nothing can be confirmed again."""
        self.go_on.set_busy(busy, self.tr("Giving access"))

    def _show(self) -> None:
        form = self.form
        if form is None:
            return
        held = form.held is not None and form.asked is None
        self.set_title(self.tr("Change access") if held else self.tr("Give access"))
        self.set_subtitle(self._to_whom(form))
        self.stepper.set_current(form.step)
        for place, step in enumerate(self._steps):
            step.setVisible(place == form.step)
        last = form.step is Step.CONFIRM
        self.go_on.setText(self.tr("Give access") if last else self.tr("Continue"))
        problem = form.problem()
        narrower = problem is Problem.NARROWER
        self.problem.setText(words.narrower(form) if narrower else "")
        self.revoke.setVisible(narrower)
        self.side.show_form(form)

    def _to_whom(self, form: GrantForm) -> str:
        if form.doctor is None:
            return self.tr("To a doctor whom a verifier vouches for")
        if form.asked is not None:
            return self.tr("To {name}, who asked for it").format(name=form.doctor.name)
        return self.tr("To {name}").format(name=form.doctor.name)

    def _go_on(self) -> None:
        form = self.form
        if form is None or self.go_on.busy:
            return
        if form.step is Step.CONFIRM:
            if form.problem() is None:
                self.confirmed.emit()
            return
        problem = form.go_on()
        if problem is None:
            self.focus_step()
        else:
            self.problem.setText(words.problem(problem, form))

    def _back(self) -> None:
        if self.form is not None and self.form.go_back():
            self.focus_step()
        else:
            self.cancelled.emit()

    def _revoke_first(self) -> None:
        if self.form is not None and self.form.doctor is not None:
            self.revokeAsked.emit(self.form.doctor.doctor)

    def _open_allergies(self) -> None:
        if self.form is not None:
            self.form.open_allergies()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Esc goes a step back (Qt)."""
        if event is not None and event.key() == Qt.Key.Key_Escape and not self.go_on.busy:
            self._back()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """With little room the sentence goes below (Qt)."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        way = QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight
        if self._row.direction() is not way:
            self._row.setDirection(way)
        self.side.setMaximumWidth(16_777_215 if narrow else SIDE)
        self.side.setMinimumWidth(0 if narrow else SIDE)


class SideCard(Card):
    """The grant in one sentence, what follows from it, and the warning about allergies."""

    openAllergies = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.body.addWidget(Label(self.tr("In one sentence"), Type.HEADING))
        self.sentence = RichLabel()
        self.body.addWidget(self.sentence)
        self.body.addWidget(Divider())
        for icon, text in (
            ("eye", self.tr("Each look through MedRec appears in your activity.")),
            ("clock", self.tr("Access ends by itself on the date.")),
            ("lock", self.tr("You may revoke at any time. What was read by then stays read.")),
        ):
            row = hbox(Icon(icon, 16), Label(text, Type.SMALL, "text_2", wrap=True), spacing=10)
            row.setStretch(1, 1)
            lead = row.itemAt(0)
            if lead is not None:
                lead.setAlignment(Qt.AlignmentFlag.AlignTop)
            self.body.addLayout(row)
        self.warning = self._allergies()
        self.body.addWidget(self.warning)
        self.body.addStretch(1)

    def _allergies(self) -> Card:
        card = Card(look="warning")
        card.set_padding(14, 12)
        self._why = Label("", Type.SMALL, "text", wrap=True)
        button = Button(self.tr("Open allergies too"), Kind.SECONDARY, size=Size.ROW)
        button.clicked.connect(self.openAllergies)
        title = hbox(
            Icon("triangle-alert", 18, "warning_text"),
            Label(self.tr("Allergies stay closed"), Type.SMALL_STRONG, "warning_text"),
            None,
        )
        card.body.addLayout(vbox(title, self._why, hbox(button, None), spacing=6))
        return card

    def show_form(self, form: GrantForm) -> None:
        """Say what the form holds now."""
        self.sentence.set_rich(words.grant_sentence(form))
        self.warning.setVisible(form.allergies_closed)
        text = self.tr("Most doctors need them for your safety.")
        if form.asked is not None and form.doctor is not None:
            did_not = self.tr("{name} did not ask for them.").format(name=form.doctor.short)
            text = f"{text} {did_not}"
        self._why.setText(text)


class RichLabel(Label):
    """A paragraph in which words are bold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", Type.BODY, wrap=True, parent=parent)

    def set_rich(self, text: str) -> None:
        """Show rich text that this program made."""
        super().setText(re.sub(r"<[^>]+>", "", text))
        self.setTextFormat(Qt.TextFormat.RichText)
        super(Label, self).setText(f'<p style="margin:0;line-height:145%">{text}</p>')
