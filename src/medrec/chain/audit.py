"""The hash chains of ContractAudit and ContractPatient, recomputed off chain.

Pure functions on bytes, to compare what a node says with what the entries give. The layouts are
those of contracts/interfaces/IContractAudit.sol and IContractPatient.sol.
"""

from __future__ import annotations

from collections.abc import Iterable

from medrec.chain.keccak import keccak256
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, ChainHead, Digest, Epoch, address_bytes

_LABEL = b"medrec/audit/1"
EMPTY_RECORD = ChainHead(bytes(27))
"""The chain of a record before its first version."""


def genesis_head(chain_id: int, audit: Address, subject: Address) -> ChainHead:
    """The head with which a subject's audit chain begins.

    bytes27(keccak256(abi.encode("medrec/audit/1", chain id, ContractAudit, subject))): the string
    is dynamic, so the first word points at it (128), behind three words.
    """
    words = [
        (128).to_bytes(32, "big"),
        chain_id.to_bytes(32, "big"),
        address_bytes(audit).rjust(32, b"\0"),
        address_bytes(subject).rjust(32, b"\0"),
        len(_LABEL).to_bytes(32, "big"),
        _LABEL.ljust(32, b"\0"),
    ]
    return ChainHead(keccak256(b"".join(words))[:27])


def next_head(head: ChainHead, entry: AuditEntry) -> ChainHead:
    """The head after an entry: bytes27(keccak256(head, subject, actor, ref, meta, digest)).

    Each is a 32-byte word; ``entry.head`` itself plays no part.
    """
    words = [
        head.ljust(32, b"\0"),
        address_bytes(entry.subject).rjust(32, b"\0"),
        address_bytes(entry.actor).rjust(32, b"\0"),
        entry.ref,
        entry.meta_word.to_bytes(32, "big"),
        entry.digest,
    ]
    return ChainHead(keccak256(b"".join(words))[:27])


def first_wrong(head: ChainHead, entries: Iterable[AuditEntry]) -> int | None:
    """The index of the first entry whose head does not follow; None when the chain holds.

    Args:
        head: the head before the first entry (`genesis_head` for a whole chain).
        entries: one subject's entries in the order of the chain.
    """
    for index, entry in enumerate(entries):
        head = next_head(head, entry)
        if head != entry.head:
            return index
    return None


def next_record_chain(chain: ChainHead, author: Address, epoch: Epoch, digest: Digest) -> ChainHead:
    """A record's chain after a version: bytes27(keccak256(chain, author, epoch, digest)).

    Each is a 32-byte word; begin with `EMPTY_RECORD`. The author is the entry's actor.
    """
    words = [
        chain.ljust(32, b"\0"),
        address_bytes(author).rjust(32, b"\0"),
        epoch.packed.to_bytes(32, "big"),
        digest,
    ]
    return ChainHead(keccak256(b"".join(words))[:27])
