"""The content store and the local database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from medrec.domain.entries import AuditEntry, BlockRef
from medrec.domain.ids import Address, ChainHead, Cid, JobId
from medrec.domain.outbox import Job, JobState


class ContentStore(Protocol):
    """Blocks by CID (v1, sha2-256, raw or dag-cbor), up to 1 MiB each."""

    async def put(self, cid: Cid, data: bytes) -> None:
        """Store a block; putting it again is harmless.

        Raises:
            ValueError: when the CID is not the data's, or the block is over 1 MiB (our bug).
            StoreDown.
        """
        ...

    async def get(self, cid: Cid) -> bytes:
        """The block, checked against its CID.

        Raises:
            BlockMissing, BlockChanged, StoreDown.
        """
        ...

    async def has(self, cid: Cid) -> bool:
        """Whether the store itself holds the block."""
        ...

    async def pin(self, cid: Cid) -> None:
        """Keep the block and, for dag-cbor, everything that it links to.

        Raises:
            BlockMissing: when something linked is not there.
        """
        ...

    async def unpin(self, cid: Cid) -> None:
        """Let go of a pin; unknown pins are no error."""
        ...

    async def status(self) -> Mapping[str, str | int]:
        """For people: kind, location, number of blocks, bytes used."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class LocalStore(Protocol):
    """The encrypted local database of one account on one network."""

    async def checkpoints(self) -> list[BlockRef]:
        """Blocks up to which the index was filled, newest first (some hundred are kept)."""
        ...

    async def append_entries(self, entries: Sequence[AuditEntry], upto: BlockRef) -> None:
        """Add entries and the checkpoint, in one transaction; the same again is harmless.

        Raises:
            ValueError: when an entry stands above ``upto`` (our bug).
        """
        ...

    async def roll_back(self, block: int) -> None:
        """Forget every checkpoint above ``block`` and every entry that none vouches for any more.

        Entries above the newest checkpoint that stays go too; without one, all of them.
        """
        ...

    async def entries(
        self,
        *,
        subject: Address | None = None,
        actor: Address | None = None,
        ref: bytes | None = None,
        actions: Sequence[int] = (),
    ) -> list[AuditEntry]:
        """Indexed entries that match everything given, in the order of the chain."""
        ...

    async def tip(self, subject: Address, block: int | None = None) -> tuple[int, ChainHead] | None:
        """How many entries a subject has up to ``block`` (all when None), and the last head.

        None where there is no entry.
        """
        ...

    async def get(self, space: str, key: str) -> bytes | None:
        """A remembered value."""
        ...

    async def put(self, space: str, key: str, value: bytes) -> None:
        """Remember a value (highest key versions, verified heads, profiles, fingerprints)."""
        ...

    async def delete(self, space: str, key: str) -> None:
        """Forget a value."""
        ...

    async def items(self, space: str) -> dict[str, bytes]:
        """Everything remembered in a space."""
        ...

    async def add_job(self, job: Job, blocks: Mapping[Cid, bytes]) -> Job:
        """Write a job and its sealed blocks in one transaction; returns it with its id.

        It takes ``blocks``, and those spooled before that its steps name.
        """
        ...

    async def spool(self, job: JobId | None, blocks: Mapping[Cid, bytes]) -> None:
        """Keep sealed blocks until a job is through; None: for the job about to be added.

        Raises:
            NoSuchJob.
        """
        ...

    async def spooled(self, cid: Cid) -> bytes | None:
        """A block from the spool."""
        ...

    async def update_job(self, job: Job) -> None:
        """Overwrite a job's row; an ended job's blocks leave the spool (a draft's stay).

        Only a pending job keeps its nonces.

        Raises:
            NoSuchJob.
        """
        ...

    async def job(self, job: JobId) -> Job | None:
        """One job."""
        ...

    async def jobs(self, states: Sequence[JobState] = ()) -> list[Job]:
        """Jobs in the order of their creation."""
        ...

    async def reserve_nonce(self, job: JobId, who: Address, at_least: int) -> int:
        """The next nonce of ours that no unfinished job holds, not below ``at_least``.

        A nonce that the job holds and none of its steps has signed is given again: a crash
        between reserving and signing leaves no gap. Sign one step before reserving for the next.

        Raises:
            NoSuchJob.
        """
        ...

    async def release_nonce(self, job: JobId, who: Address, nonce: int) -> None:
        """Give back a reserved nonce that was never broadcast."""
        ...

    def exclusive(
        self, what: str = "outbox", wait: float = 120.0
    ) -> AbstractAsyncContextManager[None]:
        """While it is held, no other task or process holds the same (``"outbox"``, ``"index"``).

        Waits up to ``wait`` seconds; ends with its process; not to be entered twice by one task.

        Raises:
            OutboxBusy: when it was not free in time.
        """
        ...

    async def close(self) -> None:
        """Close the database."""
        ...
