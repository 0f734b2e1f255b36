"""A patient follows the clinic to new contracts by the window alone, and finds everything again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from medrec.chain.network_file import read_network
from medrec.domain.people import Role
from medrec.views.common.record.detail import RecordDetail
from tests.gui.e2e.acts import click_row, register_patient, row_of
from tests.support.devnet import TestNetwork, running
from tests.support.window import Window, click, find, press, texts

Start = Callable[[Path], Awaitable[Window]]

pytestmark = [pytest.mark.anvil, pytest.mark.timeout(300)]


@pytest.fixture
def network(tmp_path: Path) -> Iterator[TestNetwork]:
    """A network of this test's own: an announcement stays for good."""
    with running(tmp_path / "clinic", "folder") as found:
        yield found


@pytest.fixture
async def start(network: TestNetwork, qapp: object) -> AsyncIterator[Start]:
    """Starts the program anew; the one before has ended by then."""
    made: list[Window] = []

    async def begin(home: Path) -> Window:
        while made:
            await made.pop().close()
        made.append(Window(home, network.file))
        return made[-1]

    yield begin
    while made:
        await made.pop().close()


def deploy_new(network: TestNetwork, folder: Path) -> Path:
    """The new contracts, announced by the old ones; returns their network file."""
    file = folder / "network.toml"
    network.admin(
        "deploy", "--rpc", network.document["rpc"], "--output", file, "--name", "New clinic",
        "--funded", "--store-folder", folder / "store", "--takes-over", network.file,
    )  # fmt: skip
    return file


async def test_a_patient_follows_by_the_window(
    network: TestNetwork, tmp_path: Path, start: Start
) -> None:
    name = read_network(network.file).name
    patient = network.patient("ada")
    note = tmp_path / "note.txt"
    note.write_text("Written before.")
    patient("record", "add", patient.address, note, "--category", "notes", "--title", "Before")

    async def enter() -> Window:
        window = await start(patient.home)
        await window.open()
        await window.sign_in(patient.name, patient.password, patient.key)
        await window.signed_in()
        return window

    window = await enter()
    assert not window.workspace.view.news.isVisible()

    # It is announced while the window is open: told, closed, and told again at the next start.
    file = deploy_new(network, tmp_path / "new")
    window.workspace.news.look()
    await window.calm()
    news = window.workspace.view.news
    assert news.isVisible()
    assert f"The administrator of “{name}” announces the network that follows it." in news.text()
    assert window.session.role is Role.PATIENT, "nothing is followed by itself"
    press(news, "Close")
    assert not news.isVisible()
    window.workspace.news.look()
    await window.calm()
    window.desktop.lock()
    await window.until(lambda: window.desktop.session is None)
    await window.sign_in(patient.name, patient.password, patient.key)
    await window.signed_in()
    assert not window.workspace.view.news.isVisible()

    window = await enter()
    await window.until(window.workspace.view.news.isVisible)
    await window.go("records")
    assert window.workspace.view.news.isVisible(), "it stands above every page"
    press(window.workspace.view.news, "Open the new file")
    await window.until(lambda: window.desktop.session is None)
    door = window.desktop.door
    assert door.currentWidget() is door.network
    # Who thinks better of it stays where they were.
    click(door.network.cancel)
    await window.until(lambda: door.currentWidget() is door.sign_in)
    click(door.sign_in.line.open)
    door.network.fileChosen.emit(str(file))
    await window.until(door.network.use.isVisible)
    assert any(f"It takes over from “{name}”" in line.text() for line in door.network.lines())
    click(door.network.use)
    await window.until(lambda: door.currentWidget() is door.sign_in)

    # The same account on the new network: registered again, and the record is there.
    await window.sign_in(patient.name, patient.password, patient.key)
    await window.signed_in()
    assert window.session.context.network == read_network(file)
    assert window.session.role is None
    press(window.page, "Register: Patient")
    await window.calm()
    await register_patient(window)
    page = await window.go("records")
    index = await row_of(window, page.list, f"from the network of before, {name}")
    click_row(page.list, index)
    await window.calm()
    detail = find(page, RecordDetail, "Before")
    assert any(f"From the network before, “{name}”" in text for text in texts(detail))
    assert detail.page is not None
    assert detail.page.data == b"Written before."
