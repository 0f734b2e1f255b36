"""What has to be seen before anything else: alarms, notices, allergies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from medrec.views.common.badges import Badge, Tone
from medrec.views.common.buttons import Button, IconButton, Kind, Size
from medrec.views.common.cards import Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Flow, boxed, clear, hbox
from medrec.views.common.theme import set_look
from medrec.views.common.tiles import IconTile

_TOP = Qt.AlignmentFlag.AlignTop
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_ICONS = {
    Tone.SUCCESS: "circle-check",
    Tone.ACCENT: "info",
    Tone.WARNING: "triangle-alert",
    Tone.DANGER: "circle-alert",
    Tone.NEUTRAL: "info",
}
_LOOKS = {Tone.NEUTRAL: "sunken"}
_INKS = {
    Tone.SUCCESS: "success_text",
    Tone.ACCENT: "accent_text",
    Tone.WARNING: "warning_text",
    Tone.DANGER: "danger_text",
    Tone.NEUTRAL: "text_2",
}


class AlarmPanel(QFrame):
    """What was seen, what is safe, what to do; it stays until that is settled."""

    def __init__(
        self,
        title: str,
        text: str,
        actions: Sequence[Button] = (),
        icon: str = "shield-alert",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        set_look(self, "card", "danger")
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 16, 20, 16)
        row.setSpacing(16)
        row.addWidget(IconTile(icon, "danger_text", "surface", 44, circle=True), 0, _TOP)
        self.words = QVBoxLayout()
        self.words.setSpacing(8)
        self._title = Label(title, Type.HEADING, "danger_text", wrap=True)
        self._text = Label(text, Type.SMALL, "text", wrap=True)
        self.words.addWidget(self._title)
        self.words.addWidget(self._text)
        self.words.addStretch(1)
        row.addLayout(self.words, 1)
        self._actions = QVBoxLayout()
        self._actions.setSpacing(8)
        row.addLayout(self._actions)
        self._actions.addStretch(1)
        for action in actions:
            self._actions.insertWidget(self._actions.count() - 1, action)
        self.set(title, text)

    def set(self, title: str, text: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(f"{title}. {text}")


class Banner(QFrame):
    """A notice in one tone, with one action, and a way to close it if `closable`."""

    acted = pyqtSignal()
    closed = pyqtSignal()

    def __init__(
        self,
        text: str,
        tone: Tone = Tone.ACCENT,
        icon: str = "",
        action: str = "",
        title: str = "",
        closable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        set_look(self, "card", _LOOKS.get(tone, tone.value))
        ink = _INKS[tone]
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(Icon(icon or _ICONS[tone], 20, ink), 0, _TOP if title else _MIDDLE)
        words = QVBoxLayout()
        words.setSpacing(4)
        self._title = Label(title, Type.SMALL_STRONG, ink, wrap=True, parent=self)
        self._title.setVisible(bool(title))
        self._text = Label(text, Type.SMALL, "text", wrap=True)
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addStretch(1)
        row.addLayout(words, 1)
        self.button = Button(action, Kind.SECONDARY, size=Size.ROW, parent=self)
        self.button.setVisible(bool(action))
        self.button.clicked.connect(self.acted)
        row.addWidget(self.button, 0, _MIDDLE)
        if closable:
            closer = IconButton("x", self.tr("Close"), 28)
            closer.clicked.connect(self.hide)
            closer.clicked.connect(self.closed)
            row.addWidget(closer, 0, _MIDDLE)
        self.set_text(text, title)

    def text(self) -> str:
        """The sentence."""
        return self._text.text()

    def set_text(self, text: str, title: str = "") -> None:
        """Say something else."""
        self._text.setText(text)
        if title:
            self._title.setText(title)
        self._title.setVisible(bool(title))
        self.setAccessibleName(f"{title}. {text}" if title else text)


Severity = Literal["", "mild", "moderate", "severe"]
_ORDER = {"severe": 0, "moderate": 1, "": 2, "mild": 3}


@dataclass(frozen=True, slots=True)
class AllergyItem:
    """A substance, what it does ("anaphylaxis, 2003"), how severe it is."""

    name: str
    detail: str = ""
    severity: Severity = ""


class AllergyBanner(QFrame):
    """Allergies of a patient: severe first; or that none are known; or that they are closed."""

    asked = pyqtSignal()
    """Somebody wants to ask for what is closed."""

    def __init__(
        self,
        items: Sequence[AllergyItem] = (),
        reviewed: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 11, 16, 11)
        self._row.setSpacing(12)
        self.setMinimumHeight(48)
        self.set_items(items, reviewed)

    def set_items(self, items: Sequence[AllergyItem], reviewed: str = "") -> None:
        """Show allergies, most severe first; `reviewed` is the day ("14 Oct 2026") or ""."""
        if not items:
            self.set_none(reviewed)
            return
        words = sorted(items, key=lambda item: _ORDER[item.severity])
        self._begin("danger", "triangle-alert", "danger", self.tr("Allergies"), "danger_text")
        flow = Flow(spacing=18, line_spacing=6, centre=True)
        for item in words:
            flow.addWidget(self._item(item))
        self._row.addLayout(flow, 1)
        self._end(reviewed)
        said = ", ".join(" ".join(p for p in (i.name, i.detail, i.severity) if p) for i in words)
        self.setAccessibleName(f"{self.tr('Allergies')}: {said}")

    def set_none(self, reviewed: str = "") -> None:
        """Show that no allergies are known."""
        text = self.tr("No known allergies")
        if reviewed:
            text = self.tr("No known allergies, reviewed on {}").format(reviewed)
        self._begin("sunken", "circle-check", "text_2", text, "text_2")
        self._row.addStretch(1)
        self.setAccessibleName(text)

    def set_unknown(self) -> None:
        """Show that nobody has written whether there are allergies, which is not "none"."""
        text = self.tr("No allergies on record. Nobody has written that there are none.")
        self._begin("sunken", "info", "text_2", text, "text_2")
        self._row.addStretch(1)
        self.setAccessibleName(text)

    def set_missing(self) -> None:
        """Show that what is known of allergies may lie where nothing can be read now."""
        text = self.tr("Allergies may stand in records that are not shown now")
        self._begin("warning", "triangle-alert", "warning_text", text, "warning_text")
        self._row.addStretch(1)
        self.setAccessibleName(text)

    def set_closed(self) -> None:
        """Show that the category is closed to the reader."""
        text = self.tr("Allergies are closed to you")
        self._begin("warning", "lock", "warning_text", text, "warning_text")
        self._row.addStretch(1)
        ask = Button(self.tr("Ask"), Kind.SECONDARY, size=Size.ROW)
        ask.clicked.connect(self.asked)
        self._row.addWidget(ask, 0, _MIDDLE)
        self.setAccessibleName(text)

    def _begin(self, look: str, icon: str, ink: str, text: str, colour: str) -> None:
        clear(self._row)
        set_look(self, "card", look)
        self._row.addWidget(Icon(icon, 20, ink), 0, _MIDDLE)
        self._row.addWidget(Label(text, Type.ROW_STRONG, colour), 0, _MIDDLE)

    def _end(self, reviewed: str) -> None:
        if reviewed:
            text = self.tr("Reviewed {}").format(reviewed)
            self._row.addWidget(Label(text, Type.CAPTION, "text_2"), 0, _MIDDLE)

    def _item(self, item: AllergyItem) -> QWidget:
        degree = {"mild": self.tr("mild"), "moderate": self.tr("moderate")}.get(item.severity, "")
        detail = ", ".join(part for part in (item.detail, degree) if part)
        parts: list[QWidget] = [Label(item.name, Type.ROW_STRONG)]
        if detail:
            parts.append(Label(detail, Type.SMALL, "text_2"))
        if item.severity == "severe":
            parts.append(Badge(self.tr("Severe"), Tone.DANGER, small=True, filled=True))
        return boxed(hbox(*parts, spacing=7))
