"""What the papers say: the form of the identity desk."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QWidget

from medrec.clinical.patient import IdentityClaim
from medrec.errors import BadFields
from medrec.views.common import dates
from medrec.views.common.banner import Banner
from medrec.views.common.cards import Card
from medrec.views.common.choices import Check
from medrec.views.common.fields import Field
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider, hbox
from medrec.views.common.painting import Tone


class ClaimForm(Card):
    """Name, birth date, document number, and what has to be seen; nothing of it is kept."""

    edited = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.family = Field(self.tr("Family name"), self.tr("As printed on the document"))
        self.given = Field(self.tr("Given names"), self.tr("All of them"))
        self.birth_date = Field(
            self.tr("Date of birth"), self.tr("Year, month, day"), placeholder="1991-08-03"
        )
        self.id_number = Field(
            self.tr("Document number"), self.tr("Passport or identity card, without spaces")
        )
        self.fields = {
            "family": self.family,
            "given": self.given,
            "birth_date": self.birth_date,
            "id_number": self.id_number,
        }
        for name, field in self.fields.items():
            field.left.connect(lambda name=name: self._check(name, leaving=True))
            field.edited.connect(lambda _, field=field: self._on_edited(field))
        self.photo = Check(self.tr("The photo is this person"))
        self.valid = Check(self.tr("The document is valid and not expired"))
        self.missing = Label(
            self.tr("Compare photo and document first, then tick both."), Type.SMALL, "danger_text"
        )
        self.missing.hide()
        self.refusal = Banner("", Tone.DANGER)
        self.refusal.hide()
        self._layout()

    def _layout(self) -> None:
        self.body.addWidget(Label(self.tr("What the document says"), Type.HEADING))
        self.body.addWidget(self.refusal)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for number, field in enumerate(self.fields.values()):
            grid.addWidget(field, *divmod(number, 2))
        self.body.addLayout(grid)
        self.body.addWidget(Divider())
        self.body.addLayout(hbox(self.photo, self.valid, None, spacing=24))
        self.body.addWidget(self.missing)
        self.body.addStretch(1)
        for check in (self.photo, self.valid):
            check.toggled.connect(lambda _: self.missing.hide())

    def claim(self) -> IdentityClaim | None:
        """What was entered; None where something is wrong, which is then shown and focused."""
        wrong = [name for name in self.fields if not self._check(name)]
        unseen = [check for check in (self.photo, self.valid) if not check.isChecked()]
        self.missing.setVisible(bool(unseen))
        if wrong or unseen:
            target = self.fields[wrong[0]].editor if wrong else unseen[0]
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        try:
            return IdentityClaim(**{name: f.text().strip() for name, f in self.fields.items()})
        except BadFields as error:
            self.show_refusal(error.sentence)
            return None

    @property
    def wrong(self) -> int:
        """How many values are marked as wrong."""
        return sum(bool(field.error) for field in self.fields.values())

    def show_refusal(self, sentence: str) -> None:
        """Say why it was refused, "" for nothing; what was typed stays."""
        self.refusal.set_text(sentence)
        self.refusal.setVisible(bool(sentence))

    def clear(self) -> None:
        """Begin anew: somebody else is at the desk."""
        for field in self.fields.values():
            field.set_text("")
            field.set_error("")
        self.photo.setChecked(False)
        self.valid.setChecked(False)
        self.missing.hide()
        self.show_refusal("")

    def _on_edited(self, field: Field) -> None:
        field.set_error("")
        self.show_refusal("")
        self.edited.emit()

    def _check(self, name: str, leaving: bool = False) -> bool:
        field = self.fields[name]
        value = field.text().strip()
        if leaving and not value:
            return True
        try:
            IdentityClaim.checks[name](value)
        except ValueError as wrong:
            field.set_error(f"{self._named(name)} {wrong}.")
            self.edited.emit()
            return False
        years = dates.age(value) if name == "birth_date" else None
        if years is not None:
            field.set_success(self.tr("%1 years").replace("%1", str(years)))
        else:
            field.set_error("")
        return True

    def _named(self, name: str) -> str:
        return {
            "family": self.tr("The family name"),
            "given": self.tr("The given name"),
            "birth_date": self.tr("The date of birth"),
            "id_number": self.tr("The document number"),
        }[name]
