"""Credentials: every way in which one does not count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.crypto.codec import decode, encode
from medrec.crypto.credential import (
    SignerRole,
    check_credential,
    decode_credential,
    encode_credential,
)
from medrec.domain.ids import Address, Digest
from medrec.domain.typed import Credential
from medrec.errors import BadCredential, BadObject, KeyWentBack, LowOrderKey
from tests.unit.crypto.builders import DOCTOR, DOCTOR_KEY, LOW_ORDER, OTHER, PATIENT, flipped

PROFILE = Digest(bytes(range(32)))
STATEMENT = Credential(DOCTOR, PROFILE, DOCTOR_KEY.public, 3, 2_000_000_000)
SIGNATURE = bytes(range(65))
TRUSTED = frozenset({OTHER})


def check(
    statement: Credential = STATEMENT,
    signer: Address | None = OTHER,
    *,
    holder: Address = DOCTOR,
    profile: bytes = PROFILE,
    key: bytes = DOCTOR_KEY.public,
    version: int = 3,
    at: int = 1_900_000_000,
    seen: int = 0,
) -> None:
    check_credential(
        statement,
        signer,
        TRUSTED,
        holder=holder,
        profile_digest=profile,
        encryption_key=key,
        key_version=version,
        at=at,
        seen_version=seen,
    )


@pytest.mark.parametrize("role", SignerRole)
def test_it_survives_the_store(role: SignerRole) -> None:
    data = encode_credential(STATEMENT, SIGNATURE, role)
    assert decode_credential(data, role) == (STATEMENT, SIGNATURE)


def test_a_registrar_s_is_not_a_verifier_s() -> None:
    with pytest.raises(BadObject, match="verifier"):
        decode_credential(encode_credential(STATEMENT, SIGNATURE, SignerRole.REGISTRAR))


@given(st.integers(0, 1 << 12))
def test_a_flipped_bit_is_refused_or_shows(bit: int) -> None:
    data = flipped(encode_credential(STATEMENT, SIGNATURE), bit)
    try:
        assert decode_credential(data) != (STATEMENT, SIGNATURE)
    except BadObject:
        return


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": bytes(64)},
        {"key": bytes(31)},
        {"profile": bytes(33)},
        {"holder": "Dr Smith"},
        {"validUntil": -1},
        {"role": "doctor"},
        {"v": 2},
        {"more": 1},
    ],
    ids=str,
)
def test_a_malformed_object(changes: dict[str, object]) -> None:
    fields = decode(encode_credential(STATEMENT, SIGNATURE))
    assert isinstance(fields, dict)
    with pytest.raises(BadObject):
        decode_credential(encode({**fields, **changes}))


def test_a_valid_one_passes_with_the_whole_digest_or_what_the_chain_keeps() -> None:
    check()
    check(profile=PROFILE[:24])
    check(at=STATEMENT.valid_until)
    check(seen=3)


@pytest.mark.parametrize("signer", [None, DOCTOR, PATIENT])
def test_signed_by_nobody_who_counts(signer: Address | None) -> None:
    with pytest.raises(BadCredential, match="trusts"):
        check(signer=signer)


@pytest.mark.parametrize(
    ("why", "given_facts"),
    [
        ("somebody else", {"holder": PATIENT}),
        ("older key", {"version": 4}),
        ("another key", {"key": bytes(range(32))}),
        ("another profile", {"profile": bytes(32)}),
        ("another profile", {"profile": bytes(24)}),
        ("another profile", {"profile": PROFILE[:8]}),
        ("another profile", {"profile": b""}),
        ("expired", {"at": STATEMENT.valid_until + 1}),
    ],
)
def test_what_does_not_match(why: str, given_facts: dict[str, object]) -> None:
    with pytest.raises(BadCredential, match=why):
        check(**given_facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(("version", "seen"), [(2, 0), (3, 4), (1, 3)])
def test_a_key_that_went_back(version: int, seen: int) -> None:
    with pytest.raises(KeyWentBack):
        check(version=version, seen=seen)


def test_an_unsafe_key_is_refused_even_when_it_was_vouched_for() -> None:
    unsafe = LOW_ORDER[1]
    with pytest.raises(LowOrderKey):
        check(replace(STATEMENT, encryption_key=unsafe), key=unsafe)
