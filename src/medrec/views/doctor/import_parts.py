"""The pieces of the import page: figures, rows of resources, whose data it is."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QStyleOptionViewItem, QWidget

from medrec.clinical.patient import Demographics
from medrec.domain.imports import EntryState, FilePreview, ImportEntry, Whose
from medrec.views.common import dates
from medrec.views.common.cards import Card, Icon
from medrec.views.common.choices import Check
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import hbox, vbox
from medrec.views.common.lists import RowDelegate
from medrec.views.common.painting import (
    Tone,
    badge_width,
    paint_badge,
    paint_text,
    paint_tile,
)
from medrec.views.common.tiles import IconTile

TILE = 30
WIDE = 560
"""Width of a row from which on its problem has a column of its own."""


class StateTile(Card):
    """How many resources are ready, have a remark, or are refused."""

    def __init__(self, icon: str, ink: str, ground: str, words: str, note: str) -> None:
        super().__init__()
        self.set_padding(14, 10)
        self.figure = Label("0", Type.FIGURE)
        self._words = words
        head = hbox(self.figure, Label(words, Type.SMALL, "text_2"), None, spacing=8)
        lines = vbox(head, Label(note, Type.CAPTION, "text_2", wrap=True), spacing=1)
        row = hbox(IconTile(icon, ink, ground, 36, circle=True), lines, spacing=12)
        row.setStretch(1, 1)
        self.body.addLayout(row)

    def set_count(self, count: int) -> None:
        """Another number."""
        self.figure.setText(str(count))
        self.setAccessibleName(f"{count} {self._words}")


class EntryDelegate(RowDelegate):
    """Tile, title over type, the first problem with its path, the state as a badge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(height=52, parent=None)
        self.setParent(parent)

    def paint_row(
        self, painter: QPainter, rect: QRect, row: Any, option: QStyleOptionViewItem
    ) -> None:
        """Draw the resource (Qt)."""
        if not isinstance(row, ImportEntry):
            return
        tile, rest = self.split(rect, TILE, option)
        spot = QRectF(tile.x(), tile.center().y() - TILE / 2 + 1, TILE, TILE)
        paint_tile(painter, spot, row.category)
        word, tone, icon = self._badge(row.state)
        width = round(badge_width(word, icon, small=True))
        rest, end = self.split_end(rest, width, option)
        where = QRectF(end.x(), end.center().y() - 10, width, 21)
        paint_badge(painter, where, word, tone, icon, small=True)
        problem = self._problem(row)
        second = "  ·  ".join(part for part in (row.type, row.detail) if part)
        ink = "danger_text" if row.state is EntryState.REFUSED else "warning_text"
        if problem and rest.width() >= WIDE:
            words, right = self.split(rest, round(rest.width() * 0.42), option, 16)
            self.two_lines(painter, words, row.title, second)
            paint_text(painter, right, problem, Type.SMALL, ink)
        elif problem:
            self.two_lines(painter, rest, row.title, problem, second_colour=ink)
        else:
            self.two_lines(painter, rest, row.title, second)

    def _badge(self, state: EntryState) -> tuple[str, Tone, str]:
        if state is EntryState.READY:
            return self.tr("Ready"), Tone.SUCCESS, "check"
        if state is EntryState.REMARK:
            return self.tr("Remark"), Tone.WARNING, "triangle-alert"
        return self.tr("Refused"), Tone.DANGER, "circle-x"

    def _problem(self, row: ImportEntry) -> str:
        if not row.problems:
            return ""
        path, message = row.problems[0]
        more = len(row.problems) - 1
        tail = " " + self.tr("(and {n} more)").format(n=more) if more else ""
        return f"{path} {message}{tail}"


class WhoseCard(Card):
    """Whose data the file says it is, beside the patient's name and birth date."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Whose data it is"), parent=parent)
        self.icon = Icon("circle-help", 18, "text_2")
        self.verdict = Label("", Type.SMALL_STRONG, wrap=True)
        self.detail = Label("", Type.SMALL, "text_2", wrap=True)
        self.anyway = Check(self.tr("I have compared them"))
        self.anyway.setToolTip(self.tr("It belongs into this patient's record all the same"))
        self.error = Label("", Type.CAPTION, "danger_text", wrap=True)
        self.error.hide()
        self.anyway.toggled.connect(lambda _: self.set_error(""))
        head = hbox(self.icon, self.verdict, spacing=8)
        head.setStretch(1, 1)
        head.setAlignment(self.icon, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        self.body.addWidget(self.detail)
        self.body.addWidget(self.anyway)
        self.body.addWidget(self.error)
        self.doubtful = False

    def show_preview(self, preview: FilePreview, patient: Demographics | None, name: str) -> None:
        """Compare the file's people with the patient."""
        who = preview.whose
        self.doubtful = who in (Whose.DIFFERENT, Whose.SEVERAL)
        self.anyway.setChecked(False)
        self.anyway.setVisible(self.doubtful)
        self.set_error("")
        self.set_look("danger" if self.doubtful else "plain")
        verdict, icon, ink = {
            Whose.SAME: (self.tr("The same name and birth date"), "circle-check", "success_text"),
            Whose.DIFFERENT: (self.tr("Not the same person"), "triangle-alert", "danger_text"),
            Whose.SEVERAL: (self.tr("Data of several people"), "triangle-alert", "danger_text"),
            Whose.UNKNOWN: (self.tr("The file does not say for certain"), "info", "text_2"),
        }[who]
        self.verdict.setText(verdict)
        self.verdict.set_colour(ink)
        self.icon.set_icon(icon, ink)
        self.detail.setText("\n".join(self._lines(preview, patient, name)))

    def _lines(self, preview: FilePreview, patient: Demographics | None, name: str) -> list[str]:
        people = [
            ", ".join(part for part in (one.name, self._born(one.birth_date)) if part)
            for one in preview.people[:4]
        ]
        lines = [self.tr("In the file: {who}").format(who="; ".join(people))] if people else []
        born = self._born(patient.birth_date) if patient is not None else ""
        lines.append(
            self.tr("The patient: {who}").format(who=", ".join(p for p in (name, born) if p))
        )
        if self.doubtful:
            lines.append(self.tr("A shared Patient.id does not make two files one person."))
        return lines

    def set_error(self, sentence: str) -> None:
        """Say what is to be done before it can be saved."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))

    def _born(self, day: str) -> str:
        return self.tr("born {day}").format(day=dates.day(day)) if day else ""
