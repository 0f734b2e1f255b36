"""Sharing, below what runs now: the access that still runs in the network before."""

from __future__ import annotations

import time

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from medrec.models.patient.access import SharesBeforeModel
from medrec.services.access_before import ShareBefore
from medrec.views.common.cards import Card, Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import boxed, hbox, vbox
from medrec.views.common.record.before import MissingBanner
from medrec.views.common.row_widgets import RowWidgets
from medrec.views.patient.access_rows import ShareRow


class BeforeCard(QWidget):
    """Shown only where access runs in a network of before, or may run there unseen."""

    revoked = pyqtSignal(object)
    """The `ShareBefore` that is to end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: SharesBeforeModel | None = None
        self._narrow = False
        self.missing = MissingBanner(self)
        self.rows = RowWidgets(self._row, lines=True)
        self.card = Card(self.tr("Access of before"), look="plain")
        self.card.set_padding(1, 14)
        self.card.head.setContentsMargins(19, 0, 19, 4)
        text = self.tr(
            "Given in the network before. It opens what was written there, until its end or until "
            "you revoke it."
        )
        said = hbox(Icon("info", 16, "text_3"), Label(text, Type.SMALL, "text_2", wrap=True))
        said.setContentsMargins(19, 0, 19, 4)
        said.setStretch(1, 1)
        self.card.body.addWidget(boxed(said))
        self.card.body.addWidget(self.rows)
        column = vbox(self.missing, self.card, spacing=12)
        column.setContentsMargins(0, 0, 0, 0)
        self.setLayout(column)
        self.rows.rebuilt.connect(self._show)
        self._show()

    def follow(self, model: SharesBeforeModel) -> None:
        """Show a model from now on."""
        self._model = model
        self.rows.follow(model)
        model.loaded.connect(self._show)
        self._show()

    def set_narrow(self, narrow: bool) -> None:
        """With little room a column goes."""
        self._narrow = narrow
        for row in self.rows.widgets:
            if isinstance(row, ShareRow):
                row.set_narrow(narrow)

    def _row(self, before: ShareBefore) -> QWidget:
        row = ShareRow(before.share, int(time.time()), changeable=False)
        row.revoked.connect(lambda _: self.revoked.emit(before))
        row.setToolTip(before.origin.name)
        row.set_narrow(self._narrow)
        return row

    def _show(self) -> None:
        missing = self._model.missing if self._model is not None else None
        number = len(self.rows.widgets)
        self.card.setVisible(number > 0)
        text = self.tr(
            "Access that you gave in the network before, “{network}”, may still run there; it "
            "cannot be looked up now."
        )
        if self._model is not None and self._model.ending:
            text += " " + self.tr("What you revoked ends there as soon as it is reached.")
        self.missing.say(text, missing)
        self.setVisible(number > 0 or missing is not None)
