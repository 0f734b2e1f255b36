"""Who wrote it: the credential of a record's author as it stood when the record was written."""

from __future__ import annotations

from medrec.crypto.credential import decode_credential
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.people import DoctorStatus
from medrec.errors import BadCredential
from medrec.services.context import Context
from medrec.services.trust import doctor_entries


async def check_author(context: Context, entry: AuditEntry) -> None:
    """See to it that a verifier had vouched for the entry's actor before the entry.

    Raises:
        BadCredential: when nobody trusted had, or had taken it back.
    """
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
