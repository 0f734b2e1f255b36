"""Sharing's intents: requests answered, access given, changed and revoked."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.controllers.shell import Count, Shell
from medrec.domain.ids import Address
from medrec.errors import BadAddress
from medrec.models.patient.access import (
    DirectoryModel,
    EndedModel,
    RequestsModel,
    SharesBeforeModel,
    SharesModel,
)
from medrec.models.patient.grant import GrantForm
from medrec.models.session import Session
from medrec.services import access, access_before
from medrec.services import access_overview as overview
from medrec.services.access_before import ShareBefore
from medrec.services.access_overview import DoctorCard, Share
from medrec.services.contact import Contact, own_contact, read_contact
from medrec.views.common.contact import ContactDialog
from medrec.views.common.dialogs import Dialog, confirm
from medrec.views.common.file_dialogs import ask_files
from medrec.views.patient.access import AccessPage
from medrec.views.patient.revoke import RevokeDialog
from medrec.workers.codes import read_code
from medrec.workers.jobs import Ended, JobHandle


class AccessController(QObject):
    """Reads sharing when it is first shown, and turns its buttons into jobs."""

    dialogOpened = pyqtSignal(object)
    """The `Dialog` that was opened just now."""

    def __init__(
        self,
        session: Session,
        page: AccessPage,
        shell: Shell,
        parent: QObject | None = None,
        count: Count | None = None,
    ) -> None:
        super().__init__(parent or page)
        self._session, self._page, self._shell = session, page, shell
        self.count = count or Count(self)
        self.shares = SharesModel(session, self)
        self.before = SharesBeforeModel(session, self)
        self.requests = RequestsModel(session, self)
        self.ended = EndedModel(session, self)
        self.directory = DirectoryModel(session, self)
        self.form = GrantForm(parent=self)
        self._looking: JobHandle | None = None
        self._wanted: Address | None = None
        page.overview.set_models(self.shares, self.requests, self.ended)
        page.overview.set_before(self.before)
        page.grant.set_form(self.form, self.directory)
        self._connect()
        self.reload()

    def reload(self) -> None:
        """Read everything again."""
        for model in (self.shares, self.before, self.requests, self.ended):
            model.reload()

    def _connect(self) -> None:
        page, grant = self._page, self._page.grant
        page.giveAsked.connect(self._give)
        page.codeAsked.connect(self._show_code)
        page.refused.connect(lambda who: self._refuse(Address(who)))
        page.reviewed.connect(lambda who: self._review(Address(who)))
        page.changeAsked.connect(lambda who: self._change(Address(who)))
        page.revokeAsked.connect(lambda who: self._ask_revoke(Address(who)))
        page.againAsked.connect(lambda who: self._again(Address(who)))
        page.revokeBeforeAsked.connect(self._ask_revoke_before)
        grant.cancelled.connect(lambda: page.show_grant(False))
        grant.confirmed.connect(self._grant)
        grant.revokeAsked.connect(lambda who: self._ask_revoke(Address(who)))
        grant.who.chosen.connect(self._choose)
        grant.who.pasted.connect(self._pasted)
        grant.who.pictureAsked.connect(self._ask_picture)
        self.requests.loaded.connect(self._on_requests)

    def _show_grant(self) -> None:
        context = self._session.context
        job = self._session.start(
            self.tr("Counting records"), lambda: overview.record_counts(context), quiet=True
        )
        job.done.connect(self._page.grant.what.set_counts)
        self._page.show_grant(True)

    def _give(self) -> None:
        self.form.start()
        self._page.grant.who.begin()
        self.directory.reload()
        self._show_grant()

    def _on_requests(self) -> None:
        self.count.set(len(self.requests.rows))
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._review(wanted, again=False)

    def _review(self, doctor: Address, again: bool = True) -> None:
        """Answer a request; one that is not read yet is waited for, once."""
        asked = self.requests.find(doctor)
        if asked is None:
            if again:
                self._wanted = doctor
                self.requests.reload()
            return
        self.form.start(asked=asked, held=self.shares.find(doctor))
        self._show_grant()

    def _refuse(self, doctor: Address) -> None:
        asked = self.requests.find(doctor)
        name = asked.doctor.short if asked is not None else doctor
        text = self.tr("{name} is told, and may ask again.").format(name=name)
        title = self.tr("Refuse the request of {name}?").format(name=name)
        dialog = confirm(self._shell.window, title, text, self.tr("Refuse"))
        dialog.accepted.connect(lambda: self._decline(doctor, name))
        self.dialogOpened.emit(dialog)

    def _decline(self, doctor: Address, name: str) -> None:
        context = self._session.context
        job = self._session.start(
            self.tr("Refusing a request"), lambda: access.decline(context, doctor)
        )
        self._shell.follow(job, self.tr("Refused: {name}").format(name=name))
        job.ended.connect(lambda _: self.requests.reload())

    def _change(self, doctor: Address) -> None:
        held = self.shares.find(doctor)
        if held is not None:
            self.form.start(asked=self.requests.find(doctor), held=held)
            self._show_grant()

    def _again(self, doctor: Address) -> None:
        over = next((row for row in self.ended.rows if row.doctor.doctor == doctor), None)
        if over is not None:
            self.form.start(over.doctor, asked=self.requests.find(doctor))
            self._show_grant()

    def _choose(self, doctor: DoctorCard) -> None:
        self.form.set_doctor(doctor, self.shares.find(doctor.doctor))

    def _pasted(self, text: str) -> None:
        try:
            contact = read_contact(text)
        except BadAddress as error:
            self.form.set_doctor(None)
            self._page.grant.who.not_found(error.sentence)
            return
        self._find(contact)

    def _find(self, contact: Contact) -> None:
        context = self._session.context
        if self._looking is not None:
            self._looking.cancel()
        self.form.set_doctor(None)
        job = self._session.start(
            self.tr("Looking for the doctor"),
            lambda: overview.find_doctor(context, contact.address, contact.fingerprint),
            quiet=True,
        )
        self._looking = job
        job.ended.connect(lambda how: self._found(job, how))

    def _found(self, job: JobHandle, how: Ended) -> None:
        if job is not self._looking:
            return
        who = self._page.grant.who
        if how is Ended.DONE and isinstance(job.result, DoctorCard):
            self._choose(job.result)
            who.found(job.result)
        elif how is Ended.FAILED:
            who.not_found(job.sentence)

    def _ask_picture(self) -> None:
        title = self.tr("A picture of a QR code")
        ask_files(self._shell.window, title, lambda paths: self.open_picture(paths[0]))

    def open_picture(self, path: Path) -> None:
        """Take the doctor out of a picture of a QR code."""
        job = self._session.start(self.tr("Reading the code"), lambda: read_code(path), quiet=True)
        who = self._page.grant.who
        job.done.connect(lambda text: who.paste.set_text(str(text)))
        job.failed.connect(lambda error: who.not_found(error.sentence))

    def _grant(self) -> None:
        draft, context = self.form.draft(), self._session.context
        short = self.form.doctor.short if self.form.doctor is not None else ""
        job = self._session.start(
            self.tr("Giving access to {name}").format(name=short),
            lambda: access.grant(context, draft),
        )
        self._page.grant.set_busy(True)
        job.ended.connect(lambda how: self._on_granted(job, how))
        self._shell.follow(job, self.tr("{name} has access now").format(name=short))

    def _on_granted(self, job: JobHandle, how: Ended) -> None:
        self._page.grant.set_busy(False)
        self.shares.reload()
        self.requests.reload()
        # What only waits for the network is saved, and its row says so; a refusal leaves the form.
        if how is Ended.DONE or job.waits:
            self._page.show_grant(False)

    def _ask_revoke(self, doctor: Address) -> None:
        share = self.shares.find(doctor)
        if share is None:
            return
        staying = [s.doctor.short for s in self.shares.rows if s is not share and not s.new]
        before = [row.origin.name for row in self.before.of(doctor)]
        dialog = RevokeDialog(self._shell.window, share, staying, before)
        dialog.accepted.connect(lambda: self._revoke(share))
        dialog.open()
        self.dialogOpened.emit(dialog)

    def _revoke(self, share: Share) -> None:
        context, doctor = self._session.context, share.doctor
        job = self._session.start(
            self.tr("Revoking the access of {name}").format(name=doctor.short),
            lambda: access_before.revoke(context, doctor.doctor),
        )
        self._page.show_grant(False)
        job.ended.connect(lambda _: self.shares.reload())
        job.ended.connect(lambda _: self.before.reload())
        done = self.tr("{name} cannot decrypt what is written from now on")
        self._shell.follow(job, done.format(name=doctor.short))

    def _ask_revoke_before(self, row: ShareBefore) -> None:
        """Access that was given in a network of before ends there alone."""
        mine = [r for r in self.before.rows if r.origin == row.origin and r != row]
        staying = [r.share.doctor.short for r in mine]
        dialog = RevokeDialog(self._shell.window, row.share, staying, only=row.origin.name)
        dialog.accepted.connect(lambda: self._revoke_before(row))
        dialog.open()
        self.dialogOpened.emit(dialog)

    def _revoke_before(self, row: ShareBefore) -> None:
        context, doctor = self._session.context, row.share.doctor
        job = self._session.start(
            self.tr("Revoking the access of {name}").format(name=doctor.short),
            lambda: access_before.revoke_before(context, doctor.doctor, row.origin),
        )
        job.ended.connect(lambda _: self.before.reload())
        done = self.tr("The access of {name} in “{network}” has ended")
        self._shell.follow(job, done.format(name=doctor.short, network=row.origin.name))

    def _show_code(self) -> None:
        context = self._session.context
        job = self._session.start(
            self.tr("Reading your key"), lambda: own_contact(context), quiet=True
        )
        job.done.connect(self._open_code)
        job.failed.connect(
            lambda error: self._shell.toast(self.tr("My QR code"), error.sentence, "danger")
        )

    def _open_code(self, contact: Contact) -> None:
        dialog: Dialog = ContactDialog(self._shell.window, contact, self._session.title)
        dialog.open()
        self.dialogOpened.emit(dialog)
