"""One entry, and its place in the chain."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.domain.entries import Action
from medrec.domain.ids import ZERO_ADDRESS, short_address
from medrec.models.admin.words import action_icon, did
from medrec.services.ledger import LedgerRow, Place
from medrec.views.admin.facts import Fact
from medrec.views.common import dates
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card, Icon
from medrec.views.common.clipboard import copy
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider, Scroll, clear, hbox, vbox
from medrec.views.common.tiles import IconTile


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry with what its people are called."""

    row: LedgerRow
    place: Place
    actor: str
    subject: str
    about: str


class AuditDetail(Card):
    """Who, what, for whom, when, and the heads before, with and after it."""

    verifyAsked = pyqtSignal(object)
    """The subject's address: recompute its chain."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.shown: EntryView | None = None
        self._tile = IconTile("eye", size=40, circle=True)
        self._title = Label("", Type.HEADING)
        self._second = Label("", Type.SMALL, "text_2", wrap=True)
        words = vbox(self._title, self._second, spacing=2)
        head = hbox(spacing=12)
        head.addWidget(self._tile, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self.body.addLayout(head)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(10)
        self.body.addWidget(Scroll(content), 1)
        self.verify = Button(self.tr("Verify this chain"), Kind.SECONDARY, "shield-check")
        self.proof = Button(self.tr("Copy as proof"), Kind.SECONDARY, "copy")
        self.body.addLayout(vbox(self.verify, self.proof))
        self.verify.clicked.connect(self._verify)
        self.proof.clicked.connect(lambda: copy(self.proof_text()))

    def show_entry(self, view: EntryView) -> None:
        """Show an entry."""
        if view == self.shown:
            return
        self.shown = view
        entry = view.row.entry
        self._tile.set_icon(action_icon(entry.action))
        self._title.setText(self.tr("Entry %1").replace("%1", f"{view.row.number:,}"))
        text = did(view.row)
        self._second.setText(text[:1].upper() + text[1:])
        clear(self._column)
        for fact in self._facts(view):
            self._column.addWidget(fact)
        self._column.addWidget(Divider())
        self._column.addWidget(Label(self.tr("Place in the chain"), Type.SMALL_STRONG))
        for name, value, good in self._chain(view.place):
            self._column.addLayout(self._link(name, value, good))
        self._column.addWidget(Label(self._position(view), Type.CAPTION, "text_3", wrap=True))
        self._column.addStretch(1)
        self.setAccessibleName(f"{self._title.text()}. {text}")

    def set_busy(self, busy: bool) -> None:
        """Whether this chain is being verified."""
        self.verify.set_busy(busy, self.tr("Verifying"))

    def proof_text(self) -> str:
        """What somebody else needs to check the entry: every word of it, and both heads."""
        if self.shown is None:
            return ""
        entry, place = self.shown.row.entry, self.shown.place
        lines = [
            f"entry: {self.shown.row.number}",
            f"subject: {entry.subject}",
            f"actor: {entry.actor}",
            f"ref: 0x{entry.ref.hex()}",
            f"meta: {entry.meta_word:#x}",
            f"digest: 0x{entry.digest.hex()}",
            f"head before: 0x{place.before.hex()}",
            f"head: 0x{place.this.hex()}",
            f"block: {entry.block}",
            f"transaction: 0x{entry.transaction.hex()}",
        ]
        return "\n".join(lines)

    def _facts(self, view: EntryView) -> list[Fact]:
        entry = view.row.entry
        facts = [
            Fact(self.tr("Who"), view.actor),
            Fact(
                self.tr("Signed by"),
                short_address(entry.actor),
                code=True,
                copied=entry.actor,
                hint=entry.actor,
            ),
        ]
        if entry.subject == ZERO_ADDRESS:
            facts.append(Fact(self.tr("For"), view.subject))
        else:
            facts.append(
                Fact(
                    self.tr("For"),
                    view.subject,
                    copied=entry.subject,
                    hint=entry.subject,
                )
            )
        if view.about:
            about = view.row.about or ""
            facts.append(Fact(self.tr("About"), view.about, copied=about, hint=about))
        facts.extend(self._record(view.row))
        when = self.tr("%1, block %2").replace("%1", dates.day_time(entry.meta.time))
        facts.append(Fact(self.tr("When"), when.replace("%2", f"{entry.block:,}")))
        if entry.action in (Action.ACCESS_GRANTED, Action.DELEGATE_SET) and entry.meta.expiry:
            facts.append(Fact(self.tr("Until"), dates.day_time(entry.meta.expiry)))
        return facts

    def _record(self, row: LedgerRow) -> list[Fact]:
        if not row.record:
            return []
        slot = self.tr("slot %1; only the patient knows which category that is")
        text = f"{row.record.hex()[:6]}…{row.record.hex()[-4:]}"
        return [
            Fact(
                self.tr("Record"), text, code=True, copied=row.record.hex(), hint=row.record.hex()
            ),
            Fact(self.tr("Category"), slot.replace("%1", str(row.record[0]))),
        ]

    def _chain(self, place: Place) -> list[tuple[str, str, bool | None]]:
        after = place.after.hex() if place.after is not None else ""
        return [
            (self.tr("Head before"), place.before.hex(), True),
            (self.tr("This entry"), place.this.hex(), place.follows),
            (self.tr("Head after"), after, True if after else None),
        ]

    def _link(self, name: str, value: str, good: bool | None) -> QVBoxLayout:
        icon, ink = {
            True: ("circle-check", "success_text"),
            False: ("shield-alert", "danger_text"),
            None: ("circle-dashed", "text_3"),
        }[good]
        shown = f"{value[:4]} … {value[-4:]}" if value else self.tr("the newest entry")
        code = Label(shown, Type.CODE if value else Type.SMALL, "text_2").selectable()
        code.setToolTip(f"0x{value}" if value else "")
        mark = Icon(icon, 16, ink)
        label = Label(name, Type.SMALL)
        label.setMinimumWidth(80)
        return vbox(hbox(mark, label, code, None))

    def _position(self, view: EntryView) -> str:
        if not view.place.follows:
            return self.tr("This entry does not follow from the one before it.")
        text = self.tr("Entry %1 of %2 in this chain; it follows from the one before.")
        return text.replace("%1", str(view.row.place + 1)).replace("%2", str(view.place.length))

    def _verify(self) -> None:
        if self.shown is not None:
            self.verifyAsked.emit(self.shown.row.entry.subject)
