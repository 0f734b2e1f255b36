"""Network & storage: does everything answer, agree, and have room?"""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent, QShortcut
from PyQt6.QtWidgets import QBoxLayout, QGridLayout, QVBoxLayout, QWidget

from medrec.domain.outbox import JobState
from medrec.models.admin.health import HealthModel
from medrec.services.health import Health, NodeVerdict, StoreHealth
from medrec.views.admin.facts import Fact, Facts
from medrec.views.admin.health_parts import ContractsTable, FigureCard, NodesTable, PaceCard
from medrec.views.common import dates
from medrec.views.common.banner import Banner
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card
from medrec.views.common.clipboard import copy
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Page, vbox
from medrec.views.common.painting import Tone
from medrec.views.common.states import Empty, StateStack

WEI = 10**18
_WRITE = 3 * 10**14
"""About what an action costs, in wei, on a quiet network: for a warning only."""

_LOW = 100 * _WRITE
_NARROW = 900
_SIDE = 340


class HealthPage(Page):
    """The last look at nodes, contracts, store and outbox."""

    checkAsked = pyqtSignal()
    copied = pyqtSignal()

    def __init__(self, model: HealthModel, parent: QWidget | None = None) -> None:
        self.report = Button("", Kind.SECONDARY, "copy")
        self.check = Button("", Kind.SECONDARY, "refresh-cw")
        super().__init__("", "", self.report, self.check, parent=parent)
        self.model = model
        self.report.setText(self.tr("Copy a report"))
        self.check.setText(self.tr("Check now"))
        self.set_title(self.tr("Network & storage"))
        self.set_subtitle(self.tr("Checking"))
        self._make_parts()
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(16)
        whole.addWidget(self.trouble)
        self._figures = QGridLayout()
        self._figures.setSpacing(16)
        whole.addLayout(self._figures)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(16)
        self._columns.addLayout(vbox(self.nodes, self.contracts, None, spacing=16), 1)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(16)
        for card in (self.pace, self.store, self.file):
            side.addWidget(card)
        side.addStretch(1)
        self._columns.addWidget(self._side)
        whole.addLayout(self._columns)
        whole.addStretch(1)
        self.stack = StateStack(content, empty=Empty("server", self.tr("Nothing to see")))
        self.body.addWidget(self.stack)
        self._wide: bool | None = None
        self._arrange()
        self._connect()

    def _make_parts(self) -> None:
        self.trouble = Banner("", Tone.DANGER)
        self.trouble.hide()
        self.block = FigureCard("blocks", self.tr("Block"))
        self.agreeing = FigureCard("network", self.tr("Nodes that agree"))
        self.objects = FigureCard("hard-drive", self.tr("Sealed objects"))
        self.balance = FigureCard("coins", self.tr("Your balance"))
        self.figures = (self.block, self.agreeing, self.objects, self.balance)
        self.nodes = NodesTable()
        self.contracts = ContractsTable()
        self.store = Card(self.tr("Storage"))
        self._store_facts = Facts(1)
        self._outbox = Label("", Type.SMALL, "text_2", wrap=True)
        self.store.body.addWidget(self._store_facts)
        self.store.body.addWidget(self._outbox)
        self.pace = PaceCard()
        self.file = Card(self.tr("Network file"))
        self._file_facts = Facts(2)
        self.file.body.addWidget(self._file_facts)

    def _connect(self) -> None:
        self.check.clicked.connect(self.checkAsked)
        self.report.clicked.connect(self._copy)
        self.stack.retry.connect(self.checkAsked)
        self.stack.follow(self.model)
        self.model.changed.connect(self._show)
        again = QShortcut(Qt.Key.Key_F5, self)
        again.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        again.activated.connect(self.checkAsked)
        self._show()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Two columns of everything where there is little room (Qt)."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= _NARROW
        if wide == self._wide:
            return
        self._wide = wide
        for number, card in enumerate(self.figures):
            self._figures.addWidget(card, *divmod(number, 4 if wide else 2))
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(way)
        self._side.setMaximumWidth(_SIDE if wide else 16_777_215)
        self._side.setMinimumWidth(_SIDE if wide else 0)

    def report_text(self) -> str:
        """Everything on the page as text, for whoever helps; it holds no secret."""
        health = self.model.health
        if health is None:
            return ""
        network = self.model.network
        lines = [
            f"network: {network.name}, chain {network.chain_id}",
            f"block: {health.head.number if health.head else 'none'}",
            f"verified up to: {health.verified}",
        ]
        for node in health.nodes:
            head = node.state.head.number if node.state.head else "none"
            lines.append(
                f"node: {node.state.url}, {node.verdict.value}, block {head}, "
                f"{node.state.seconds * 1000:.0f} ms {node.state.problem}".rstrip()
            )
        for contract in health.contracts:
            same = {True: "same code", False: "OTHER CODE", None: "not checked"}[contract.same]
            lines.append(f"contract: {contract.name} {contract.address}, {same}")
        store = health.store
        lines.append(
            f"store: {store.kind} {store.location}, {store.blocks} blocks, {store.size} bytes "
            f"{store.problem}".rstrip()
        )
        waiting = ", ".join(f"{state.value} {n}" for state, n in health.outbox.items())
        lines.append(f"outbox: {waiting or 'empty'}")
        return "\n".join(lines)

    def _copy(self) -> None:
        copy(self.report_text())
        self.copied.emit()

    def _show(self) -> None:
        self.check.set_busy(self.model.looking, self.tr("Checking"))
        health = self.model.health
        self.report.setEnabled(health is not None)
        if health is None:
            return
        self.set_subtitle(self._summary(health))
        self._show_trouble(health)
        self._show_figures(health)
        self.nodes.show_nodes(health.nodes)
        self.contracts.show_contracts(health.contracts)
        self.pace.show_gaps(health.head.number if health.head is not None else 0, health.gaps)
        self._show_store(health)
        self._show_file()

    def _summary(self, health: Health) -> str:
        when = self.tr("Looked %1.").replace("%1", dates.ago(health.at))
        if health.problems:
            return self.tr("Something needs you. ") + when
        behind = sum(node.verdict is NodeVerdict.BEHIND for node in health.nodes)
        if behind:
            return self.tr("Everything answers; one or more nodes are behind. ") + when
        return self.tr("Everything answers and agrees. ") + when

    def _show_trouble(self, health: Health) -> None:
        sentences = []
        if any(node.verdict is NodeVerdict.DIFFERS for node in health.nodes):
            sentences.append(
                self.tr(
                    "Two nodes show different histories. Nothing is lost on this computer. Find "
                    "out which node is right before anything else is decided here."
                )
            )
        if any(contract.same is False for contract in health.contracts):
            sentences.append(
                self.tr(
                    "A contract is not the one that the network file describes. Do not hand this "
                    "file out, and do not sign anything."
                )
            )
        self.trouble.set_text(" ".join(sentences))
        self.trouble.setVisible(bool(sentences))

    def _show_figures(self, health: Health) -> None:
        head = health.head
        if head is None:
            self.block.show_figure("—", "", self.tr("no node answers"), Tone.DANGER)
        else:
            lag = head.number - health.verified
            text = self.tr("verified up to %1").replace("%1", f"{health.verified:,}")
            tone = Tone.SUCCESS if lag <= self.model.network.confirmations + 2 else Tone.WARNING
            self.block.show_figure(f"{head.number:,}", "", text, tone)
        self._show_agreeing(health)
        self._show_objects(health.store)
        self._show_balance(health.balance)

    def _show_agreeing(self, health: Health) -> None:
        good = sum(node.verdict is NodeVerdict.AGREES for node in health.nodes)
        whole = self.tr("of %1").replace("%1", str(len(health.nodes)))
        bad = next((n for n in health.nodes if n.verdict is not NodeVerdict.AGREES), None)
        if bad is None:
            alone = self.tr("only one: nothing to compare with")
            same = self.tr("same block, same audit")
            text, tone = (same, Tone.SUCCESS) if good > 1 else (alone, Tone.NEUTRAL)
        else:
            name = bad.state.url.split("//")[-1]
            words = {
                NodeVerdict.BEHIND: self.tr("%1 is %2 blocks behind"),
                NodeVerdict.DIFFERS: self.tr("%1 shows another history"),
            }.get(bad.verdict, self.tr("%1 does not answer"))
            text = words.replace("%1", name).replace("%2", f"{bad.behind:,}")
            tone = Tone.WARNING if bad.verdict is NodeVerdict.BEHIND else Tone.DANGER
        self.agreeing.show_figure(str(good), whole, text, tone)

    def _show_objects(self, store: StoreHealth) -> None:
        if store.problem:
            self.objects.show_figure("—", "", self.tr("the store does not answer"), Tone.DANGER)
            return
        number, unit = size_of(store.size or 0)
        text = self.tr("%1 sealed blocks").replace("%1", f"{store.blocks or 0:,}")
        self.objects.show_figure(number, unit, text, Tone.SUCCESS)

    def _show_balance(self, balance: int | None) -> None:
        if balance is None:
            self.balance.show_figure("—", "", self.tr("no node tells"), Tone.DANGER)
            return
        text = self.tr("enough for about %1 actions").replace("%1", f"{balance // _WRITE:,}")
        tone = Tone.WARNING if balance < _LOW else Tone.NEUTRAL
        self.balance.show_figure(f"{balance / WEI:,.4f}".rstrip("0").rstrip("."), "ETH", text, tone)

    def _show_store(self, health: Health) -> None:
        store = health.store
        kinds = {"kubo": self.tr("Kubo (IPFS)"), "folder": self.tr("Folder")}
        facts = [
            Fact(self.tr("Kind"), kinds.get(store.kind, store.kind)),
            Fact(self.tr("Where"), store.location),
        ]
        if store.problem:
            facts.append(Fact(self.tr("State"), store.problem))
        self._store_facts.show_facts(facts)
        waits, drafts = health.outbox.get(JobState.PENDING, 0), health.outbox.get(JobState.DRAFT, 0)
        if not waits and not drafts:
            self._outbox.setText(self.tr("Nothing waits in your outbox."))
            return
        text = self.tr("In your outbox: %1 waiting, %2 drafts.")
        self._outbox.setText(text.replace("%1", str(waits)).replace("%2", str(drafts)))

    def _show_file(self) -> None:
        network = self.model.network
        self._file_facts.show_facts(
            [
                Fact(self.tr("Name"), network.name),
                Fact(self.tr("Chain"), str(network.chain_id)),
                Fact(self.tr("Begins at block"), f"{network.deployed_at:,}"),
                Fact(self.tr("Confirmations"), str(network.confirmations)),
                Fact(self.tr("Verifiers"), str(len(network.verifiers))),
                Fact(self.tr("Registrars"), str(len(network.registrars))),
                Fact(self.tr("Relays"), str(len(network.relays))),
            ]
        )


def size_of(size: int) -> tuple[str, str]:
    """Bytes as a number and its unit."""
    value = float(size)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return (f"{value:,.0f}" if unit == "B" else f"{value:,.1f}"), unit
        value /= 1000
    return f"{value:,.1f}", "GB"
