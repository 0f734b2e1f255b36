"""The port `Chain`, run against the four contracts on a real anvil."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from medrec.chain import audit
from medrec.chain.gateway import Web3Chain
from medrec.chain.proxies.forwarder import ERC2771Forwarder
from medrec.chain.proxies.user_authentication import UserAuthentication
from medrec.chain.wallets import LocalWallet, LocalWallets, PreparedTransaction
from medrec.domain import calls
from medrec.domain.calls import Call
from medrec.domain.categories import Scope, Slot
from medrec.domain.entries import Action
from medrec.domain.ids import (
    CHART,
    ZERO_ADDRESS,
    ZERO_DIGEST,
    Address,
    ChainHead,
    Digest,
    Epoch,
    RecordId,
    TxHash,
    new_record_id,
    short_address,
)
from medrec.domain.network import FORWARDER
from medrec.domain.people import DoctorStatus, PatientStatus, Role
from medrec.domain.ports import Chain, Wallets
from medrec.domain.typed import KeyBinding, Login
from medrec.errors import (
    AccessEnded,
    AccountRegistered,
    CategoryNotShared,
    ChainRefusal,
    ConsultationNotLogged,
    DoctorNotVerified,
    EndRefused,
    EpochStale,
    FeeTooLow,
    IdentityAlreadyVerified,
    IdentityTaken,
    KeyRefused,
    NarrowingRefused,
    NoAccess,
    NobodyRegistered,
    NodeDown,
    NodeRefused,
    NoFunds,
    NonceTaken,
    NoOpenRequest,
    NotFunded,
    NothingToRevoke,
    NotTheAuthorsKind,
    NotTheController,
    OwnGrant,
    PatientExists,
    ProfileMoved,
    RecordIdTaken,
    RecordIsArchived,
    RecordNotFound,
    RequestIsOpen,
    RoleMissing,
    ScopeRefused,
    SignatureRefused,
    StateMoved,
    StatusRefused,
    VersionConflict,
    WrongChain,
    WrongCode,
)
from medrec.loopback import free_port
from tests.support.anvil import (
    ETHER,
    AnvilNode,
    Deployed,
    deploy_on,
    funded_wallet,
    mined,
    new_doctor,
    new_patient,
    registered,
    submit,
)
from tests.support.counting import waits
from tests.support.nodes import NODE, geth
from tests.support.relay import forward_request

pytestmark = pytest.mark.anvil

YEAR = 365 * 24 * 3600
FIRST = Epoch(0, 0)
BOTH = Scope(frozenset({Slot(3), Slot(5)}), frozenset({Slot(3)}))


def digest() -> Digest:
    return Digest(secrets.token_bytes(32))


def record_of(wallet: LocalWallet, slot: int = 3) -> RecordId:
    return new_record_id(slot, wallet.address, secrets.token_bytes(11))


async def grant_call(
    chain: Web3Chain,
    patient: LocalWallet,
    doctor: LocalWallet,
    scope: Scope = BOTH,
    expiry: int | None = None,
) -> calls.GrantAccess:
    state = await chain.patient(patient.address)
    standing = await chain.doctor(doctor.address)
    assert state is not None
    assert standing is not None
    held = await chain.grant(patient.address, doctor.address)
    return calls.GrantAccess(
        patient=patient.address,
        grantee=doctor.address,
        profile=standing.profile,
        scope=scope,
        expiry=expiry or int(time.time()) + YEAR,
        kind=0,
        expected_epoch=state.epoch,
        expected_expiry=held.expiry if held is not None else 0,
        envelope=digest(),
    )


async def shared(
    chain: Web3Chain, deployed: Deployed, scope: Scope = BOTH
) -> tuple[LocalWallet, LocalWallet]:
    """A patient, and a verified doctor with a grant."""
    patient = await new_patient(chain, deployed)
    doctor = await new_doctor(chain, deployed)
    await submit(chain, await grant_call(chain, patient, doctor, scope), patient)
    return patient, doctor


async def refused(chain: Web3Chain, call: Call, wallet: LocalWallet) -> ChainRefusal:
    """The refusal of a call, simulated as the wallet."""
    with pytest.raises(ChainRefusal) as caught:
        await chain.prepare(call, wallet.address, await chain.next_nonce(wallet.address))
    return caught.value


def test_the_gateway_and_the_wallets_are_the_ports(chain: Web3Chain, deployed: Deployed) -> None:
    port: Chain = chain
    wallets: Wallets = LocalWallets(deployed.network)
    assert port is chain
    assert wallets.from_key(b"\1" * 32).address.startswith("0x")


async def test_the_network_is_the_files(chain: Web3Chain) -> None:
    await chain.check_network()


async def test_another_chain_is_found_out(deployed: Deployed) -> None:
    chain = Web3Chain(replace(deployed.network, chain_id=1))
    with pytest.raises(WrongChain) as caught:
        await chain.check_network()
    assert caught.value.facts == {"found": 31337, "expected": 1}
    with pytest.raises(WrongChain):
        await chain.head()
    await chain.close()


@pytest.mark.parametrize("name", ["ContractAudit", "ERC2771Forwarder"])
async def test_other_code_is_found_out(deployed: Deployed, name: str) -> None:
    network = deployed.network
    for wrong in (
        replace(network, code_hashes={**network.code_hashes, name: bytes(32)}),
        replace(network, contracts={**network.contracts, name: ZERO_ADDRESS}),
    ):
        chain = Web3Chain(wrong)
        with pytest.raises(WrongCode, match=name):
            await chain.check_network()
        await chain.close()


async def test_a_stranger_is_nobody(chain: Web3Chain, deployed: Deployed) -> None:
    who = deployed.wallet().address
    assert await chain.user(who) is None
    assert await chain.patient(who) is None
    assert await chain.doctor(who) is None
    assert await chain.grant(who, deployed.admin.address) is None
    assert await chain.record(who, CHART) is None
    assert await chain.records(who, [CHART]) == {CHART: None}
    assert await chain.balance(who) == 0
    assert await chain.next_nonce(who) == 0
    assert await chain.audit_head(who) == await chain.genesis_head(who)


async def test_registering_a_user(chain: Web3Chain, deployed: Deployed) -> None:
    wallet = await funded_wallet(chain, deployed)
    authenticator = deployed.wallet()
    binding = KeyBinding(secrets.token_bytes(32), 1)
    signature = wallet.sign_statement(binding)
    call = calls.RegisterUser(Role.DOCTOR, authenticator.address, binding.key, signature)
    transaction = await submit(chain, call, wallet)

    user = await chain.user(wallet.address)
    assert user is not None
    assert (user.role, user.active, user.key_version) == (Role.DOCTOR, True, 1)
    assert (user.authenticator, user.encryption_key) == (authenticator.address, binding.key)
    assert await chain.key_binding(wallet.address, transaction) == (binding, signature)
    assert await chain.key_binding(deployed.admin.address, transaction) is None
    assert LocalWallets(deployed.network).signer(binding, signature) == wallet.address
    assert isinstance(await refused(chain, call, wallet), AccountRegistered)


async def test_a_binding_must_be_ones_own(chain: Web3Chain, deployed: Deployed) -> None:
    wallet = await funded_wallet(chain, deployed)
    binding = KeyBinding(secrets.token_bytes(32), 1)
    other = deployed.wallet().sign_statement(binding)
    forged = calls.RegisterUser(Role.PATIENT, wallet.address, binding.key, other)
    assert isinstance(await refused(chain, forged, wallet), SignatureRefused)
    weak = KeyBinding(bytes(32), 1)
    call = calls.RegisterUser(Role.PATIENT, wallet.address, weak.key, wallet.sign_statement(weak))
    assert isinstance(await refused(chain, call, wallet), KeyRefused)


async def test_no_binding_in_other_transactions(chain: Web3Chain, deployed: Deployed) -> None:
    patient = await registered(chain, deployed, Role.PATIENT)
    transaction = await submit(chain, calls.RegisterPatient(), patient)
    assert await chain.key_binding(patient.address, transaction) is None
    assert await chain.key_binding(patient.address, TxHash(bytes(32))) is None


async def test_login(chain: Web3Chain, deployed: Deployed) -> None:
    patient = await new_patient(chain, deployed)
    now = int(time.time())
    login = Login(patient.address, secrets.token_bytes(32), now)
    signature = patient.sign_statement(login)

    async def holds(signed: bytes, at: int) -> bool:
        return await chain.authenticates(patient.address, login.challenge, signed, now, at)

    assert await holds(signature, now)
    assert await holds(signature, now + 300)
    assert not await holds(signature, now + 301)
    assert not await holds(signature, now - 1)
    assert not await holds(deployed.admin.sign_statement(login), now)
    assert not await holds(b"", now)


async def test_a_patient_registers_once(chain: Web3Chain, deployed: Deployed) -> None:
    wallet = await new_patient(chain, deployed)
    patient = await chain.patient(wallet.address)
    assert patient is not None
    assert (patient.status, patient.verified) == (PatientStatus.ACTIVE, False)
    assert (patient.epoch, patient.controller) == (Epoch(0, 0), wallet.address)
    assert isinstance(await refused(chain, calls.RegisterPatient(), wallet), PatientExists)


async def test_identities_are_unique(chain: Web3Chain, deployed: Deployed) -> None:
    first, second = await new_patient(chain, deployed), await new_patient(chain, deployed)
    commitment = digest()
    call = calls.VerifyIdentity(first.address, 0, commitment, digest())
    assert isinstance(await refused(chain, call, first), RoleMissing)
    await submit(chain, call, deployed.admin)
    verified = await chain.patient(first.address)
    assert verified is not None
    assert (verified.verified, verified.turn) == (True, 1)
    stale = calls.VerifyIdentity(second.address, 1, digest(), digest())
    assert isinstance(await refused(chain, stale, deployed.admin), StateMoved)
    taken = calls.VerifyIdentity(second.address, 0, commitment, digest())
    assert isinstance(await refused(chain, taken, deployed.admin), IdentityTaken)
    again = calls.VerifyIdentity(first.address, 1, digest(), digest())
    assert isinstance(await refused(chain, again, deployed.admin), IdentityAlreadyVerified)
    nobody = calls.VerifyIdentity(deployed.wallet().address, 0, digest(), digest())
    assert isinstance(await refused(chain, nobody, deployed.admin), NobodyRegistered)


@pytest.mark.parametrize("status", list(DoctorStatus))
async def test_a_doctors_standing(
    chain: Web3Chain, deployed: Deployed, status: DoctorStatus
) -> None:
    wallet = await new_doctor(chain, deployed, status)
    doctor = await chain.doctor(wallet.address)
    assert doctor is not None
    assert (doctor.status, doctor.profile_version) == (status, 1)
    assert len(doctor.profile) == 24
    patient = await new_patient(chain, deployed)
    ask = calls.RequestAccess(patient.address, 0, digest())
    if status == DoctorStatus.VERIFIED:
        await submit(chain, ask, wallet)
        assert isinstance(await refused(chain, ask, wallet), RequestIsOpen)
    else:
        assert isinstance(await refused(chain, ask, wallet), DoctorNotVerified)


async def test_who_sets_a_doctors_standing(chain: Web3Chain, deployed: Deployed) -> None:
    wallet = await new_doctor(chain, deployed, DoctorStatus.PENDING)
    doctor = await chain.doctor(wallet.address)
    assert doctor is not None
    good = calls.SetDoctorStatus(
        wallet.address, doctor.profile, 1, doctor.since, DoctorStatus.VERIFIED, digest()
    )
    assert isinstance(await refused(chain, good, wallet), RoleMissing)
    other = replace(good, profile=b"\1" * 24)
    assert isinstance(await refused(chain, other, deployed.admin), ProfileMoved)
    wrong = replace(good, status=DoctorStatus.PENDING)
    assert isinstance(await refused(chain, wrong, deployed.admin), StatusRefused)
    stale = replace(good, since=doctor.since - 1)
    assert isinstance(await refused(chain, stale, deployed.admin), StateMoved)
    nobody = replace(good, doctor=deployed.wallet().address)
    assert isinstance(await refused(chain, nobody, deployed.admin), NobodyRegistered)


async def test_request_grant_revoke(chain: Web3Chain, deployed: Deployed) -> None:
    patient, doctor = await new_patient(chain, deployed), await new_doctor(chain, deployed)
    await submit(chain, calls.RequestAccess(patient.address, 0, digest()), doctor)
    asked = await chain.grant(patient.address, doctor.address)
    assert asked is not None
    assert asked.request_open
    assert not asked.live(int(time.time()))

    call = await grant_call(chain, patient, doctor)
    await submit(chain, call, patient)
    held = await chain.grant(patient.address, doctor.address)
    assert held is not None
    assert (held.scope, held.expiry, held.epoch, held.kind) == (BOTH, call.expiry, Epoch(0, 0), 0)
    assert not held.request_open
    assert held.live(held.since)

    revoke = calls.RevokeAccess(patient.address, (doctor.address,), Epoch(0, 0), digest())
    await submit(chain, revoke, patient)
    state = await chain.patient(patient.address)
    ended = await chain.grant(patient.address, doctor.address)
    assert state is not None
    assert state.epoch == Epoch(0, 1)
    assert ended is not None
    assert not ended.live(ended.expiry)
    assert isinstance(await refused(chain, call, patient), EpochStale)
    stranger = replace(revoke, grantees=(deployed.wallet().address,), expected_epoch=Epoch(0, 1))
    assert isinstance(await refused(chain, stranger, patient), NothingToRevoke)


async def test_a_request_declined(chain: Web3Chain, deployed: Deployed) -> None:
    patient, doctor = await new_patient(chain, deployed), await new_doctor(chain, deployed)
    decline = calls.DeclineRequest(patient.address, doctor.address, 1)
    assert isinstance(await refused(chain, decline, patient), NoOpenRequest)
    await submit(chain, calls.RequestAccess(patient.address, 0, digest()), doctor)
    assert isinstance(await refused(chain, decline, doctor), NotTheController)
    await submit(chain, decline, patient)
    grant = await chain.grant(patient.address, doctor.address)
    assert grant is not None
    assert (grant.request_open, grant.requests) == (False, 1)
    again = calls.RequestAccess(patient.address, 0, digest())
    assert isinstance(await refused(chain, again, doctor), StateMoved)
    await submit(chain, replace(again, requests=1), doctor)
    assert isinstance(await refused(chain, decline, patient), StateMoved)


async def test_a_request_withdrawn(chain: Web3Chain, deployed: Deployed) -> None:
    patient, doctor = await new_patient(chain, deployed), await new_doctor(chain, deployed)
    withdraw = calls.WithdrawRequest(patient.address, 1)
    assert isinstance(await refused(chain, withdraw, doctor), NoOpenRequest)
    await submit(chain, calls.RequestAccess(patient.address, 0, digest()), doctor)
    await submit(chain, withdraw, doctor)
    grant = await chain.grant(patient.address, doctor.address)
    assert grant is None or not grant.request_open


async def test_grants_that_are_refused(chain: Web3Chain, deployed: Deployed) -> None:
    patient, doctor = await shared(chain, deployed)
    pending = await new_doctor(chain, deployed, DoctorStatus.PENDING)
    good = await grant_call(chain, patient, doctor)
    narrower = replace(good, scope=Scope(frozenset({Slot(3)})), expiry=good.expiry + 1)
    cases: list[tuple[Call, LocalWallet, type[ChainRefusal]]] = [
        (good, doctor, NotTheController),
        (narrower, patient, NarrowingRefused),
        (replace(good, expiry=int(time.time()) - 60), patient, EndRefused),
        (replace(good, profile=b"\1" * 24), patient, ProfileMoved),
        (replace(good, kind=1), patient, ScopeRefused),
        (replace(good, grantee=patient.address), patient, OwnGrant),
        (await grant_call(chain, patient, pending), patient, DoctorNotVerified),
        (replace(good, patient=deployed.wallet().address), patient, NobodyRegistered),
    ]
    for call, wallet, expected in cases:
        assert isinstance(await refused(chain, call, wallet), expected)


async def test_keys_rotate(chain: Web3Chain, deployed: Deployed) -> None:
    patient = await new_patient(chain, deployed)
    for old, new in ((Epoch(0, 0), Epoch(0, 1)), (Epoch(0, 1), Epoch(1, 0))):
        await submit(chain, calls.RotateKeys(patient.address, old, new, digest()), patient)
        state = await chain.patient(patient.address)
        assert state is not None
        assert state.epoch == new


async def test_records_and_their_chain(chain: Web3Chain, deployed: Deployed) -> None:
    patient, doctor = await shared(chain, deployed)
    record, first, second = record_of(doctor), digest(), digest()
    add = calls.AddRecord(patient.address, record, Epoch(0, 0), first)
    await submit(chain, add, doctor)
    expected = audit.next_record_chain(audit.EMPTY_RECORD, doctor.address, Epoch(0, 0), first)
    head = await chain.record(patient.address, record)
    assert head is not None
    assert (head.chain, head.version, head.archived, head.hidden) == (expected, 1, False, False)
    assert isinstance(await refused(chain, add, doctor), RecordIdTaken)

    update = calls.UpdateRecord(patient.address, record, head.chain, Epoch(0, 0), second)
    await submit(chain, update, doctor)
    expected = audit.next_record_chain(expected, doctor.address, Epoch(0, 0), second)
    head = await chain.record(patient.address, record)
    assert head is not None
    assert (head.chain, head.version) == (expected, 2)
    stale = await refused(chain, update, doctor)
    assert isinstance(stale, VersionConflict)
    assert stale.facts == {"head": expected.hex()}

    archive = calls.ArchiveRecord(patient.address, record, head.chain, digest())
    await submit(chain, archive, doctor)
    head = await chain.record(patient.address, record)
    assert head is not None
    assert head.archived
    other = record_of(doctor)
    many = [other, *(record_of(doctor) for _ in range(150)), record]
    heads = await chain.records(patient.address, many)
    assert list(heads) == many
    assert (heads[record], heads[other]) == (head, None)
    later = replace(update, expected_head=head.chain)
    assert isinstance(await refused(chain, later, doctor), RecordIsArchived)


async def test_writing_that_is_refused(chain: Web3Chain, deployed: Deployed) -> None:
    patient, doctor = await shared(chain, deployed)
    stranger = await new_doctor(chain, deployed)
    suspended = await new_doctor(chain, deployed, DoctorStatus.SUSPENDED)
    written = calls.AddRecord(patient.address, record_of(doctor), Epoch(0, 0), digest())
    await submit(chain, written, doctor)
    head = await chain.record(patient.address, written.record)
    assert head is not None
    amend = calls.UpdateRecord(patient.address, written.record, head.chain, Epoch(0, 0), digest())

    def add(wallet: LocalWallet, slot: int = 3, epoch: Epoch = FIRST) -> calls.AddRecord:
        return calls.AddRecord(patient.address, record_of(wallet, slot), epoch, digest())

    cases: list[tuple[Call, LocalWallet, type[ChainRefusal]]] = [
        (add(doctor, slot=5), doctor, CategoryNotShared),
        (add(doctor, epoch=Epoch(0, 1)), doctor, EpochStale),
        (add(patient), doctor, NotTheAuthorsKind),
        (add(stranger), stranger, NoAccess),
        (add(suspended), suspended, DoctorNotVerified),
        (amend, patient, NotTheAuthorsKind),
        (replace(amend, record=record_of(doctor)), doctor, RecordNotFound),
    ]
    for call, wallet, expected in cases:
        assert isinstance(await refused(chain, call, wallet), expected)
    amended = await refused(chain, amend, patient)
    assert "a doctor with access" in amended.sentence
    outside = await refused(chain, add(doctor, slot=5), doctor)
    assert outside.facts["slot"] == 5


async def test_what_was_revoked_stays_revoked(chain: Web3Chain, deployed: Deployed) -> None:
    patient, doctor = await shared(chain, deployed)
    revoke = calls.RevokeAccess(patient.address, (doctor.address,), Epoch(0, 0), ZERO_DIGEST)
    await submit(chain, revoke, patient)
    write = calls.AddRecord(patient.address, record_of(doctor), Epoch(0, 1), digest())
    assert isinstance(await refused(chain, write, doctor), AccessEnded)


@pytest.fixture
def idle(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Deployed]:
    """The contracts on a node that makes no block without a transaction."""
    if NODE != "geth":
        yield request.getfixturevalue("deployed")
        return
    port, chain_id = free_port(), 31338
    with geth(tmp_path / "geth", port, chain_id, block_time=0):
        yield deploy_on(AnvilNode(f"http://127.0.0.1:{port}", port, chain_id), tmp_path)


async def test_time_goes_on_while_the_chain_is_idle(idle: Deployed) -> None:
    chain = Web3Chain(idle.network)
    patient, doctor = await new_patient(chain, idle), await new_doctor(chain, idle)
    # The time of a chain that makes blocks faster than one a second may lie ahead.
    now = max(int(time.time()), (await chain.head()).time)
    call = await grant_call(chain, patient, doctor, expiry=now + 4)
    await submit(chain, call, patient)
    write = calls.AddRecord(patient.address, record_of(doctor), FIRST, digest())
    await chain.prepare(write, doctor.address, await chain.next_nonce(doctor.address))
    await asyncio.sleep(call.expiry + 0.1 - time.time())
    assert (await chain.head()).time < call.expiry
    ended = await refused(chain, write, doctor)
    assert isinstance(ended, AccessEnded)
    assert ended.facts["expiry"] == call.expiry
    await chain.close()


async def test_looks(chain: Web3Chain, deployed: Deployed) -> None:
    patient, doctor = await shared(chain, deployed)
    head = await chain.head()
    look = calls.LogConsultation(patient.address, CHART, head.time, digest())
    await submit(chain, look, doctor)
    early = replace(look, seen_at=head.time - YEAR)
    assert isinstance(await refused(chain, early, doctor), ConsultationNotLogged)
    stranger = await new_doctor(chain, deployed)
    assert isinstance(await refused(chain, look, stranger), NoAccess)
    pending = await new_doctor(chain, deployed, DoctorStatus.PENDING)
    assert isinstance(await refused(chain, look, pending), DoctorNotVerified)


async def test_entries_give_every_head(chain: Web3Chain, deployed: Deployed) -> None:
    patient, doctor = await shared(chain, deployed)
    record = record_of(doctor)
    await submit(chain, calls.AddRecord(patient.address, record, Epoch(0, 0), digest()), doctor)
    revoke = calls.RevokeAccess(patient.address, (doctor.address,), Epoch(0, 0), digest())
    await submit(chain, revoke, patient)
    head = await chain.head()
    found = await chain.entries(deployed.network.deployed_at, head.number)
    assert [(e.block, e.log_index) for e in found] == sorted((e.block, e.log_index) for e in found)
    own = [e for e in found if e.subject == patient.address]
    assert [e.action for e in own] == [
        Action.PATIENT_REGISTERED,
        Action.ACCESS_GRANTED,
        Action.RECORD_CREATED,
        Action.ACCESS_REVOKED,
    ]
    assert (own[2].ref, own[2].actor, own[2].meta.slot) == (record, doctor.address, 3)
    for subject in {e.subject for e in found}:
        start = await chain.genesis_head(subject)
        chained = [e for e in found if e.subject == subject]
        assert audit.first_wrong(start, chained) is None
        assert await chain.audit_head(subject) == chained[-1].head
    assert await chain.audit_head(patient.address, own[1].block) == own[1].head
    assert await chain.entries(own[3].block, own[3].block) == [own[3]]
    assert await chain.entries(head.number + 1, head.number) == []
    changed = [*own[:2], replace(own[2], digest=digest()), own[3]]
    assert audit.first_wrong(await chain.genesis_head(patient.address), changed) == 2


async def test_blocks(chain: Web3Chain) -> None:
    head = await chain.head()
    assert await chain.block(head.number) == head
    assert await chain.block(head.number + 1_000) is None
    first = await chain.block(1)
    assert first is not None
    assert len(first.hash) == 32
    assert first.time <= head.time


async def test_sending_twice_is_harmless(chain: Web3Chain, deployed: Deployed) -> None:
    wallet = await registered(chain, deployed, Role.PATIENT)
    nonce = await chain.next_nonce(wallet.address)
    prepared = await chain.prepare(calls.RegisterPatient(), wallet.address, nonce)
    signed = wallet.sign_transaction(prepared)
    await chain.send(signed)
    await chain.send(signed)
    assert await mined(chain, signed.hash)
    assert await chain.next_nonce(wallet.address) == nonce + 1
    assert await chain.receipt_block(TxHash(bytes(32))) is None


async def test_a_nonce_taken_meanwhile(chain: Web3Chain, deployed: Deployed) -> None:
    doctor = await registered(chain, deployed, Role.DOCTOR)
    nonce = await chain.next_nonce(doctor.address)
    first, second = [
        doctor.sign_transaction(
            await chain.prepare(calls.RegisterDoctor(0, digest()), doctor.address, nonce)
        )
        for _ in range(2)
    ]
    await chain.send(first)
    assert await mined(chain, first.hash)
    with pytest.raises(NonceTaken):
        await chain.send(second)


@asynccontextmanager
async def queueing(chain: Web3Chain) -> AsyncIterator[None]:
    """Transactions may wait; hardhat takes none without its predecessor while it mines at once."""
    if NODE == "hardhat":
        await chain._rpc.request("evm_setAutomine", False)
    yield
    if NODE == "hardhat":
        await chain._rpc.request("evm_setAutomine", True)


async def test_a_fee_too_low_is_raised(chain: Web3Chain, deployed: Deployed) -> None:
    doctor = await registered(chain, deployed, Role.DOCTOR)
    async with queueing(chain):
        await replace_what_waits(chain, doctor)


async def replace_what_waits(chain: Web3Chain, doctor: LocalWallet) -> None:
    """Send a transaction in the place of one that waits, for the same fee and for a higher one."""
    # A transaction whose predecessor is missing waits, and can be replaced.
    nonce = await chain.next_nonce(doctor.address) + 1
    waiting = await chain.prepare(calls.RegisterDoctor(0, digest()), doctor.address, nonce)
    await chain.send(doctor.sign_transaction(waiting))
    call = calls.RegisterDoctor(0, digest())
    same = await chain.prepare(call, doctor.address, nonce)
    with pytest.raises(FeeTooLow):
        await chain.send(doctor.sign_transaction(same))
    higher = await chain.prepare(call, doctor.address, nonce)
    assert higher.max_fee * 10 >= same.max_fee * 11
    assert higher.max_tip * 10 >= same.max_tip * 11
    await chain.send(doctor.sign_transaction(higher))


async def test_a_binding_through_the_forwarder(chain: Web3Chain, deployed: Deployed) -> None:
    patient, binding = deployed.wallet(), KeyBinding(secrets.token_bytes(32), 1)
    signature = patient.sign_statement(binding)
    data = UserAuthentication.register(1, patient.address, binding.key, signature)
    contracts = deployed.network.contracts
    request = forward_request(
        deployed.network, patient, contracts["UserAuthentication"], data, nonce=0
    )
    relay = await funded_wallet(chain, deployed)
    prepared = PreparedTransaction(
        deployed.network.chain_id,
        0,
        contracts[FORWARDER],
        ERC2771Forwarder.execute(request),
        600_000,
        3 * 10**9,
        10**9,
    )
    sent = relay.sign_transaction(prepared)
    await chain.send(sent)
    assert await mined(chain, sent.hash)
    assert await chain.user(patient.address) is not None
    assert await chain.key_binding(patient.address, sent.hash) == (binding, signature)
    assert await chain.key_binding(relay.address, sent.hash) is None


async def test_fees(chain: Web3Chain, deployed: Deployed) -> None:
    poor = deployed.wallet()
    with pytest.raises(NoFunds, match=short_address(poor.address)):
        await chain.prepare(calls.RegisterDoctor(0, digest()), poor.address, 0)
    await chain.fund(poor.address, ETHER)
    assert await chain.balance(poor.address) == ETHER
    crowd = [deployed.wallet().address for _ in range(8)]
    await asyncio.gather(*(chain.fund(who, ETHER) for who in crowd))
    assert [await chain.balance(who) for who in crowd] == [ETHER] * 8
    with pytest.raises(NotFunded):
        await Web3Chain(replace(deployed.network, funded=False)).fund(poor.address, 1)


async def test_a_dead_node_fails_soon(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Web3Chain(replace(deployed.network, rpc=("http://127.0.0.1:1",)))
    waited = waits(monkeypatch)
    with pytest.raises(NodeDown, match=r"http://127\.0\.0\.1:1 "):
        await chain.head()
    assert sum(waited) < 2, "the seconds that it means to wait"
    await chain.close()


async def test_another_node_takes_over(deployed: Deployed) -> None:
    chain = Web3Chain(replace(deployed.network, rpc=("http://127.0.0.1:1", deployed.node.url)))
    assert (await chain.head()).number > 0
    await chain.close()


async def test_code_of_each_contract(chain: Web3Chain, deployed: Deployed) -> None:
    assert await chain.codes() == deployed.network.code_hashes


async def test_nodes_side_by_side(deployed: Deployed) -> None:
    url = deployed.node.url
    with_key = url.replace("http://", "http://user:secret@")
    chain = Web3Chain(replace(deployed.network, rpc=("http://127.0.0.1:1", url, with_key)))
    head = await chain.head()
    dead, first, second = await chain.nodes()
    assert (dead.url, dead.in_use, dead.head, dead.compared) == (
        "http://127.0.0.1:1",
        False,
        None,
        None,
    )
    assert "does not answer" in dead.problem
    assert first.in_use
    assert not second.in_use
    for state in (first, second):
        assert (state.url, state.problem) == (url, "")
        assert state.head is not None
        assert state.head.number >= head.number
        assert state.compared is not None
        assert state.compared == await chain.block(state.compared.number)
        assert state.audit == await chain.audit_head(ZERO_ADDRESS, state.compared.number)
        assert 0 < state.seconds < 5
    assert chain.node == url
    chain.use_node(with_key)
    assert chain.node == with_key
    assert [state.in_use for state in await chain.nodes()] == [False, False, True]
    with pytest.raises(ValueError, match="not in list"):
        chain.use_node("http://stranger.test")
    await chain.close()


async def test_a_node_of_another_chain_is_told_among_the_nodes(deployed: Deployed) -> None:
    chain = Web3Chain(replace(deployed.network, chain_id=1))
    (state,) = await chain.nodes()
    assert state.head is None
    assert "31337" in state.problem
    await chain.close()


async def test_answers_of_another_contract_are_not_believed(deployed: Deployed) -> None:
    wrong: dict[str, Address] = dict.fromkeys(
        deployed.network.contracts, deployed.network.contracts["ERC2771Forwarder"]
    )
    chain = Web3Chain(replace(deployed.network, contracts=wrong))
    with pytest.raises(NodeRefused):
        await chain.patient(deployed.admin.address)
    with pytest.raises(NodeRefused):
        await chain.audit_head(deployed.admin.address)
    await chain.close()


def test_heads_are_27_bytes() -> None:
    assert len(audit.EMPTY_RECORD) == 27
    assert ChainHead(bytes(27)) == audit.EMPTY_RECORD
