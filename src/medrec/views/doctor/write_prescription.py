"""The form for a prescription: an allergy that stands against the medicine is seen at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QStringListModel, Qt
from PyQt6.QtWidgets import QCompleter, QFrame, QLineEdit, QWidget

from medrec.clinical.facts import Fact, Facts
from medrec.clinical.forms import Finding, FormKind, clashes
from medrec.clinical.forms.base import decimal_of
from medrec.clinical.forms.prescription import PERIODS, UNITS, amount_for
from medrec.views.common.cards import Icon
from medrec.views.common.choices import Check
from medrec.views.common.fields import Field
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import hbox, vbox
from medrec.views.common.theme import set_look
from medrec.views.doctor.write_fields import CodeField, YesField
from medrec.views.doctor.write_form import FormView


class AllergyWarning(QFrame):
    """The allergies that stand against a medicine, and the way to prescribe it all the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "card", "danger")
        self.clashes = 0
        self.lines = Label("", Type.ROW_STRONG, "danger_text", wrap=True)
        self.anyway = Check(self.tr("Prescribe anyway, because"))
        self.reason = Field("", placeholder=self.tr("Such as: tolerated in 2019"))
        self.reason.editor.setAccessibleName(self.tr("Why it is prescribed all the same"))
        self.reason.setEnabled(False)
        self.anyway.toggled.connect(self.reason.setEnabled)
        icon = Icon("triangle-alert", 20, "danger")
        words = vbox(self.lines, spacing=4)
        head = hbox(icon, words, spacing=12)
        head.setStretch(1, 1)
        head.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        answer = hbox(self.anyway, self.reason, spacing=12)
        answer.setStretch(1, 1)
        answer.setAlignment(self.anyway, Qt.AlignmentFlag.AlignTop)
        self.anyway.setMinimumHeight(40)
        whole = vbox(head, answer, spacing=6)
        whole.setContentsMargins(16, 12, 16, 4)
        self.setLayout(whole)
        self.hide()

    def show_clashes(self, lines: Sequence[str]) -> None:
        """Say what stands against the medicine; nothing hides the warning."""
        self.clashes = len(lines)
        self.lines.setText("\n".join(lines))
        self.setAccessibleName("\n".join(lines))
        self.setVisible(bool(lines))


class PrescriptionForm(FormView):
    """Medicine, dose, how often, for how long, how much."""

    kind = FormKind.PRESCRIPTION

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._allergies: tuple[Fact, ...] = ()
        self.medicine = Field(
            self.tr("Medicine"), placeholder=self.tr("Name and strength: Amoxicillin 500 mg")
        )
        self.warning = AllergyWarning()
        self.row(("medicine", self.medicine))
        self.rows.addWidget(self.warning)
        self.rows.addSpacing(4)
        self._register("override", self.warning.reason)
        self.warning.anyway.toggled.connect(lambda _: self._on_edited())
        self.amount = Field(self.tr("Amount"), hint=self.tr("Counted from the rest"))
        self.row(
            ("dose", Field(self.tr("Dose"))),
            ("unit", CodeField(self.tr("Unit"), {code: code for code in UNITS})),
            ("times", Field(self.tr("Times"))),
            ("per", CodeField(self.tr("How often"), PERIODS)),
        )
        self.row(
            (
                "days",
                Field(self.tr("For"), unit=self.tr("days"), hint=self.tr("Empty: until ended")),
            ),
            ("amount", self.amount),
            ("refills", Field(self.tr("Refills"), hint=self.tr("Optional"))),
        )
        self.row(
            ("instructions", Field(self.tr("Instructions"), hint=self.tr("For the patient"))),
            ("reason", Field(self.tr("Reason"), hint=self.tr("Optional"))),
        )
        self.row(("needed", YesField(self.tr("Only when needed"))))
        self._foot()

    def _foot(self) -> None:
        self.note = Label(
            self.tr(
                "MedRec compares names and some well-known families with the recorded allergies. "
                "It does not know every interaction."
            ),
            Type.CAPTION,
            "text_3",
            wrap=True,
        )
        self.rows.addWidget(self.note)
        self.rows.addStretch(1)
        self._names = QStringListModel(self)
        editor = self.medicine.editor
        if isinstance(editor, QLineEdit):
            completer = QCompleter(self._names, self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            editor.setCompleter(completer)

    def show_facts(self, facts: Facts) -> None:
        """Take over the allergies, and the medicines that the patient has had."""
        self._allergies = tuple(fact for fact in facts.allergies if fact.active)
        self._names.setStringList(sorted({fact.title for fact in facts.medications}))
        self._compare()

    def after_texts(self) -> None:
        """The warning, and the amount that the rest comes to."""
        self._compare()
        self.amount.set_hint(self._counted() or self.tr("Optional"))

    def set_texts(self, texts: Mapping[str, str]) -> None:
        """Put texts into the fields; a reason means that the box was checked."""
        super().set_texts(texts)
        self._quiet = True
        self.warning.anyway.setChecked(bool(texts.get("override")))
        self._quiet = False

    def texts(self) -> dict[str, str]:
        """What stands in the fields; the reason counts only where the box is checked."""
        found = super().texts()
        if not self.warning.anyway.isChecked() or not self.warning.clashes:
            found["override"] = ""
        return found

    def own_findings(self) -> tuple[Finding, ...]:
        """A medicine against an allergy needs a decision and its reason."""
        if not self.warning.clashes or self.texts()["override"].strip():
            return ()
        if self.warning.anyway.isChecked():
            words = self.tr("Write why you prescribe it all the same.")
        else:
            words = self.tr("Decide: another medicine, or prescribe it and say why.")
        return (Finding("override", words),)

    def _compare(self) -> None:
        medicine = self.medicine.text()
        by_name = {fact.title: fact for fact in self._allergies}
        found = clashes(medicine, by_name) if medicine.strip() else []
        self.warning.show_clashes(
            [self._clash(by_name[clash.allergy], clash.why) for clash in found]
        )

    def _clash(self, fact: Fact, why: str) -> str:
        severity = {
            "severe": self.tr("severe"),
            "moderate": self.tr("moderate"),
            "mild": self.tr("mild"),
        }.get(fact.severity, "")
        parts = [self.tr("{substance} allergy").format(substance=fact.title)]
        if severity:
            parts.append(severity)
        words = ", ".join(parts)
        detail = ", ".join(part for part in (fact.detail, fact.when[:4]) if part)
        if detail:
            words += f": {detail}"
        return words + (f" ({why})" if why else "")

    def _counted(self) -> str:
        texts = super().texts()
        try:
            amount = amount_for(
                decimal_of(texts["dose"]),
                int(decimal_of(texts["times"])),
                texts["per"],
                int(decimal_of(texts["days"])),
            )
        except (ValueError, ArithmeticError, KeyError):
            return ""
        return self.tr("The course takes {n}").format(n=f"{amount:f}")
