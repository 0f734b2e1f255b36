"""A node that lies about people: whose key it is, who is a doctor, in which epoch a patient is."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from medrec.chain.proxies import user_authentication
from medrec.chain.wallets import LocalWallet, PreparedTransaction
from medrec.clinical.patient import IdentityClaim
from medrec.crypto.credential import SignerRole, encode_credential
from medrec.crypto.kdf import encryption_key, fingerprint
from medrec.domain.categories import Permission, Scope
from medrec.domain.cid import Codec, cid_of, digest_of
from medrec.domain.entries import Action
from medrec.domain.ids import Address, Digest, Epoch, TxHash
from medrec.domain.people import Grant, Patient, User
from medrec.domain.ports import Chain
from medrec.domain.typed import Credential, KeyBinding
from medrec.errors import (
    BadCredential,
    DoctorNotVerified,
    EpochStale,
    FingerprintDiffers,
    HistoryForked,
    KeyWentBack,
    LowOrderKey,
    MedRecError,
)
from medrec.services import access, administration
from medrec.services.access import GrantDraft
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.trust import patient_key, vouched_doctor
from tests.attack.forger import forged, meta_word
from tests.attack.hoard import Hoard
from tests.attack.inventions import Invented, Swallowing, about
from tests.support.liar import Lie, always, lying
from tests.support.world import DAY, NOTES, World, elsewhere, write

LOW_ORDER = bytes(32)


async def test_other_key_of_a_patient(world: World):
    """The node shows its own key for the patient: neither request nor record is sealed to it."""
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    fresh = elsewhere(world, doctor)
    await sync(fresh)
    before = world.stored()
    for key in (encryption_key(doctor.root, 9).public, LOW_ORDER):
        liar = replace(fresh, chain=_user_with(fresh.chain, patient.me, encryption_key=key))
        with pytest.raises(BadCredential):
            await patient_key(liar, patient.me)
        with pytest.raises(BadCredential):
            await _ask(liar, patient.me)
        with pytest.raises(BadCredential):
            await write(liar, patient.me, "sealed to whom?")
    assert len(world.stored()) == len(before), "nothing reached the store"
    assert (await patient_key(fresh, patient.me)).key == patient.key(1).public


async def test_other_key_of_a_patient_with_a_binding_by_somebody_else(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    mine = encryption_key(doctor.root, 9).public
    forger = LocalWallet(secrets.token_bytes(32), world.network)
    binding = KeyBinding(mine, 1)

    async def key_binding(_: Any, who: Address, transaction: TxHash) -> tuple[KeyBinding, bytes]:
        return binding, forger.sign_statement(binding)

    fresh = elsewhere(world, doctor)
    await sync(fresh)
    chain = _user_with(fresh.chain, patient.me, encryption_key=mine)
    liar = replace(fresh, chain=lying(chain, key_binding=key_binding))
    with pytest.raises(BadCredential):
        await patient_key(liar, patient.me)


async def test_patients_key_against_the_registrars_credential_and_the_fingerprint(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await _verify_identity(world, patient)
    fresh = elsewhere(world, doctor)
    await sync(fresh)
    mine = encryption_key(doctor.root, 9).public
    liar = replace(fresh, chain=_user_with(fresh.chain, patient.me, encryption_key=mine))
    with pytest.raises(BadCredential):
        await patient_key(liar, patient.me)
    with pytest.raises(FingerprintDiffers):
        await patient_key(liar, patient.me, fingerprint(patient.key(1).public))
    assert (await patient_key(fresh, patient.me)).version == 1
    assert (await patient_key(fresh, patient.me, fingerprint(patient.key(1).public))).version == 1


async def test_identity_credential_by_nobody_that_is_trusted(world: World):
    """A forged verification whose credential is signed by the forger."""
    patient, doctor = await world.patient(), await world.doctor()
    mine = encryption_key(doctor.root, 9).public
    forger = LocalWallet(secrets.token_bytes(32), world.network)
    commitment = Digest(secrets.token_bytes(32))
    statement = Credential(patient.me, commitment, mine, 1, await world.now() + DAY)
    blob = encode_credential(statement, forger.sign_statement(statement), SignerRole.REGISTRAR)
    await doctor.store.put(cid_of(blob, Codec.RAW), blob)
    forgery = await forged(world, doctor)
    head = await doctor.chain.head()
    forgery.append(
        head.number,
        patient.me,
        world.admin.me,
        digest_of(blob),
        meta_word(Action.IDENTITY_VERIFIED, head.time),
        commitment,
    )
    chain = _user_with(forgery.node(doctor.chain), patient.me, encryption_key=mine)
    fresh = replace(elsewhere(world, doctor), chain=chain)
    await sync(fresh)
    with pytest.raises(BadCredential):
        await patient_key(fresh, patient.me)


async def test_older_key_of_a_patient_does_not_come_back(world: World):
    """The first key is known to a thief, and was replaced; also a fresh client refuses it."""
    patient, doctor = await world.patient(), await world.doctor()
    registered = (await patient.chain.user(patient.me), await _registration(patient))
    await _rotate_key(world, patient)
    await sync(doctor)
    assert (await patient_key(doctor, patient.me)).version == 2

    old, transaction = registered
    assert old is not None
    true = await patient.chain.key_binding(patient.me, transaction)
    lies: dict[str, Lie] = {
        "user": about(patient.me, old),
        "key_binding": always(true),
    }
    liar = replace(doctor, chain=lying(doctor.chain, **lies))
    with pytest.raises(KeyWentBack):
        await patient_key(liar, patient.me)
    fresh = elsewhere(world, doctor)
    await sync(fresh)
    with pytest.raises(KeyWentBack):
        await patient_key(replace(fresh, chain=lying(fresh.chain, **lies)), patient.me)
    assert (await patient_key(fresh, patient.me)).key == patient.key(2).public


async def test_other_or_older_key_of_a_doctor(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await sync(patient)
    mine = encryption_key(patient.root, 9).public
    for lie in ({"encryption_key": mine}, {"key_version": 0}, {"key_version": 2}):
        liar = replace(patient, chain=_user_with(patient.chain, doctor.me, **lie))
        with pytest.raises((BadCredential, KeyWentBack)):
            await vouched_doctor(liar, doctor.me)
        with pytest.raises((BadCredential, KeyWentBack)):
            await _give(liar, doctor.me)
    assert not await _granted(world, patient, doctor.me)
    assert (await vouched_doctor(patient, doctor.me)).key.key == doctor.key(1).public


async def test_older_key_of_a_doctor_does_not_come_back(world: World):
    """The doctor's first key was stolen and replaced; its credential has not expired."""
    patient, doctor = await world.patient(), await world.doctor()
    old = await doctor.chain.user(doctor.me)
    assert old is not None
    await _rotate_key(world, doctor)
    fresh = elsewhere(world, patient)
    await sync(fresh)
    with pytest.raises(BadCredential):
        await vouched_doctor(fresh, doctor.me)
    liar = replace(fresh, chain=lying(fresh.chain, user=about(doctor.me, old)))
    with pytest.raises(KeyWentBack):
        await vouched_doctor(liar, doctor.me)


async def test_low_order_key_is_refused_wherever_it_is_vouched_for(world: World):
    smith = await Invented.make(world, key=LOW_ORDER)
    smith.credential(world, signer=world.deployed.admin)
    with pytest.raises((LowOrderKey, BadCredential)):
        await vouched_doctor(await smith.seen_by(world, await world.patient()), smith.address)


@pytest.mark.parametrize("signed_by", ["nobody", "the forger", "a doctor"])
async def test_invented_doctor_without_a_verifiers_credential(world: World, signed_by: str):
    """Dr Smith exists only in this node's answers; even a consistent history does not help."""
    patient = await world.patient()
    smith = await Invented.make(world)
    if signed_by == "the forger":
        smith.credential(world, signer=LocalWallet(secrets.token_bytes(32), world.network))
    elif signed_by == "a doctor":
        doctor = await world.doctor()
        assert isinstance(doctor.wallet, LocalWallet)
        smith.credential(world, signer=doctor.wallet)
    liar = await smith.seen_by(world, patient)
    with pytest.raises(MedRecError) as caught:
        await _give(liar, smith.address)
    assert caught.value.code in ("BadCredential", "BlockMissing")
    assert not smith.opens(world)


async def test_invented_doctor_with_other_peoples_credentials(
    world: World, subtests: pytest.Subtests
):
    """A real credential of a real doctor, an expired one, one for another profile or key."""
    patient, real = await world.patient(), await world.doctor("real")
    now = await world.now()
    entries = await real.chain.entries(world.network.deployed_at, (await real.chain.head()).number)
    genuine = next(e for e in reversed(entries) if e.action == Action.DOCTOR_STATUS_CHANGED)
    admin = world.deployed.admin
    for what in ("another's", "expired", "another profile", "another key", "genuine"):
        smith = await Invented.make(world)
        if what == "another's":
            smith.credential_digest = genuine.digest
        elif what == "expired":
            smith.credential(world, signer=admin, valid_until=now - 1)
        elif what == "another profile":
            smith.credential(world, signer=admin, profile_digest=Digest(secrets.token_bytes(32)))
        elif what == "another key":
            smith.credential(world, signer=admin, encryption_key=real.key(1).public)
        else:
            smith.credential(world, signer=admin)
        liar = await smith.seen_by(world, patient)
        with subtests.test(what):
            if what == "genuine":
                # The control: what a verifier did sign is believed.
                assert (await vouched_doctor(liar, smith.address)).profile.family == "Smith"
                continue
            with pytest.raises(BadCredential):
                await _give(liar, smith.address)
            assert not smith.opens(world)


async def test_honest_entries_and_an_invented_doctor(world: World):
    """The views show Dr Smith, the entries do not."""
    patient = await world.patient()
    smith = await Invented.make(world)
    smith.credential(world, signer=world.deployed.admin)
    liar = replace(patient, chain=lying(patient.chain, **smith.views()))
    with pytest.raises(BadCredential):
        await _give(liar, smith.address)


async def test_suspended_doctor_shown_as_verified(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    true = await doctor.chain.doctor(doctor.me)
    await world.suspend(doctor)
    await sync(patient)
    with pytest.raises(DoctorNotVerified):
        await _give(patient, doctor.me)
    liar = replace(patient, chain=lying(patient.chain, doctor=about(doctor.me, true)))
    with pytest.raises(BadCredential):
        await _give(liar, doctor.me)
    assert not await _granted(world, patient, doctor.me)


async def test_other_profile_of_a_doctor(world: World):
    """The node shows a digest that was never announced, or another doctor's profile."""
    patient, doctor, other = (
        await world.patient(),
        await world.doctor("doctor"),
        await world.doctor("other"),
    )
    await sync(patient)
    true = await doctor.chain.doctor(doctor.me)
    others = await doctor.chain.doctor(other.me)
    assert true is not None
    assert others is not None
    for profile in (secrets.token_bytes(24), others.profile):
        shown = replace(true, profile=profile)
        liar = replace(patient, chain=lying(patient.chain, doctor=about(doctor.me, shown)))
        with pytest.raises(BadCredential):
            await vouched_doctor(liar, doctor.me)
    assert (await vouched_doctor(patient, doctor.me)).profile.family == "Doctor"


async def test_older_epoch_shown_to_a_writer_leaks_nothing(world: World):
    """One doctor was revoked; the node tells the other that the old keys still hold."""
    patient, gone, writer = await _one_is_gone(world)
    known = await patient.chain.patient(patient.me)
    assert known is not None
    old = replace(known, epoch=Epoch(0, 0))
    liar = replace(writer, chain=lying(writer.chain, patient=about(patient.me, old)))
    with pytest.raises(HistoryForked):
        await write(liar, patient.me, "under the old key")
    assert "under the old key" not in (await Hoard.of(world, gone, patient)).titles()
    await write(writer, patient.me, "under the new key")
    assert "under the new key" not in (await Hoard.of(world, gone, patient)).titles()
    assert "under the new key" in (await Hoard.of(world, writer, patient)).titles()


async def test_older_epoch_and_a_forged_confirmation_leak_nothing(world: World):
    """The node swallows the transaction and says that it was mined, in the epoch that is over."""
    patient, gone, writer = await _one_is_gone(world)
    known = await patient.chain.patient(patient.me)
    assert known is not None
    old = replace(known, epoch=Epoch(0, 0))
    node = Swallowing(await forged(world, writer), writer, patient.me)
    chain = node.chain(patient=about(patient.me, old))
    with pytest.raises(HistoryForked):
        await write(replace(writer, chain=chain), patient.me, "under the old key")
    assert "under the old key" not in (await Hoard.of(world, gone, patient)).titles()

    # The control: the same forged confirmation with the true epoch is believed.
    chain = node.chain()
    await write(replace(writer, chain=chain), patient.me, "under the new key")
    assert node.swallowed
    assert "under the new key" not in (await Hoard.of(world, gone, patient)).titles()


async def test_older_epoch_while_it_is_sealed_again(world: World):
    """The epoch goes back between the sealing and the sealing again."""
    patient, gone, writer = await _one_is_gone(world)
    true = await patient.chain.patient(patient.me)
    assert true is not None
    asked = 0

    async def going_back(honest: Any, who: Address) -> Patient | None:
        nonlocal asked
        asked += 1
        if who != patient.me or asked <= 3:
            return await honest(who)  # type: ignore[no-any-return]
        return replace(true, epoch=Epoch(0, 0))

    async def stale(honest: Any, call: Any, *args: Any) -> Any:
        raise EpochStale

    liar = replace(writer, chain=lying(writer.chain, patient=going_back, prepare=stale))
    with pytest.raises(MedRecError):
        await write(liar, patient.me, "sealed twice")
    assert "sealed twice" not in (await Hoard.of(world, gone, patient)).titles()


async def test_later_epoch_shown_to_a_patient_gives_no_keys_of_tomorrow(world: World):
    """With a state of epoch 9 a doctor revoked in epoch 1 would read on until epoch 9."""
    patient, doctor = await world.patient(), await world.doctor()
    await sync(patient)
    known = await patient.chain.patient(patient.me)
    assert known is not None
    later = replace(known, epoch=Epoch(0, 9))
    node = Swallowing(await forged(world, patient), patient, patient.me)
    liar = replace(patient, chain=node.chain(patient=about(patient.me, later)))
    with pytest.raises(HistoryForked):
        await _give(liar, doctor.me)
    assert not (await Hoard.of(world, doctor, patient)).envelopes()
    await world.grant(patient, doctor, [NOTES])
    assert (await Hoard.of(world, doctor, patient)).envelopes()


async def test_grant_shown_to_a_writer_who_has_none(world: World):
    """The node shows a doctor a grant that nobody gave: there are no keys to it."""
    patient, stranger = await world.patient(), await world.doctor()
    slot = patient.slots.slot(NOTES)
    scope = Scope(frozenset({slot}), frozenset({slot}))
    now = await world.now()
    shown = Grant(patient.me, stranger.me, scope, now - 1, now + DAY, Epoch(0, 0), 0, 1, False, 0)
    liar = replace(stranger, chain=lying(stranger.chain, grant=always(shown)))
    with pytest.raises(MedRecError) as caught:
        await write(liar, patient.me, "without a key")
    assert caught.value.code == "NoAccess"


async def _one_is_gone(world: World) -> tuple[Context, Context, Context]:
    patient, gone, writer = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("writer"),
    )
    for doctor in (gone, writer):
        await world.grant(patient, doctor, [NOTES], [NOTES])
    await world.revoke(patient, gone)
    await sync(writer)
    return patient, gone, writer


def _user_with(chain: Chain, whom: Address, **changes: Any) -> Chain:
    async def user(honest: Callable[[Address], Awaitable[User | None]], who: Address) -> object:
        found = await honest(who)
        return found if found is None or who != whom else replace(found, **changes)

    return lying(chain, user=user)


async def _ask(doctor: Context, patient: Address) -> None:
    until = await doctor.time() + DAY
    await access.request(doctor, patient, Permission(frozenset({NOTES})), until, "a reason")


async def _give(patient: Context, doctor: Address) -> None:
    until = await patient.time() + DAY
    await access.grant(patient, GrantDraft(doctor, Permission(frozenset({NOTES})), until))


async def _granted(world: World, patient: Context, doctor: Address) -> bool:
    return await world.chain().grant(patient.me, doctor) is not None


async def _registration(person: Context) -> TxHash:
    await sync(person)
    entries = await person.local.entries(actor=person.me, actions=[Action.USER_REGISTERED])
    return entries[0].transaction


async def _verify_identity(world: World, patient: Context) -> None:
    admin = world.admin
    await sync(admin)
    claim = IdentityClaim("Ada", "Lovelace", "1985-12-10", secrets.token_hex(8))
    await administration.verify_identity(admin, patient.me, claim)
    await sync(patient)


async def _rotate_key(world: World, person: Context) -> None:
    """`rotateEncryptionKey` to version 2; MedRec has no command for it yet."""
    key = person.key(2).public
    signature = person.wallet.sign_statement(KeyBinding(key, 2))
    data = user_authentication.ROTATE_ENCRYPTION_KEY.encode(person.me, key, 2, signature)
    nonce = await person.chain.next_nonce(person.me)
    prepared = PreparedTransaction(
        chain_id=world.network.chain_id,
        nonce=nonce,
        to=world.network.contracts["UserAuthentication"],
        data=data,
        gas=500_000,
        max_fee=10**11,
        max_tip=1,
    )
    signed = person.wallet.sign_transaction(prepared)
    await person.chain.send(signed)
    for _ in range(400):
        mined = await person.chain.receipt_block(signed.hash)
        if mined is not None:
            assert mined[1]
            return
    raise AssertionError("not mined")
