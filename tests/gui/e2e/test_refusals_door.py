"""At the door: what does not open the account, in its sentence, with a way on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from medrec.domain.ids import short_address
from medrec.errors import BadKeyFormat, NodeDown, WrongChain, WrongCode, WrongPasswordOrKey
from medrec.views.common.entry.signin import SignInPage
from tests.support.devnet import TestNetwork
from tests.support.refusals import Desk, Nothing, Ward, refused
from tests.support.window import Window, click, type_into

OTHER_CODE = "ab" * 32


@pytest.fixture
def nothing(folder_network: TestNetwork) -> Iterator[Nothing]:
    """Of what is refused at the door nothing comes, anywhere."""
    found = Nothing(folder_network)
    yield found
    assert found.happened()


def closed(window: Window) -> SignInPage:
    """Nobody is signed in, and the page can be used again."""
    page = window.desktop.door.sign_in
    assert window.desktop.session is None
    assert page.isVisible()
    assert page.submit.isEnabled()
    assert not page.submit.busy
    return page


async def opens(window: Window, ward: Ward, password: str = "", key: str = "") -> None:
    """What is typed now, where something is, lets Quinn in."""
    page = window.desktop.door.sign_in
    if password:
        type_into(page.password.editor, password)
    if key:
        type_into(page.key.editor, key)
    click(page.submit)
    await window.signed_in()
    assert window.session.me == ward.quinn.address


def changed(network: TestNetwork, name: str, start: str, value: str) -> Path:
    """A copy of the network file in which the last line that starts so says something else."""
    lines = network.file.read_text(encoding="utf-8").splitlines()
    at = [number for number, line in enumerate(lines) if line.startswith(start)][-1]
    lines[at] = f"{start}{value}"
    file = network.file.with_name(name)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


async def test_a_wrong_password(ward: Ward, desk: Desk, nothing: Nothing):
    quinn = ward.quinn
    window = await desk.door(quinn)
    await window.sign_in(quinn.name, "correct horse battery stable", quinn.key)
    await refused(window, WrongPasswordOrKey())
    page = closed(window)
    assert page.key.text().replace("-", "") == quinn.key.replace("-", "")
    await opens(window, ward, password=quinn.password)


async def test_a_wrong_8_character_key(ward: Ward, desk: Desk, nothing: Nothing):
    quinn = ward.quinn
    window = await desk.door(quinn)
    await window.sign_in(quinn.name, quinn.password, ward.paul.key)
    await refused(window, WrongPasswordOrKey())
    page = closed(window)
    type_into(page.key.editor, quinn.key[:5])
    if not page.password.text():
        type_into(page.password.editor, quinn.password)
    click(page.submit)
    await refused(window, BadKeyFormat())
    assert page.password.text() == quinn.password
    await opens(window, ward, key=quinn.key)


async def test_a_node_that_does_not_answer(
    ward: Ward, desk: Desk, nothing: Nothing, folder_network: TestNetwork
):
    quinn, nobody = ward.quinn, "http://127.0.0.1:9"
    text = folder_network.file.read_text(encoding="utf-8")
    file = folder_network.file.with_name("nobody.toml")
    file.write_text(text.replace(folder_network.document["rpc"], nobody), encoding="utf-8")
    window = await desk.door(quinn, file)
    await window.sign_in(quinn.name, quinn.password, quinn.key)
    await refused(window, NodeDown(url=nobody))
    page = closed(window)
    assert page.password.text() == quinn.password
    assert page.again.isEnabled()
    click(page.offline)
    await window.signed_in()
    assert not window.session.online


async def test_a_network_file_for_another_chain(
    ward: Ward, desk: Desk, nothing: Nothing, folder_network: TestNetwork
):
    quinn = ward.quinn
    window = await desk.door(quinn, changed(folder_network, "chain.toml", "chain_id = ", "1"))
    real = int(folder_network.rpc("eth_chainId"), 16)
    await window.sign_in(quinn.name, quinn.password, quinn.key)
    await refused(window, WrongChain(found=real, expected=1))
    closed(window)
    await other_file(window, ward, folder_network)


@pytest.mark.parametrize("contract", ["ContractAudit", "ContractPatient"])
async def test_a_network_file_with_other_code(
    ward: Ward, desk: Desk, nothing: Nothing, folder_network: TestNetwork, contract: str
):
    quinn = ward.quinn
    file = changed(folder_network, "code.toml", f'{contract} = "0x', f'{OTHER_CODE}"')
    window = await desk.door(quinn, file)
    await window.sign_in(quinn.name, quinn.password, quinn.key)
    network = await window.gate.network()
    assert network is not None
    address = network.contracts[contract]
    error = WrongCode(contract=contract, address=address)
    await refused(window, error, hexadecimal=short_address(address))
    closed(window)
    await other_file(window, ward, folder_network)


async def other_file(window: Window, ward: Ward, network: TestNetwork) -> None:
    """The way on: another file, which is looked into before it is used."""
    page = window.desktop.door.network
    click(window.desktop.door.sign_in.line.open)
    await window.until(page.isVisible)
    page.fileChosen.emit(str(network.file))
    await window.until(page.use.isVisible)
    click(page.use)
    sign_in = window.desktop.door.sign_in
    await window.until(lambda: sign_in.isVisible() and sign_in.accounts.isVisible())
    await window.until(lambda: not window.desktop._jobs.running)
    await opens(window, ward, ward.quinn.password, ward.quinn.key)
