"""Network & storage: what is away, behind or different says so; the report; looking again."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtGui import QColor, QGuiApplication
from pytestqt.qtbot import QtBot

from medrec.controllers.admin.health import HealthController
from medrec.domain.entries import BlockRef
from medrec.domain.ids import ChainHead
from medrec.domain.network import NodeState
from medrec.errors import NodeDown, StoreDown
from medrec.models.admin.health import HealthModel
from medrec.views.admin.health import HealthPage, size_of
from medrec.views.admin.health_parts import PaceCard
from medrec.views.common.badges import Badge
from medrec.views.common.theme import tokens
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
    seen = page.model.health
    assert seen is not None
    assert seen.head is not None
    assert page.pace.note.text() == f"last {len(seen.gaps)} blocks"
    assert page.pace.bars.isVisible()
    assert page.pace.bars.said(len(seen.gaps) - 1) == f"{seen.head.number:,}: {seen.gaps[-1]:,} s"
    assert not page.pace.none.isVisible()
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
        block=failing(down),
    )
    store = lying(context.store, status=failing(StoreDown(location="there")))
    office.session.context = replace(context, chain=chain, store=store)
    page = await opened(office, qtbot)
    assert badges(page) == ["Does not answer"]
    assert page.block.note.text() == "no node answers"
    assert page.objects.note.text() == "the store does not answer"
    assert page.balance.note.text() == "no node tells"
    assert page.pace.none.isVisible()
    assert not page.pace.bars.isVisible()
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


def test_the_time_between_blocks_is_drawn_and_said(qtbot: QtBot) -> None:
    card = PaceCard()
    qtbot.addWidget(card)
    card.resize(340, 220)
    card.show()
    card.show_gaps(1_204_331, ())
    bare = card.grab().toImage()
    card.show_gaps(1_204_331, (12, 12, 15, 0))
    assert card.median.text() == "median 12 s"
    said = card.bars.accessibleDescription()
    assert said == "1,204,328: 12 s; 1,204,329: 12 s; 1,204,330: 15 s; 1,204,331: 0 s"
    blue = QColor(tokens().plot_1).rgb()
    drawn = card.grab().toImage()
    heights = [
        sum(drawn.pixelColor(x, y).rgb() == blue for y in range(drawn.height()))
        for x in range(drawn.width())
    ]
    assert max(heights) > 40
    assert len({height for height in heights if height > 5}) >= 2
    assert not any(
        bare.pixelColor(x, y).rgb() == blue
        for x in range(0, bare.width(), 4)
        for y in range(bare.height())
    )


def test_sizes() -> None:
    assert size_of(999) == ("999", "B")
    assert size_of(28_600) == ("28.6", "KB")
    assert size_of(12_400_000_000) == ("12.4", "GB")
