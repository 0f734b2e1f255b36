"""The outbox: what the user asked for and the chain has not confirmed yet.

A job has steps; each step is one transaction with the stored objects that must be there before
it and those that may only be seen after it (DESIGN.md section 5).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from medrec.domain.calls import Call
from medrec.domain.ids import Address, Cid, JobId, TxHash

ABOUT = "about"
"""Name in a wish's result of the question that it answers; its other facts stand beside it."""


class StepState(StrEnum):
    """How far a step has come; each state is written down before the next move is made."""

    PREPARED = "prepared"
    """The objects lie sealed in the local spool."""
    STORED = "stored"
    """What must precede the transaction is in the store, pinned."""
    SIGNED = "signed"
    """The transaction is signed and kept, its nonce reserved; perhaps already broadcast."""
    CONFIRMED = "confirmed"
    """The effect stands on the chain at the configured depth."""
    DONE = "done"
    """What follows the transaction is in the store, pinned; the spool is empty."""


class JobState(StrEnum):
    """Where a job stands: waiting, or in one of its end states."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DRAFT = "draft"
    """Refused for now (say, revoked meanwhile) and kept so that nothing written is lost."""


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A transaction ready for broadcast: nonce, EIP-2718 bytes, hash."""

    nonce: int
    raw: bytes = field(repr=False)
    hash: TxHash


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction: ``before`` is stored first, ``after`` once it is confirmed.

    The last CID of each links to all the others before it, and is the one that is pinned.
    """

    call: Call
    before: tuple[Cid, ...] = ()
    after: tuple[Cid, ...] = ()
    state: StepState = StepState.PREPARED
    signed: SignedTransaction | None = None
    block: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A row of the outbox.

    ``kind`` is the user's action ("record-add"); ``title`` says it in words; ``result``
    is what the command returns once done (JSON-able).
    """

    id: JobId
    account: Address
    kind: str
    title: str
    created: int
    steps: tuple[Step, ...]
    state: JobState = JobState.PENDING
    result: dict[str, str | int] = field(default_factory=dict)
    error: str = ""
    error_code: str = ""
    attempts: int = 0

    @property
    def is_wish(self) -> bool:
        """Whether it was decided without a network: its steps are still to be made."""
        return not self.steps and ABOUT in self.result
