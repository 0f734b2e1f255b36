"""The network's nodes side by side: do they answer, how fast, and do they show the same chain?"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from medrec.chain.abi import AbiMismatch
from medrec.chain.base import ChainBase, block_ref
from medrec.chain.proxies.contract_audit import ContractAudit
from medrec.chain.rpc import Rpc, hex_bytes, shown
from medrec.domain.ids import ZERO_ADDRESS, Address, ChainHead
from medrec.domain.network import NodeState
from medrec.errors import MedRecError, NodeDown, NodeRefused

PATIENCE = 5.0
"""Seconds that a node has for one answer."""


class _OneNode:
    """eth_call to one node: the transport of the generated proxies."""

    def __init__(self, rpc: Rpc, url: str) -> None:
        self._rpc, self._url = rpc, url

    async def call(self, to: Address, data: bytes, block: str) -> bytes:
        """The answer's bytes."""
        parameters = {"to": to, "data": "0x" + data.hex()}
        return hex_bytes(await self._rpc.ask_one(self._url, "eth_call", parameters, block))


class ChainNodes(ChainBase):
    """Each node asked by itself."""

    @property
    def node(self) -> str:
        """The address of the node in use, as the network file has it."""
        return self._rpc.url

    def use_node(self, url: str) -> None:
        """Ask another node of the network from now on; the others still step in for it.

        Raises:
            ValueError: when the network file does not name it.
        """
        self._rpc.use(url)

    async def nodes(self) -> list[NodeState]:
        """Each node of the network, in the network file's order; nothing is raised."""
        urls = self._rpc.urls
        states = list(await asyncio.gather(*map(self._head_of, urls)))
        heads = [state.head.number for state in states if state.head is not None]
        if not heads:
            return states
        asked = [
            self._compared(url, state, min(heads)) for url, state in zip(urls, states, strict=True)
        ]
        return list(await asyncio.gather(*asked))

    async def _head_of(self, url: str) -> NodeState:
        begun = time.perf_counter()
        state = NodeState(url=shown(url), in_use=url == self._rpc.url, seconds=0.0)
        try:
            async with asyncio.timeout(PATIENCE):
                head = block_ref(
                    await self._rpc.ask_one(url, "eth_getBlockByNumber", "latest", False)
                )
        except TimeoutError:
            late = NodeDown(url=shown(url)).sentence
            return replace(state, seconds=time.perf_counter() - begun, problem=late)
        except (MedRecError, AbiMismatch) as error:
            wrong = error if isinstance(error, MedRecError) else _not_understood(error)
            return replace(state, seconds=time.perf_counter() - begun, problem=wrong.sentence)
        return replace(state, seconds=time.perf_counter() - begun, head=head)

    async def _compared(self, url: str, state: NodeState, number: int) -> NodeState:
        """The state with what the node shows at a block that every node should have."""
        if state.head is None:
            return state
        try:
            async with asyncio.timeout(PATIENCE):
                block = block_ref(
                    await self._rpc.ask_one(url, "eth_getBlockByNumber", hex(number), False)
                )
                audit = ContractAudit(self._audit.address, _OneNode(self._rpc, url))
                head = await audit.audit_head(ZERO_ADDRESS, block=hex(number))
        except TimeoutError:
            return replace(state, problem=NodeDown(url=shown(url)).sentence)
        except (MedRecError, AbiMismatch) as error:
            wrong = error if isinstance(error, MedRecError) else _not_understood(error)
            return replace(state, problem=wrong.sentence)
        return replace(state, compared=block, audit=ChainHead(head))


def _not_understood(error: Exception) -> MedRecError:
    return NodeRefused(why=f"its answer was not understood ({error}).")
