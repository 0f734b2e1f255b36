"""A new patient's details: checked on the way, sealed and registered on a real chain."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from medrec.clinical.patient import DoctorProfileFields
from medrec.controllers.patient.register import RegisterController
from medrec.domain.entries import Action
from medrec.errors import NodeDown, NotYours, WaitsInOutbox
from medrec.services import doctors, drafts, patients
from medrec.services.work import outbox
from medrec.views.patient.register import RegisterPage
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import ShellThatListens, desk, settled
from tests.support.world import SOMEBODY, World, world

__all__ = ["anvil_node", "deployed", "world"]


def fill(page: RegisterPage) -> None:
    page.form.texts["given"].set_text("Amina")
    page.form.texts["family"].set_text("Haddad")
    page.form.texts["birth_date"].set_text("1968-03-03")
    page.form.sex.set_value("female")
    page.form.texts["address"].set_text("12 Rue de la Paix, Lyon")


async def test_the_details_become_the_first_record(world: World, qtbot: QtBot) -> None:
    async with desk(await world.person("amina")) as session:
        page = RegisterPage()
        qtbot.addWidget(page)
        shell = ShellThatListens(page)
        RegisterController(session, page, shell, page)
        fill(page)
        page.submit.click()
        assert page.submit.busy
        assert not page.form.texts["given"].isEnabled()
        await settled(session)
        assert page.banner is not None
        assert shell.toasts[-1][0] == "You are registered"
        await session.refresh()
        shown = await patients.show(session.context, session.me)
        assert shown.demographics.family == "Haddad"
        assert session.title == "Amina Haddad"


def test_what_is_missing_is_said_at_each_field_and_nothing_is_sent(qtbot: QtBot) -> None:
    page = RegisterPage()
    qtbot.addWidget(page)
    page.show()
    sent: list[object] = []
    page.submitted.connect(sent.append)
    page.form.texts["given"].set_text("Amina")
    page.form.texts["birth_date"].set_text("1868-03-03")
    page.submit.click()
    assert sent == []
    assert page.form.texts["given"].error == ""
    assert page.form.texts["family"].error == "Family name is missing."
    assert page.form.texts["birth_date"].error == "Birth date lies more than 130 years back."
    assert page.form.sex.error == "Choose one of these."
    assert page.focusWidget() is page.form.texts["family"].editor


def test_a_field_that_is_left_wrong_says_so_and_forgives_while_it_is_mended(qtbot: QtBot) -> None:
    page = RegisterPage()
    qtbot.addWidget(page)
    page.form.texts["birth_date"].set_text("3.3.1968")
    page.form.texts["birth_date"].left.emit()
    assert page.form.texts["birth_date"].error == "Birth date must be a day as YYYY-MM-DD."
    page.form.texts["birth_date"].set_text("1968-03-03")
    assert page.form.texts["birth_date"].error == ""
    page.form.texts["phone"].left.emit()
    assert page.form.texts["phone"].error == ""


class Away:
    """A chain of which no node answers."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise NodeDown(url="http://nowhere")

        return fail


async def test_without_a_node_the_registration_waits_and_goes_out_once(
    world: World, qtbot: QtBot
) -> None:
    person = await world.person("amina")
    async with desk(person, chain=Away()) as session:
        page = RegisterPage()
        qtbot.addWidget(page)
        RegisterController(session, page, ShellThatListens(page), page)
        fill(page)
        page.submit.click()
        await settled(session)
        assert page.banner is not None
        assert "does not answer" in page.banner.text()
        assert "not yet shared" in page.note.text()
        assert not page.submit.isEnabled()
    # The program is closed and opened again, still without a node.
    async with desk(person, chain=Away()) as session:
        page = RegisterPage()
        qtbot.addWidget(page)
        RegisterController(session, page, ShellThatListens(page), page)
        await settled(session)
        assert page.form.texts["given"].text() == "Amina"
        assert not page.form.texts["given"].isEnabled()
        assert not page.submit.isEnabled()
    async with desk(person) as session:
        await drafts.resume(session.context)
        await drafts.resume(session.context)
        await session.refresh()
        assert session.title == "Amina Haddad"
        entries = await session.context.local.entries(actor=session.me)
        assert [Action(e.action) for e in entries] == [
            Action.USER_REGISTERED,
            Action.PATIENT_REGISTERED,
            Action.RECORD_CREATED,
        ]


async def test_a_registration_that_waited_and_is_dropped_gives_the_form_back(
    world: World, qtbot: QtBot
) -> None:
    async with desk(await world.person("amina"), chain=Away()) as session:
        page = RegisterPage()
        qtbot.addWidget(page)
        RegisterController(session, page, ShellThatListens(page), page)
        fill(page)
        page.submit.click()
        await settled(session)
        (job,) = await session.context.local.jobs()
        await outbox(session.context).cancel(job.id)
        session.outboxChanged.emit()
        await settled(session)
        assert page.banner is not None
        assert "dropped" in page.banner.text()
        assert page.submit.isEnabled()
        assert page.form.texts["given"].text() == "Amina"


async def test_a_registration_that_was_refused_later_gives_the_form_back(
    world: World, qtbot: QtBot
) -> None:
    person = await world.person("amina")
    async with desk(person, chain=Away()) as session:
        with pytest.raises(WaitsInOutbox):
            await patients.register(session.context, SOMEBODY)
    await doctors.register(person, DoctorProfileFields("Ada", "Byron", "Surgery", "L-1"))
    with pytest.raises(NotYours):
        await outbox(person).retry((await person.local.jobs())[0].id)
    async with desk(person, chain=Away()) as session:
        page = RegisterPage()
        qtbot.addWidget(page)
        RegisterController(session, page, ShellThatListens(page), page)
        await settled(session)
        assert page.banner is not None
        assert "another role" in page.banner.text()
        assert page.form.texts["family"].text() == "Lovelace"
        assert page.submit.isEnabled()
