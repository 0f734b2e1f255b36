"""The frozen vectors: what was written when the formats were settled opens for ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medrec.crypto import kdf
from medrec.crypto.bundle import decode_bundle, encode_bundle
from medrec.crypto.codec import Link, decode, encode
from medrec.crypto.credential import SignerRole, decode_credential, encode_credential
from medrec.crypto.envelope import open_envelope
from medrec.crypto.profile import decode_profile, encode_profile
from medrec.crypto.record import (
    AsAuthor,
    AsReader,
    Opener,
    RecordContext,
    content_key,
    open_manifest,
    open_pending_copy,
    read_root,
)
from medrec.crypto.request import open_request
from medrec.crypto.root import encode_root
from medrec.crypto.slots import slot_map
from medrec.crypto.vault import VaultKind, open_vault
from medrec.crypto.words import seed
from medrec.domain.categories import IDENTITY_SLOT, Category, Permission, Slot
from medrec.domain.cid import Codec, cid_from_digest, cid_of
from medrec.domain.ids import Cid, Digest, Epoch, RecordId
from medrec.errors import NoKey
from tests.unit.crypto.builders import read_part
from tests.vectors.make_vectors import (
    CHAIN,
    CONTRACT,
    DOCTOR,
    DOCTOR_SECRET,
    EPOCH,
    HERE,
    PATIENT,
    READER,
    READER_SECRET,
    VECTORS,
    WORDS,
)

ROOT = kdf.account_root(seed(WORDS))
PATIENT_KEY = kdf.encryption_key(ROOT, 1)
DOCTOR_KEY = kdf.encryption_key(kdf.account_root(DOCTOR_SECRET), 1)
READER_KEY = kdf.encryption_key(kdf.account_root(READER_SECRET), 1)
W = kdf.wrapping_key(kdf.epoch_state(ROOT, Category.VITALS, EPOCH))
HOME: dict[str, Any] = {"chain_id": CHAIN, "contract": CONTRACT, "patient": PATIENT}


def load(name: str) -> Any:
    """One file of vectors."""
    return json.loads((HERE / f"{name}.v1.json").read_text(encoding="utf-8"))


def test_every_kind_of_vector_is_frozen() -> None:
    assert {path.name for path in Path(HERE).glob("*.json")} >= {f"{n}.v1.json" for n in VECTORS}


@pytest.mark.parametrize("name", ["codec", "keys", "public"])
def test_what_has_no_randomness_comes_out_the_same(name: str) -> None:
    make: Callable[[], object] = VECTORS[name]
    assert json.loads(json.dumps(make())) == load(name)


def shown(value: object) -> object:
    """A decoded value as the vectors write it."""
    match value:
        case bytes():
            return {"bytes": value.hex()}
        case Link():
            return {"link": value.cid}
        case list():
            return [shown(item) for item in value]
        case dict():
            return {key: shown(item) for key, item in value.items()}
        case _:
            return value


@pytest.mark.parametrize("case", load("codec")["cases"], ids=lambda case: case["name"])
def test_codec(case: dict[str, Any]) -> None:
    decoded = decode(bytes.fromhex(case["hex"]))
    assert shown(decoded) == case["value"]
    assert encode(decoded).hex() == case["hex"]


def test_account_root_and_keys() -> None:
    vector = load("keys")
    root = kdf.account_root(bytes.fromhex(vector["seed"]))
    assert root.secret.hex() == vector["root"]
    for pair in vector["encryption"]:
        key = kdf.encryption_key(root, pair["version"])
        assert (key.secret.hex(), key.public.hex()) == (pair["secret"], pair["public"])
        assert kdf.fingerprint(key.public) == pair["fingerprint"]


@pytest.mark.parametrize(
    "entry", load("keys")["states"], ids=lambda entry: f"{entry['category']} {entry['epoch']:#x}"
)
def test_states(entry: dict[str, Any]) -> None:
    epoch = Epoch.unpack(entry["epoch"])
    state = kdf.epoch_state(ROOT, Category(entry["category"]), epoch)
    assert state.hex() == entry["state"]
    assert kdf.wrapping_key(state).key.hex() == entry["wrap"]


def test_the_oldest_state_follows_from_the_newest_of_the_vectors() -> None:
    states = {
        Epoch.unpack(entry["epoch"]): bytes.fromhex(entry["state"])
        for entry in load("keys")["states"]
        if entry["category"] == "vitals"
    }
    newest, oldest = Epoch(0, 65535), Epoch(0, 0)
    assert kdf.older_state(states[newest], newest, oldest) == states[oldest]
    assert states[newest].hex() == load("keys")["seeds"]["vitals"]


def test_slots() -> None:
    expected = {Category(name): Slot(slot) for name, slot in load("keys")["slots"].items()}
    assert dict(slot_map(ROOT).by_category) == expected


def test_public_objects() -> None:
    vector = load("public")
    profile = decode_profile(bytes.fromhex(vector["profile"]))
    assert (profile.holder, profile.given, profile.family) == (DOCTOR, "Łucja", "Öztürk")
    assert encode_profile(profile).hex() == vector["profile"]
    for name, role in (
        ("credential", SignerRole.VERIFIER),
        ("registrar's credential", SignerRole.REGISTRAR),
    ):
        statement, signature = decode_credential(bytes.fromhex(vector[name]), role)
        assert (statement.holder, statement.encryption_key) == (DOCTOR, DOCTOR_KEY.public)
        assert encode_credential(statement, signature, role).hex() == vector[name]


def test_bundle() -> None:
    data = bytes.fromhex(load("public")["bundle"])
    bundle = decode_bundle(data, **HOME)
    assert bundle.epoch == Epoch(1, 2)
    assert bundle.previous == cid_of(b"before", Codec.DAG_CBOR)
    assert bundle.envelopes[READER] == cid_of(b"two", Codec.RAW)
    assert bundle.supplements == {Slot(4): cid_of(b"supplement", Codec.RAW)}
    assert encode_bundle(bundle) == data


def test_envelope() -> None:
    data = bytes.fromhex(load("boxes")["envelope"])
    assert len(data) == 4096
    envelope = open_envelope(data, DOCTOR_KEY, **HOME, grantee=DOCTOR)
    slots, now = envelope.slots_map(), Epoch(1, 2)
    assert (envelope.epoch, envelope.bundle) == (now, cid_of(b"bundle", Codec.DAG_CBOR))
    given = {
        Category.IDENTITY: [now, Epoch(1, 0)],
        Category.VITALS: [now, Epoch(1, 0), Epoch(0, 9), Epoch(0, 0)],
        Category.NOTES: [Epoch(1, 1), now],
    }
    withheld = {
        Category.IDENTITY: [Epoch(0, 9), Epoch(1, 3)],
        Category.VITALS: [Epoch(0, 10), Epoch(1, 3)],
        Category.NOTES: [Epoch(1, 0), Epoch(1, 3)],
        Category.LABORATORY: [now],
    }
    for category, epochs in given.items():
        for epoch in epochs:
            w = kdf.wrapping_key(kdf.epoch_state(ROOT, category, epoch))
            assert envelope.wrapping_key(slots.slot(category), epoch) == w
    for category, epochs in withheld.items():
        for epoch in epochs:
            with pytest.raises(NoKey):
                envelope.wrapping_key(slots.slot(category), epoch)
    assert slots.slot(Category.IDENTITY) == IDENTITY_SLOT


def test_request() -> None:
    data = bytes.fromhex(load("boxes")["request"])
    request = open_request(data, PATIENT_KEY, patient=PATIENT, doctor=DOCTOR)
    assert request.permission == Permission(
        frozenset({Category.VITALS, Category.NOTES}), frozenset({Category.NOTES})
    )
    assert (request.until, request.reason, request.made_at) == (
        2_000_000_000,
        "follow-up",
        1_900_000_000,
    )


@pytest.mark.parametrize(
    ("form", "opener"),
    [
        ("under W", W),
        ("under W", AsAuthor(DOCTOR_KEY)),
        ("direct", AsReader(PATIENT_KEY)),
        ("direct", AsReader(READER_KEY)),
        ("direct", AsAuthor(DOCTOR_KEY)),
    ],
    ids=["W", "author", "patient", "reader", "author of direct"],
)
def test_record(form: str, opener: Opener) -> None:
    vector = load("record")
    one = vector[form]
    blocks = {Cid(cid): bytes.fromhex(block) for cid, block in one["blocks"].items()}
    digest = Digest(bytes.fromhex(one["digest"]))
    context = RecordContext(
        CHAIN,
        CONTRACT,
        PATIENT,
        RecordId(bytes.fromhex(vector["record"])),
        vector["version"],
        Slot(vector["slot"]),
        Epoch.unpack(vector["epoch"]),
        DOCTOR,
    )
    root = read_root(bytes.fromhex(one["root"]), digest)
    assert encode_root(root).hex() == one["root"]
    assert cid_from_digest(digest, Codec.DAG_CBOR) == one["cid"]
    key = content_key(root, context, opener)
    manifest = open_manifest(root, key, blocks.__getitem__)
    assert (manifest.title, manifest.created, manifest.note) == (
        "Blood pressure",
        1_750_000_000,
        "as measured",
    )
    assert (manifest.witness.block, manifest.witness.block_hash) == (17, bytes(range(32)))
    assert [part.deflated for part in manifest.parts] == [True, False]
    found = {part.name: read_part(part, blocks).hex() for part in manifest.parts}
    assert found == vector["contents"]


@pytest.mark.parametrize("form", ["under W", "direct"])
@pytest.mark.parametrize("key", [PATIENT_KEY, DOCTOR_KEY], ids=["patient", "author"])
def test_pending_copy(form: str, key: kdf.EncryptionKey) -> None:
    one = load("record")[form]
    assert open_pending_copy(bytes.fromhex(one["pending"]), key).hex() == one["root"]


@pytest.mark.parametrize("name", ["ana", "ben"])
def test_vault(name: str) -> None:
    vector = load("vault")
    one = vector["vaults"][name]
    opened = open_vault(bytes.fromhex(one["vault"]), vector["password"], vector["key"])
    assert opened.authenticator_secret.hex() == one["authenticator"]
    assert (opened.contents.name, opened.contents.created) == (name, 1_750_000_000)
    expected = {
        "ana": (VaultKind.WORDS, seed(WORDS)),
        "ben": (VaultKind.KEY, DOCTOR_SECRET),
    }
    assert (opened.contents.kind, opened.contents.account_secret()) == expected[name]
