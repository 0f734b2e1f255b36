"""What a network file's nodes and contracts are like, looked at before the file is used."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from medrec.domain.network import Network
from medrec.domain.ports import Chain
from medrec.errors import MedRecError, NetworkError, OriginDenies, WrongChain, WrongCode


@dataclass(frozen=True, slots=True)
class NodeReport:
    """One node: its last block and that block's time in Unix seconds, or what is wrong with it."""

    url: str
    block: int | None = None
    time: int = 0
    error: MedRecError | None = None


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """A network and its nodes as they answer now."""

    network: Network
    nodes: tuple[NodeReport, ...]
    origin_error: MedRecError | None = None
    """What is wrong with the networks that this one says it follows; None also where none does."""

    @property
    def answering(self) -> tuple[NodeReport, ...]:
        """The nodes that serve this very network."""
        return tuple(node for node in self.nodes if node.error is None)

    @property
    def block(self) -> int | None:
        """The furthest block of a node that serves this network."""
        return max((node.block or 0 for node in self.answering), default=None)

    @property
    def wrong_chain(self) -> MedRecError | None:
        """The error of a node that serves another chain."""
        return self._first(WrongChain)

    @property
    def wrong_code(self) -> MedRecError | None:
        """The error of a node on which a contract is another one."""
        return self._first(WrongCode)

    @property
    def usable(self) -> bool:
        """Whether nothing that answers contradicts the file; nodes that are away do not."""
        against = isinstance(self.origin_error, OriginDenies | WrongChain | WrongCode)
        return self.wrong_chain is None and self.wrong_code is None and not against

    def _first(self, kind: type[MedRecError]) -> MedRecError | None:
        return next((n.error for n in self.nodes if isinstance(n.error, kind)), None)


async def inspect(network: Network, connect: Callable[[Network], Chain]) -> NetworkReport:
    """Ask each node of a network for its chain, its contracts' code and its last block.

    The networks that it says it follows are asked too whether they say so. ``connect`` gives a
    gateway to a network; it is closed here.
    """
    nodes = await asyncio.gather(*(_node(network, u, connect) for u in network.rpc))
    return NetworkReport(network, tuple(nodes), await _origins(network, connect))


async def _origins(network: Network, connect: Callable[[Network], Chain]) -> MedRecError | None:
    newer = network
    for older in network.origins:
        chain = connect(older)
        try:
            await chain.check_network()
            if not await chain.announces(newer):
                return OriginDenies(name=older.name)
        except NetworkError as error:
            return error
        finally:
            await chain.close()
        newer = older
    return None


async def _node(network: Network, url: str, connect: Callable[[Network], Chain]) -> NodeReport:
    chain = connect(replace(network, rpc=(url,)))
    try:
        await chain.check_network()
        head = await chain.head()
    except NetworkError as error:
        return NodeReport(url, error=error)
    finally:
        await chain.close()
    return NodeReport(url, head.number, head.time)
