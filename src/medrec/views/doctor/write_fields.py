"""The fields of the forms: each has a text, whatever it looks like, as drafts keep texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PyQt6.QtCore import QCoreApplication, QDateTime, QRectF, Qt, pyqtBoundSignal, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QPainter, QPaintEvent, QWheelEvent
from PyQt6.QtWidgets import QDateTimeEdit, QHBoxLayout, QWidget

from medrec.views.common import theme
from medrec.views.common.choices import Check, with_calendar
from medrec.views.common.fields import Choice, LabelledField
from medrec.views.common.fonts import Type
from medrec.views.common.icons import paint_icon
from medrec.views.common.inputs import HEIGHT
from medrec.views.common.theme import set_type


class FormField(Protocol):
    """What a form asks of its fields."""

    @property
    def edited(self) -> pyqtBoundSignal:
        """Something else stands there now."""

    @property
    def left(self) -> pyqtBoundSignal:
        """The focus went elsewhere: the time to check."""

    def text(self) -> str:
        """What stands there, as a draft keeps it."""

    def set_text(self, text: str) -> None:
        """Put a text there."""

    def set_error(self, error: str) -> None:
        """Show what is wrong, "" for nothing."""

    def set_warning(self, warning: str) -> None:
        """Show what is unusual, "" for nothing."""


class CodeField(Choice):
    """One of a list of codes with their words; its text is the code."""

    edited = pyqtSignal(str)
    left = pyqtSignal()

    def __init__(
        self, label: str, codes: Mapping[str, str], otherwise: str = "", hint: str = ""
    ) -> None:
        self._items = [
            (QCoreApplication.translate("FormWords", words), code) for code, words in codes.items()
        ]
        super().__init__(label, self._items, hint)
        self._otherwise = otherwise or next(iter(codes))
        self.set_value(self._otherwise)
        self.changed.connect(lambda _: self.edited.emit(self.text()))
        self.changed.connect(lambda _: self.left.emit())

    def text(self) -> str:
        """The code that is chosen."""
        return str(self.value() or "")

    def words(self, code: str) -> str:
        """What a code is called."""
        return next((w for w, c in self._items if c == code), code)

    def set_text(self, text: str) -> None:
        """Choose a code; the usual one where there is none such."""
        self.set_value(text)
        if self.value() is None:
            self.set_value(self._otherwise)


class MomentEdit(QDateTimeEdit):
    """A day and a time of day, typed or from a calendar."""

    left = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_type(self, Type.BODY)
        with_calendar(self)
        self.setDisplayFormat("d MMM yyyy, HH:mm")
        self.setFixedHeight(max(HEIGHT, self.fontMetrics().height() + 18))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """The wheel scrolls the page (Qt)."""
        if event is not None:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Tell that it was left (Qt)."""
        super().focusOutEvent(event)
        self.left.emit()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """With a calendar at its end (Qt)."""
        super().paintEvent(event)
        painter = QPainter(self)
        spot = QRectF(self.width() - 28, (self.height() - 16) / 2, 16, 16)
        paint_icon(painter, spot, "calendar", theme.colour("text_2").name())
        painter.end()


class MomentField(LabelledField):
    """When it was, to the minute; its text is ISO 8601 with the zone of this computer."""

    edited = pyqtSignal(str)
    left = pyqtSignal()

    def __init__(self, label: str, hint: str = "") -> None:
        super().__init__(label, hint)
        self.editor = MomentEdit()
        self._set_editor(self.editor, label)
        self._show(QDateTime.currentDateTime())
        self.editor.dateTimeChanged.connect(lambda _: self.edited.emit(self.text()))
        self.editor.left.connect(self.left)

    def text(self) -> str:
        """The time that is shown, as a FHIR dateTime."""
        moment = self.editor.dateTime()
        zoned = moment.toOffsetFromUtc(moment.offsetFromUtc())
        return str(zoned.toString(Qt.DateFormat.ISODate))

    def set_text(self, text: str) -> None:
        """Show a time, as `text` gives it; now where there is none."""
        moment = QDateTime.fromString(text, Qt.DateFormat.ISODate)
        self._show(moment.toLocalTime() if moment.isValid() else QDateTime.currentDateTime())

    def _show(self, moment: QDateTime) -> None:
        self.editor.blockSignals(True)
        time = moment.time()
        time.setHMS(time.hour(), time.minute(), 0)
        moment.setTime(time)
        self.editor.setDateTime(moment)
        self.editor.blockSignals(False)


class YesField(QWidget):
    """Yes or no; its text is "yes" or "no"."""

    edited = pyqtSignal(str)
    left = pyqtSignal()

    def __init__(self, words: str) -> None:
        super().__init__()
        self.check = Check(words)
        self.setFocusProxy(self.check)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.check)
        self.check.toggled.connect(lambda _: self.edited.emit(self.text()))
        self.check.toggled.connect(lambda _: self.left.emit())

    def text(self) -> str:
        """Yes or no."""
        return "yes" if self.check.isChecked() else "no"

    def set_text(self, text: str) -> None:
        """Yes or no."""
        self.check.setChecked(text == "yes")

    def set_error(self, error: str) -> None:
        """Nothing can be wrong with a yes or no."""

    def set_warning(self, warning: str) -> None:
        """Nothing can be unusual about a yes or no."""
