"""The question before access is revoked: what it does, and what it cannot do."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QWidget

from medrec.services.access_overview import Share
from medrec.views.common import dates
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card, Icon
from medrec.views.common.dialogs import Dialog
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import hbox, vbox
from medrec.views.common.matrix import CategoryMatrix
from medrec.views.common.tiles import Avatar, CategoryTile
from medrec.views.patient import access_words as words
from medrec.views.patient.access_rows import kinds

TILES = 6
"""Tiles beside the name before the eight families take their place."""
NAMED = 4
"""Doctors who are named before only their number is."""


class RevokeDialog(Dialog):
    """“Revoke Dr. Raman's access?”; accepted is yes."""

    def __init__(
        self,
        parent: QWidget,
        share: Share,
        staying: Sequence[str],
        before: Sequence[str] = (),
        only: str = "",
    ) -> None:
        """``before`` names networks of before where it ends too; ``only`` the one where alone."""
        short = share.doctor.short
        super().__init__(parent, "", width=600)
        self.set_title(self.tr("Revoke the access of {name}?").format(name=short))
        self.body.addWidget(self._who(share))
        self.body.addLayout(self._both(short))
        where = self._where(short, before, only)
        for icon, text in (
            *((("layers", where),) if where else ()),
            ("refresh-cw", self._new_keys(staying)),
            (
                "history",
                self.tr("The revocation appears in your activity for good. {name} is told.").format(
                    name=short
                ),
            ),
        ):
            row = hbox(Icon(icon, 16), Label(text, Type.SMALL, "text_2", wrap=True), spacing=10)
            row.setStretch(1, 1)
            self.body.addLayout(row)
        self.keep = self.add_button(Button(self.tr("Keep access"), Kind.SECONDARY))
        self.revoke = self.add_button(Button(self.tr("Revoke access"), Kind.DANGER))
        self.keep.clicked.connect(self.reject)
        self.revoke.clicked.connect(self.accept)

    def _where(self, short: str, before: Sequence[str], only: str) -> str:
        """Which networks it reaches, where there is more than one."""
        if only:
            text = self.tr(
                "It ends in the network before, “{network}”, for what was written there. What "
                "{name} may open in this network stays as it is."
            )
            return text.format(network=only, name=short)
        if before:
            text = self.tr("It ends in the network before, too: “{network}”.")
            return text.format(network="”, “".join(before))
        return ""

    def _who(self, share: Share) -> Card:
        card = Card(look="sunken")
        card.set_padding(14, 10)
        doctor = share.doctor
        looks = {0: self.tr("never looked"), 1: self.tr("looked once")}.get(
            share.looks, self.tr("looked {count} times").format(count=share.looks)
        )
        if share.last_look is not None:
            last = self.tr("last {when}").format(when=dates.short(share.last_look))
            looks = f"{looks}, {last}"
        names = vbox(
            ElidedLabel(doctor.name, Type.ROW_STRONG),
            ElidedLabel(doctor.specialty, Type.SMALL, "text_2"),
            ElidedLabel(words.capital(looks), Type.SMALL, "text_2"),
            spacing=2,
        )
        opened = kinds(share.permission.read)
        tiles: list[QWidget] = [CategoryTile(kind, 26) for kind in opened]
        if len(tiles) > TILES:
            tiles = [CategoryMatrix(share.permission)]
        row = hbox(Avatar(doctor.name), names, *tiles, spacing=8)
        row.setStretch(1, 1)
        card.body.addLayout(row)
        return card

    def _both(self, short: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(12)
        now = self.tr(
            "Everything written after this is sealed with new keys; {name} cannot decrypt it."
        )
        never = self.tr(
            "What {name} could already read cannot be unread; a copy may have been kept."
        )
        for column, (look, icon, colour, title, text) in enumerate(
            (
                ("success", "lock", "success_text", self.tr("From now on"), now),
                ("warning", "eye", "warning_text", self.tr("Cannot be undone"), never),
            )
        ):
            card = Card(look=look)
            card.set_padding(16, 14)
            head = hbox(Icon(icon, 18, colour), Label(title, Type.ROW_STRONG, colour), None)
            words_ = Label(text.format(name=short), Type.BODY, wrap=True)
            card.body.addLayout(vbox(head, words_, None, spacing=8))
            grid.addWidget(card, 0, column)
            grid.setColumnStretch(column, 1)
        grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        return grid

    def _new_keys(self, staying: Sequence[str]) -> str:
        if not staying:
            return self.tr("Nobody else has access: only you hold the new keys.")
        if len(staying) > NAMED:
            text = self.tr("New keys go to the {count} doctors who keep access.")
            return text.format(count=len(staying))
        if len(staying) == 1:
            text = self.tr("New keys go to the doctor who keeps access: {names}.")
        else:
            text = self.tr("New keys go to the {count} doctors who keep access: {names}.")
        return text.format(count=len(staying), names=words.joined(list(staying)))
