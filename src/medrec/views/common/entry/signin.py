"""Sign in: choose an account, type the password, and the key where the keyring has none."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from medrec.models.entry import AccountsModel
from medrec.services.network_check import NetworkReport
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.entry.accounts import GAP, AccountList, card_height
from medrec.views.common.entry.hero import HeroPane, pane_width
from medrec.views.common.entry.keyfield import KeyField, SecretField
from medrec.views.common.entry.netstate import NetworkLine
from medrec.views.common.entry.notice import Notice
from medrec.views.common.fields import Check
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import Scroll, boxed, hbox
from medrec.views.common.painting import Tone
from medrec.views.common.progress import ProgressBar
from medrec.views.common.theme import ground

COLUMN = 432
RING = 4
"""Pixels above and below a control for the ring of the keyboard."""
OTHERS = 590
"""Height of everything but the list of accounts, in pixels."""
LOW = 680
"""Height of the page in pixels below which the line under its title goes."""
LINKS, PROGRESS = 0, 1


class SignInPage(QWidget):
    """Hero pane at the leading side, the form beside it."""

    accountChosen = pyqtSignal(str)
    signInAsked = pyqtSignal(str, str, str, bool)
    """Account, password, key, and whether the keyring shall remember the key."""
    offlineAsked = pyqtSignal(str, str, str, bool)
    """As `signInAsked`, with only what lies on this computer."""
    cancelAsked = pyqtSignal()
    retryAsked = pyqtSignal()
    createAsked = pyqtSignal()
    restoreAsked = pyqtSignal()
    importAsked = pyqtSignal()
    networkAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "window")
        self.setAccessibleName(self.tr("Sign in"))
        self._keyring = False
        self._locked = False
        self._busy = False
        self.hero = HeroPane()
        self.accounts = AccountList()
        self.password = SecretField(self.tr("Password"))
        self.key = KeyField(self.tr("Your 8-character key"))
        self.remember = Check(self.tr("Remember the key on this computer"))
        self.submit = Button(self.tr("Sign in"), Kind.PRIMARY, "lock", Size.LARGE)
        self.offline = Button(self.tr("Sign in offline"), Kind.SECONDARY, "cloud-off", Size.ROW)
        self.again = Button(self.tr("Try again"), Kind.SECONDARY, "rotate-cw", Size.ROW)
        self.note = Notice()
        self.trouble = Notice()
        self.away = Notice(self.offline, self.again)
        self.line = NetworkLine()
        self._title = Label(self.tr("Sign in"), Type.FIGURE)
        self._subtitle = Label("", Type.BODY, "text_2", wrap=True)
        self._build()
        self._connect()
        self._show_accounts()

    def set_accounts(self, model: AccountsModel) -> None:
        """Show these accounts."""
        self.accounts.set_accounts(model)
        model.modelReset.connect(self._show_accounts)
        self._show_accounts()

    def choose(self, name: str) -> None:
        """Choose an account; its password is asked for."""
        self._show_accounts()
        self.accounts.choose(name)
        if name:
            self.password.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def offer(self, password: str, key: str, invented: bool) -> None:
        """Fill in what is known of the chosen account, where nobody has begun to type."""
        if password and not self.password.text():
            self.password.set_text(password)
        if key and not self.key.text():
            self.key.set_text(key)
            if not invented:
                self.key.set_success(self.tr("From the keyring of this computer"))
                self.remember.setChecked(True)
        self.remember.setVisible(self._keyring and not invented)
        if invented:
            self.note.say(
                self.tr("An invented person: password and key are filled in."),
                Tone.ACCENT,
            )
            self.submit.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.note.clear()

    def fill(self, password: str, key: str, remember: bool) -> None:
        """Put in what a new account was just made with, so that signing in can be tried again."""
        self.password.set_text(password)
        self.key.set_text(key)
        self.remember.setChecked(remember)

    def set_keyring(self, exists: bool) -> None:
        """Whether there is a keyring that could remember the key."""
        self._keyring = exists
        self.remember.setVisible(exists)

    def set_locked(self, locked: bool) -> None:
        """Say that an account was locked, not signed out."""
        title = self.tr("Locked") if locked else self.tr("Sign in")
        self._title.setText(title)
        self._locked = locked
        self._show_accounts()

    def set_network(self, report: NetworkReport | None) -> None:
        """Show how the network is."""
        self.line.set_report(report)

    def set_network_error(self, sentence: str) -> None:
        """Show what is wrong with the network file."""
        self.line.set_error(sentence)

    def show_progress(self, sentence: str, done: int, total: int) -> None:
        """Show a stage of opening the account."""
        self._clear_messages()
        self._set_busy(True)
        self._stage.setText(sentence)
        self._bar.set_progress(done, total)

    def show_idle(self) -> None:
        """Nothing is under way."""
        self._set_busy(False)

    def show_refused(self, sentence: str) -> None:
        """Password and key do not open the account; nothing that was typed is lost."""
        self._set_busy(False)
        self._say(self.trouble, sentence)
        self.password.ask_again()

    def show_trouble(self, sentence: str) -> None:
        """Something else is wrong."""
        self._set_busy(False)
        self._say(self.trouble, sentence)

    def show_offline(self, sentence: str) -> None:
        """The network does not answer: what lies on this computer can still be opened."""
        self._set_busy(False)
        text = self.tr("Offline you read what is on this computer; what you write waits here.")
        self._say(self.away, f"{sentence} {text}", Tone.WARNING)
        self.offline.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_password_error(self, sentence: str) -> None:
        """The password cannot be right."""
        self.password.set_error(sentence)
        self.password.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_key_error(self, sentence: str) -> None:
        """The key cannot be right."""
        self._set_busy(False)
        self.key.set_error(sentence)
        self.key.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear_secrets(self) -> None:
        """Forget what was typed."""
        self.password.forget()
        self.key.forget()
        self.remember.setChecked(False)
        self.note.clear()
        self._clear_messages()

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """The pane takes three eighths (Qt)."""
        super().resizeEvent(a0)
        self.hero.setFixedWidth(pane_width(self.width()))
        self.accounts.set_most((self.height() - OTHERS) // (card_height() + GAP))
        self._fit_subtitle()
        self._fit_links()

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """Esc cancels what is under way (Qt)."""
        if a0 is not None and a0.key() == Qt.Key.Key_Escape and self._busy:
            self.cancelAsked.emit()
        else:
            super().keyPressEvent(a0)

    def _build(self) -> None:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 8, 0, 4 - RING)
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(self._title)
        column.addSpacing(2)
        column.addWidget(self._subtitle)
        column.addSpacing(20)
        column.addWidget(self.accounts)
        self._fields = self._build_fields()
        column.addWidget(self._fields)
        self._first = self._build_first()
        column.addWidget(self._first)
        column.addSpacing(12 - RING)
        column.addWidget(self._build_below())
        column.addStretch(3)
        form.setMaximumWidth(COLUMN)
        holder = QWidget()
        middle = QHBoxLayout(holder)
        middle.setContentsMargins(24, 0, 24, 0)
        middle.addWidget(form)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        self._scroll = Scroll(holder)
        right.addWidget(self._scroll, 1)
        right.addWidget(self.line)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.hero)
        whole.addLayout(right, 1)

    def _build_fields(self) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.note)
        column.addSpacing(8)
        column.addWidget(self.password)
        column.addWidget(self.key)
        column.addSpacing(4)
        column.addWidget(self.remember)
        column.addSpacing(14)
        column.addWidget(self.trouble)
        column.addWidget(self.away)
        column.addSpacing(8)
        column.addWidget(self.submit)
        return held

    def _build_first(self) -> QWidget:
        """Shown where there is no account yet."""
        self.create_first = Button(self.tr("Create an account"), Kind.PRIMARY, "plus", Size.LARGE)
        self.create_first.clicked.connect(self.createAsked)
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.create_first)
        return held

    def _build_below(self) -> QStackedWidget:
        self.new = Button(self.tr("Create an account"), Kind.QUIET, "plus", Size.ROW)
        self.restore = Button(self.tr("Restore from 24 words"), Kind.QUIET, "history", Size.ROW)
        self.bring = Button(self.tr("Import"), Kind.QUIET, "file-input", Size.ROW)
        self._links = hbox(None, self.new, self.restore, self.bring, None, spacing=0)
        self._links.setContentsMargins(0, RING, 0, RING)
        self._stage = ElidedLabel("", Type.SMALL, "text_2")
        self._bar = ProgressBar()
        self.cancel = Button(self.tr("Cancel"), Kind.QUIET, size=Size.ROW)
        progress = hbox(self._stage, self._bar, self.cancel, spacing=12)
        progress.setStretch(0, 1)
        self._below = QStackedWidget()
        self._below.addWidget(boxed(self._links))
        self._below.addWidget(boxed(progress))
        return self._below

    def _fit_subtitle(self) -> None:
        """In a low window what only explains the list goes; what tells something new stays."""
        model = self.accounts.model()
        usual = model is not None and model.rowCount() > 0 and not self._locked
        self._subtitle.setVisible(not usual or self.height() >= LOW)

    def _fit_links(self) -> None:
        """Side by side, or one below the other in large type."""
        links = (self.new, self.restore, self.bring)
        sizes = [link.sizeHint() for link in links if not link.isHidden()]
        high = max(36, *(size.height() for size in sizes))
        stacked = sum(size.width() for size in sizes) > COLUMN
        way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        self._links.setDirection(way)
        self._below.setFixedHeight((high * len(sizes) if stacked else high) + 2 * RING)

    def _connect(self) -> None:
        self.accounts.chosen.connect(self.accountChosen)
        self.accounts.opened.connect(self.password.line.setFocus)
        self.submit.clicked.connect(self._ask)
        self.password.line.returnPressed.connect(self._ask)
        self.key.line.returnPressed.connect(self._ask)
        self.offline.clicked.connect(lambda: self.offlineAsked.emit(*self._typed()))
        self.again.clicked.connect(self._ask)
        self.again.clicked.connect(self.retryAsked)
        self.cancel.clicked.connect(self.cancelAsked)
        self.new.clicked.connect(self.createAsked)
        self.restore.clicked.connect(self.restoreAsked)
        self.bring.clicked.connect(self.importAsked)
        self.line.openAsked.connect(self.networkAsked)
        self.password.edited.connect(lambda _: self._on_typed(self.password))
        self.key.edited.connect(lambda _: self._on_typed(self.key))

    def _typed(self) -> tuple[str, str, str, bool]:
        remember = self._keyring and not self.remember.isHidden() and self.remember.isChecked()
        return self.accounts.name(), self.password.text(), self.key.key(), remember

    def _ask(self) -> None:
        if not self._busy and self.accounts.name():
            self._clear_messages()
            self.signInAsked.emit(*self._typed())

    def _say(self, notice: Notice, sentence: str, tone: Tone = Tone.DANGER) -> None:
        notice.say(sentence, tone)
        # Once it has its place: in a low window it may lie below what is seen.
        QTimer.singleShot(0, self._show_submit)

    def _show_submit(self) -> None:
        self._scroll.ensureWidgetVisible(self.submit, 0, 8)

    def _on_typed(self, where: SecretField) -> None:
        where.set_success("")
        self._clear_messages()

    def _clear_messages(self) -> None:
        self.trouble.clear()
        self.away.clear()
        for field in (self.password, self.key):
            if field.error:
                field.set_error("")

    def _set_busy(self, busy: bool) -> None:
        if busy == self._busy:
            return
        self._busy = busy
        self.submit.set_busy(busy, self.tr("Opening…"))
        self._below.setCurrentIndex(PROGRESS if busy else LINKS)
        for widget in (self.accounts, self.password, self.key, self.remember):
            widget.setEnabled(not busy)
        if busy:
            self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_accounts(self) -> None:
        model = self.accounts.model()
        some = model is not None and model.rowCount() > 0
        for widget in (self.accounts, self._fields, self.new):
            widget.setVisible(some)
        self._first.setVisible(not some)
        self._fit_links()
        if not some:
            text = self.tr("No account is on this computer yet. Create one, or bring yours along.")
        elif self._locked:
            text = self.tr("What was open is closed. Your drafts are kept.")
        else:
            text = self.tr("Choose your account on this computer.")
        self._subtitle.setText(text)
        self._fit_subtitle()
