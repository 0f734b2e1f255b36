"""A doctor registers, waits, is verified, refused or suspended, and sees it without asking."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from medrec.controllers.doctor.own_profile import OwnProfileController
from medrec.controllers.doctor.register import RegisterController
from medrec.domain.ids import Address
from medrec.domain.people import DoctorStatus
from medrec.errors import NodeDown
from medrec.models.rows import LoadState
from medrec.services import administration
from medrec.services.index import sync
from medrec.views.doctor.own_profile import OwnProfilePage
from medrec.views.doctor.register import RegisterPage
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import Lie, failing, lying
from tests.support.patient_desk import ShellThatListens, desk, until
from tests.support.world import World, world

__all__ = ["anvil_node", "deployed", "world"]


async def test_a_doctor_registers(world: World, qapp: object):
    person = await world.person("lukas")
    page = RegisterPage()
    page.show()
    async with desk(person) as session:
        shell = ShellThatListens(page)
        controller = RegisterController(session, page, shell)
        heard: list[bool] = []
        controller.registered.connect(lambda: heard.append(True))
        page.submit.click()
        assert all(field.error for field in page.form.fields.values())
        assert shell.handles == []
        _fill(page)
        page.submit.click()
        assert page.submit.busy
        assert not page.form.isEnabled()
        await until(lambda: heard)
        assert "administrator verifies" in page.notice.text()
        doctor = await person.chain.doctor(person.me)
        assert doctor is not None
        assert doctor.status is DoctorStatus.PENDING
    page.close()


async def test_what_waits_and_what_is_refused_is_said(world: World, qapp: object):
    person = await world.person("lukas")
    page = RegisterPage()
    away = lying(person.chain, send=failing(NodeDown(url="the node")))
    async with desk(person, chain=away) as session:
        RegisterController(session, page, ShellThatListens(page), page)
        _fill(page)
        page.submit.click()
        await until(page.notice.text)
        assert "not yet shared" in page.note.text()
        assert not page.submit.isEnabled()
    again = RegisterPage()
    taken = await world.patient("amina")
    async with desk(taken) as session:
        RegisterController(session, again, ShellThatListens(again), again)
        _fill(again)
        again.submit.click()
        await until(again.notice.text)
        assert "another role" in again.notice.text()
        assert again.form.isEnabled()
        assert again.form.fields["family"].text() == "Meyer"


def test_a_field_is_checked_when_it_is_left(qapp: object):
    page = RegisterPage()
    given = page.form.fields["given"]
    given.set_text("1234")
    given.left.emit()
    assert given.error
    given.set_text("Lukas")
    assert not given.error
    page.form.fields["family"].left.emit()
    assert not page.form.fields["family"].error, "an empty field is not blamed for being left"


async def test_where_the_profile_stands_is_seen_without_asking(world: World, qapp: object):
    doctor = await world.doctor("lukas", verified=False)
    page = OwnProfilePage()
    page.show()
    holder = QWidget()
    async with desk(doctor) as session:
        controller = OwnProfileController(session, page, ShellThatListens(holder))
        await until(lambda: page.badge.text() == "Waits to be verified")
        assert "no record opens" in page.notice.text()
        assert page.form.fields["specialty"].text() == "Internal medicine"
        await world.verify(doctor)
        await session.refresh()
        await until(lambda: page.badge.text() == "Verified")
        page.form.fields["licence"].set_text("L-2")
        page.submit.click()
        assert page.submit.busy
        await until(lambda: not page.submit.busy)
        await session.refresh()
        await until(lambda: page.badge.text() == "Waits to be verified")
        assert "the one before counts" in page.notice.text()
        admin = world.admin
        await sync(admin)
        await administration.suspend_doctor(admin, doctor.me)
        await session.refresh()
        await until(lambda: page.badge.text() == "Suspended")
        assert "suspended you" in page.notice.text()
        assert controller.model.state is LoadState.READY
    page.close()


async def test_a_profile_that_cannot_be_read_is_said_and_read_again(world: World, qapp: object):
    doctor = await world.doctor("lukas", verified=False)
    page = OwnProfilePage()
    page.show()
    away = [True]

    async def status(honest: Lie, who: Address) -> object:
        if away[0]:
            raise NodeDown(url="the node")
        return await honest(who)

    async with desk(doctor, chain=lying(doctor.chain, doctor=status)) as session:
        OwnProfileController(session, page, ShellThatListens(page), page)
        await until(page.trouble.text)
        assert "does not answer" in page.trouble.text()
        assert not page.card.isVisible()
        away[0] = False
        page.again.click()
        await until(page.card.isVisible)
        assert not page.trouble.text()
    page.close()


def _fill(page: RegisterPage) -> None:
    page.form.set_texts("Lukas", "Meyer", "General practice", "MED-1")
