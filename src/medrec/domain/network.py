"""A network as one file describes it: the chain, its contracts, and who is trusted on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from medrec.domain.entries import BlockRef
from medrec.domain.ids import Address, ChainHead

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
    get their fees from the node's own account (a development network). ``origins`` are the networks
    that this one takes over from, the one right before it first; none of them has origins itself.
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
    origins: tuple[Network, ...] = field(default=())

    @property
    def place(self) -> tuple[int, Address]:
        """What tells one deployment from another: the chain, and the contract of the records."""
        return self.chain_id, self.contracts["ContractPatient"]


@dataclass(frozen=True, slots=True)
class NodeState:
    """What one of a network's nodes answers when it is asked by itself.

    ``url`` is without path and user, where providers put their keys; ``seconds`` is how long the
    answer took. ``head`` is its latest block, ``compared`` its block at the lowest head of all
    that answer, and ``audit`` the head of the common register's chain there; each is None where
    it gave none. ``problem`` says in a sentence what is wrong; empty where it answers.
    """

    url: str
    in_use: bool
    seconds: float
    head: BlockRef | None = None
    compared: BlockRef | None = None
    audit: ChainHead | None = None
    problem: str = ""
