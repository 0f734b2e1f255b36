"""A network as one file describes it: the chain, its contracts, and who is trusted on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from medrec.domain.ids import Address

CONTRACTS = ("UserAuthentication", "ContractPatient", "ContractDoctor", "ContractAudit")
FORWARDER = "ERC2771Forwarder"


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """Where sealed objects lie.

    ``kind`` is ``kubo`` (``location`` is the API's URL, ``token_file`` names a file that holds the
    bearer token) or ``folder`` (``location`` is a directory).
    """

    kind: str
    location: str
    token_file: str | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """The contents of a network file (DESIGN.md section 6).

    ``contracts`` and ``code_hashes`` (keccak-256 of the runtime code, 32 bytes) are keyed by
    contract name; ``deployed_at`` is the block from which entries are read; ``verifiers`` and
    ``registrars`` are the addresses whose credentials count; ``funded`` says that new accounts
    get their fees from the node's own account (a development network).
    """

    name: str
    chain_id: int
    rpc: tuple[str, ...]
    contracts: Mapping[str, Address]
    code_hashes: Mapping[str, bytes]
    deployed_at: int
    verifiers: frozenset[Address]
    registrars: frozenset[Address]
    store: StoreConfig
    confirmations: int = 1
    funded: bool = False
    relays: tuple[str, ...] = field(default=())
