"""What a person does about the security of the account: the same for every role."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.controllers.shell import PageSpec, Shell
from medrec.domain.people import Role
from medrec.errors import MedRecError
from medrec.models.security import SecurityModel
from medrec.models.session import Session
from medrec.services import closing, own_keys
from medrec.services.contact import Contact, own_contact
from medrec.services.credentials import Credentials, NewCredentials
from medrec.views.common.contact import ContactDialog
from medrec.views.common.dialogs import Dialog
from medrec.views.common.file_dialogs import ask_save
from medrec.views.common.security import SecurityCard, SecurityPage
from medrec.views.common.security_dialogs import (
    CloseDialog,
    PasswordDialog,
    ReplaceKeyDialog,
    UnlockDialog,
    WordsDialog,
)
from medrec.workers.jobs import JobHandle, Work


def security_page(session: Session, shell: Shell) -> PageSpec:
    """Security as a page of its own, for the roles whose profile is something else."""

    def build() -> SecurityPage:
        page = SecurityPage()
        controller = SecurityController(session, page.security, shell, page)
        page.contactAsked.connect(controller.show_contact)
        return page

    return PageSpec("security", session.tr("Security"), "key-round", build)


class SecurityController(QObject):
    """Turns a `SecurityCard`'s buttons into jobs; secrets live as long as their dialog."""

    dialogOpened = pyqtSignal(object)
    """The `Dialog` that was opened just now."""

    def __init__(
        self, session: Session, card: SecurityCard, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(parent or card)
        self._session, self._card, self._shell = session, card, shell
        self.model = SecurityModel(session, self)
        self.model.changed.connect(self._show)
        card.wordsAsked.connect(self._ask_words)
        card.changeAsked.connect(self._ask_change)
        card.rememberAsked.connect(self._ask_remember)
        card.keystoreAsked.connect(self._ask_keystore)
        card.replaceAsked.connect(self._ask_replace)
        card.closeAsked.connect(self._ask_close)
        # An administrator's wallet keeps its role on the contracts: closing would be half a truth.
        card.set_closable(session.role in (Role.PATIENT, Role.DOCTOR))
        self.model.reload()

    def show_contact(self) -> None:
        """Show the account's address and fingerprint."""
        context = self._session.context
        job = self._session.start(
            self.tr("Reading your key"), lambda: own_contact(context), quiet=True
        )
        job.done.connect(self._open_contact)
        job.failed.connect(self._failed)

    def _open_contact(self, contact: Contact) -> None:
        self._open(ContactDialog(self._shell.window, contact, self._session.title))

    def _mine(self) -> Credentials:
        return Credentials.of(self._session.context)

    def _show(self) -> None:
        self._card.show_state(self.model.state)

    def _failed(self, error: MedRecError) -> None:
        self._shell.toast(self.tr("That did not work"), error.sentence, "danger")

    def _open(self, dialog: Dialog) -> None:
        dialog.open()
        self.dialogOpened.emit(dialog)

    def _unlock(self, title: str, text: str, action: str) -> UnlockDialog:
        dialog = UnlockDialog(self._shell.window, title, text, action)
        self._open(dialog)
        return dialog

    def _try(self, dialog: UnlockDialog, title: str, work: Work) -> JobHandle:
        """A job for which the dialog waits; a refusal is said in it."""
        job = self._session.start(title, work, quiet=True)
        job.done.connect(lambda _: dialog.accept())
        job.failed.connect(dialog.refuse)
        job.crashed.connect(lambda _: dialog.refuse(MedRecError()))
        return job

    def _ask_words(self) -> None:
        dialog = self._unlock(
            self.tr("Show your words?"),
            self.tr("Your password and key open the file in which they lie sealed."),
            self.tr("Show"),
        )
        dialog.unlocked.connect(lambda password, key: self._words(dialog, password, key))

    def _words(self, dialog: UnlockDialog, password: str, key: str) -> None:
        job = self._try(
            dialog, self.tr("Opening the account"), lambda: self._mine().words(password, key)
        )
        job.done.connect(self._show_words)
        # The words live as long as the dialog that shows them.
        job.ended.connect(lambda _: setattr(job, "result", None))

    def _show_words(self, words: str | None) -> None:
        if words is None:
            text = self.tr("It was made from a private key. Export a keystore file instead.")
            self._shell.toast(self.tr("This account has no words"), text, "neutral")
            return
        self._open(WordsDialog(self._shell.window, words))

    def _ask_remember(self, remember: bool) -> None:
        if not remember:
            job = self._session.start(
                self.tr("Forgetting the key"), lambda: self._mine().forget(), quiet=True
            )
            job.ended.connect(lambda _: self.model.reload())
            return
        # The check follows what is kept, not what was wanted.
        self._show()
        dialog = self._unlock(
            self.tr("Remember the key on this computer?"),
            self.tr("It is kept in the system's keyring. The password is still asked for."),
            self.tr("Remember"),
        )
        dialog.unlocked.connect(lambda password, key: self._remember(dialog, password, key))

    def _remember(self, dialog: UnlockDialog, password: str, key: str) -> None:
        job = self._try(
            dialog, self.tr("Remembering the key"), lambda: self._mine().remember(password, key)
        )
        job.ended.connect(lambda _: self.model.reload())

    def _ask_keystore(self) -> None:
        name = f"{self._session.name}-keystore.json"
        ask_save(self._shell.window, self.tr("Export a keystore file"), name, self.save_keystore)

    def save_keystore(self, path: Path) -> None:
        """Write the wallet's keystore, once password and key are given."""
        dialog = self._unlock(
            self.tr("Export a keystore file?"),
            self.tr("Whoever opens the file with your password holds your wallet."),
            self.tr("Export"),
        )
        dialog.unlocked.connect(lambda password, key: self._keystore(dialog, path, password, key))

    def _keystore(self, dialog: UnlockDialog, path: Path, password: str, key: str) -> None:
        job = self._try(
            dialog,
            self.tr("Writing the keystore"),
            lambda: self._mine().save_keystore(path, password, key),
        )
        job.done.connect(lambda _: self._shell.toast(self.tr("The keystore is saved"), path.name))

    def _ask_replace(self) -> None:
        dialog = ReplaceKeyDialog(self._shell.window, self._session.role is Role.DOCTOR)
        dialog.unlocked.connect(lambda password, key: self._check(dialog, password, key))
        dialog.accepted.connect(self._replace)
        self._open(dialog)

    def _check(self, dialog: UnlockDialog, password: str, key: str) -> None:
        self._try(dialog, self.tr("Opening the account"), lambda: self._mine().check(password, key))

    def _replace(self) -> None:
        context = self._session.context
        job = self._session.start(
            self.tr("Replacing the encryption key"), lambda: own_keys.replace_key(context)
        )
        job.ended.connect(lambda _: self.model.reload())
        self._shell.follow(job, self.tr("Others seal to your new key from now on"))

    def _ask_close(self) -> None:
        patient = self._session.role is Role.PATIENT
        dialog = CloseDialog(self._shell.window, self._session.title, patient)
        dialog.unlocked.connect(lambda password, key: self._check(dialog, password, key))
        dialog.accepted.connect(self._close)
        self._open(dialog)

    def _close(self) -> None:
        context = self._session.context
        job = self._session.start(
            self.tr("Closing the account"), lambda: closing.close_account(context)
        )
        job.ended.connect(lambda _: self.model.reload())
        self._shell.follow(
            job, self.tr("The account is closed. What is open here stays until you sign out.")
        )

    def _ask_change(self) -> None:
        dialog = PasswordDialog(self._shell.window)
        dialog.asked.connect(lambda password, key, new: self._prepare(dialog, password, key, new))
        self._open(dialog)

    def _prepare(self, dialog: PasswordDialog, password: str, key: str, new: str) -> None:
        job = self._session.start(
            self.tr("Making the new key"),
            lambda: self._mine().prepare(password, key, new),
            quiet=True,
        )
        job.done.connect(lambda made: self._prepared(dialog, made))
        job.failed.connect(dialog.refuse)
        job.crashed.connect(lambda _: dialog.refuse(MedRecError()))

    def _prepared(self, dialog: PasswordDialog, made: NewCredentials) -> None:
        dialog.show_key(made.key)
        dialog.confirmed.connect(lambda: self._change(made))

    def _change(self, made: NewCredentials) -> None:
        context = self._session.context
        job = self._session.start(
            self.tr("Changing password and key"), lambda: self._mine().change(context, made)
        )
        job.ended.connect(lambda _: self.model.reload())
        self._shell.follow(job, self.tr("Password and key are changed"))
