"""What the parts of the gateway share: the network, its nodes, the contracts' proxies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from medrec.chain.abi import AbiMismatch
from medrec.chain.proxies.contract_audit import ContractAudit
from medrec.chain.proxies.contract_doctor import ContractDoctor
from medrec.chain.proxies.contract_patient import ContractPatient
from medrec.chain.proxies.user_authentication import UserAuthentication
from medrec.chain.rpc import Rpc, hex_bytes, hex_int
from medrec.domain.entries import BlockRef
from medrec.domain.ids import Address
from medrec.domain.network import Network
from medrec.errors import NodeRefused

P = ParamSpec("P")
R = TypeVar("R")


class ChainBase:
    """A network's nodes and the proxies of its four contracts."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._rpc = Rpc(network.rpc, network.chain_id)
        self._refused_fees: dict[tuple[Address, int], tuple[int, int]] = {}
        at = network.contracts
        self._users = UserAuthentication(at["UserAuthentication"], self._rpc)
        self._patients = ContractPatient(at["ContractPatient"], self._rpc)
        self._doctors = ContractDoctor(at["ContractDoctor"], self._rpc)
        self._audit = ContractAudit(at["ContractAudit"], self._rpc)

    async def close(self) -> None:
        """Release connections."""
        await self._rpc.close()


def understood(method: Callable[P, Awaitable[R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Map answers that do not decode: the node lies, or the contract is another."""

    @wraps(method)
    async def mapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await method(*args, **kwargs)
        except AbiMismatch as error:
            raise NodeRefused(why=f"its answer was not understood ({error}).") from error

    return mapped


def block_ref(block: Any) -> BlockRef:
    """A block of JSON-RPC.

    Raises:
        AbiMismatch: when it is none.
    """
    if not isinstance(block, dict):
        raise AbiMismatch("not a block")
    return BlockRef(
        number=hex_int(block.get("number")),
        hash=hex_bytes(block.get("hash"), 32),
        time=hex_int(block.get("timestamp")),
    )
