"""What a written record returns to the caller: where it stands in the store and on the chain."""

from __future__ import annotations

from medrec.domain.calls import AddRecord, UpdateRecord
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.ids import ZERO_DIGEST
from medrec.services.writing import WrittenRecord


def anchored(done: WrittenRecord) -> dict[str, object]:
    """Record, version, CID and digest of the root, and the transaction that anchored it."""
    step = done.job.steps[-1]
    call = step.call
    digest = call.digest if isinstance(call, AddRecord | UpdateRecord) else ZERO_DIGEST
    return {
        "record": done.record.hex(),
        "version": done.version,
        "cid": step.after[0] if step.after else cid_from_digest(digest, Codec.DAG_CBOR),
        "digest": digest.hex(),
        "transaction": "0x" + step.signed.hash.hex() if step.signed else "",
    }
