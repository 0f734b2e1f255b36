"""A sentence in place: what happened, what is safe, what to do next."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QSizePolicy, QWidget

from medrec.views.common.buttons import Button
from medrec.views.common.cards import Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import hbox, vbox
from medrec.views.common.painting import TONES, Tone
from medrec.views.common.theme import set_look

_ICONS = {
    Tone.DANGER: "circle-alert",
    Tone.WARNING: "triangle-alert",
    Tone.ACCENT: "info",
    Tone.SUCCESS: "circle-check",
    Tone.NEUTRAL: "info",
}


class Notice(QFrame):
    """Icon, sentence and its actions on a soft ground; nothing while the sentence is empty."""

    def __init__(self, *actions: Button, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = Icon("info", 18)
        self._text = Label("", Type.SMALL, "danger_text", wrap=True)
        words = vbox(self._text, spacing=8)
        if actions:
            words.addLayout(hbox(*actions, None))
        row = hbox(self._icon, words, spacing=10)
        row.setContentsMargins(12, 10, 12, 10)
        row.setAlignment(self._icon, Qt.AlignmentFlag.AlignTop)
        row.setStretch(1, 1)
        self.setLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.hide()

    def text(self) -> str:
        """The sentence; empty where nothing is shown."""
        return "" if self.isHidden() else self._text.text()

    def say(self, sentence: str, tone: Tone = Tone.DANGER) -> None:
        """Show a sentence, or nothing where it is empty."""
        self._text.setText(sentence)
        self._text.set_colour(TONES[tone].text)
        self._icon.set_icon(_ICONS[tone], TONES[tone].icon)
        self.setAccessibleName(sentence)
        set_look(self, "card", "sunken" if tone is Tone.NEUTRAL else tone.value)
        self.setVisible(bool(sentence))

    def clear(self) -> None:
        """Show nothing."""
        self.say("")
