"""Who wrote it: the credential of a record's author as it stood when the record was written."""

from __future__ import annotations

from medrec.crypto.credential import decode_credential
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.people import DoctorStatus
from medrec.errors import BadCredential, NotWrittenBy
from medrec.services.context import Context
from medrec.services.trust import doctor_entries


async def check_author(context: Context, entry: AuditEntry) -> None:
    """See to it that the entry's actor wrote it, and was vouched for when it was written.

    Raises:
        NotWrittenBy: when the actor did not sign the transaction.
        BadCredential: when nobody trusted had vouched for a doctor, or had taken it back.
    """
    if not await context.chain.wrote(entry):
        raise NotWrittenBy(author=entry.actor)
    if entry.actor != entry.subject:
        await _check_credential(context, entry)


async def _check_credential(context: Context, entry: AuditEntry) -> None:
    changes = await doctor_entries(context, entry.actor, Action.DOCTOR_STATUS_CHANGED)
    before = [e for e in changes if (e.block, e.log_index) < (entry.block, entry.log_index)]
    if not before or before[-1].meta.kind != DoctorStatus.VERIFIED:
        raise BadCredential(holder=entry.actor, why="its author was not a verified doctor.")
    blob = await context.store.get(cid_from_digest(before[-1].digest, Codec.RAW))
    statement, signature = decode_credential(blob)
    signer = context.wallets.signer(statement, signature)
    if (
        signer not in context.network.verifiers
        or statement.holder != entry.actor
        or statement.valid_until < entry.meta.time
    ):
        raise BadCredential(holder=entry.actor, why="its author's credential is not genuine.")
