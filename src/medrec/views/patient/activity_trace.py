"""Whether the trace holds: the badge with its block, and the ribbon of linked squares."""

from __future__ import annotations

from PyQt6.QtWidgets import QHBoxLayout, QWidget

from medrec.models.patient.activity import TraceModel, TraceState
from medrec.views.common import dates
from medrec.views.common.cards import Card
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider, vbox
from medrec.views.common.tiles import IconTile
from medrec.views.common.verified import ChainRibbon


class TraceCard(Card):
    """“Verified up to block 1,204,331”."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._icon = IconTile("shield-check", "success_text", "success_soft", 48, circle=True)
        self._head = Label("", Type.HEADING)
        self._text = Label("", Type.SMALL, "text_2")
        self._before = Label("", Type.SMALL, "text_2", wrap=True)
        self._before.hide()
        self.ribbon = ChainRibbon()
        self._checked = Label("", Type.ROW_STRONG)
        self._nodes = Label("", Type.ROW_STRONG)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._icon)
        row.addLayout(vbox(self._head, self._text, self._before, self.ribbon, spacing=5), 1)
        row.addWidget(Divider(vertical=True))
        row.addLayout(self._fact(self.tr("Checked from the start"), self._checked))
        row.addLayout(self._fact(self.tr("Nodes of this network"), self._nodes))
        self.body.addLayout(row)

    def _fact(self, name: str, value: Label) -> QHBoxLayout:
        held = QHBoxLayout()
        held.setContentsMargins(8, 0, 8, 0)
        held.addLayout(vbox(None, Label(name, Type.SMALL, "text_2"), value, None, spacing=2))
        return held

    @property
    def text(self) -> str:
        """What is said first."""
        return self._head.text()

    def show_trace(self, trace: TraceModel, entries: int) -> None:
        """Say what is known of the trace."""
        block = f"{trace.session.block:,}"
        count = f"{entries:,}"
        if trace.state is TraceState.CHECKING:
            self._icon.set_icon("shield", "accent_text", "accent_soft")
            self._head.setText(self.tr("Reading all entries from the node again"))
        elif trace.state is TraceState.UNKNOWN:
            self._icon.set_icon("clock", "warning_text", "warning_soft")
            self._head.setText(self.tr("Last verified up to block {block}").format(block=block))
        else:
            self._icon.set_icon("shield-check", "success_text", "success_soft")
            self._head.setText(self.tr("Verified up to block {block}").format(block=block))
        self.setAccessibleName(self._head.text())
        self._text.setText(
            self.tr("No node answers now. {count} entries are kept on this computer.").format(
                count=count
            )
            if trace.state is TraceState.UNKNOWN
            else self.tr(
                "{count} entries since you registered: none missing, changed or reordered."
            ).format(count=count)
        )
        self._show_before(trace)
        self.ribbon.set_broken(trace.state is TraceState.BROKEN)
        at = trace.checked_at
        self._checked.setText(dates.day_time(at) if at else self.tr("When you signed in"))
        self._nodes.setText(str(trace.nodes))

    def _show_before(self, trace: TraceModel) -> None:
        """What came of the networks of before, once they were asked."""
        said = [
            self.tr("“{network}”, the network before: {count} entries hold, up to block {block}.")
            .replace("{network}", found.network.name)
            .replace("{count}", f"{found.verified.entries:,}")
            .replace("{block}", f"{found.verified.block:,}")
            for found in trace.before
            if found.verified is not None
        ]
        self._before.setText("\n".join(said))
        self._before.setVisible(bool(said))
