"""Writes the frozen vectors: what MedRec sealed and encoded when its formats were settled.

    python -m tests.vectors.make_vectors

A vector that is already there is never written again: what was sealed once must open for ever,
and what was derived once must derive for ever. A new format (a new version byte) gets new files
beside the old ones; the old ones stay. All people, words and passwords in them are invented.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from medrec.crypto import kdf
from medrec.crypto.bundle import Bundle, encode_bundle
from medrec.crypto.codec import Link, encode
from medrec.crypto.credential import SignerRole, encode_credential
from medrec.crypto.envelope import Envelope, SlotKey, seal_envelope
from medrec.crypto.profile import Profile, encode_profile
from medrec.crypto.record import (
    DirectKeys,
    ManifestFields,
    PartSource,
    RecordContext,
    Witness,
    WrapTo,
    pending_copy,
    seal_record,
)
from medrec.crypto.request import Request, encode_and_seal
from medrec.crypto.slots import slot_map
from medrec.crypto.vault import VaultContents, seal_vault
from medrec.crypto.words import seed
from medrec.domain.categories import IDENTITY_SLOT, Category, Permission, Slot
from medrec.domain.cid import Codec, cid_of
from medrec.domain.ids import Address, ChainHead, Cid, Digest, Epoch, new_record_id
from medrec.domain.typed import Credential

HERE = Path(__file__).parent
WORDS = "abandon " * 23 + "art"
DOCTOR_SECRET = bytes(range(1, 33))
READER_SECRET = bytes(range(101, 133))
CHAIN = 31337
CONTRACT = Address("0x5FbDB2315678afecb367f032d93F642f64180aa3")
PATIENT = Address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
DOCTOR = Address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
READER = Address("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC")
EDGES = [
    Epoch(0, 0),
    Epoch(0, 1),
    Epoch(0, 255),
    Epoch(0, 256),
    Epoch(0, 65534),
    Epoch(0, 65535),
    Epoch(1, 0),
    Epoch(65535, 65535),
]
EPOCH = Epoch(0, 3)

Json = dict[str, object]


def patient_root() -> kdf.AccountRoot:
    """The root of the words."""
    return kdf.account_root(seed(WORDS))


def codec() -> Json:
    """Encodings; in ``value`` bytes stand as {"bytes": hex} and links as {"link": CID}."""
    link = cid_of(b"medrec", Codec.DAG_CBOR)
    raw = cid_of(b"medrec", Codec.RAW)
    cases: list[tuple[str, object, object]] = [
        ("null", None, None),
        ("true", True, True),
        ("small", 23, 23),
        ("one byte", 24, 24),
        ("two bytes", 256, 256),
        ("largest", (1 << 64) - 1, (1 << 64) - 1),
        ("smallest", -(1 << 64), -(1 << 64)),
        ("text", "Łucja عمر", "Łucja عمر"),
        ("bytes", bytes(range(4)), {"bytes": "00010203"}),
        ("keys by length, then bytes", {"b": 1, "aa": 2, "a": 3}, {"b": 1, "aa": 2, "a": 3}),
        ("links", [Link(link), Link(raw)], [{"link": link}, {"link": raw}]),
        ("nested", {"x": [{}, [], ""]}, {"x": [{}, [], ""]}),
    ]
    return {"cases": [{"name": n, "value": shown, "hex": encode(v).hex()} for n, v, shown in cases]}


def keys() -> Json:
    """Everything that derives from the words."""
    root = patient_root()
    pairs = [kdf.encryption_key(root, version) for version in (1, 2, 65536)]
    states = [
        {
            "category": category.value,
            "epoch": epoch.packed,
            "state": kdf.epoch_state(root, category, epoch).hex(),
            "wrap": kdf.wrapping_key(kdf.epoch_state(root, category, epoch)).key.hex(),
        }
        for category in (Category.IDENTITY, Category.VITALS, Category.SUBSTANCE)
        for epoch in EDGES
    ]
    return {
        "words": WORDS,
        "seed": seed(WORDS).hex(),
        "root": root.secret.hex(),
        "root of a private key": kdf.account_root(DOCTOR_SECRET).secret.hex(),
        "encryption": [
            {
                "version": pair.version,
                "secret": pair.secret.hex(),
                "public": pair.public.hex(),
                "fingerprint": kdf.fingerprint(pair.public),
            }
            for pair in pairs
        ],
        "seeds": {c.value: kdf.category_seed(root, c, 0).hex() for c in Category},
        "states": states,
        "slots": {c.value: s for c, s in slot_map(root).by_category.items()},
        "database": kdf.database_key(root).hex(),
        "commitment": kdf.identity_commitment(
            root, id_number="AB-123 456", birth_date="1980-02-01"
        ).hex(),
        "content key commitment": kdf.key_commitment(bytes(32)).hex(),
    }


def public() -> Json:
    """Public objects: a profile, a credential for it, a bundle."""
    key = kdf.encryption_key(kdf.account_root(DOCTOR_SECRET), 1)
    profile = Profile(DOCTOR, "Łucja", "Öztürk", "cardiology", "PL-1234", key.public, 1)
    data = encode_profile(profile)
    statement = Credential(DOCTOR, Digest(bytes(range(32))), key.public, 1, 2_000_000_000)
    bundle = Bundle(
        CHAIN,
        CONTRACT,
        PATIENT,
        Epoch(1, 2),
        cid_of(b"before", Codec.DAG_CBOR),
        {DOCTOR: cid_of(b"one", Codec.RAW), READER: cid_of(b"two", Codec.RAW)},
        {Slot(4): cid_of(b"supplement", Codec.RAW)},
    )
    return {
        "profile": data.hex(),
        "credential": encode_credential(statement, bytes(range(65))).hex(),
        "registrar's credential": encode_credential(
            statement, bytes(range(65)), SignerRole.REGISTRAR
        ).hex(),
        "bundle": encode_bundle(bundle).hex(),
    }


def sealed_boxes() -> Json:
    """An envelope to the doctor and a request to the patient."""
    root = patient_root()
    slots = slot_map(root)

    def state(category: Category, epoch: Epoch) -> tuple[Epoch, bytes]:
        return epoch, kdf.epoch_state(root, category, epoch)

    notes = {
        epoch: kdf.wrapping_key(kdf.epoch_state(root, Category.NOTES, epoch))
        for epoch in (Epoch(1, 1), Epoch(1, 2))
    }
    now = Epoch(1, 2)
    envelope = Envelope(
        CHAIN,
        CONTRACT,
        PATIENT,
        DOCTOR,
        1,
        now,
        cid_of(b"bundle", Codec.DAG_CBOR),
        {
            IDENTITY_SLOT: SlotKey(Category.IDENTITY, (state(Category.IDENTITY, now),)),
            slots.slot(Category.VITALS): SlotKey(
                Category.VITALS,
                (state(Category.VITALS, Epoch(0, 9)), state(Category.VITALS, now)),
            ),
            slots.slot(Category.NOTES): SlotKey(Category.NOTES, wraps=notes),
            slots.slot(Category.LABORATORY): SlotKey(Category.LABORATORY),
        },
    )
    request = Request(
        PATIENT,
        DOCTOR,
        Permission(frozenset({Category.VITALS, Category.NOTES}), frozenset({Category.NOTES})),
        2_000_000_000,
        "follow-up",
        1_900_000_000,
    )
    doctor = kdf.encryption_key(kdf.account_root(DOCTOR_SECRET), 1)
    return {
        "envelope": seal_envelope(envelope, doctor.public).hex(),
        "request": encode_and_seal(request, kdf.encryption_key(root, 1).public).hex(),
    }


def record() -> Json:
    """One record under W and one sealed directly, each with a deflated and a plain part."""
    root = patient_root()
    patient = kdf.encryption_key(root, 1)
    doctor = kdf.encryption_key(kdf.account_root(DOCTOR_SECRET), 1)
    reader = kdf.encryption_key(kdf.account_root(READER_SECRET), 1)
    slot = slot_map(root).slot(Category.VITALS)
    context = RecordContext(
        CHAIN,
        CONTRACT,
        PATIENT,
        new_record_id(slot, DOCTOR, bytes(range(11))),
        2,
        slot,
        EPOCH,
        DOCTOR,
    )
    fields = ManifestFields(
        "Blood pressure",
        1_750_000_000,
        Witness(17, bytes(range(32)), ChainHead(bytes(range(27)))),
        "as measured",
    )
    contents = {
        "observation.json": b'{"resourceType": "Observation", "value": 120}' * 40,
        "dot.png": bytes.fromhex("89504e470d0a1a0a") + bytes(range(40)),
    }
    parts = [
        PartSource(name, "application/octet-stream", len(data), partial(io.BytesIO, data))
        for name, data in contents.items()
    ]

    def one(to: WrapTo) -> Json:
        blocks: dict[Cid, bytes] = {}
        made = seal_record(context, fields, parts, to, doctor.public, blocks.__setitem__)
        return {
            "root": made.root.hex(),
            "digest": made.digest.hex(),
            "cid": made.cid,
            "blocks": {cid: block.hex() for cid, block in blocks.items()},
            "pending": pending_copy(made.root, patient.public, doctor.public).hex(),
        }

    w = kdf.wrapping_key(kdf.epoch_state(root, Category.VITALS, EPOCH))
    return {
        "record": context.record.hex(),
        "version": context.version,
        "slot": slot,
        "epoch": EPOCH.packed,
        "contents": {name: data.hex() for name, data in contents.items()},
        "under W": one(w),
        "direct": one(DirectKeys(patient.public, (reader.public,))),
    }


def vault() -> Json:
    """A vault of words and one of a private key, at MODERATE."""
    made = {}
    for contents in (
        VaultContents.from_words(WORDS, "ana", 1_750_000_000),
        VaultContents.from_key(DOCTOR_SECRET, "ben", 1_750_000_000),
    ):
        data, authenticator = seal_vault(contents, "pässword of a test", "AB12-CD34")
        made[contents.name] = {"vault": data.hex(), "authenticator": authenticator.hex()}
    return {"password": "pässword of a test", "key": "AB12-CD34", "vaults": made}


VECTORS: dict[str, Callable[[], Json]] = {
    "codec": codec,
    "keys": keys,
    "public": public,
    "boxes": sealed_boxes,
    "record": record,
    "vault": vault,
}


def main() -> None:
    """Write the vectors that are not there yet."""
    for name, make in VECTORS.items():
        path = HERE / f"{name}.v1.json"
        if not path.exists():
            text = json.dumps(make(), indent=1, ensure_ascii=False)
            path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
