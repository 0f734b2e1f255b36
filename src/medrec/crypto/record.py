"""Sealed records (DESIGN.md section 4), all in one place to import from."""

from medrec.crypto.kdf import WrappingKey
from medrec.crypto.manifest import (
    KeptPart,
    Manifest,
    ManifestFields,
    Part,
    PartSource,
    Witness,
)
from medrec.crypto.opening import PartReader, open_manifest
from medrec.crypto.pending import open_pending_copy, pending_copy
from medrec.crypto.root import Root, content_key, decode_root, read_root
from medrec.crypto.sealing import SealedRecord, rewrap, seal_record
from medrec.crypto.wrapping import AsAuthor, AsReader, DirectKeys, Opener, RecordContext, WrapTo

__all__ = [
    "AsAuthor",
    "AsReader",
    "DirectKeys",
    "KeptPart",
    "Manifest",
    "ManifestFields",
    "Opener",
    "Part",
    "PartReader",
    "PartSource",
    "RecordContext",
    "Root",
    "SealedRecord",
    "Witness",
    "WrapTo",
    "WrappingKey",
    "content_key",
    "decode_root",
    "open_manifest",
    "open_pending_copy",
    "pending_copy",
    "read_root",
    "rewrap",
    "seal_record",
]
