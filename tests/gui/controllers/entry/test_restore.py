"""An account brought along: from words, a private key or a keystore, and signed in from here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from medrec.app import Place, accounts_of, load_network, session
from medrec.chain.network_file import write_network
from medrec.chain.wallets import LocalWallets
from medrec.services import patients
from medrec.services.new_account import SecretKind
from medrec.views.common.entry.restore import RestorePage, Step
from tests.support.anvil import Deployed, anvil_node, deployed
from tests.support.door import PASSWORD, Door, click, door, write
from tests.support.keyring_backend import no_keyring
from tests.support.world import SOMEBODY, Recorder

__all__ = ["anvil_node", "deployed", "door", "no_keyring"]

WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow"
KEY = "0x" + "5a" * 32


async def test_words_bring_a_registered_account_back(
    door: Door, deployed: Deployed, tmp_path: Path, no_keyring: None
):
    """It was registered elsewhere under another password; from now on it signs in from here."""
    network = door.network(deployed)
    elsewhere = Place(tmp_path / "elsewhere")
    write_network(elsewhere.home / "network.toml", network)
    made = await accounts_of(elsewhere, network).create("old", "the old password")
    async with session(elsewhere, "old", "the old password", made.key, Recorder()) as context:
        await patients.register(context, SOMEBODY)
        before = await context.chain.user(context.me)
    page = await _begin(door)
    assert made.words is not None
    write(page.secret.words.editor, made.words)
    await _to_key(door, page, "Amina again")
    click(page.go)
    await door.until(lambda: door.opened)
    opened, role = door.opened[0]
    assert opened.context.me == made.address
    assert role is None
    after = await opened.context.chain.user(made.address)
    assert before is not None
    assert after is not None
    assert after.authenticator == opened.context.authenticator != before.authenticator
    assert page.secret.words.text() == ""
    assert page.password.password() == ""


async def test_a_private_key_and_a_keystore_are_recognised(
    door: Door, deployed: Deployed, tmp_path: Path, no_keyring: None
):
    door.network(deployed)
    page = await _begin(door)
    page.secret.kinds.set_current(1)
    write(page.secret.private_key.line, "not a key")
    write(page.secret.name.editor, "Mine")
    click(page.go)
    await door.still()
    assert "not a private key" in page.secret.trouble.text()
    write(page.secret.private_key.line, KEY)
    assert not page.secret.trouble.text()
    await _to_key(door, page, "Mine")
    click(page.go)
    await door.until(lambda: door.opened)
    mine = door.opened[0][0].context.me
    door.controller.show_sign_in()
    await door.still()
    click(door.view.sign_in.bring)
    await door.still()
    assert page.secret.kind() is SecretKind.KEYSTORE
    file = tmp_path / "mine.json"
    file.write_text(LocalWallets(None).seal_keystore(bytes.fromhex(KEY[2:]), "of the file"))
    page.fileChosen.emit(str(file))
    await door.still()
    assert page.secret.file_name.text() == "mine.json"
    write(page.secret.name.editor, "Mine too")
    write(page.secret.file_password.line, "another")
    click(page.go)
    await door.still()
    assert "did not open" in page.secret.trouble.text()
    write(page.secret.file_password.line, "of the file")
    click(page.go)
    await door.until(lambda: page.current == Step.PASSWORD)
    assert mine[:6] in page.found.text()
    assert "“Mine”" in page.found.text()


async def test_what_is_wrong_is_told_where_it_is(door: Door, deployed: Deployed, tmp_path: Path):
    door.network(deployed)
    await door.account("taken")
    page = await _begin(door)
    click(page.go)
    assert page.secret.name.error
    write(page.secret.name.editor, "Taken")
    write(page.secret.words.editor, WORDS)
    click(page.go)
    await door.still()
    assert "already an account" in page.secret.name.error
    write(page.secret.name.editor, "Free")
    write(page.secret.words.editor, WORDS.replace("sausage", "sausages"))
    click(page.go)
    await door.still()
    assert "word 6" in page.secret.trouble.text()
    page.secret.kinds.set_current(2)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    page.fileChosen.emit(str(tmp_path / "picture.png"))
    await door.still()
    assert "not a readable text file" in page.secret.trouble.text()
    click(page.cancel)
    await door.still()
    assert door.view.currentWidget() is door.view.sign_in
    assert page.secret.words.text() == ""


async def test_without_a_network_the_account_is_here_and_the_network_hears_later(
    door: Door, deployed: Deployed, no_keyring: None
):
    network = door.network(deployed, rpc=("http://127.0.0.1:9",))
    page = await _begin(door)
    write(page.secret.words.editor, WORDS)
    await _to_key(door, page, "Amina")
    click(page.go)
    await door.until(page.here.notice.text)
    assert "does not answer" in page.here.notice.text()
    assert not page.cancel.isVisible()
    assert [row.label for row in await door.gate.accounts()] == ["Amina"]
    back = replace(network, rpc=deployed.network.rpc)
    write_network(door.home / "network.toml", back)
    click(page.here.again)
    await door.until(lambda: door.opened)
    assert load_network(Place(door.home)).rpc == deployed.network.rpc


async def test_leaving_then_shows_the_account_at_the_door(
    door: Door, deployed: Deployed, no_keyring: None
):
    door.network(deployed, rpc=("http://127.0.0.1:9",))
    page = await _begin(door)
    write(page.secret.words.editor, WORDS)
    await _to_key(door, page, "Amina")
    click(page.go)
    await door.until(page.here.notice.text)
    click(page.here.later)
    await door.still()
    assert door.view.currentWidget() is door.view.sign_in
    assert door.view.sign_in.accounts.name() == "amina"
    facts = json.loads((door.home / "accounts" / "amina.json").read_text())
    assert set(facts) == {"name", "address", "label"}


async def _begin(door: Door) -> RestorePage:
    await door.begin()
    click(door.view.sign_in.restore)
    await door.still()
    return door.view.restore


async def _to_key(door: Door, page: RestorePage, name: str) -> None:
    write(page.secret.name.editor, name)
    click(page.go)
    await door.until(lambda: page.current == Step.PASSWORD)
    write(page.password.first.line, PASSWORD)
    write(page.password.second.line, PASSWORD)
    click(page.go)
    assert page.current == Step.KEY
    assert page.key.key.text()
