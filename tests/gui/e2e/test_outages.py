"""A node that goes away and comes back, as people see it: reading goes on, writing waits, once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from medrec.views.common.add_document import AddDocumentDialog
from medrec.views.common.record.timeline import TimelineView
from tests.gui.e2e.acts import dialog_of, gone, row_of
from tests.support.cli import Person
from tests.support.devnet import TestNetwork, folder_network
from tests.support.gate import Gate, gate
from tests.support.window import Window, click, texts

__all__ = ["folder_network"]

EVERYTHING = frozenset(
    {
        "eth_blockNumber",
        "eth_call",
        "eth_chainId",
        "eth_estimateGas",
        "eth_feeHistory",
        "eth_gasPrice",
        "eth_getBalance",
        "eth_getBlockByNumber",
        "eth_getCode",
        "eth_getLogs",
        "eth_getTransactionByHash",
        "eth_getTransactionCount",
        "eth_getTransactionReceipt",
        "eth_maxPriorityFeePerGas",
        "eth_sendRawTransaction",
    }
)


@dataclass
class Home:
    """A patient whose way to the node leads through a gate."""

    window: Window
    gate: Gate
    person: Person
    network: TestNetwork


@pytest.fixture
def before(folder_network: TestNetwork) -> Iterator[Gate]:
    with gate(folder_network.document["rpc"]) as found:
        yield found


@pytest.fixture
async def home(folder_network: TestNetwork, before: Gate, qapp: object) -> AsyncIterator[Home]:
    person = folder_network.patient("olga")
    text = folder_network.file.read_text(encoding="utf-8")
    # Beside the real one: a folder store's place is told from there.
    file = folder_network.file.with_name("gate-of-the-window.toml")
    file.write_text(text.replace(folder_network.document["rpc"], before.url), encoding="utf-8")
    window = Window(person.home, file)
    await window.open()
    await window.sign_in(person.name, person.password, person.key)
    await window.signed_in()
    yield Home(window, before, person, folder_network)
    before.deaf_to = set()
    await window.close()


async def lose_the_node(home: Home) -> None:
    """Nothing passes any more, and the window has noticed."""
    home.gate.deaf_to = set(EVERYTHING)
    await home.window.until(lambda: not home.window.session.online)


async def find_it_again(home: Home) -> None:
    """Everything passes again, and the window has noticed."""
    home.gate.deaf_to = set()
    await home.window.until(lambda: home.window.session.online and home.window.session.verified)


async def add_document(home: Home, path: Path) -> None:
    """Add a file as a person would who dropped it on the page."""
    home.window.workspace.go("records", files=[path])
    dialog = await dialog_of(home.window, AddDocumentDialog)
    await home.window.until(lambda: dialog.add.isEnabled() and dialog.title.text())
    click(dialog.add)
    await home.window.until(lambda: gone(dialog))


async def test_what_is_written_without_a_node_goes_out_once_when_it_is_back(
    home: Home, tmp_path: Path
):
    window, known = home.window, home.network.created(home.person)
    await window.go("records")
    await lose_the_node(home)
    bar = window.workspace.view.topbar
    assert "Offline" in texts(bar.network)
    note = tmp_path / "diary.txt"
    note.write_text("Slept well.")
    await add_document(home, note)
    await window.said("not yet shared")
    view = window.page.findChild(TimelineView)
    await row_of(window, view, "diary")
    await window.until(lambda: any("wait" in text for text in texts(bar.outbox)))
    assert home.network.created(home.person) == known
    await find_it_again(home)
    await window.until(lambda: "All saved" in texts(bar.outbox))
    await window.calm()
    created = [r for r in home.network.created(home.person) if r not in known]
    assert len(created) == 1
    await row_of(window, view, "diary")


async def test_one_s_own_record_is_read_without_a_node(home: Home, tmp_path: Path):
    window = home.window
    note = tmp_path / "allergy-letter.txt"
    note.write_text("Penicillin: never.")
    await window.go("records")
    await add_document(home, note)
    view = window.page.findChild(TimelineView)
    await row_of(window, view, "llergy")
    await window.calm()
    await lose_the_node(home)
    await window.go("overview")
    await window.go("records")
    await row_of(window, view, "llergy")
    assert any(
        "ffline" in text for text in texts(window.page) + texts(window.workspace.view.topbar)
    )
