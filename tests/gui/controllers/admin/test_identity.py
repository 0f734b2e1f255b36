"""A registrar at the desk: find, read the papers, confirm; refusals stand beside the form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import segno
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from medrec.clinical.patient import IdentityClaim
from medrec.controllers.admin.identity import IdentityController
from medrec.errors import NodeDown
from medrec.models.admin.identity import IdentitiesModel
from medrec.services import administration
from medrec.services.contact import Contact, own_contact
from medrec.views.admin.identity import CONFIRM, DOCUMENT, FIND, IdentityPage
from tests.gui.controllers.admin.conftest import Office
from tests.support.liar import failing, lying
from tests.support.patient_desk import settled
from tests.support.qtest import press_key
from tests.support.world import World

BORN = "1991-08-03"


async def opened(office: Office, qtbot: QtBot) -> IdentityPage:
    await office.follow()
    model = IdentitiesModel(office.session)
    page = IdentityPage(model)
    qtbot.addWidget(page)
    IdentityController(office.session, page, model, office.shell, page)
    page.resize(1064, 744)
    page.show()
    await settled(office.session)
    return page


def fill(page: IdentityPage, number: str) -> None:
    form = page.form
    for field, text in (
        (form.family, "Kamau"),
        (form.given, "Njeri Wanjiku"),
        (form.birth_date, BORN),
        (form.id_number, number),
    ):
        field.set_text(text)
    form.photo.setChecked(True)
    form.valid.setChecked(True)


async def find(page: IdentityPage, office: Office, text: str) -> None:
    page.who.set_text(text)
    page.forward.click()
    await settled(office.session)


async def test_from_the_code_to_the_chain(
    world: World, office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    patient = await world.patient()
    page = await opened(office, qtbot)
    image = tmp_path / "code.png"
    segno.make((await own_contact(patient)).text, error="m").save(str(image), scale=6)
    page._drop.dropped.emit([image])
    await settled(office.session)
    assert page.step == DOCUMENT
    assert page._compared.text() == "Key compared"
    fill(page, f"N{patient.me}")
    assert page.form.birth_date.error == ""
    page.form.birth_date.left.emit()
    assert page.form.birth_date._below.text().endswith("years")
    # Enter in the last field goes on.
    press_key(page.form.id_number.editor, Qt.Key.Key_Return)
    assert page.step == CONFIRM
    assert page.forward.text() == "Verify identity"
    page.forward.click()
    assert page.forward.busy
    await settled(office.session)
    found = await office.session.context.chain.patient(patient.me)
    assert found is not None
    assert found.verified
    assert page.step == FIND
    assert office.shell.toasts[-1][0] == "The identity is verified"
    assert page.model.rows[0].patient == patient.me
    # Nothing of the person is left in the window.
    assert not any(field.text() for field in page.form.fields.values())


async def test_pasted(world: World, office: Office, qtbot: QtBot) -> None:
    patient = await world.patient()
    page = await opened(office, qtbot)
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(f"My address is {patient.me}\n")
    page.paste.click()
    await settled(office.session)
    assert page.step == DOCUMENT
    assert page._compared.text() == "Key not compared"
    page.other.click()
    assert page.step == FIND
    assert page.patient is None


async def test_what_is_wrong_with_the_address(world: World, office: Office, qtbot: QtBot) -> None:
    page, doctor = await opened(office, qtbot), await world.doctor()
    page.forward.click()
    assert page.who.error.startswith("Whom?")
    await find(page, office, "0x12")
    assert "0x12" in page.who.error
    await find(page, office, doctor.me)
    assert page.who.error.startswith("Nobody is registered as a patient")
    assert page.step == FIND
    page.who.set_text("0x")
    assert page.who.error == ""


async def test_another_key_than_the_codes(world: World, office: Office, qtbot: QtBot) -> None:
    patient = await world.patient()
    page = await opened(office, qtbot)
    await find(page, office, Contact(patient.me, "ab" * 16).text)
    assert "not the one with fingerprint" in page.who.error
    assert page.step == FIND


async def test_an_image_without_a_code(
    world: World, office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    page = await opened(office, qtbot)
    (tmp_path / "photo.png").write_bytes(b"no image")
    page.imageGiven.emit(tmp_path / "photo.png")
    await settled(office.session)
    assert "photo.png" in page.who.error


async def test_the_form_says_what_is_missing(world: World, office: Office, qtbot: QtBot) -> None:
    patient = await world.patient()
    page = await opened(office, qtbot)
    await find(page, office, patient.me)
    form = page.form
    fill(page, "")
    form.valid.setChecked(False)
    form.birth_date.set_text("3.8.1991")
    page.forward.click()
    assert page.step == DOCUMENT
    assert form.birth_date.error == "The date of birth must be a day as YYYY-MM-DD."
    assert form.id_number.error == "The document number is missing."
    assert form.missing.isVisible()
    assert page._note.text() == "2 values to correct"
    assert page.focusWidget() is form.birth_date.editor
    form.id_number.set_text("X1")
    assert page._note.text() == "1 value to correct"
    form.birth_date.set_text(BORN)
    page.forward.click()
    assert page.step == DOCUMENT, "the document was not seen"
    form.valid.setChecked(True)
    page.forward.click()
    assert page.step == CONFIRM
    page.back.click()
    assert form.family.text() == "Kamau"


async def test_a_taken_identity_beside_the_form(world: World, office: Office, qtbot: QtBot) -> None:
    first, second = await world.patient(), await world.patient()
    context = office.session.context
    await office.follow()
    claim = IdentityClaim("Njeri Wanjiku", "Kamau", BORN, f"T{first.me}")
    await administration.verify_identity(context, first.me, claim)
    page = await opened(office, qtbot)
    await find(page, office, second.me)
    fill(page, f"T{first.me}")
    page.forward.click()
    page.forward.click()
    await settled(office.session)
    assert page.step == DOCUMENT
    assert page.form.refusal.isVisible()
    assert page.form.refusal.text().startswith("This identity is already registered to another")
    assert page.form.family.text() == "Kamau", "what was typed stays"
    page.form.family.set_text("Kamaus")
    assert not page.form.refusal.isVisible()


async def test_verified_already(world: World, office: Office, qtbot: QtBot) -> None:
    patient = await world.patient()
    await office.follow()
    claim = IdentityClaim("Ada", "Lovelace", BORN, f"V{patient.me}")
    await administration.verify_identity(office.session.context, patient.me, claim)
    page = await opened(office, qtbot)
    await find(page, office, patient.me)
    assert "is verified already" in page.who.error


async def test_node_down(world: World, office: Office, qtbot: QtBot) -> None:
    patient = await world.patient()
    page = await opened(office, qtbot)
    context = office.session.context
    down = lying(context.chain, user=failing(NodeDown(url="http://n")))
    office.session.context = replace(context, chain=down)
    await find(page, office, patient.me)
    assert "does not answer" in page.who.error


async def test_papers_that_could_not_be_sent_stay_in_the_form_alone(
    world: World, office: Office, qtbot: QtBot
) -> None:
    patient = await world.patient()
    page = await opened(office, qtbot)
    await find(page, office, patient.me)
    fill(page, f"D{patient.me}")
    context = office.session.context
    down = lying(context.chain, user=failing(NodeDown(url="http://n")))
    office.session.context = replace(context, chain=down)
    before = len(await context.local.jobs())
    page.forward.click()
    page.forward.click()
    await settled(office.session)
    assert "does not answer" in page.form.refusal.text()
    assert page.form.id_number.text() == f"D{patient.me}"
    assert len(await context.local.jobs()) == before
    office.session.context = context
    page.forward.click()
    page.forward.click()
    await settled(office.session)
    assert office.shell.toasts[-1][0] == "The identity is verified"


@pytest.mark.parametrize("known", [True, False])
async def test_lately(world: World, office: Office, qtbot: QtBot, known: bool) -> None:
    page = await opened(office, qtbot)
    if not known:
        page.model.set_rows([])
        assert page.stack.currentWidget() is page.stack.empty
        assert page.stack.empty.title == "Nobody was verified yet"
        return
    patient = await world.patient()
    page.arrive(contact=patient.me)
    await settled(office.session)
    assert page.step == DOCUMENT
    assert not page.recent.isVisible()
