"""What a network's nodes say, before its file is used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from medrec.chain.deploy import deploy
from medrec.chain.gateway import Web3Chain
from medrec.domain.network import StoreConfig
from medrec.errors import NodeDown, OriginDenies, WrongCode
from medrec.services.network_check import inspect
from tests.support.anvil import Deployed, anvil_node, deployed

__all__ = ["anvil_node", "deployed"]

NOBODY = "http://127.0.0.1:9"


async def test_a_network_whose_nodes_answer_or_are_away(deployed: Deployed):
    network = replace(deployed.network, rpc=(*deployed.network.rpc, NOBODY))
    report = await inspect(network, Web3Chain)
    assert report.usable
    assert report.block is not None
    assert report.block >= network.deployed_at
    assert [node.url for node in report.answering] == list(deployed.network.rpc)
    assert isinstance(report.nodes[1].error, NodeDown)
    alone = await inspect(replace(network, rpc=(NOBODY,)), Web3Chain)
    assert alone.usable, "that nobody answers contradicts nothing"
    assert alone.block is None


async def test_another_chain_or_other_code_is_not_usable(deployed: Deployed):
    network = deployed.network
    other = await inspect(replace(network, chain_id=network.chain_id + 1), Web3Chain)
    assert not other.usable
    assert other.wrong_chain is not None
    assert other.wrong_code is None
    hashes = {**network.code_hashes, "ContractAudit": bytes(32)}
    changed = await inspect(replace(network, code_hashes=hashes), Web3Chain)
    assert not changed.usable
    assert changed.wrong_chain is None
    assert changed.wrong_code is not None
    assert "ContractAudit" in changed.wrong_code.sentence


async def test_a_network_that_follows_another_is_asked_for_there(
    deployed: Deployed, tmp_path: Path
):
    old, admin = deployed.network, deployed.admin
    store = StoreConfig("folder", str(tmp_path / "store"))
    out, who = tmp_path / "new.toml", admin.address
    url = deployed.node.url
    new = await deploy(url, admin, who, store, out, "new", True, lambda _: None, old)
    good = await inspect(new, Web3Chain)
    assert good.usable
    assert good.origin_error is None
    # Who names it, is not named by it; other code at its place; and nobody there.
    hashes = {**old.code_hashes, "ContractAudit": bytes(32)}
    for origin, wrong, usable in (
        (replace(new, origins=()), OriginDenies, False),
        (replace(old, code_hashes=hashes), WrongCode, False),
        (replace(old, rpc=(NOBODY,)), NodeDown, True),
    ):
        report = await inspect(replace(new, origins=(origin,)), Web3Chain)
        assert isinstance(report.origin_error, wrong)
        assert report.usable is usable
