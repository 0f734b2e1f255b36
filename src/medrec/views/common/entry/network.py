"""Open a network file: what it says, what its nodes say, and whether they fit."""

from __future__ import annotations

from urllib.parse import urlsplit

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from medrec.domain.network import CONTRACTS, Network
from medrec.errors import NodeDown
from medrec.services.network_check import NetworkReport, NodeReport
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card, Icon
from medrec.views.common.entry.notice import Notice
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import Divider, Scroll, boxed, clear, hbox, vbox
from medrec.views.common.mark import Mark
from medrec.views.common.painting import Tone
from medrec.views.common.progress import Spinner
from medrec.views.common.theme import ground
from medrec.views.common.tiles import IconTile

COLUMN = 640
MOST_NODES = 8


class CheckLine(QWidget):
    """One check and how it ended, in words and with an icon."""

    SIGNS = {  # noqa: RUF012  # never changed
        Tone.SUCCESS: ("circle-check", "success"),
        Tone.WARNING: ("triangle-alert", "warning"),
        Tone.DANGER: ("circle-x", "danger"),
        Tone.NEUTRAL: ("circle-dashed", "text_3"),
    }

    def __init__(self, text: str, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tone = tone
        self.label = Label(text, Type.BODY, "text", wrap=True)
        icon = Icon(*self._sign(tone))
        row = hbox(icon, self.label, spacing=10)
        row.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        row.setStretch(1, 1)
        self.setLayout(row)

    def text(self) -> str:
        """The sentence."""
        return self.label.text()

    def _sign(self, tone: Tone) -> tuple[str, int, str]:
        name, colour = self.SIGNS[tone]
        return name, 18, colour


class NetworkPage(QWidget):
    """A card about the file, and the choice to use it."""

    fileChosen = pyqtSignal(str)
    useAsked = pyqtSignal()
    leaveAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "window")
        self.setAcceptDrops(True)
        self._first = False
        self._dialog: QFileDialog | None = None
        self.choose = Button(self.tr("Choose a file"), Kind.PRIMARY, "folder-open", Size.LARGE)
        self.cancel = Button(self.tr("Cancel"), Kind.SECONDARY, size=Size.LARGE)
        self.use = Button(self.tr("Use this network"), Kind.PRIMARY, size=Size.LARGE)
        self.trouble = Notice()
        self.card = Card()
        self._title = Label(self.tr("Open a network file"), Type.FIGURE)
        self._subtitle = Label("", Type.BODY, "text_2", wrap=True)
        self._build()
        self.choose.clicked.connect(self._choose_file)
        self.cancel.clicked.connect(self.leaveAsked)
        self.use.clicked.connect(self.useAsked)
        self.reset()

    def reset(self, first: bool = False) -> None:
        """No file is chosen; on the ``first`` start there is nothing to go back to."""
        self._first = first
        self.trouble.clear()
        self.card.hide()
        self.use.hide()
        self.cancel.setVisible(not first)
        self._set_choice(Kind.PRIMARY, self.tr("Choose a file"))
        text = self.tr(
            "The administrator of your clinic gives this file to you. It says where the network is "
            "and whose word counts on it; it holds no secrets."
        )
        trying = self.tr("To try MedRec with invented people, run “medrec demo” in a terminal.")
        self._subtitle.setText(f"{text} {trying}" if first else text)

    def show_reading(self, name: str) -> None:
        """A file is being read and its nodes asked."""
        self.trouble.clear()
        self.use.hide()
        clear(self.card.body)
        asking = self.tr("Asking the nodes of {name}…").format(name=name)
        self.card.body.addWidget(
            boxed(hbox(Spinner(18), Label(asking, Type.BODY, "text_2"), None, spacing=10))
        )
        self.card.show()

    def show_report(self, report: NetworkReport) -> None:
        """What the file says, and what its nodes say."""
        self.trouble.clear()
        clear(self.card.body)
        self.card.body.addWidget(self._head(report))
        self.card.body.addWidget(Divider())
        for line in self._checks(report):
            self.card.body.addWidget(line)
        self.card.body.addWidget(Divider())
        self.card.body.addWidget(
            Label(self._trusted(report.network), Type.SMALL, "text_2", wrap=True)
        )
        self.card.show()
        self.use.setVisible(report.usable)
        kind = Kind.SECONDARY if report.usable else Kind.PRIMARY
        self._set_choice(kind, self.tr("Choose another file"))
        (self.use if report.usable else self.choose).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_error(self, sentence: str) -> None:
        """The file cannot be used."""
        self.card.hide()
        self.use.hide()
        self._set_choice(Kind.PRIMARY, self.tr("Choose another file"))
        self.trouble.say(sentence)

    def set_busy(self, busy: bool) -> None:
        """The file is being put in its place."""
        self.use.set_busy(busy)

    def lines(self) -> list[CheckLine]:
        """The checks that are shown."""
        return [w for w in self.card.findChildren(CheckLine) if w.isVisibleTo(self.card)]

    def dragEnterEvent(self, a0: QDragEnterEvent | None) -> None:
        """A file may be dropped here (Qt)."""
        data = a0.mimeData() if a0 is not None else None
        if a0 is not None and data is not None and any(u.isLocalFile() for u in data.urls()):
            a0.acceptProposedAction()

    def dropEvent(self, a0: QDropEvent | None) -> None:
        """A file was dropped (Qt)."""
        data = a0.mimeData() if a0 is not None else None
        files = [u.toLocalFile() for u in data.urls() if u.isLocalFile()] if data else []
        if files:
            self.fileChosen.emit(files[0])

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """Esc goes back (Qt)."""
        if a0 is not None and a0.key() == Qt.Key.Key_Escape and not self._first:
            self.leaveAsked.emit()
        else:
            super().keyPressEvent(a0)

    def _head(self, report: NetworkReport) -> QWidget:
        network = report.network
        facts = [
            self.tr("chain {number}").format(number=network.chain_id),
            self._nodes(len(network.rpc)),
            self._store(network),
        ]
        name = ElidedLabel(network.name, Type.TITLE)
        words = vbox(name, Label(" · ".join(facts), Type.SMALL, "text_2"), spacing=2)
        good = report.usable and report.block is not None
        tile = (
            IconTile("network", "success_text", "success_soft", 40)
            if good
            else IconTile("network", "warning_text", "warning_soft", 40)
        )
        row = hbox(tile, words, spacing=14)
        row.setStretch(1, 1)
        return boxed(row)

    def _checks(self, report: NetworkReport) -> list[CheckLine]:
        asked = any(n.error is None for n in report.nodes)
        lines = []
        if report.wrong_chain is not None:
            lines.append(CheckLine(report.wrong_chain.sentence, Tone.DANGER))
        elif asked or report.wrong_code is not None:
            lines.append(CheckLine(self.tr("The nodes serve the chain of the file"), Tone.SUCCESS))
        if report.wrong_code is not None:
            lines.append(CheckLine(report.wrong_code.sentence, Tone.DANGER))
        elif asked:
            code = self.tr("The code of the %n contracts is as written", "", len(CONTRACTS))
            lines.append(CheckLine(code, Tone.SUCCESS))
        if not asked and report.usable:
            text = self.tr(
                "No node answers now, so nothing could be checked. You may use the file: MedRec "
                "checks again each time you sign in."
            )
            lines.append(CheckLine(text, Tone.WARNING))
        lines += [self._node(n) for n in self._silent(report)]
        return lines + self._origins(report)

    def _origins(self, report: NetworkReport) -> list[CheckLine]:
        """What changes with a network that takes over from another."""
        if not report.network.origins:
            return []
        if report.origin_error is not None:
            tone = Tone.WARNING if report.usable else Tone.DANGER
            return [CheckLine(report.origin_error.sentence, tone)]
        text = self.tr(
            "It takes over from “{name}”, and the contracts there say so. You register here again "
            "with the same account, and give access anew. What was written there stays there, "
            "under the access given there, and is shown here with where it comes from."
        ).format(name=report.network.origins[0].name)
        return [CheckLine(text, Tone.SUCCESS)]

    def _silent(self, report: NetworkReport) -> list[NodeReport]:
        told = (report.wrong_chain, report.wrong_code)
        return [n for n in report.nodes if n.error is not None and n.error not in told][:MOST_NODES]

    def _node(self, node: NodeReport) -> CheckLine:
        if node.error is None or isinstance(node.error, NodeDown):
            # The host only: where a provider is used, its path holds a key.
            host = urlsplit(node.url).netloc.rpartition("@")[2]
            text = self.tr("The node {host} does not answer").format(host=host)
            return CheckLine(text, Tone.WARNING)
        return CheckLine(node.error.sentence, Tone.WARNING)

    def _trusted(self, network: Network) -> str:
        return self.tr(
            "Who may vouch for doctors: {doctors}. Who may vouch for identities: {identities}. "
            "Take this file only from somebody you know at your clinic."
        ).format(
            doctors=self._people(len(network.verifiers)),
            identities=self._people(len(network.registrars)),
        )

    def _people(self, count: int) -> str:
        return self.tr("one account") if count == 1 else self.tr("%n accounts", "", count)

    def _store(self, network: Network) -> str:
        if network.store.kind == "folder":
            return self.tr("store in a folder")
        return self.tr("store at {host}").format(host=urlsplit(network.store.location).netloc)

    def _nodes(self, count: int) -> str:
        # Without a translation Qt has no singular of its own for English.
        return self.tr("one node") if count == 1 else self.tr("%n nodes", "", count)

    def _set_choice(self, kind: Kind, text: str) -> None:
        self.choose.set_kind(kind)
        self.choose.setText(text)

    def _choose_file(self) -> None:
        self._dialog = QFileDialog(self, self.tr("Open a network file"))
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.setNameFilters([self.tr("Network files (*.toml)"), self.tr("All files (*)")])
        self._dialog.fileSelected.connect(self.fileChosen)
        self._dialog.open()

    def _build(self) -> None:
        column_widget = QWidget()
        column = QVBoxLayout(column_widget)
        column.setContentsMargins(0, 24, 0, 24)
        column.setSpacing(0)
        column.addWidget(Mark())
        column.addStretch(2)
        column.addWidget(self._title)
        column.addSpacing(6)
        column.addWidget(self._subtitle)
        column.addSpacing(24)
        column.addWidget(self.trouble)
        column.addWidget(self.card)
        column.addSpacing(24)
        column.addLayout(hbox(self.cancel, None, self.choose, self.use))
        column.addStretch(3)
        column_widget.setMaximumWidth(COLUMN)
        holder = QWidget()
        middle = QHBoxLayout(holder)
        middle.setContentsMargins(24, 0, 24, 0)
        middle.addWidget(column_widget)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scroll(holder))
