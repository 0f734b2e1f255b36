"""Sharing with a real chain behind it: by keyboard, with every refusal in its sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget

from medrec.controllers.patient.access import AccessController
from medrec.domain.categories import GENERAL, Category, Permission
from medrec.errors import NodeDown
from medrec.models.patient.grant import Ending, Step
from medrec.models.session import Session
from medrec.services import access
from medrec.services.access import GrantDraft
from medrec.services.access_overview import Change
from medrec.services.contact import Contact, own_contact, read_contact
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.views.common.contact import ContactDialog
from medrec.views.common.dialogs import Dialog
from medrec.views.common.qr import QrCode
from medrec.views.patient.access import AccessPage
from medrec.views.patient.access_rows import EndedRow, RequestCard, ShareRow
from medrec.views.patient.revoke import RevokeDialog
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import failing, lying
from tests.support.patient_desk import ShellThatListens, desk, settled, until
from tests.support.world import DAY, LABS, NOTES, World, world

__all__ = ["anvil_node", "deployed", "world"]


class Sharing:
    """The page in a window, over a session, with what was opened and said."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.window = QWidget()
        self.window.resize(1100, 800)
        self.page = AccessPage()
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.shell = ShellThatListens(self.window)
        self.controller = AccessController(session, self.page, self.shell)
        self.dialogs: list[Dialog] = []
        self.controller.dialogOpened.connect(self.dialogs.append)
        self.window.show()
        self.window.activateWindow()

    async def settled(self) -> None:
        await self.session.refresh()
        await settled(self.session)

    @property
    def shares(self) -> list[ShareRow]:
        return [w for w in self.page.overview.shares.widgets if isinstance(w, ShareRow)]

    @property
    def requests(self) -> list[RequestCard]:
        found = self.page.overview.requests.widgets
        return [w for w in found if isinstance(w, RequestCard)]

    @property
    def ended(self) -> list[EndedRow]:
        return [w for w in self.page.overview.ended.widgets if isinstance(w, EndedRow)]

    async def press(self, key: Qt.Key, text: str = "") -> None:
        """A key to whatever has the focus."""
        focus = self.window.focusWidget()
        assert focus is not None
        if text:
            QTest.keyClicks(focus, text)
        else:
            QTest.keyClick(focus, key)
        await asyncio.sleep(0)


@asynccontextmanager
async def sharing(context: Context) -> AsyncIterator[Sharing]:
    async with desk(context) as session:
        found = Sharing(session)
        await found.settled()
        yield found
        found.window.deleteLater()


async def _ask(doctor: Context, patient: Context, permission: Permission, reason: str) -> None:
    await sync(doctor)
    await access.request(doctor, patient.me, permission, await doctor.time() + 90 * DAY, reason)


async def test_access_is_given_by_keyboard_alone(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    await world.doctor("other")
    async with sharing(patient) as seen:
        seen.page.overview.give.setFocus()
        await seen.press(Qt.Key.Key_Return)
        assert seen.page.giving
        await seen.settled()
        await seen.press(Qt.Key.Key_unknown, "raman")
        await seen.press(Qt.Key.Key_Return)
        form, grant = seen.controller.form, seen.page.grant
        assert form.doctor is not None
        assert form.doctor.doctor == doctor.me
        await seen.press(Qt.Key.Key_Return)
        assert form.step is Step.WHAT
        for _ in range(20):
            if seen.window.focusWidget() is grant.what.presets["general"]:
                break
            await seen.press(Qt.Key.Key_Tab)
        await seen.press(Qt.Key.Key_Space)
        assert form.permission.read == frozenset(GENERAL)
        await _to(seen, grant.go_on)
        await seen.press(Qt.Key.Key_Return)
        assert form.step is Step.UNTIL
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Down):
            # The cards exclude each other: arrows choose.
            await seen.press(key)
        assert form.ending is Ending.YEAR
        await _to(seen, grant.go_on)
        await seen.press(Qt.Key.Key_Return)
        assert form.step is Step.CONFIRM
        assert "Dr. Gregory Raman" in grant.side.sentence.text()
        assert "everything but what is sensitive" in grant.side.sentence.text()
        assert seen.window.focusWidget() is grant.go_on
        await seen.press(Qt.Key.Key_Return)
        await settled(seen.session)
        await seen.settled()
        assert ("Dr. Raman has access now", "", "success") in seen.shell.toasts
        assert not seen.page.giving
        assert [row.share.doctor.doctor for row in seen.shares] == [doctor.me]
    held = await access.check(patient, patient.me, doctor.me)
    assert held == Permission(frozenset(GENERAL))


async def _to(seen: Sharing, widget: QWidget) -> None:
    """Tab until the widget has the focus."""
    for _ in range(80):
        if seen.window.focusWidget() is widget:
            return
        await seen.press(Qt.Key.Key_Tab)
    raise AssertionError(f"{widget} is not reached by keyboard")


async def test_escape_goes_a_step_back_and_out(world: World):
    patient = await world.patient()
    await world.doctor("raman")
    async with sharing(patient) as seen:
        seen.page.overview.give.click()
        await seen.settled()
        await seen.press(Qt.Key.Key_unknown, "raman")
        await seen.press(Qt.Key.Key_Return)
        await seen.press(Qt.Key.Key_Return)
        assert seen.controller.form.step is Step.WHAT
        await seen.press(Qt.Key.Key_Escape)
        assert seen.controller.form.step is Step.WHO
        seen.page.grant.who.list.setFocus()
        await seen.press(Qt.Key.Key_Escape)
        assert not seen.page.giving


async def test_a_request_is_reviewed_with_what_was_asked_and_granted_otherwise(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    wanted = Permission(frozenset({NOTES, LABS}), frozenset({NOTES}))
    await _ask(doctor, patient, wanted, "Before an operation")
    async with sharing(patient) as seen:
        (card,) = seen.requests
        assert "Dr. Gregory Raman asks for access" in card.accessibleName()
        assert seen.controller.count.value == 1
        card.review.click()
        form, grant = seen.controller.form, seen.page.grant
        assert form.permission == wanted
        assert form.step is Step.WHAT
        assert not grant.side.warning.isHidden(), "allergies stay closed"
        assert "did not ask" in grant.side._why.text()
        form.open_allergies()
        assert grant.side.warning.isHidden()
        for _ in range(3):
            grant.go_on.click()
        await settled(seen.session)
        await seen.settled()
        assert not seen.requests
        assert seen.controller.count.value == 0
        (row,) = seen.shares
        assert row.share.permission.read == {NOTES, LABS, Category.ALLERGIES}


async def test_somebody_comes_from_the_overview_to_review(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    await _ask(doctor, patient, Permission(frozenset({NOTES})), "A check")
    async with desk(patient) as session:
        seen = Sharing(session)
        seen.page.arrive(doctor=doctor.me)
        await settled(session)
        assert seen.page.giving
        assert seen.controller.form.asked is not None
        seen.page.grant.back.click()
        assert not seen.page.giving
        seen.window.deleteLater()


async def test_a_request_is_refused_in_two_steps(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    await _ask(doctor, patient, Permission(frozenset({NOTES})), "A check")
    async with sharing(patient) as seen:
        seen.requests[0].refuse.click()
        (dialog,) = seen.dialogs
        dialog.accept()
        await settled(seen.session)
        await seen.settled()
        assert not seen.requests
        assert ("Refused: Dr. Raman", "", "success") in seen.shell.toasts


async def test_access_is_revoked_after_the_honest_sentence(world: World):
    patient, gone, stays = await world.patient(), await world.doctor("gone"), await world.doctor()
    for doctor in (gone, stays):
        await world.grant(patient, doctor, [NOTES], [NOTES])
    async with sharing(patient) as seen:
        row = next(r for r in seen.shares if r.share.doctor.doctor == gone.me)
        row.revoke.click()
        (dialog,) = seen.dialogs
        assert isinstance(dialog, RevokeDialog)
        said = " ".join(label.text() for label in dialog.findChildren(type(dialog._title)))
        assert "sealed with new keys; Dr. Gone cannot decrypt it" in said
        assert "cannot be unread; a copy may have been kept" in said
        assert "the doctor who keeps access: Dr. Doctor" in said
        assert seen.window.focusWidget() is dialog.keep, "the safe choice has the focus"
        await seen.press(Qt.Key.Key_Tab)
        assert seen.window.focusWidget() is dialog.revoke
        await seen.press(Qt.Key.Key_Return)
        await settled(seen.session)
        await seen.settled()
        assert [r.share.doctor.doctor for r in seen.shares] == [stays.me]
        (ended,) = seen.ended
        assert ended.accessibleName() is not None
        ended.again.emit(gone.me)
        assert seen.page.giving
        assert seen.controller.form.doctor is not None
        assert seen.controller.form.doctor.doctor == gone.me
    assert await access.check(patient, patient.me, gone.me) == Permission()


async def test_escape_keeps_the_access(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    await world.grant(patient, doctor, [NOTES])
    async with sharing(patient) as seen:
        seen.shares[0].revoke.click()
        await seen.press(Qt.Key.Key_Escape)
        await seen.settled()
        assert len(seen.shares) == 1
    assert (await access.check(patient, patient.me, doctor.me)).read == {NOTES}


async def test_a_running_grant_is_widened_and_never_narrowed(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    await world.grant(patient, doctor, [NOTES])
    async with sharing(patient) as seen:
        seen.shares[0].change.click()
        form, grant = seen.controller.form, seen.page.grant
        assert grant.title == "Change access"
        form.set_permission(Permission(frozenset({LABS})))
        assert "holds the keys of notes already" in grant.problem.text()
        grant.go_on.click()
        assert form.step is Step.WHAT
        assert not grant.revoke.isHidden()
        grant.revoke.click()
        assert isinstance(seen.dialogs[-1], RevokeDialog)
        seen.dialogs[-1].reject()
        form.set_permission(Permission(frozenset({NOTES, LABS})))
        assert grant.problem.text() == ""
        for _ in range(3):
            grant.go_on.click()
        await settled(seen.session)
        await seen.settled()
        assert seen.shares[0].share.permission.read == {NOTES, LABS}


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("nobody", "Nobody is registered as a doctor"),
        ("pending", "is not verified yet"),
        ("text", "is not an address"),
        ("other key", "is not the one with fingerprint"),
    ],
)
async def test_what_was_pasted_is_refused_in_its_sentence(world: World, who: str, sentence: str):
    patient, pending = await world.patient(), await world.doctor("p", verified=False)
    good = await world.doctor("good")
    texts = {
        "nobody": patient.me,
        "pending": pending.me,
        "text": "call me tomorrow",
        "other key": Contact(good.me, "0" * 32).text,
    }
    async with sharing(patient) as seen:
        seen.page.giveAsked.emit()
        paste = seen.page.grant.who.paste
        paste.set_text(texts[who])
        await settled(seen.session)
        assert sentence in paste.error
        assert seen.controller.form.doctor is None
        seen.page.grant.go_on.click()
        assert seen.page.grant.problem.text() == "Choose whom you give access to."


async def test_a_doctor_out_of_the_picture_of_a_code(world: World, tmp_path: Path):
    patient, doctor = await world.patient(), await world.doctor("raman")
    contact = await own_contact(doctor)
    picture = tmp_path / "code.png"
    code = QrCode(contact.text, 320)
    code.resize(code.sizeHint())
    code.grab().save(str(picture))
    (tmp_path / "no.png").write_bytes(b"no picture")
    empty = QWidget()
    empty.resize(60, 60)
    empty.grab().save(str(tmp_path / "empty.png"))
    async with sharing(patient) as seen:
        seen.page.giveAsked.emit()
        who = seen.page.grant.who
        for name, sentence in (("no.png", "not a picture"), ("empty.png", "no QR code")):
            seen.controller.open_picture(tmp_path / name)
            await settled(seen.session)
            assert sentence in who.paste.error
        seen.controller.open_picture(tmp_path / "missing.png")
        await settled(seen.session)
        assert "No such file" in who.paste.error
        seen.controller.open_picture(picture)
        await settled(seen.session)
        assert seen.controller.form.doctor is not None
        assert seen.controller.form.doctor.doctor == doctor.me
        assert who.paste.text() == contact.text


async def test_who_is_suspended_meanwhile_gets_nothing_and_the_form_stays(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    async with sharing(patient) as seen:
        seen.page.giveAsked.emit()
        await settled(seen.session)
        seen.page.grant.who.paste.set_text(doctor.me)
        await settled(seen.session)
        form, grant = seen.controller.form, seen.page.grant
        grant.go_on.click()
        form.set_permission(Permission(frozenset({NOTES})))
        grant.go_on.click()
        grant.go_on.click()
        await world.suspend(doctor)
        grant.go_on.click()
        assert grant.go_on.busy
        await settled(seen.session)
        title, sentence, tone = seen.shell.toasts[-1]
        assert (title, tone) == ("Giving access to Dr. Raman", "danger")
        assert "suspended" in sentence
        assert seen.page.giving
        assert not grant.go_on.busy
        assert form.step is Step.CONFIRM


async def test_without_a_node_the_grant_waits_and_says_so(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    await sync(patient)
    async with sharing(patient) as seen:
        honest = seen.session.context
        away = lying(honest.chain, send=failing(NodeDown(url="x")))
        seen.session.context = replace(honest, chain=away)
        seen.page.giveAsked.emit()
        seen.page.grant.who.paste.set_text(doctor.me)
        await settled(seen.session)
        seen.controller.form.set_permission(Permission(frozenset({NOTES})))
        for _ in range(4):
            seen.page.grant.go_on.click()
        await settled(seen.session)
        assert "Saved here, not yet shared" in seen.shell.toasts[-1][1]
        assert not seen.page.giving
        (row,) = seen.shares
        assert (row.share.pending, row.share.new) == (Change.GRANT, True)


async def test_ones_own_code_holds_address_and_fingerprint(world: World):
    patient = await world.patient()
    async with sharing(patient) as seen:
        seen.page.overview.code.click()
        await until(lambda: seen.dialogs)
        (dialog,) = seen.dialogs
        assert isinstance(dialog, ContactDialog)
        assert read_contact(dialog.code.accessibleDescription()) == await own_contact(patient)
        dialog.copy.click()
        clipboard = QApplication.clipboard()
        assert clipboard is not None
        assert read_contact(clipboard.text()).address == patient.me
        dialog.close_.click()


async def test_with_little_room_the_last_look_moves(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    until_ = await world.now() + DAY
    await sync(patient)
    await access.grant(patient, GrantDraft(doctor.me, Permission(frozenset({NOTES})), until_))
    async with sharing(patient) as seen:
        (row,) = seen.shares
        assert not row._looked.isHidden()
        seen.window.resize(940, 600)
        await until(row._looked.isHidden)
        assert row._looked.isHidden()
        assert seen.page.overview._none.isVisible(), "nobody asks"
