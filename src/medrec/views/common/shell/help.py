"""The help: keys, and what MedRec promises and what not."""

from __future__ import annotations

from PyQt6.QtWidgets import QGridLayout, QWidget

from medrec.views.common.buttons import Button, Kind
from medrec.views.common.dialogs import Dialog
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label


class HelpDialog(Dialog):
    """Shortcuts at a glance, and the honest sentences."""

    def __init__(self, parent: QWidget, version: str = "") -> None:
        super().__init__(parent, "", width=600)
        self.set_title(self.tr("Help"))
        self.body.addWidget(Label(self.tr("Keys"), Type.HEADING))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        for row, (keys, what) in enumerate(self._keys()):
            grid.addWidget(Label(keys, Type.ROW), row, 0)
            grid.addWidget(Label(what, Type.BODY, "text_2"), row, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self.body.addSpacing(8)
        self.body.addWidget(Label(self.tr("What MedRec promises"), Type.HEADING))
        for sentence in self._promises():
            self.body.addWidget(Label(sentence, Type.BODY, "text_2", wrap=True))
        if version:
            text = self.tr("MedRec {version}, free software under the GPL, version 3 or later")
            self.body.addWidget(Label(text.format(version=version), Type.CAPTION, "text_3"))
        close = Button(self.tr("Close"), Kind.PRIMARY)
        close.clicked.connect(self.accept)
        self.add_button(close)

    def _keys(self) -> list[tuple[str, str]]:
        return [
            ("Ctrl 1 … 9", self.tr("Go to a page of the rail")),
            ("Ctrl K", self.tr("Search")),
            ("Ctrl S", self.tr("Save what you are writing")),
            ("F6", self.tr("From the rail to the top bar to the page")),
            ("Esc", self.tr("Back, or the safe choice")),
            ("Ctrl L", self.tr("Lock")),
            ("F1", self.tr("This help")),
        ]

    def _promises(self) -> list[str]:
        return [
            self.tr("Every look through MedRec leaves an entry that nobody can remove."),
            self.tr(
                "After you end somebody's access, what is written from then on is sealed with new "
                "keys. What could already be read cannot be unread."
            ),
            self.tr("Password and key together open this computer's copy. The words restore it."),
        ]
