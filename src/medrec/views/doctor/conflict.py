"""Somebody wrote a newer version: yours and theirs beside each other, then a choice."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QGridLayout, QWidget

from medrec.services.drafts import Theirs
from medrec.views.common import dates
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.dialogs import Dialog
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import hbox
from medrec.views.common.theme import set_look

Row = tuple[str, str, str]
"""Label of a field, mine, theirs."""


class ConflictDialog(Dialog):
    """Nothing is lost: the draft stays until its author keeps theirs or edits mine on top."""

    keepTheirs = pyqtSignal()
    editMine = pyqtSignal()

    def __init__(self, parent: QWidget | None, theirs: Theirs, rows: Sequence[Row]) -> None:
        super().__init__(
            parent,
            self.tr("Somebody wrote a newer version"),
            width=640,
            subtitle=self.tr(
                "{name} wrote version {version} while you were writing. Compare both, then choose. "
                "Nothing is lost."
            ).format(name=theirs.author[:1].upper() + theirs.author[1:], version=theirs.version),
        )
        self.rows = list(rows)
        head = self.tr("Theirs, {when}").format(when=dates.day_time(theirs.time))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        grid.addWidget(Label(self.tr("Yours (draft)"), Type.SMALL_STRONG, "text_2"), 0, 1)
        grid.addWidget(Label(head, Type.SMALL_STRONG, "text_2"), 0, 2)
        for number, (label, mine, other) in enumerate(rows, 1):
            self._row(grid, number, label, mine, other)
        if not rows:
            words = self.tr("“{title}” cannot be compared field by field.")
            grid.addWidget(Label(words.format(title=theirs.title), wrap=True), 1, 0, 1, 3)
        frame = QFrame()
        set_look(frame, "card", "sunken")
        grid.setContentsMargins(16, 12, 16, 12)
        frame.setLayout(grid)
        self.body.addWidget(frame)
        later = self.add_button(Button(self.tr("Decide later"), Kind.QUIET))
        keep = self.add_button(Button(self.tr("Keep theirs"), Kind.SECONDARY))
        mine_ = self.add_button(Button(self.tr("Edit mine on top of theirs"), Kind.PRIMARY))
        later.clicked.connect(self.reject)
        keep.clicked.connect(lambda: self._end(keep))
        mine_.clicked.connect(lambda: self._end(mine_))
        self.keep, self.mine = keep, mine_

    def _row(self, grid: QGridLayout, number: int, label: str, mine: str, other: str) -> None:
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(Label(label, Type.SMALL, "text_2"), number, 0, top)
        grid.addWidget(Label(mine or "\N{EN DASH}", Type.BODY, wrap=True), number, 1, top)
        words = Label(other or "\N{EN DASH}", Type.BODY, wrap=True)
        if mine == other:
            grid.addWidget(words, number, 2, top)
            return
        badge = Badge(self.tr("Changed"), Tone.WARNING, small=True)
        row = hbox(words, badge)
        row.setStretch(0, 1)
        row.setAlignment(badge, top)
        grid.addLayout(row, number, 2)

    def _end(self, button: Button) -> None:
        self.accept()
        if button is self.keep:
            self.keepTheirs.emit()
        else:
            self.editMine.emit()
