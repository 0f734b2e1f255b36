"""Invented rows of the local database: addresses, entries, blocks, jobs of every kind."""

from __future__ import annotations

import hashlib

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
from medrec.domain.categories import Scope
from medrec.domain.cid import Codec, cid_of
from medrec.domain.entries import Action, AuditEntry, BlockRef
from medrec.domain.ids import (
    Address,
    ChainHead,
    Cid,
    Digest,
    Epoch,
    JobId,
    RecordId,
    TxHash,
)
from medrec.domain.outbox import Job, SignedTransaction, Step, StepState
from medrec.domain.people import DoctorStatus, Role

# Vectors of EIP-55.
PATIENT = Address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
DOCTOR = Address("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")
OTHER = Address("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")


def some_bytes(label: object, size: int = 32) -> bytes:
    """Bytes that differ by label."""
    return hashlib.shake_256(repr(label).encode()).digest(size)


def block_ref(number: int, fork: str = "") -> BlockRef:
    """A block, also of another history."""
    return BlockRef(number, some_bytes(("block", number, fork)), 1_700_000_000 + 12 * number)


def entry(
    block: int,
    log_index: int = 0,
    *,
    subject: Address = PATIENT,
    actor: Address = DOCTOR,
    ref: bytes = bytes(32),
    action: int = Action.CONSULTED,
) -> AuditEntry:
    """An entry whose other words differ by place."""
    place = (block, log_index)
    return AuditEntry(
        subject=subject,
        actor=actor,
        ref=ref,
        meta_word=action << 184 | (1_700_000_000 + block) << 144 | block,
        digest=Digest(some_bytes(("digest", place))),
        head=ChainHead(some_bytes(("head", place), 27)),
        block=block,
        log_index=log_index,
        transaction=TxHash(some_bytes(("transaction", place))),
    )


def sealed(label: object, size: int = 100) -> tuple[Cid, bytes]:
    """A block and its CID."""
    data = some_bytes(label, size)
    return cid_of(data, Codec.RAW), data


def every_call() -> list[Call]:
    """One call of every kind, no field at its default."""
    epoch, scope = Epoch(2, 65_535), Scope.unpack(0x0005_FFFF)
    record = RecordId(some_bytes("record"))
    head = ChainHead(some_bytes("head", 27))
    digest, other = Digest(some_bytes("a")), Digest(some_bytes("b"))
    profile = some_bytes("profile", 24)
    return [
        RegisterUser(Role.DOCTOR, OTHER, some_bytes("key"), some_bytes("binding", 65)),
        RotateAuthenticator(DOCTOR, PATIENT, OTHER),
        RotateEncryptionKey(DOCTOR, some_bytes("next key"), 2, some_bytes("binding", 65)),
        Deactivate(DOCTOR),
        RegisterPatient(),
        VerifyIdentity(PATIENT, 3, digest, other),
        AddRecord(PATIENT, record, epoch, digest, OTHER),
        UpdateRecord(PATIENT, record, head, epoch, digest, OTHER),
        ArchiveRecord(PATIENT, record, head, digest, OTHER),
        RegisterDoctor(1, digest),
        SetDoctorStatus(DOCTOR, profile, 1, 1_800_000_000, DoctorStatus.SUSPENDED, digest),
        RequestAccess(PATIENT, 3, digest, OTHER),
        WithdrawRequest(PATIENT, 4, OTHER),
        DeclineRequest(PATIENT, DOCTOR, 5),
        GrantAccess(
            PATIENT, DOCTOR, profile, scope, 1_900_000_000, 1, epoch, 1_890_000_000, digest
        ),
        RevokeAccess(PATIENT, (DOCTOR, OTHER), epoch, digest),
        RotateKeys(PATIENT, epoch, Epoch(3, 0), digest),
        LogConsultation(PATIENT, record, 1_700_000_000, digest, OTHER),
    ]


def new_job(*steps: Step, kind: str = "record-add", title: str = "Add a note") -> Job:
    """A job about to be added."""
    return Job(
        id=JobId(0),
        account=DOCTOR,
        kind=kind,
        title=title,
        created=1_700_000_000,
        steps=steps or (Step(RegisterPatient()),),
        result={"record": "00" * 32, "version": 1},
    )


def signed(nonce: int) -> SignedTransaction:
    """A signed transaction."""
    return SignedTransaction(nonce, some_bytes(("raw", nonce), 120), TxHash(some_bytes(nonce)))


def full_job() -> Job:
    """A job with a step of every kind of call and every state."""
    states = list(StepState)
    return new_job(
        *(
            Step(
                call,
                before=(sealed(("before", n))[0], sealed(("before 2", n))[0]),
                after=(sealed(("after", n))[0],),
                state=states[n % len(states)],
                signed=signed(n) if n % 2 else None,
                block=n or None,
            )
            for n, call in enumerate(every_call())
        ),
        title="Größe, Ωμέγα, نص, 病歴",
    )
