"""A verifier at work: checks before the button, decisions, refusals as sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from medrec.clinical.patient import DoctorProfileFields
from medrec.controllers.admin.verification import VerificationController, count_waiting
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action
from medrec.domain.ids import address_word
from medrec.domain.people import DoctorStatus
from medrec.errors import NodeDown, StoreDown, UnknownDoctor
from medrec.models.admin.verification import VerificationModel
from medrec.services import doctors, drafts, verification
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.verification import Standing
from medrec.views.admin.reason import LONGEST, ReasonDialog
from medrec.views.admin.verification import VerificationPage
from tests.gui.controllers.admin.conftest import Office
from tests.support.liar import failing, lying
from tests.support.patient_desk import settled, until
from tests.support.qtest import press_key
from tests.support.world import World

WHY = "The licence L-1 is not in the register."


async def opened(office: Office, qtbot: QtBot, doctor: Context | None = None) -> VerificationPage:
    await office.follow()
    model = VerificationModel(office.session)
    page = VerificationPage(model)
    qtbot.addWidget(page)
    VerificationController(office.session, page, model, office.shell, page)
    page.resize(1064, 744)
    page.show()
    await settled(office.session)
    if doctor is not None:
        page.arrive(doctor=doctor.me)
        assert page.detail.row is not None
        assert page.detail.row.address == doctor.me
    return page


async def status(office: Office, doctor: Context) -> DoctorStatus:
    found = await office.session.context.chain.doctor(doctor.me)
    assert found is not None
    return found.status


async def test_three_checks_before_verifying(world: World, office: Office, qtbot: QtBot) -> None:
    doctor = await world.doctor("Solheim", verified=False)
    page = await opened(office, qtbot, doctor)
    detail = page.detail
    assert not detail.verify.isEnabled()
    # By keyboard alone: the space bar ticks, then presses.
    for card in detail.checks.cards:
        assert not detail.verify.isEnabled()
        card.setFocus()
        press_key(card, Qt.Key.Key_Space)
    assert detail.verify.isEnabled()
    detail.verify.setFocus()
    press_key(detail.verify, Qt.Key.Key_Space)
    assert detail.verify.busy
    await settled(office.session)
    assert await status(office, doctor) is DoctorStatus.VERIFIED
    assert office.shell.toasts[-1] == ("Dr. Gregory Solheim is verified", "", "success")
    assert not page.detail.verify.busy
    assert doctor.me not in [row.address for row in page.model.rows]
    page.choose(Standing.VERIFIED)
    assert doctor.me in [row.address for row in page.model.rows]


async def test_ticks_belong_to_one_doctor(world: World, office: Office, qtbot: QtBot) -> None:
    one, two = await world.doctor("A", verified=False), await world.doctor("B", verified=False)
    page = await opened(office, qtbot, one)
    page.detail.checks.cards[0].setChecked(True)
    page.arrive(doctor=two.me)
    assert not any(card.isChecked() for card in page.detail.checks.cards)


async def test_a_refusal_needs_a_reason(world: World, office: Office, qtbot: QtBot) -> None:
    doctor = await world.doctor(verified=False)
    page = await opened(office, qtbot, doctor)
    page.detail.refuse.click()
    dialog = page.findChild(ReasonDialog)
    assert dialog is not None
    dialog.do.click()
    assert dialog.reason.error == "Say why: the doctor reads it."
    dialog.reason.set_text("x" * (LONGEST + 1))
    dialog.do.click()
    assert "1,000" in dialog.reason.error
    assert await status(office, doctor) is DoctorStatus.PENDING
    dialog.reason.set_text(WHY)
    dialog.do.click()
    await settled(office.session)
    assert await status(office, doctor) is DoctorStatus.REFUSED
    page.choose(Standing.REFUSED)
    page.arrive(doctor=doctor.me)
    assert page.detail._reason.text() == WHY
    assert page.detail._signed.text().startswith("By you.")
    await sync(doctor)
    told = await verification.decision(doctor, doctor.me)
    assert told is not None
    assert told.reason == WHY


async def test_suspend_and_reinstate(world: World, office: Office, qtbot: QtBot) -> None:
    doctor = await world.doctor("House")
    page = await opened(office, qtbot, doctor)
    assert page.detail.suspend.isVisible()
    assert not page.detail.verify.isVisible()
    dialog = page.ask_suspension()
    assert dialog is not None
    assert dialog.windowTitle() == "Suspend Dr. Gregory House?"
    press_key(dialog, Qt.Key.Key_Escape)
    assert await status(office, doctor) is DoctorStatus.VERIFIED
    dialog = page.ask_suspension()
    assert dialog is not None
    dialog.reason.set_text(WHY)
    dialog.do.click()
    await settled(office.session)
    assert await status(office, doctor) is DoctorStatus.SUSPENDED
    page.arrive(doctor=doctor.me)
    assert page.detail.verify.text() == "Reinstate"
    for card in page.detail.checks.cards:
        card.click()
    page.detail.verify.click()
    await settled(office.session)
    assert await status(office, doctor) is DoctorStatus.VERIFIED
    assert office.shell.toasts[-1][0] == "Dr. Gregory House is reinstated"


async def test_a_profile_that_changed_meanwhile(world: World, office: Office, qtbot: QtBot) -> None:
    doctor = await world.doctor(verified=False)
    page = await opened(office, qtbot, doctor)
    for card in page.detail.checks.cards:
        card.click()
    await doctors.update(doctor, DoctorProfileFields("Eve", "Evil", "Surgery", "L-9"))
    await sync(office.session.context)
    page.detail.verify.click()
    await settled(office.session)
    assert "changed meanwhile" in office.shell.toasts[-1][1]
    assert await status(office, doctor) is DoctorStatus.PENDING
    # The new profile is shown, and nothing is ticked for it.
    assert page.detail.row is not None
    assert page.detail.row.plain_name == "Eve Evil"
    assert not any(card.isChecked() for card in page.detail.checks.cards)


async def test_who_does_not_match_cannot_be_verified(
    world: World, office: Office, qtbot: QtBot
) -> None:
    doctor = await world.doctor(verified=False)
    digest = (await doctors.announced(doctor, doctor.me))[1]
    world.block_file(cid_from_digest(digest, Codec.RAW)).unlink()  # type: ignore[arg-type]
    page = await opened(office, qtbot, doctor)
    assert page.detail.problem.isVisible()
    assert "does not have" in page.detail.problem.text()
    for card in page.detail.checks.cards:
        card.click()
    assert not page.detail.verify.isEnabled()
    assert page.detail.refuse.isEnabled()


async def test_node_down_while_deciding(world: World, qtbot: QtBot) -> None:
    from PyQt6.QtWidgets import QWidget

    from tests.support.patient_desk import ShellThatListens, desk

    doctor = await world.doctor(verified=False)
    admin = world.admin
    window = QWidget()
    qtbot.addWidget(window)
    async with desk(admin) as session:
        office = Office(session, ShellThatListens(window))
        page = await opened(office, qtbot, doctor)
        down = lying(admin.chain, doctor=failing(NodeDown(url="http://n")))
        session.context = replace(session.context, chain=down)
        for card in page.detail.checks.cards:
            card.click()
        page.detail.verify.click()
        await settled(session)
        assert "does not answer" in office.shell.toasts[-1][1]
        assert page.stack.currentWidget() is page.stack.failed
        assert "does not answer" in page.stack.failed.text
        session.context = replace(session.context, chain=admin.chain)
        page.stack.failed.button.click()
        await until(lambda: page.stack.currentWidget() is page.rows)


async def test_a_reason_that_was_refused_is_still_there(
    world: World, office: Office, qtbot: QtBot
) -> None:
    doctor = await world.doctor(verified=False)
    page = await opened(office, qtbot, doctor)
    dialog = page.ask_refusal()
    assert dialog is not None
    context = office.session.context
    gone = lying(context.chain, doctor=failing(UnknownDoctor(doctor=doctor.me)))
    office.session.context = replace(context, chain=gone)
    dialog.reason.set_text(WHY)
    dialog.do.click()
    await until(lambda: any(d is not dialog for d in page.findChildren(ReasonDialog)))
    (again,) = [d for d in page.findChildren(ReasonDialog) if d is not dialog]
    assert again.reason.text() == WHY
    assert again.reason.error
    office.session.context = context
    again.do.click()
    await settled(office.session)
    assert await status(office, doctor) is DoctorStatus.REFUSED


async def test_a_decision_waits_while_no_node_answers_and_is_made_once(
    world: World, office: Office, qtbot: QtBot
) -> None:
    doctor = await world.doctor(verified=False)
    page = await opened(office, qtbot, doctor)
    dialog = page.ask_refusal()
    assert dialog is not None
    context = office.session.context
    down = lying(context.chain, doctor=failing(NodeDown(url="http://n")))
    office.session.context = replace(context, chain=down)
    dialog.reason.set_text(WHY)
    dialog.do.click()
    await settled(office.session)
    assert "not yet shared" in office.shell.toasts[-1][1]
    assert [d for d in page.findChildren(ReasonDialog) if d.isVisible()] == []
    office.session.context = context
    for _ in range(2):
        await drafts.resume(context)
    assert await status(office, doctor) is DoctorStatus.REFUSED
    told = await context.local.entries(actor=context.me, ref=address_word(doctor.me))
    assert [Action(entry.action) for entry in told] == [Action.DOCTOR_STATUS_CHANGED]


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.REFUSED])
async def test_empty(world: World, office: Office, qtbot: QtBot, standing: Standing) -> None:
    page = await opened(office, qtbot)
    page.model.set_rows([])
    page.choose(standing)
    assert page.stack.currentWidget() is page.stack.empty
    assert page.stack.empty.title.startswith("Nobody")
    assert not page.detail.isVisible()


async def test_the_rail_counts_who_waits(world: World, office: Office, qtbot: QtBot) -> None:
    model = VerificationModel(office.session)
    count = count_waiting(model, office.session)
    await office.follow()
    await model.reload().wait()
    before = count.value
    await world.doctor(verified=False)
    await office.follow()
    await settled(office.session)
    assert count.value == before + 1


async def test_store_down_is_told(world: World, office: Office, qtbot: QtBot) -> None:
    await world.doctor(verified=False)
    context = office.session.context
    down = lying(context.store, get=failing(StoreDown(location="there")))
    office.session.context = replace(context, store=down)
    page = await opened(office, qtbot)
    assert page.stack.currentWidget() is page.stack.failed
    assert "there" in page.stack.failed.text
