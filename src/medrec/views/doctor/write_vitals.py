"""The form for vital signs: what is usual for this patient stands below each field."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from medrec.clinical.facts import Facts, Series
from medrec.clinical.forms import FormKind
from medrec.clinical.forms.base import decimal_of
from medrec.clinical.forms.vitals import POSITIONS, SIGNS, body_mass_index
from medrec.views.common import dates
from medrec.views.common.fields import Field, FieldKind
from medrec.views.doctor.write_fields import CodeField, MomentField
from medrec.views.doctor.write_form import FormView

ENOUGH = 3
"""Values from which on their range is called usual."""

RECENT = 6


class VitalsForm(FormView):
    """Blood pressure, pulse, oxygen, temperature, breathing, weight and height."""

    kind = FormKind.VITALS

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last: dict[str, Series] = {}
        self.measured = MomentField(self.tr("Measured"))
        self.bmi = Field(
            self.tr("Body mass index"),
            hint=self.tr("Calculated"),
            unit="kg/m²",
            kind=FieldKind.READONLY,
        )
        position = CodeField(self.tr("Position"), POSITIONS)
        self.row(("measured", self.measured), ("position", position))
        signs = {name: self._sign(name, label) for name, label in self._labels().items()}
        names = list(signs)
        for first in (0, 3):
            self.row(*((name, signs[name]) for name in names[first : first + 3]))
        self.row(("weight", signs["weight"]), ("height", signs["height"]), columns=3)
        self._beside(self.bmi)
        self.row(("comment", Field(self.tr("Comment"), kind=FieldKind.AREA, rows=2)))
        self.rows.addStretch(1)

    def _labels(self) -> dict[str, str]:
        return {
            "systolic": self.tr("Systolic"),
            "diastolic": self.tr("Diastolic"),
            "pulse": self.tr("Pulse"),
            "saturation": self.tr("Oxygen saturation"),
            "temperature": self.tr("Temperature"),
            "breathing": self.tr("Breathing rate"),
            "weight": self.tr("Weight"),
            "height": self.tr("Height"),
        }

    def _sign(self, name: str, label: str) -> Field:
        return Field(label, hint=self.tr("Optional"), unit=SIGNS[name].unit)

    def _beside(self, widget: QWidget) -> None:
        """Put a field that is computed into the place that the last row left free."""
        last = self.rows.itemAt(self.rows.count() - 1)
        line = last.layout() if last is not None else None
        free = line.takeAt(2) if line is not None else None
        blank = free.widget() if free is not None else None
        if line is not None and blank is not None:
            blank.deleteLater()
            line.addWidget(widget)
            line.setStretch(2, 1)  # type: ignore[attr-defined]

    def show_facts(self, facts: Facts) -> None:
        """Say below each field what it was lately."""
        found = {name: facts.find(sign.code) for name, sign in SIGNS.items()}
        self._last = {name: series for name, series in found.items() if series is not None}
        for name in SIGNS:
            self._hint(name)

    def after_texts(self) -> None:
        """The body mass index, and what the weight has become since."""
        try:
            weight = decimal_of(self.fields["weight"].text())
            height = decimal_of(self.fields["height"].text())
            self.bmi.set_text(str(body_mass_index(weight, height)))
        except (ValueError, ArithmeticError):
            self.bmi.set_text("")
        self._hint("weight")

    def _hint(self, name: str) -> None:
        field, series = self.fields[name], self._last.get(name)
        if not isinstance(field, Field):
            return
        hint = self._usual(name, series) if series is not None else self.tr("Optional")
        if not field.error:
            field.set_hint(hint)

    def _usual(self, name: str, series: Series) -> str:
        last = series.last
        on = dates.day(last.when)
        if name == "weight" and (typed := self.fields[name].text()):
            try:
                change = float(decimal_of(typed)) - last.value
            except ValueError:
                change = 0.0
            if change:
                signed = f"{change:+.1f}".replace("-", "\N{MINUS SIGN}")
                return self.tr("{change} {unit} since {day}").format(
                    change=signed, unit=series.unit, day=on
                )
        recent = [point.value for point in series.points[-RECENT:]]
        if name in {"weight", "height"} or len(recent) < ENOUGH:
            return self.tr("{value} on {day}").format(value=last.text, day=on)
        low, high = min(recent), max(recent)
        return self.tr("Usual {range}").format(range=f"{low:g}\N{EN DASH}{high:g}")
