"""How a job knows its own effect among the entries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrec.chain.keccak import checksum
from medrec.domain.calls import (
    AddRecord,
    ArchiveRecord,
    Call,
    Deactivate,
    DeclineRequest,
    GrantAccess,
    LogConsultation,
    RegisterDoctor,
    RegisterPatient,
    RegisterUser,
    RequestAccess,
    RevokeAccess,
    RotateAuthenticator,
    RotateEncryptionKey,
    RotateKeys,
    SetDoctorStatus,
    UpdateRecord,
    VerifyIdentity,
    WithdrawRequest,
)
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import ZERO_DIGEST, Address, Digest, Epoch, TxHash, address_bytes
from medrec.domain.outbox import Step
from medrec.services.effects import find_effect
from tests.support.fake_store import FakeStore
from tests.support.local_data import (
    DOCTOR,
    OTHER,
    PATIENT,
    block_ref,
    entry,
    every_call,
    signed,
    some_bytes,
)

ME = DOCTOR


def _ref(address: Address) -> bytes:
    return bytes(12) + address_bytes(address)


def _effect(call: Call) -> AuditEntry:  # noqa: PLR0911, PLR0912 - one case a kind
    """The entry that the contracts leave for the call (contracts/libraries/Actions.sol)."""
    match call:
        case RegisterUser():
            return _entry(Action.USER_REGISTERED, digest=call.key)
        case RotateAuthenticator():
            return _entry(Action.AUTHENTICATOR_ROTATED, digest=_ref(call.authenticator))
        case RotateEncryptionKey():
            return _entry(
                Action.ENCRYPTION_KEY_ROTATED, digest=Digest(call.key), version=call.key_version
            )
        case Deactivate():
            return _entry(Action.USER_DEACTIVATED)
        case RegisterPatient():
            return _entry(Action.PATIENT_REGISTERED)
        case VerifyIdentity():
            return _entry(Action.IDENTITY_VERIFIED, call.patient, call.credential, call.commitment)
        case AddRecord():
            return _entry(Action.RECORD_CREATED, call.patient, call.record, call.digest)
        case UpdateRecord():
            return _entry(Action.RECORD_UPDATED, call.patient, call.record, call.digest)
        case ArchiveRecord():
            return _entry(Action.RECORD_ARCHIVED, call.patient, call.record, call.reason)
        case RegisterDoctor():
            return _entry(Action.DOCTOR_REGISTERED, digest=call.profile)
        case SetDoctorStatus():
            return _entry(
                Action.DOCTOR_STATUS_CHANGED,
                ref=_ref(call.doctor),
                digest=call.credential,
                kind=call.status,
            )
        case RequestAccess():
            return _entry(Action.ACCESS_REQUESTED, call.patient, _ref(ME), call.request)
        case WithdrawRequest():
            return _entry(Action.REQUEST_WITHDRAWN, call.patient, _ref(ME))
        case DeclineRequest():
            return _entry(Action.REQUEST_DECLINED, call.patient, _ref(call.doctor))
        case GrantAccess():
            return _entry(Action.ACCESS_GRANTED, call.patient, _ref(call.grantee), call.envelope)
        case RevokeAccess():
            return _entry(
                Action.ACCESS_REVOKED,
                call.patient,
                _ref(call.grantees[0]),
                call.bundle,
                epoch=call.expected_epoch.next(),
            )
        case RotateKeys():
            return _entry(
                Action.KEYS_ROTATED,
                call.patient,
                _ref(call.patient),
                call.bundle,
                epoch=call.new_epoch,
            )
        case LogConsultation():
            return _entry(
                Action.CONSULTED, call.patient, call.record, call.digest, time=call.seen_at
            )


def _entry(
    action: Action,
    subject: Address = PATIENT,
    ref: bytes = bytes(32),
    digest: bytes = ZERO_DIGEST,
    *,
    kind: int = 0,
    time: int = 7,
    epoch: Epoch = Epoch(0, 0),  # noqa: B008 - frozen
    version: int = 0,
) -> AuditEntry:
    word = action << 184 | time << 144 | epoch.packed << 80 | version << 112 | kind
    plain = entry(5, subject=subject, actor=ME, ref=ref, action=action)
    return replace(plain, meta_word=word, digest=Digest(digest))


async def _store(*entries: AuditEntry) -> FakeStore:
    local = FakeStore()
    placed = [replace(e, log_index=n) for n, e in enumerate(entries)]
    await local.append_entries(placed, block_ref(9))
    return local


TRANSACTION_ONLY = (WithdrawRequest, DeclineRequest)
"""Nothing in these entries tells one from the one before: only their transaction does."""


@pytest.mark.parametrize("call", every_call(), ids=lambda call: type(call).__name__)
async def test_by_content_from_whichever_transaction(call: Call):
    effect = _effect(call)
    found = await find_effect(await _store(effect), ME, Step(call))
    if isinstance(call, TRANSACTION_ONLY):
        assert found is None
    else:
        assert found is not None
        assert found.digest == effect.digest


@pytest.mark.parametrize("call", every_call(), ids=lambda call: type(call).__name__)
async def test_by_its_own_transaction(call: Call):
    sent = signed(3)
    effect = replace(_effect(call), transaction=TxHash(sent.hash))
    found = await find_effect(await _store(effect), ME, Step(call, signed=sent))
    assert found is not None


@pytest.mark.parametrize("call", every_call(), ids=lambda call: type(call).__name__)
async def test_what_somebody_else_did_is_not_mine(call: Call):
    theirs = replace(_effect(call), actor=OTHER)
    assert await find_effect(await _store(theirs), ME, Step(call)) is None


@pytest.mark.parametrize(
    "call",
    [c for c in every_call() if not isinstance(c, RegisterUser | RegisterPatient | Deactivate)],
    ids=lambda call: type(call).__name__,
)
async def test_other_content_is_another_effect(call: Call):
    other = replace(_effect(call), digest=Digest(some_bytes("something else")))
    assert await find_effect(await _store(other), ME, Step(call)) is None


async def test_another_action_with_the_same_words_is_another_effect():
    call = next(c for c in every_call() if isinstance(c, AddRecord))
    updated = replace(_effect(call), meta_word=Action.RECORD_UPDATED << 184)
    assert await find_effect(await _store(updated), ME, Step(call)) is None


async def test_looks_at_two_versions_in_one_second_are_two():
    look = next(c for c in every_call() if isinstance(c, LogConsultation))
    first = replace(look, digest=Digest(some_bytes("version 1")))
    local = await _store(_effect(first))
    assert await find_effect(local, ME, Step(first)) is not None
    assert await find_effect(local, ME, Step(look)) is None


async def test_looks_a_second_apart_are_two():
    look = next(c for c in every_call() if isinstance(c, LogConsultation))
    later = replace(look, seen_at=look.seen_at + 1)
    assert await find_effect(await _store(_effect(look)), ME, Step(later)) is None


async def test_suspending_twice_is_told_by_the_transaction_alone():
    """There is no credential that would tell the one from the other."""
    call = next(c for c in every_call() if isinstance(c, SetDoctorStatus))
    call = replace(call, credential=ZERO_DIGEST)
    assert await find_effect(await _store(_effect(call)), ME, Step(call)) is None


async def test_a_profile_announced_again_after_another_is_a_new_effect():
    one = RegisterDoctor(1, Digest(some_bytes("one")))
    two = RegisterDoctor(2, Digest(some_bytes("two")))
    local = await _store(_effect(one), _effect(two))
    assert await find_effect(local, ME, Step(one)) is None
    assert await find_effect(local, ME, Step(two)) is not None


def test_the_addresses_used_here_are_spelled_as_the_chain_spells_them():
    assert checksum(address_bytes(ME)) == ME
