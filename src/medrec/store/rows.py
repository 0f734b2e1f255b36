"""Rows of the local database from domain objects, and back."""

from __future__ import annotations

from typing import Any

import cbor2

from medrec.domain.calls import dump, load
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, ChainHead, Cid, Digest, JobId, TxHash
from medrec.domain.outbox import Job, JobState, SignedTransaction, Step, StepState
from medrec.errors import DatabaseDamaged

ENTRY_COLUMNS = (
    "block, log_index, subject, actor, ref, action, meta, digest, head, transaction_hash"
)


def entry_row(entry: AuditEntry) -> tuple[int | str | bytes, ...]:
    """The values of `ENTRY_COLUMNS`."""
    return (
        entry.block, entry.log_index, entry.subject, entry.actor, entry.ref, entry.action,
        entry.meta_word.to_bytes(32, "big"), entry.digest, entry.head, entry.transaction,
    )  # fmt: skip


def entry_of(row: tuple[Any, ...]) -> AuditEntry:
    """The entry of a row of `ENTRY_COLUMNS`."""
    block, log_index, subject, actor, ref, _action, meta, digest, head, transaction = row
    return AuditEntry(
        subject=Address(subject),
        actor=Address(actor),
        ref=ref,
        meta_word=int.from_bytes(meta, "big"),
        digest=Digest(digest),
        head=ChainHead(head),
        block=block,
        log_index=log_index,
        transaction=TxHash(transaction),
    )


def job_body(job: Job) -> bytes:
    """Everything of a job but its id and state, as canonical CBOR (RFC 8949 section 4.2)."""
    plain = {
        "account": job.account,
        "kind": job.kind,
        "title": job.title,
        "created": job.created,
        "steps": [_plain_step(step) for step in job.steps],
        "result": job.result,
        "error": job.error,
        "error_code": job.error_code,
        "attempts": job.attempts,
    }
    return cbor2.dumps(plain, canonical=True)


def job_of(id: int, state: str, body: bytes) -> Job:
    """The job of a row.

    Raises:
        DatabaseDamaged: when the row is not one that this program wrote.
    """
    try:
        plain = cbor2.loads(body)
        return Job(
            id=JobId(id),
            account=Address(plain["account"]),
            kind=plain["kind"],
            title=plain["title"],
            created=plain["created"],
            steps=tuple(_step_of(step) for step in plain["steps"]),
            state=JobState(state),
            result=plain["result"],
            error=plain["error"],
            error_code=plain["error_code"],
            attempts=plain["attempts"],
        )
    except (cbor2.CBORDecodeError, KeyError, TypeError, ValueError) as error:
        raise DatabaseDamaged(why=f"job {id} cannot be read.") from error


def _plain_step(step: Step) -> dict[str, object]:
    signed = step.signed
    return {
        "call": dump(step.call),
        "before": list(step.before),
        "after": list(step.after),
        "state": step.state.value,
        "signed": None if signed is None else [signed.nonce, signed.raw, signed.hash],
        "block": step.block,
    }


def _step_of(plain: dict[str, Any]) -> Step:
    signed = plain["signed"]
    return Step(
        call=load(plain["call"]),
        before=tuple(Cid(cid) for cid in plain["before"]),
        after=tuple(Cid(cid) for cid in plain["after"]),
        state=StepState(plain["state"]),
        signed=None if signed is None else SignedTransaction(signed[0], signed[1], signed[2]),
        block=plain["block"],
    )
