"""The node's own account pays for those who begin, whatever becomes of a payment."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest

from medrec.chain import writes
from medrec.chain.wallets import LocalWallet
from medrec.errors import NodeRefused
from tests.support.anvil import ETHER, anvil_node, deployed
from tests.support.world import World, world

__all__ = ["anvil_node", "deployed", "world"]

pytestmark = pytest.mark.anvil


def somebody() -> LocalWallet:
    return LocalWallet(secrets.token_bytes(32))


async def waiting(world: World) -> list[str]:
    """The hashes of what the node holds and has not mined."""
    pool = await world.rpc("txpool_content")
    return [held["hash"] for own in pool["pending"].values() for held in own.values()]


@pytest.fixture
async def unmined(world: World) -> AsyncIterator[World]:
    """The world, whose node makes no block by itself."""
    await world.rpc("evm_setAutomine", False)
    yield world
    await world.rpc("evm_mine")
    await world.rpc("evm_setAutomine", True)


async def test_a_payment_that_the_node_let_go_is_made_again(unmined: World):
    chain, who = unmined.chain(), somebody().address
    paying = asyncio.create_task(chain.fund(who, ETHER))
    held = await _one(unmined)
    await unmined.rpc("anvil_dropTransaction", held)
    assert await waiting(unmined) == []
    await _one(unmined)
    await unmined.rpc("evm_mine")
    await paying
    assert await chain.balance(who) == ETHER, "once"


async def test_a_payment_that_waits_is_not_made_twice(unmined: World):
    chain, who = unmined.chain(), somebody().address
    paying = asyncio.create_task(chain.fund(who, ETHER))
    held = await _one(unmined)
    await asyncio.sleep(2 * writes.DROPPED_AFTER)
    assert await waiting(unmined) == [held]
    await unmined.rpc("evm_mine")
    await paying
    assert await chain.balance(who) == ETHER


async def test_a_node_that_never_mines_is_not_waited_for_for_ever(
    unmined: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writes, "FUNDING_TIMEOUT", 0.5)
    with pytest.raises(NodeRefused, match="not mined in time"):
        await unmined.chain().fund(somebody().address, ETHER)


async def _one(world: World) -> str:
    """What the node comes to hold."""
    for _ in range(1_500):
        held = await waiting(world)
        if held:
            return held[0]
        await asyncio.sleep(0.02)
    raise AssertionError("nothing was sent")
