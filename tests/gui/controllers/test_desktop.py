"""The desktop from the door to the door: signing in, locking, closing, and what stays behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from medrec.domain.people import Role
from medrec.store.demo import DemoPerson, write_demo
from medrec.store.preferences import read_preferences
from medrec.views.common import theme
from medrec.views.common.security import SecurityPage
from tests.support.devnet import TestNetwork, folder_network
from tests.support.window import Window, click, press, texts

__all__ = ["folder_network"]


@pytest.fixture
async def open_window(
    folder_network: TestNetwork, qapp: object
) -> AsyncIterator[Callable[[Path], Window]]:
    """Makes windows on the shared network, and closes them."""
    made: list[Window] = []

    def make(home: Path) -> Window:
        made.append(Window(home, folder_network.file))
        return made[-1]

    yield make
    for window in made:
        await window.close()


async def test_a_patient_signs_in_and_locks(
    folder_network: TestNetwork, open_window: Callable[[Path], Window]
):
    person = folder_network.patient("amina")
    window = open_window(person.home)
    await window.open()
    await window.sign_in(person.name, person.password, person.key)
    await window.signed_in()
    assert window.session.role is Role.PATIENT
    assert window.session.title == "Amina Novák"
    assert "Amina Novák" in texts(window.workspace.view.topbar.identity)
    assert list(window.workspace.view.rail.items) == [
        "overview",
        "records",
        "sharing",
        "activity",
        "profile",
    ]
    QTest.keyClick(window.workspace.view, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    await window.until(lambda: window.desktop.session is None)
    assert window.main.stack.currentWidget() is window.desktop.door
    assert window.desktop.door.sign_in.password.editor.text() == ""


async def test_a_wrong_password_is_told_in_place_and_nothing_opens(
    folder_network: TestNetwork, open_window: Callable[[Path], Window]
):
    person = folder_network.person("nobody")
    window = open_window(person.home)
    await window.open()
    await window.sign_in(person.name, "another password", person.key)
    await window.until(
        lambda: (
            any("do not fit together" in text for text in texts(window.desktop.door))
            or any("together" in text for text in texts(window.desktop.door))
        )
    )
    assert window.desktop.session is None


async def test_who_is_not_registered_chooses_a_role(
    folder_network: TestNetwork, open_window: Callable[[Path], Window]
):
    person = folder_network.person("newcomer")
    window = open_window(person.home)
    await window.open()
    await window.sign_in(person.name, person.password, person.key)
    await window.signed_in()
    assert window.session.role is None
    assert "Who you are" in texts(window.page)
    press(window.page, "Register: Patient")
    assert window.workspace.view.rail.items["patient"].isChecked()


async def test_the_office_sees_its_own_pages(
    folder_network: TestNetwork, open_window: Callable[[Path], Window]
):
    admin = folder_network.admin
    window = open_window(admin.home)
    await window.open()
    await window.sign_in(admin.name, admin.password, admin.key)
    await window.signed_in()
    assert window.session.role is Role.ADMINISTRATOR


async def test_the_demos_office_is_called_as_at_the_door(
    folder_network: TestNetwork, open_window: Callable[[Path], Window]
):
    admin = folder_network.admin
    office = DemoPerson("Clinic office", "administrator", admin.password, admin.key)
    write_demo(admin.home, {admin.name: office})
    window = open_window(admin.home)
    await window.open()
    await window.sign_in(admin.name, admin.password, admin.key)
    await window.signed_in()
    (admin.home / "demo.json").unlink()
    assert window.session.name == admin.name
    assert texts(window.workspace.view.topbar.identity)[0] == "Clinic office"


async def test_less_motion_takes_effect_and_is_kept(
    folder_network: TestNetwork, open_window: Callable[[Path], Window], motion: None
):
    admin = folder_network.admin
    window = open_window(admin.home)
    await window.open()
    await window.sign_in(admin.name, admin.password, admin.key)
    await window.signed_in()
    page = await window.go("security")
    assert isinstance(page, SecurityPage)
    click(page.appearance.calm)
    assert theme.calm()
    await window.until(lambda: read_preferences(admin.home).less_motion)
    click(page.appearance.calm)
    assert not theme.calm()
    await window.until(lambda: not read_preferences(admin.home).less_motion)


async def test_another_account_after_signing_out(
    folder_network: TestNetwork, open_window: Callable[[Path], Window]
):
    first, second = folder_network.patient("first"), folder_network.doctor("second")
    window = open_window(first.home)
    await window.open()
    await window.sign_in(first.name, first.password, first.key)
    await window.signed_in()
    window.desktop.sign_out()
    await window.until(lambda: window.desktop.session is None)
    other = open_window(second.home)
    await other.open()
    await other.sign_in(second.name, second.password, second.key)
    await other.signed_in()
    assert other.session.title == "Dr. Second Okafor"
    assert other.session.detail == "General practice"
