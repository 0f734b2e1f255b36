"""The base of the forms: fields in rows, what is wrong below each, checked when it is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from PyQt6.QtCore import QEvent, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.clinical.facts import Facts
from medrec.clinical.forms import Finding, FormKind
from medrec.clinical.problems import Severity
from medrec.views.common.fields import Field, LabelledField
from medrec.views.common.inputs import AreaEdit
from medrec.views.common.layout import hbox, spacer
from medrec.views.doctor.write_fields import FormField

MOST_LINES = 14
"""Lines up to which a text grows; from there on it scrolls."""


def _grow(area: AreaEdit) -> None:
    """Let a text be as high as what is in it, between its own rows and `MOST_LINES`."""
    least = area.minimumHeight()

    def fit() -> None:
        document = area.document()
        lines = round(document.size().height()) if document is not None else 1
        step = area.fontMetrics().height() + 2
        area.setFixedHeight(max(least, min(lines, MOST_LINES) * step + 20))

    area.textChanged.connect(fit)
    fit()


class FormView(QWidget):
    """A form: its fields by name, their texts, and the findings below them.

    Each subclass lays its fields out with `row`. What is wrong is told where a field was left or
    when somebody saves, never while it is being typed for the first time.
    """

    edited = pyqtSignal()
    left = pyqtSignal()

    kind = FormKind.NOTE

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, FormField] = {}
        self._touched: set[str] = set()
        self._findings: tuple[Finding, ...] = ()
        self._quiet = False
        self.rows = QVBoxLayout(self)
        self.rows.setSpacing(10)
        self._mirror()

    def changeEvent(self, event: QEvent | None) -> None:
        """The scroll bar is at the other side from right to left (Qt)."""
        super().changeEvent(event)
        if event is not None and event.type() is QEvent.Type.LayoutDirectionChange:
            self._mirror()

    def _mirror(self) -> None:
        """Room for the focus ring at the one side, for the scroll bar at the other."""
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self.rows.setContentsMargins(14 if mirrored else 2, 2, 2 if mirrored else 14, 2)

    def row(self, *named: tuple[str, QWidget], columns: int = 0) -> None:
        """A row of fields of one width; ``columns`` where there are more than fields."""
        cells: list[QWidget | None] = []
        for name, widget in named:
            self._register(name, widget)
            cells.append(widget)
        labelled = [widget for _, widget in named if isinstance(widget, LabelledField)]
        if not any(field.hint for field in labelled):
            for field in labelled:
                field.fold_foot()
        for _ in range(columns - len(named)):
            blank = spacer()
            cells.append(blank)
        line = hbox(*(cell for cell in cells if cell is not None), spacing=16)
        for index, cell in enumerate(cells):
            line.setStretch(index, 1)
            if cell is not None:
                line.setAlignment(cell, Qt.AlignmentFlag.AlignTop)
                cell.setMinimumWidth(0)
        self.rows.addLayout(line)

    def _register(self, name: str, widget: QWidget) -> None:
        field = cast("FormField", widget)
        self.fields[name] = field
        if isinstance(widget, Field) and isinstance(widget.editor, AreaEdit):
            _grow(widget.editor)
        field.edited.connect(lambda *_: self._on_edited())
        field.left.connect(lambda *_, name=name: self._on_left(name))

    def texts(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: field.text() for name, field in self.fields.items()}

    def set_texts(self, texts: Mapping[str, str]) -> None:
        """Put texts into the fields, quietly; fields that are not named become empty."""
        self._quiet = True
        for name, field in self.fields.items():
            field.set_text(texts.get(name, ""))
        self._quiet = False
        self._touched = {name for name in self.fields if texts.get(name)}
        self.show_findings(())
        self.after_texts()

    def after_texts(self) -> None:
        """What a form computes from its own texts; called whenever they change."""

    def show_facts(self, facts: Facts) -> None:
        """What the chart knows that helps to fill the form in."""

    def own_findings(self) -> tuple[Finding, ...]:
        """What only the form itself can know to be wrong, beside what its fields say."""
        return ()

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        typed = (f.text() for f in self.fields.values() if isinstance(f, Field))
        return not any(text.strip() for text in typed)

    def show_findings(self, findings: Iterable[Finding], everywhere: bool = False) -> None:
        """Tell what was found below the fields that were left, or below all of them."""
        self._findings = tuple(findings)
        if everywhere:
            self._touched |= set(self.fields)
        for name, field in self.fields.items():
            own = [f for f in self._findings if f.field == name and name in self._touched]
            errors = [f.message for f in own if f.severity is Severity.ERROR]
            warnings = [f.message for f in own if f.severity is Severity.WARNING]
            field.set_error(errors[0] if errors else "")
            if not errors:
                field.set_warning(warnings[0] if warnings else "")

    def shown_errors(self) -> int:
        """How many fields show that they are wrong."""
        wrong = {f.field for f in self._findings if f.severity is Severity.ERROR}
        return len(wrong & self._touched)

    def focus_first_error(self) -> None:
        """Move to the first field that is wrong."""
        wrong = {f.field for f in self._findings if f.severity is Severity.ERROR}
        for name, field in self.fields.items():
            if name in wrong:
                cast("QWidget", field).setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def focus_first(self) -> None:
        """Move to the first field of text."""
        for field in self.fields.values():
            if isinstance(field, Field):
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _on_edited(self) -> None:
        if not self._quiet:
            self.after_texts()
            self.edited.emit()

    def _on_left(self, name: str) -> None:
        if self._quiet:
            return
        self._touched.add(name)
        # Whatever took the focus is to have it before the page is laid out anew.
        QTimer.singleShot(0, self.left.emit)
