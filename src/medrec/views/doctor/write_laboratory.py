"""The form for a laboratory result: tests that this patient has had fill in the rest."""

from __future__ import annotations

from PyQt6.QtCore import QStringListModel, Qt
from PyQt6.QtWidgets import QCompleter, QLineEdit, QWidget

from medrec.clinical.facts import LABORATORY, Facts, Series
from medrec.clinical.forms import FormKind
from medrec.clinical.forms.laboratory import loinc_holds
from medrec.views.common import dates
from medrec.views.common.fields import Field, FieldKind
from medrec.views.doctor.write_fields import MomentField
from medrec.views.doctor.write_form import FormView


class LaboratoryForm(FormView):
    """One result with its unit and reference range."""

    kind = FormKind.LABORATORY

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, Series] = {}
        self.test = Field(self.tr("Test"), placeholder=self.tr("HbA1c"))
        self.code = Field(self.tr("LOINC code"), hint=self.tr("Optional"))
        self.value = Field(self.tr("Result"), hint=self.tr("A number, “< 0.5”, or words"))
        self.unit = Field(self.tr("Unit"), placeholder="mmol/L")
        self.low = Field(self.tr("Range from"), hint=self.tr("Optional"))
        self.high = Field(self.tr("Range to"), hint=self.tr("Optional"))
        self.row(("test", self.test), ("collected", MomentField(self.tr("Collected"))))
        self.row(("value", self.value), ("unit", self.unit), ("code", self.code))
        self.row(("low", self.low), ("high", self.high), columns=3)
        self.row(("comment", Field(self.tr("Comment"), kind=FieldKind.AREA, rows=2)))
        self.rows.addStretch(1)
        self._names = QStringListModel(self)
        self._complete()
        self.test.left.connect(self._fill)

    def _complete(self) -> None:
        editor = self.test.editor
        if isinstance(editor, QLineEdit):
            completer = QCompleter(self._names, self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.activated.connect(lambda _: self._fill())
            editor.setCompleter(completer)

    def show_facts(self, facts: Facts) -> None:
        """Offer the tests that this patient has had."""
        self._known = {series.name: series for series in facts.of_kind(LABORATORY)}
        self._names.setStringList(sorted(self._known))
        self._hint()

    def after_texts(self) -> None:
        """The last result of the same test."""
        self._hint()

    def _hint(self) -> None:
        series = self._known.get(self.test.text().strip())
        if series is None:
            self.test.set_hint("")
            return
        value = f"{series.last.text} {series.unit}".strip()
        self.test.set_hint(
            self.tr("{value} on {day}").format(value=value, day=dates.day(series.last.when))
        )

    def _fill(self) -> None:
        """A known test brings its unit, code and range, where nothing stands there yet."""
        series = self._known.get(self.test.text().strip())
        if series is None:
            return
        last = series.last
        code = series.code if _is_loinc(series.code) else ""
        low = "" if last.low is None or last.assumed else f"{last.low:g}"
        high = "" if last.high is None or last.assumed else f"{last.high:g}"
        for field, text in (
            (self.unit, series.unit),
            (self.code, code),
            (self.low, low),
            (self.high, high),
        ):
            if text and not field.text().strip():
                field.set_text(text)


def _is_loinc(code: str) -> bool:
    digits, dash, last = code.partition("-")
    return bool(dash) and digits.isdigit() and last.isdigit() and loinc_holds(code)
