"""Key derivation and key regression."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey

from medrec.crypto import kdf
from medrec.domain.categories import Category
from medrec.domain.ids import Epoch
from medrec.errors import BadFields, NoKey
from tests.unit.crypto.builders import DOCTOR_ROOT, LOW_ORDER, PATIENT_KEY, PATIENT_ROOT


def test_the_root_depends_on_every_byte_of_the_secret() -> None:
    secret = bytes(range(64))
    roots = {kdf.account_root(secret[:i] + b"\xff" + secret[i + 1 :]).secret for i in range(64)}
    assert len(roots) == 64


@pytest.mark.parametrize("size", [0, 16, 31, 33, 63, 65])
def test_an_account_secret_has_32_or_64_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="32 or 64"):
        kdf.account_root(bytes(size))


def test_purposes_never_share_a_key() -> None:
    root = PATIENT_ROOT
    keys = [kdf.encryption_key(root, v).secret for v in range(1, 20)]
    keys += [kdf.category_seed(root, c, g) for c in Category for g in range(5)]
    keys += [kdf.database_key(root), root.derive("medrec/registrar"), root.secret]
    assert len(set(keys)) == len(keys)


def test_the_encryption_key_is_x25519() -> None:
    assert bytes(PrivateKey(PATIENT_KEY.secret).public_key) == PATIENT_KEY.public


def test_secrets_do_not_show() -> None:
    w = kdf.wrapping_key(bytes(32))
    for holder, secret in (
        (PATIENT_ROOT, PATIENT_ROOT.secret),
        (PATIENT_KEY, PATIENT_KEY.secret),
        (w, w.key),
    ):
        assert repr(secret) not in repr(holder)
        assert secret.hex() not in repr(holder)


def test_the_state_is_the_seed_hashed_down() -> None:
    state = kdf.category_seed(PATIENT_ROOT, Category.VITALS, 2)
    assert kdf.epoch_state(PATIENT_ROOT, Category.VITALS, Epoch(2, 65535)) == state
    for _ in range(3):
        state = hashlib.blake2b(state, digest_size=32, person=b"medrec/epoch").digest()
    assert kdf.epoch_state(PATIENT_ROOT, Category.VITALS, Epoch(2, 65532)) == state


@given(st.integers(65000, 65535), st.integers(0, 500))
@settings(deadline=None)
def test_a_newer_state_gives_the_older(index: int, back: int) -> None:
    have, want = Epoch(0, index), Epoch(0, index - back)
    state = kdf.epoch_state(PATIENT_ROOT, Category.NOTES, have)
    assert kdf.older_state(state, have, want) == kdf.epoch_state(PATIENT_ROOT, Category.NOTES, want)


def test_the_whole_generation_follows_from_its_last_state() -> None:
    last, first = Epoch(0, 65535), Epoch(0, 0)
    state = kdf.epoch_state(PATIENT_ROOT, Category.GENETIC, last)
    expected = kdf.epoch_state(PATIENT_ROOT, Category.GENETIC, first)
    assert kdf.older_state(state, last, first) == expected


@pytest.mark.parametrize("want", [Epoch(0, 6), Epoch(1, 0), Epoch(1, 5), Epoch(0, 65535)])
def test_nothing_newer_and_no_other_generation(want: Epoch) -> None:
    state = kdf.epoch_state(PATIENT_ROOT, Category.NOTES, Epoch(0, 5))
    with pytest.raises(NoKey):
        kdf.older_state(state, Epoch(0, 5), want)


def test_who_asks_at_once_has_it_worked_out_once() -> None:
    kdf._milestones.cache_clear()
    start = threading.Barrier(8)

    def ask() -> bytes:
        start.wait()
        return kdf.epoch_state(PATIENT_ROOT, Category.VITALS, Epoch(3, 7))

    with ThreadPoolExecutor(8) as threads:
        states = {asked.result() for asked in [threads.submit(ask) for _ in range(8)]}
    assert len(states) == 1
    assert kdf._milestones.cache_info().misses == 1


def test_an_older_generation_does_not_follow() -> None:
    state = kdf.epoch_state(PATIENT_ROOT, Category.NOTES, Epoch(1, 0))
    with pytest.raises(NoKey):
        kdf.older_state(state, Epoch(1, 0), Epoch(0, 0))


def test_low_order_keys_are_known() -> None:
    assert all(kdf.is_low_order(point) for point in LOW_ORDER)
    assert all(kdf.is_low_order(point[:31] + bytes([point[31] | 0x80])) for point in LOW_ORDER)
    assert not kdf.is_low_order(PATIENT_KEY.public)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_key_of_another_size_is_unsafe(size: int) -> None:
    assert kdf.is_low_order(b"\x09" * size)


def test_fingerprints_are_short_and_differ() -> None:
    prints = {kdf.fingerprint(kdf.encryption_key(PATIENT_ROOT, v).public) for v in range(1, 30)}
    assert len(prints) == 29
    assert all(len(p) == 32 and int(p, 16) >= 0 for p in prints)


@pytest.mark.parametrize(
    ("number", "birth"),
    [
        ("ab-123 456", "1980-02-01"),
        ("AB123456", "1980 02 01"),
        ("ａｂ１２３４５６", "1980/02/01"),
        ("AB\u2013123\u00a0456", "19800201"),
    ],
)
def test_one_person_gives_one_commitment(number: str, birth: str) -> None:
    expected = kdf.identity_commitment(DOCTOR_ROOT, id_number="AB123456", birth_date="19800201")
    assert kdf.identity_commitment(DOCTOR_ROOT, id_number=number, birth_date=birth) == expected


def test_commitments_are_keyed_and_keep_fields_apart() -> None:
    def commit(root: kdf.AccountRoot, number: str, birth: str) -> bytes:
        return kdf.identity_commitment(root, id_number=number, birth_date=birth)

    commitments = {
        commit(DOCTOR_ROOT, "AB12", "19800201"),
        commit(PATIENT_ROOT, "AB12", "19800201"),
        commit(DOCTOR_ROOT, "AB121", "9800201"),
        commit(DOCTOR_ROOT, "AB13", "19800201"),
    }
    assert len(commitments) == 4


@pytest.mark.parametrize(("number", "birth"), [("", "19800201"), (" - ", "19800201"), ("AB", "")])
def test_a_commitment_needs_both_fields(number: str, birth: str) -> None:
    with pytest.raises(BadFields):
        kdf.identity_commitment(DOCTOR_ROOT, id_number=number, birth_date=birth)


def test_a_script_s_marks_count() -> None:
    first = kdf.identity_commitment(DOCTOR_ROOT, id_number="कि१", birth_date="19800201")
    second = kdf.identity_commitment(DOCTOR_ROOT, id_number="क१", birth_date="19800201")
    assert first != second
