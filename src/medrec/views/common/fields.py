"""Fields: a label above, an editor, a line below that is always there so that nothing jumps."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PyQt6.QtCore import QDate, Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from medrec.views.common.cards import Icon
from medrec.views.common.choices import (
    Check,
    Combo,
    DateEdit,
    Option,
    OptionCard,
    Radio,
    SegmentedControl,
)
from medrec.views.common.fonts import Type
from medrec.views.common.inputs import AreaEdit, LineEdit, SearchField, SecretEdit
from medrec.views.common.labels import Label
from medrec.views.common.theme import set_look

__all__ = [
    "Check",
    "Choice",
    "DateField",
    "Field",
    "FieldKind",
    "LabelledField",
    "Option",
    "OptionCard",
    "PasswordField",
    "Radio",
    "SearchField",
    "SegmentedControl",
]


LABEL_GAP = 5
"""Pixels between a label and its field."""


class FieldKind(StrEnum):
    """How a text is entered."""

    LINE = "line"
    AREA = "area"
    PASSWORD = "password"  # noqa: S105  # a kind of field
    READONLY = "readonly"
    CODE = "code"
    """A line in the mono font, for addresses and keys."""


class LabelledField(QWidget):
    """What every field has: label, hint, error, warning, success."""

    def __init__(self, label: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint_text = hint
        self.label = Label(label, Type.SMALL_STRONG)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(LABEL_GAP)
        if label:
            self._whole.addWidget(self.label)
        self._icon = Icon("circle-alert", 14, "danger_text")
        self._below = Label(hint, Type.CAPTION, "text_3", wrap=True)
        self._icon.hide()
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self._below, 1)
        self._below.setMinimumHeight(max(16, self._below.fontMetrics().height()))
        self._foot = below
        self._edit: QWidget | None = None
        self._error = ""
        self._folds = False

    def _set_editor(self, editor: QWidget, label: str) -> None:
        self._edit = editor
        editor.setAccessibleName(label)
        editor.setAccessibleDescription(self._hint_text)
        self.label.setBuddy(editor)
        self.setFocusProxy(editor)
        self._whole.addWidget(editor)
        self._whole.addLayout(self._foot)
        if not isinstance(editor, AreaEdit):
            self._whole.addStretch(1)

    @property
    def error(self) -> str:
        """The error that is shown, "" for none."""
        return self._error

    def set_label(self, label: str) -> None:
        """Another label."""
        self.label.setText(label)
        if self._edit is not None:
            self._edit.setAccessibleName(label)

    def set_hint(self, hint: str) -> None:
        """Another hint; it is seen when there is nothing worse to say."""
        self._hint_text = hint
        self._say(hint, "", "text_3", "")

    def set_error(self, error: str) -> None:
        """Show what is wrong, "" when it is right."""
        self._error = error
        if error:
            self._say(error, "circle-alert", "danger_text", "error")
        else:
            self.set_hint(self._hint_text)

    def set_warning(self, warning: str) -> None:
        """Show that something is unusual but possible, "" when it is not."""
        if self._error:
            return
        if warning:
            self._say(warning, "triangle-alert", "warning_text", "warning")
        else:
            self.set_hint(self._hint_text)

    def set_success(self, sentence: str) -> None:
        """Show that what was entered is right, "" to take that back."""
        self._error = ""
        if sentence:
            self._say(sentence, "circle-check", "success_text", "")
        else:
            self.set_hint(self._hint_text)

    @property
    def hint(self) -> str:
        """What the line below says when nothing is wrong."""
        return self._hint_text

    def fold_foot(self) -> None:
        """Take the line below away while it has nothing to say."""
        self._folds = True
        self._below.setVisible(bool(self._below.text()))

    def hide_foot(self) -> None:
        """Take the line below away, where a form says its errors elsewhere."""
        self._below.hide()
        self._icon.hide()

    def _say(self, text: str, icon: str, colour: str, state: str) -> None:
        self._error = text if state == "error" else ""
        self._below.setText(text)
        self._below.set_colour(colour)
        if self._folds:
            self._below.setVisible(bool(text))
        self._icon.setVisible(bool(icon))
        if icon:
            self._icon.set_icon(icon, colour)
        if self._edit is not None:
            set_look(self._edit, "state", state)
            self._edit.setAccessibleDescription(text)


class Field(LabelledField):
    """A text. `edited` says it at each change, `left` when the focus leaves."""

    edited = pyqtSignal(str)
    left = pyqtSignal()

    def __init__(
        self,
        label: str,
        hint: str = "",
        unit: str = "",
        placeholder: str = "",
        kind: FieldKind = FieldKind.LINE,
        rows: int = 4,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, hint, parent)
        self.editor = self._made(kind, placeholder, unit, rows)
        self._set_editor(self.editor, label)
        self.editor.textChanged.connect(lambda *_: self.edited.emit(self.text()))
        self.editor.left.connect(self.left)

    def _made(self, kind: FieldKind, placeholder: str, unit: str, rows: int) -> LineEdit | AreaEdit:
        if kind is FieldKind.AREA:
            return AreaEdit(placeholder, rows)
        if kind is FieldKind.PASSWORD:
            return SecretEdit(placeholder)
        line = LineEdit(placeholder, unit, mono=kind is FieldKind.CODE)
        line.setReadOnly(kind is FieldKind.READONLY)
        return line

    def text(self) -> str:
        """What was entered."""
        return (
            self.editor.text() if isinstance(self.editor, QLineEdit) else self.editor.toPlainText()
        )

    def set_text(self, text: str) -> None:
        """Put a text in."""
        if isinstance(self.editor, QLineEdit):
            self.editor.setText(text)
        elif text != self.editor.toPlainText():
            self.editor.setPlainText(text)

    def set_unit(self, unit: str) -> None:
        """Another unit, on a line."""
        if isinstance(self.editor, LineEdit):
            self.editor.set_unit(unit)


class PasswordField(Field):
    """A secret, with a button that shows it."""

    def __init__(
        self, label: str, hint: str = "", placeholder: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(label, hint, "", placeholder, FieldKind.PASSWORD, parent=parent)


class Choice(LabelledField):
    """One of a list of (text, value)."""

    changed = pyqtSignal(object)

    def __init__(
        self,
        label: str,
        items: Sequence[tuple[str, object]] = (),
        hint: str = "",
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, hint, parent)
        self.editor: QComboBox = Combo()
        self._set_editor(self.editor, label)
        if placeholder:
            self.editor.setPlaceholderText(placeholder)
        self.set_items(items)
        if placeholder:
            self.editor.setCurrentIndex(-1)
        self.editor.currentIndexChanged.connect(lambda _: self.changed.emit(self.value()))

    def set_items(self, items: Sequence[tuple[str, object]]) -> None:
        """Other choices; what was chosen stays chosen if it is among them."""
        before = self.value()
        self.editor.blockSignals(True)
        self.editor.clear()
        self._values = [value for _, value in items]
        self.editor.addItems([text for text, _ in items])
        self.editor.blockSignals(False)
        if before is not None and before in self._values:
            self.set_value(before)

    def value(self) -> object:
        """What was chosen, None for nothing."""
        index = self.editor.currentIndex()
        return self._values[index] if 0 <= index < self.editor.count() else None

    def set_value(self, value: object) -> None:
        """Choose; a value that is not among the items chooses nothing."""
        index = self._values.index(value) if value in self._values else -1
        self.editor.setCurrentIndex(index)


class DateField(LabelledField):
    """A day."""

    changed = pyqtSignal(QDate)

    def __init__(
        self,
        label: str,
        hint: str = "",
        value: QDate | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, hint, parent)
        self.editor: QDateEdit = DateEdit()
        self._set_editor(self.editor, label)
        self.editor.setDate(value or QDate.currentDate())
        self.editor.dateChanged.connect(self.changed)

    def date(self) -> QDate:
        """The day."""
        return self.editor.date()

    def set_date(self, value: QDate) -> None:
        """Show a day."""
        self.editor.setDate(value)

    def set_range(self, first: QDate, last: QDate) -> None:
        """The days that may be chosen."""
        self.editor.setDateRange(first, last)
