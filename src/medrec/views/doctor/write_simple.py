"""The forms for allergies, vaccinations, problems and notes."""

from __future__ import annotations

from PyQt6.QtCore import QDate
from PyQt6.QtWidgets import QWidget

from medrec.clinical.forms import FormKind, allergy, immunization, note, problem
from medrec.views.common.fields import Field, FieldKind
from medrec.views.doctor.write_fields import CodeField, MomentField
from medrec.views.doctor.write_form import FormView


class AllergyForm(FormView):
    """To what, how dangerous, and what happened."""

    kind = FormKind.ALLERGY

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        since = self.tr("A day, a month or a year")
        self.row(
            ("substance", Field(self.tr("Substance"), placeholder=self.tr("Penicillin"))),
            ("group", CodeField(self.tr("Group"), allergy.GROUPS)),
        )
        self.row(
            ("reaction", Field(self.tr("Reaction"), placeholder=self.tr("Anaphylaxis, hives"))),
            ("severity", CodeField(self.tr("Severity"), allergy.SEVERITIES, "moderate")),
        )
        self.row(
            (
                "criticality",
                CodeField(self.tr("Criticality"), allergy.CRITICALITIES, "unable-to-assess"),
            ),
            ("type", CodeField(self.tr("Type"), allergy.TYPES)),
        )
        self.row(
            ("onset", Field(self.tr("Since"), hint=since, placeholder="2003")),
            ("status", CodeField(self.tr("Status"), allergy.STATES)),
            ("certainty", CodeField(self.tr("How sure"), allergy.CERTAINTIES)),
        )
        self.row(("comment", Field(self.tr("Comment"), kind=FieldKind.AREA, rows=2)))
        self.rows.addStretch(1)


class ImmunizationForm(FormView):
    """What was given, when, which dose, from which lot."""

    kind = FormKind.IMMUNIZATION

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        today = QDate.currentDate().toString("yyyy-MM-dd")
        optional = self.tr("Optional")
        self.row(
            ("vaccine", Field(self.tr("Vaccine"), placeholder=self.tr("Influenza, inactivated"))),
            ("given", Field(self.tr("Given"), hint=self.tr("Year-month-day"), placeholder=today)),
        )
        self.row(
            ("site", CodeField(self.tr("Where"), immunization.SITES)),
            ("dose", Field(self.tr("Amount"), unit="mL", hint=optional)),
        )
        self.row(
            ("number", Field(self.tr("Dose number"), hint=optional)),
            ("series", Field(self.tr("Of how many"), hint=optional)),
        )
        self.row(
            ("lot", Field(self.tr("Lot"), hint=optional)),
            ("expires", Field(self.tr("Expires"), hint=self.tr("Year-month"))),
            ("maker", Field(self.tr("Maker"), hint=optional)),
        )
        self.row(("comment", Field(self.tr("Comment"), kind=FieldKind.AREA, rows=2)))
        self.rows.addStretch(1)


class ProblemForm(FormView):
    """What somebody has, since when, and how sure that is."""

    kind = FormKind.PROBLEM

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        since = self.tr("A day, a month or a year")
        self.row(("name", Field(self.tr("Problem"), placeholder=self.tr("Type 2 diabetes"))))
        self.row(
            ("status", CodeField(self.tr("Status"), problem.STATES)),
            ("certainty", CodeField(self.tr("How sure"), problem.CERTAINTIES)),
            ("severity", CodeField(self.tr("Severity"), problem.SEVERITIES)),
        )
        self.row(
            ("onset", Field(self.tr("Since"), hint=since, placeholder="2019-05")),
            ("ended", Field(self.tr("Until"), hint=self.tr("Empty while it lasts"))),
        )
        self.row(("comment", Field(self.tr("Comment"), kind=FieldKind.AREA, rows=4)))
        self.rows.addStretch(1)


class NoteForm(FormView):
    """What was said, found, thought and planned."""

    kind = FormKind.NOTE

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row(
            ("kind", CodeField(self.tr("Kind"), note.KINDS)),
            ("date", MomentField(self.tr("Seen"))),
        )
        self.row(
            ("title", Field(self.tr("Title"), hint=self.tr("Empty: the kind of the note"))),
        )
        for name, label, rows in (
            ("subjective", self.tr("What was said"), 3),
            ("objective", self.tr("What was found"), 3),
            ("assessment", self.tr("Assessment"), 2),
            ("plan", self.tr("Plan"), 2),
        ):
            field = Field(label, kind=FieldKind.AREA, rows=rows)
            self.row((name, field))
