"""The administrator's pages: built on the first visit, counted, and a new account registers."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medrec.controllers.admin.workspace import found, pages
from medrec.domain.people import Role
from medrec.models.admin.verification import VerificationModel
from medrec.views.admin.verification import VerificationPage
from medrec.views.common.icons import icon
from medrec.views.common.layout import Page
from tests.gui.controllers.admin.conftest import Office
from tests.support.patient_desk import settled
from tests.support.world import World


async def test_the_pages(world: World, office: Office, qtbot: QtBot) -> None:
    await world.doctor(verified=False)
    await office.follow()
    # What every role has stands behind the administrator's own pages.
    specs = pages(office.session, office.shell)[:4]
    await settled(office.session)
    assert [spec.text for spec in specs] == [
        "Verification",
        "Identity desk",
        "Audit explorer",
        "Network & storage",
    ]
    assert specs[0].count is not None
    assert specs[0].count.value >= 1
    built: list[QWidget] = []
    for spec in specs:
        assert not icon(spec.icon).isNull()
        page = spec.build()
        qtbot.addWidget(page)
        page.show()
        built.append(page)
        await settled(office.session)
        assert isinstance(page, Page)
        assert page.title == spec.text
        assert page.accessibleName() == spec.text
    # Whoever signs out takes the pages away: nothing of theirs hears of changes any more.
    for page in built:
        page.deleteLater()
    await office.follow()
    office.session.changed.emit("")
    await settled(office.session)


async def test_the_search_leads_to_a_doctor(world: World, office: Office, qtbot: QtBot) -> None:
    doctor = await world.doctor("Solheim")
    await office.follow()
    model = VerificationModel(office.session)
    await model.reload().wait()
    hits = [hit for hit in found(model, "solHEIM") if hit.facts["doctor"] == doctor.me]
    assert [(hit.title, hit.note) for hit in hits] == [("Dr. Gregory Solheim", "Internal medicine")]
    assert found(model, "  ") == []
    spec = next(s for s in pages(office.session, office.shell) if s.key == hits[0].key)
    page = spec.build()
    qtbot.addWidget(page)
    assert isinstance(page, VerificationPage)
    # Asked for before anything was read: it is shown as soon as it is there.
    page.arrive(doctor=doctor.me)
    await settled(office.session)
    assert page.detail.row is not None
    assert page.detail.row.address == doctor.me


async def test_a_new_account_registers_by_itself(world: World, office: Office) -> None:
    office.session.role = None
    pages(office.session, office.shell)
    await settled(office.session)
    user = await office.session.context.chain.user(office.session.me)
    assert user is not None
    assert user.role is Role.ADMINISTRATOR
