"""Audit entries out of a node's logs, in ranges that adapt to the node's limit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from medrec.chain.abi import AbiMismatch
from medrec.chain.base import ChainBase, understood
from medrec.chain.proxies.contract_audit import AuditEntry as AuditEntryLog
from medrec.chain.proxies.contract_audit import decode_audit_entry
from medrec.chain.rpc import hex_bytes
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import ChainHead, Digest, TxHash
from medrec.errors import NodeRefused

WIDEST = 50_000
"""Blocks asked for at once at most."""

AT_ONCE = 2_000
"""Logs decoded before other tasks of the event loop get their turn."""


class ChainEntries(ChainBase):
    """The entries of ContractAudit."""

    _span = WIDEST

    @understood
    async def entries(self, first: int, last: int) -> list[AuditEntry]:
        """All audit entries of blocks ``first`` to ``last``, in the order of the chain.

        A node that limits ranges or results is asked for half as much until it answers.
        """
        found: list[AuditEntry] = []
        wanted = {"address": self._audit.address, "topics": [AuditEntryLog.TOPIC]}
        async for logs in self._ranges(wanted, first, last):
            found += await self._decoded(logs)
        return found

    async def _ranges(
        self, wanted: Mapping[str, Any], first: int, last: int
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """The logs that are wanted of blocks ``first`` to ``last``, a range at a time."""
        while first <= last:
            upto = min(last, first + self._span - 1)
            try:
                logs = await self._logs(wanted, first, upto)
            except NodeRefused:
                if upto == first:
                    raise
                self._span = max(1, (upto - first + 1) // 2)
                continue
            yield logs
            first = upto + 1
            self._span = min(WIDEST, self._span + self._span // 8 + 1)

    async def _logs(self, wanted: Mapping[str, Any], first: int, last: int) -> list[dict[str, Any]]:
        blocks = {"fromBlock": hex(first), "toBlock": hex(last)}
        logs = await self._rpc.request("eth_getLogs", {**wanted, **blocks})
        if not isinstance(logs, list):
            raise AbiMismatch("not a list of logs")
        return logs

    async def _decoded(self, logs: list[dict[str, Any]]) -> list[AuditEntry]:
        address = self._audit.address.lower()
        entries: list[AuditEntry] = []
        for start in range(0, len(logs), AT_ONCE):
            entries += [entry_of(log, address) for log in logs[start : start + AT_ONCE]]
            await asyncio.sleep(0)
        entries.sort(key=lambda entry: (entry.block, entry.log_index))
        return entries


def entry_of(log: dict[str, Any], address: str) -> AuditEntry:
    """A log of JSON-RPC as an entry; ``address`` is ContractAudit's in small letters.

    Raises:
        AbiMismatch: when it is not an AuditEntry of that contract.
    """
    try:
        if log["address"].lower() != address:
            raise AbiMismatch("a log of another contract")
        subject, actor, ref, meta, digest, head = decode_audit_entry(log["topics"], log["data"])
        return AuditEntry(
            subject,
            actor,
            ref,
            meta,
            Digest(digest),
            ChainHead(head),
            int(log["blockNumber"], 16),
            int(log["logIndex"], 16),
            TxHash(hex_bytes(log["transactionHash"], 32)),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise AbiMismatch("not an audit entry") from error
