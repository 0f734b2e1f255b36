"""Taking over: what the contracts of before say of those that follow them.

Nobody can change deployed contracts, and so a new version stands at new addresses. The
administrator of the old ones announces them there: each new contract is given a role in the old
ContractPatient that stands for nothing else (OpenZeppelin's AccessControl keeps roles that no
contract asks for).
"""

from __future__ import annotations

from typing import Any

from medrec.chain.abi import AbiMismatch
from medrec.chain.base import understood
from medrec.chain.entries import ChainEntries
from medrec.chain.keccak import keccak256
from medrec.chain.proxies.contract_patient import RoleGranted, decode_role_granted
from medrec.domain.ids import Address
from medrec.domain.network import Network

_LABEL = b"medrec/successor/1"


def successor_role(chain_id: int) -> bytes:
    """The role of a successor's contracts on a chain: keccak256(label, chain id as 32 bytes)."""
    return keccak256(_LABEL + chain_id.to_bytes(32, "big"))


class ChainSuccessors(ChainEntries):
    """Announcements in ContractPatient."""

    @understood
    async def announces(self, successor: Network) -> bool:
        """Whether these contracts name every contract of a network as what follows them."""
        role = successor_role(successor.chain_id)
        return all([await self._patients.has_role(role, a) for a in successor.contracts.values()])

    @understood
    async def successors(self, first: int, last: int) -> list[Address]:
        """Contracts announced in blocks ``first`` to ``last``, and not withdrawn.

        Those of another chain too: its number is hidden in the role, and every role that is none of
        the contract's own stands for a successor.
        """
        own = {await self._patients.default_admin_role(), await self._patients.registrar_role()}
        wanted = {"address": self._patients.address, "topics": [RoleGranted.TOPIC]}
        found: dict[tuple[bytes, Address], None] = {}
        async for logs in self._ranges(wanted, first, last):
            found |= dict.fromkeys(map(_announced, logs))
        given = [(role, a) for role, a in found if role not in own]
        return [a for role, a in given if await self._patients.has_role(role, a)]


def _announced(log: dict[str, Any]) -> tuple[bytes, Address]:
    try:
        return decode_role_granted(log["topics"], log["data"])[:2]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise AbiMismatch("not a role that was granted") from error
