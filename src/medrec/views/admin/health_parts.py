"""The parts of the health page: figures, nodes, contracts."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QWidget

from medrec.domain.ids import short_address
from medrec.services.health import ContractHealth, NodeHealth, NodeVerdict
from medrec.views.common import dates
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.cards import Card, Icon
from medrec.views.common.clipboard import copy_button
from medrec.views.common.fonts import Type, font, numeric
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import Divider, boxed, clear, hbox, vbox
from medrec.views.common.plots_bars import Bars, BarStack

_END = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


class FigureCard(Card):
    """A number that matters, with what it means below."""

    def __init__(self, icon: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._named = title
        self.body.setSpacing(6)
        self.body.addLayout(hbox(Icon(icon, 18), Label(title, Type.SMALL, "text_2"), None))
        self.value = Label("—", Type.FIGURE)
        self._unit = Label("", Type.SMALL, "text_3")
        row = hbox(self.value, self._unit, None, spacing=6)
        row.setAlignment(self._unit, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(row)
        self._icon = Icon("circle-check", 14, "success_text")
        self._icon.hide()
        self.note = ElidedLabel("", Type.CAPTION, "text_2")
        self.body.addLayout(hbox(self._icon, self.note, spacing=6))
        self.body.addStretch(1)

    def show_figure(self, value: str, unit: str, note: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Show another number."""
        icons = {
            Tone.SUCCESS: "circle-check",
            Tone.WARNING: "triangle-alert",
            Tone.DANGER: "circle-alert",
        }
        self.value.setText(value)
        self._unit.setText(unit)
        self.note.setText(note)
        ink = f"{tone.value}_text" if tone in icons else "text_2"
        self.note.set_colour(ink)
        self._icon.setVisible(tone in icons)
        if tone in icons:
            self._icon.set_icon(icons[tone], ink)
        self.setAccessibleName(f"{self._named}: {value} {unit}. {note}")


class PaceCard(Card):
    """The seconds between the newest blocks, a bar a block."""

    HEIGHT = 150

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.note = Label("", Type.CAPTION, "text_3")
        self.median = Label("", Type.SMALL_STRONG, "text_2")
        head = Label(self.tr("Time between blocks"), Type.HEADING)
        self.body.addWidget(head)
        self.body.addLayout(hbox(self.note, None, self.median, spacing=8))
        self.bars = Bars()
        self.bars.setFixedHeight(self.HEIGHT)
        self.body.addWidget(self.bars)
        self.none = Label(self.tr("No node tells when its blocks were made."), Type.SMALL, "text_3")
        self.body.addWidget(self.none)
        self.show_gaps(0, ())

    def show_gaps(self, newest: int, gaps: Sequence[int]) -> None:
        """Show the distances before the blocks up to ``newest``, in seconds, oldest first."""
        self.bars.setVisible(bool(gaps))
        self.none.setVisible(not gaps)
        count = self.tr("last %1 blocks").replace("%1", str(len(gaps)))
        self.note.setText(count if gaps else "")
        middle = self.tr("median %1 s").replace("%1", f"{median(gaps):,g}" if gaps else "")
        self.median.setText(middle if gaps else "")
        first = newest - len(gaps) + 1
        self.bars.set_bars(
            [f"{first + place:,}" for place in range(len(gaps))],
            [BarStack(self.tr("before this block"), "plot_1", tuple(gaps))],
            self.tr("Seconds between the newest blocks"),
            self.tr("s", "seconds"),
        )


class NodesTable(Card):
    """Each node beside the others; a few rows, so each is made of widgets."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        note = Label(self.tr("asked one by one, heads compared"), Type.SMALL, "text_3")
        self.body.addLayout(hbox(Label(self.tr("Nodes"), Type.HEADING), None, note))
        self.setAccessibleName(self.tr("Nodes"))
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 1)
        self.body.addWidget(self._rows)
        self.body.addStretch(1)

    def show_nodes(self, nodes: Sequence[NodeHealth]) -> None:
        """Show other answers."""
        clear(self._grid)
        heads = (
            self.tr("Node"),
            self.tr("Block"),
            self.tr("Audit head"),
            self.tr("Delay"),
            self.tr("State"),
        )
        for column, text in enumerate(heads):
            label = Label(text, Type.CAPTION_STRONG, "text_3")
            if column in (1, 3, 4):
                label.setAlignment(_END)
            self._grid.addWidget(label, 0, column)
        for number, node in enumerate(nodes):
            self._grid.addWidget(Divider(), 2 * number + 1, 0, 1, len(heads))
            self._row(2 * number + 2, node)

    def _row(self, line: int, node: NodeHealth) -> None:
        state = node.state
        name = ElidedLabel(state.url.removeprefix("http://").removeprefix("https://"), Type.ROW)
        name.setToolTip(state.url)
        newest = dates.ago(state.head.time) if state.head is not None else ""
        told = state.problem or self.tr("newest block %1").replace("%1", newest)
        second = ElidedLabel(told, Type.SMALL, "danger_text" if state.problem else "text_2")
        block = Label(f"{state.head.number:,}" if state.head else "—", Type.BODY)
        block.setFont(numeric(font(Type.BODY)))
        block.setAlignment(_END)
        head = state.audit.hex() if state.audit is not None else ""
        audit = Label(f"{head[:4]}…{head[-4:]}" if head else "—", Type.CODE, "text_2")
        audit.setToolTip(f"0x{head}" if head else "")
        delay = Label(f"{state.seconds * 1000:,.0f} ms", Type.BODY, "text_2")
        delay.setAlignment(_END)
        badge = self._badge(node)
        whole = boxed(vbox(name, second, spacing=2))
        whole.setAccessibleName(f"{state.url}: {badge.text()}. {told}")
        for column, widget in enumerate((whole, block, audit, delay)):
            self._grid.addWidget(widget, line, column)
        self._grid.addWidget(badge, line, 4, Qt.AlignmentFlag.AlignRight)

    def _badge(self, node: NodeHealth) -> Badge:
        behind = self.tr("%1 behind").replace("%1", f"{node.behind:,}")
        agrees = self.tr("In use") if node.state.in_use else self.tr("Agrees")
        tone = Tone.ACCENT if node.state.in_use else Tone.SUCCESS
        return {
            NodeVerdict.AGREES: Badge(agrees, tone, "circle-check"),
            NodeVerdict.BEHIND: Badge(behind, Tone.WARNING, "clock"),
            NodeVerdict.DIFFERS: Badge(self.tr("Does not match"), Tone.DANGER, "shield-alert"),
            NodeVerdict.AWAY: Badge(self.tr("Does not answer"), Tone.DANGER, "wifi-off"),
        }[node.verdict]


class ContractsTable(Card):
    """Each contract with its address and whether its code is the network file's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        note = Label(self.tr("code compared with the network file"), Type.SMALL, "text_3")
        self.body.addLayout(hbox(Label(self.tr("Contracts"), Type.HEADING), None, note))
        self.setAccessibleName(self.tr("Contracts"))
        self._column = vbox(spacing=8)
        self.body.addLayout(self._column)
        self.body.addStretch(1)

    def show_contracts(self, contracts: Sequence[ContractHealth]) -> None:
        """Show other answers."""
        clear(self._column)
        for contract in contracts:
            self._column.addWidget(Divider())
            self._column.addWidget(self._row(contract))

    def _row(self, contract: ContractHealth) -> QWidget:
        words = {
            True: (self.tr("same code"), "circle-check", "success_text"),
            False: (self.tr("other code"), "shield-alert", "danger_text"),
            None: (self.tr("not checked"), "circle-dashed", "text_3"),
        }
        text, icon, ink = words[contract.same]
        name = Label(contract.name, Type.ROW)
        name.setMinimumWidth(150)
        address = Label(short_address(contract.address), Type.CODE, "text_2")
        address.setToolTip(contract.address)
        copied = copy_button(
            contract.address, self.tr("Copy the address of %1").replace("%1", contract.name)
        )
        state = Label(text, Type.SMALL, "danger_text" if contract.same is False else "text_2")
        row = boxed(
            hbox(Icon("file-check", 18), name, address, copied, None, state, Icon(icon, 18, ink))
        )
        row.setAccessibleName(f"{contract.name}: {text}")
        return row
