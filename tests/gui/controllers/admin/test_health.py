"""Network & storage: what is away, behind or different says so; the report; looking again."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from medrec.controllers.admin.health import HealthController
from medrec.domain.entries import BlockRef
from medrec.domain.ids import ChainHead
from medrec.domain.network import NodeState
from medrec.errors import NodeDown, StoreDown
from medrec.models.admin.health import HealthModel
from medrec.views.admin.health import HealthPage, size_of
from medrec.views.common.badges import Badge
from tests.gui.controllers.admin.conftest import Office
from tests.support.liar import always, failing, lying
from tests.support.patient_desk import settled
from tests.support.world import World


async def opened(office: Office, qtbot: QtBot) -> HealthPage:
    model = HealthModel(office.session)
    page = HealthPage(model)
    qtbot.addWidget(page)
    HealthController(page, model, office.shell, page)
    page.resize(1064, 744)
    page.show()
    assert page.check.busy
    await settled(office.session)
    return page


def badges(page: HealthPage) -> list[str]:
    return [b.text() for b in page.nodes.findChildren(Badge) if b.isVisible()]


async def test_everything_is_well(world: World, office: Office, qtbot: QtBot) -> None:
    page = await opened(office, qtbot)
    assert page.title == "Network & storage"
    assert page._subtitle.text().startswith("Everything answers and agrees.")
    assert badges(page) == ["In use"]
    assert not page.trouble.isVisible()
    assert page.agreeing.value.text() == "1"
    assert page.contracts.accessibleName() == "Contracts"
    page.report.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    report = clipboard.text()
    assert f"chain {world.network.chain_id}" in report
    assert report.count("same code") == len(world.network.contracts)
    assert office.shell.toasts[-1][0] == "The report is copied"


async def test_nodes_that_are_not_alike(world: World, office: Office, qtbot: QtBot) -> None:
    at, other = BlockRef(90, bytes(32), 5), BlockRef(90, b"\1" * 32, 5)
    head = ChainHead(bytes(27))
    states = [
        NodeState("http://a", True, 0.018, BlockRef(302, bytes(32), 6), at, head),
        NodeState("http://b", False, 0.041, BlockRef(90, bytes(32), 6), at, head),
        NodeState("http://c", False, 0.160, BlockRef(302, bytes(32), 6), other, head),
        NodeState("http://d", False, 5.0, problem="The node at http://d does not answer."),
    ]
    context = office.session.context
    chain = lying(context.chain, nodes=always(states))
    office.session.context = replace(context, chain=chain)
    page = await opened(office, qtbot)
    assert badges(page) == ["In use", "212 behind", "Does not match", "Does not answer"]
    assert page.trouble.isVisible()
    assert page.trouble.text().startswith("Two nodes show different histories.")
    assert page._subtitle.text().startswith("Something needs you.")
    assert page.agreeing.note.text() == "b is 212 blocks behind"


async def test_all_is_away_and_back(world: World, office: Office, qtbot: QtBot) -> None:
    context = office.session.context
    down = NodeDown(url="http://n")
    chain = lying(
        context.chain,
        nodes=always([NodeState("http://n", True, 0.4, problem=down.sentence)]),
        codes=failing(down),
        balance=failing(down),
    )
    store = lying(context.store, status=failing(StoreDown(location="there")))
    office.session.context = replace(context, chain=chain, store=store)
    page = await opened(office, qtbot)
    assert badges(page) == ["Does not answer"]
    assert page.block.note.text() == "no node answers"
    assert page.objects.note.text() == "the store does not answer"
    assert page.balance.note.text() == "no node tells"
    assert "there" in page.report_text()
    office.session.context = context
    page.check.click()
    await settled(office.session)
    assert badges(page) == ["In use"]
    assert not page.check.busy


async def test_other_code_is_an_alarm(world: World, office: Office, qtbot: QtBot) -> None:
    context = office.session.context
    hashes = {**context.network.code_hashes, "ContractAudit": bytes(32)}
    office.session.context = replace(context, network=replace(context.network, code_hashes=hashes))
    page = await opened(office, qtbot)
    assert page.trouble.text().startswith("A contract is not the one")
    assert "ContractAudit" in page.report_text()
    assert "OTHER CODE" in page.report_text()


async def test_narrow(world: World, office: Office, qtbot: QtBot) -> None:
    page = await opened(office, qtbot)
    page.resize(800, 584)
    assert page._wide is False
    page.resize(1064, 744)
    assert page._wide is True


def test_sizes() -> None:
    assert size_of(999) == ("999", "B")
    assert size_of(28_600) == ("28.6", "KB")
    assert size_of(12_400_000_000) == ("12.4", "GB")
