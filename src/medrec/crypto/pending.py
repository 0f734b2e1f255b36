"""The copy of a root that lies in the store until its transaction is confirmed.

Only the patient and the author open it: a transaction refused as stale leaves nothing that the
doctor who was just revoked could open. Its links keep the sealed blocks under a recursive pin.
"""

from __future__ import annotations

from nacl import utils

from medrec.crypto import aead
from medrec.crypto.boxes import open_exact, pad, padme, seal_exact, unpad
from medrec.crypto.codec import Link, encode
from medrec.crypto.fields import Fields
from medrec.crypto.kdf import KEY_SIZE, EncryptionKey
from medrec.crypto.root import decode_root
from medrec.crypto.wrapping import AUTHOR_BOX
from medrec.errors import BadObject, NoKey

_LABEL = b"medrec/pending/1"


def pending_copy(root: bytes, patient_public: bytes, author_public: bytes) -> bytes:
    """A DAG-CBOR block with the root sealed to patient and author, linking what it links.

    Raises:
        LowOrderKey.
    """
    key = utils.random(KEY_SIZE)
    return encode(
        {
            "v": 1,
            "keys": [
                seal_exact(patient_public, key, "the patient"),
                seal_exact(author_public, key, "the author"),
            ],
            "data": aead.seal(key, pad(root, padme(len(root) + 1)), _LABEL),
            "links": [Link(cid) for cid in decode_root(root).links],
        }
    )


def open_pending_copy(data: bytes, key: EncryptionKey) -> bytes:
    """The root's bytes: to be checked against the digest on chain by `read_root`.

    Raises:
        NoKey: when ``key`` is neither the patient's nor the author's.
        SealBroken: when it was changed.
        BadObject.
    """
    fields = Fields.decode(data, ("keys", "data", "links"), "the pending record")
    boxes = fields.items("keys")
    fields.links("links")
    for box in boxes:
        if not isinstance(box, bytes) or len(box) != AUTHOR_BOX or len(boxes) != 2:
            raise BadObject(why="the keys of the pending record are malformed.")
        try:
            opened = open_exact(key, box)
        except NoKey:
            continue
        return unpad(aead.unseal(opened, fields.raw("data"), _LABEL, "the pending record"))
    raise NoKey
