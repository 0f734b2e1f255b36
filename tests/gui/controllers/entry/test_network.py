"""A network file at the door: read, checked against its nodes, and only then used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from medrec.app import Place, load_network
from medrec.chain.network_file import read_network, write_network
from medrec.views.common.painting import Tone
from tests.support.anvil import Deployed, anvil_node, deployed
from tests.support.door import Door, click, door

__all__ = ["anvil_node", "deployed", "door"]

NOBODY = "http://127.0.0.1:9"


async def test_a_new_home_asks_for_a_network_file_first(
    door: Door, deployed: Deployed, tmp_path: Path
):
    await door.begin()
    page = door.view.network
    assert door.view.currentWidget() is page
    assert not page.cancel.isVisible(), "there is nothing to go back to"
    assert not page.use.isVisible()
    file = _file(tmp_path, deployed, rpc=(*deployed.network.rpc, NOBODY))
    page.fileChosen.emit(str(file))
    await door.still()
    tones = [line.tone for line in page.lines()]
    assert tones == [Tone.SUCCESS, Tone.SUCCESS, Tone.WARNING]
    assert "127.0.0.1:9 does not answer" in page.lines()[-1].text()
    click(page.use)
    await door.still()
    assert door.view.currentWidget() is door.view.sign_in
    kept = door.home / "network.toml"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert load_network(Place(door.home)) == read_network(file)
    assert not list(door.home.glob("*.new"))


async def test_another_chain_or_other_code_cannot_be_used(
    door: Door, deployed: Deployed, tmp_path: Path
):
    door.network(deployed)
    before = (door.home / "network.toml").read_bytes()
    await door.begin()
    click(door.view.sign_in.line.open)
    page = door.view.network
    hashes = {**deployed.network.code_hashes, "ContractAudit": bytes(32)}
    for name, changes, words in (
        ("chain.toml", {"chain_id": deployed.network.chain_id + 1}, "serves chain"),
        ("code.toml", {"code_hashes": hashes}, "ContractAudit"),
    ):
        page.fileChosen.emit(str(_file(tmp_path, deployed, name, **changes)))
        await door.still()
        assert any(words in line.text() for line in page.lines())
        assert page.lines()[-1].tone is Tone.DANGER
        assert not page.use.isVisible()
    click(page.cancel)
    await door.still()
    assert door.view.currentWidget() is door.view.sign_in
    assert (door.home / "network.toml").read_bytes() == before


async def test_a_file_that_is_none_is_told(door: Door, deployed: Deployed, tmp_path: Path):
    await door.begin()
    page = door.view.network
    good = _file(tmp_path, deployed).read_text()
    for name, content, words in (
        ("a.toml", "not = = toml", "it is not TOML"),
        ("b.toml", good.replace("chain_id", "chain"), "“chain” is not a field"),
        ("c.toml", "name = 'x'", "is missing"),
    ):
        (tmp_path / name).write_text(content)
        page.fileChosen.emit(str(tmp_path / name))
        await door.still()
        assert words in page.trouble.text()
        assert not page.use.isVisible()
    page.fileChosen.emit(str(tmp_path / "nowhere.toml"))
    await door.still()
    assert "cannot be used" in page.trouble.text()
    assert not (door.home / "network.toml").exists()


async def test_a_network_whose_nodes_are_away_may_be_used(
    door: Door, deployed: Deployed, tmp_path: Path
):
    await door.begin()
    page = door.view.network
    page.fileChosen.emit(str(_file(tmp_path, deployed, rpc=(NOBODY,))))
    await door.still()
    assert "nothing could be checked" in page.lines()[0].text()
    click(page.use)
    await door.still()
    assert "No node answers" in door.view.sign_in.line.text()


async def test_a_broken_file_of_the_home_leads_to_the_page(door: Door):
    door.home.mkdir()
    (door.home / "network.toml").write_text("broken")
    await door.begin()
    page = door.view.network
    assert door.view.currentWidget() is page
    assert "it is not TOML" in page.trouble.text()


def _file(folder: Path, deployed: Deployed, name: str = "given.toml", **changes: object) -> Path:
    path = folder / "given" / name
    network = replace(deployed.network, **changes)  # type: ignore[arg-type]
    write_network(path, network)
    return path
