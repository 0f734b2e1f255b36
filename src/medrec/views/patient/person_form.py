"""A person's own data as fields, checked as they are left."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QLineEdit, QWidget

from medrec.clinical.patient import Demographics
from medrec.views.common.fields import Choice, Field

TEXTS = ("given", "family", "birth_date", "address", "phone")


class PersonForm(QWidget):
    """Name, birth date, sex, address, telephone."""

    edited = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: Demographics | None = None
        self.given = Field(self.tr("Given name"))
        self.family = Field(self.tr("Family name"))
        self.birth_date = Field(self.tr("Birth date"), placeholder="1985-12-10")
        self.address = Field(self.tr("Address (may stay empty)"))
        self.phone = Field(self.tr("Telephone (may stay empty)"))
        self.texts = {
            "given": self.given,
            "family": self.family,
            "birth_date": self.birth_date,
            "address": self.address,
            "phone": self.phone,
        }
        self.sex = Choice(self.tr("Sex"), self.sexes(), placeholder=self.tr("Choose"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        places = {"given": (0, 0), "family": (0, 1), "birth_date": (1, 0), "phone": (2, 0)}
        for name, (row, column) in places.items():
            grid.addWidget(self.texts[name], row, column)
        grid.addWidget(self.sex, 1, 1)
        grid.addWidget(self.texts["address"], 3, 0, 1, 2)
        for name, field in self.texts.items():
            field.left.connect(lambda name=name: self.check(name))
            field.edited.connect(lambda _, field=field: self._on_text(field))
        self.sex.changed.connect(self._on_sex)

    def sexes(self) -> list[tuple[str, object]]:
        """The choices with their values."""
        return [
            (self.tr("Female"), "female"),
            (self.tr("Male"), "male"),
            (self.tr("Other"), "other"),
            (self.tr("Not said"), "unknown"),
        ]

    def show_person(self, person: Demographics) -> None:
        """Fill the fields; what somebody typed and did not save stays."""
        if self.changed and self._known is not None:
            return
        self._known = person
        for name, field in self.texts.items():
            field.set_text(getattr(person, name))
            if isinstance(field.editor, QLineEdit):
                # A long text is read from its beginning.
                field.editor.setCursorPosition(0)
            field.set_error("")
        self.sex.set_value(person.sex)

    def reset(self) -> None:
        """Back to what is known."""
        known, self._known = self._known, None
        if known is not None:
            self.show_person(known)

    @property
    def values(self) -> dict[str, str]:
        """What the fields hold."""
        found = {name: field.text().strip() for name, field in self.texts.items()}
        return {**found, "sex": str(self.sex.value() or "")}

    @property
    def changed(self) -> bool:
        """Whether something else stands there than what is known."""
        if self._known is None:
            return False
        return any(value != getattr(self._known, name) for name, value in self.values.items())

    def check(self, name: str) -> bool:
        """Whether a field holds what can be kept; what is wrong is said below it."""
        if name == "sex":
            chosen = self.sex.value() is not None
            self.sex.set_error("" if chosen else self.tr("Choose one of these."))
            return chosen
        field = self.texts[name]
        try:
            Demographics.checks[name](field.text().strip())
        except ValueError as wrong:
            label = field.label.text().split(" (")[0]
            field.set_error(f"{label} {wrong}.")
            return False
        field.set_error("")
        return True

    def person(self) -> Demographics | None:
        """The data, where all of it can be kept; else the first wrong field has the focus."""
        wrong = [name for name in (*TEXTS, "sex") if not self.check(name)]
        if wrong:
            first = self.sex if wrong[0] == "sex" else self.texts[wrong[0]]
            first.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        return Demographics(**self.values)

    def _on_text(self, field: Field) -> None:
        """Nobody is blamed while it is being mended."""
        if field.error:
            field.set_error("")
        self.edited.emit()

    def _on_sex(self) -> None:
        self.sex.set_error("")
        self.edited.emit()

    def set_saved(self, person: Demographics) -> None:
        """What was typed is what is known now."""
        self._known = None
        self.show_person(person)
