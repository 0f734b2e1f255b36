"""Who was ever given the key of the current epoch, and which slots are spoiled by that.

Slot s is spoiled in epoch e when anybody who was given its key of e is no longer a live reader
of s (DESIGN.md section 4). The answer comes from the audit entries alone, so that a writer need
not ask a node that may lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from medrec.chain.keccak import checksum
from medrec.domain.calls import RevokeAccess, RotateKeys
from medrec.domain.categories import IDENTITY_SLOT, Scope, Slot
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import ZERO_ADDRESS, Address, Epoch
from medrec.domain.outbox import Step
from medrec.domain.people import DoctorStatus, Patient
from medrec.errors import HistoryForked, NotRegisteredYet, UnknownPatient
from medrec.services.context import Context
from medrec.services.index import unconfirmed
from medrec.services.keyring import read_bundle

LOOKS = 3
"""How often the epoch is asked for: it may move while it is compared."""


@dataclass(slots=True)
class _Given:
    scope: Scope
    expiry: int
    keys: int
    """How often the grantee's key had changed when the grant was made."""


@dataclass(slots=True)
class _Ledger:
    """A replay of one patient's grants beside the register of doctors."""

    epoch: Epoch = field(default_factory=lambda: Epoch(0, 0))
    grants: dict[bytes, _Given] = field(default_factory=dict)
    holders: dict[bytes, frozenset[Slot]] = field(default_factory=dict)
    status: dict[bytes, int] = field(default_factory=dict)
    changes: dict[bytes, int] = field(default_factory=dict)

    def follow(self, entry: AuditEntry) -> None:
        who, meta = entry.ref_address, entry.meta
        match entry.action:
            case Action.DOCTOR_STATUS_CHANGED:
                self.status[who] = meta.kind
            case Action.ENCRYPTION_KEY_ROTATED | Action.USER_DEACTIVATED:
                self.changes[who] = self.changes.get(who, 0) + 1
            case Action.ACCESS_GRANTED:
                self._grant(entry)
            case Action.ACCESS_REVOKED:
                self.grants.pop(who, None)
                self._start(meta.epoch, meta.time)
                self.holders.pop(who, None)
            case Action.KEYS_ROTATED:
                self._start(meta.epoch, meta.time)

    def _grant(self, entry: AuditEntry) -> None:
        who, meta = entry.ref_address, entry.meta
        scope = Scope.unpack(meta.scope)
        self.grants[who] = _Given(scope, meta.expiry, self.changes.get(who, 0))
        self.holders[who] = self.holders.get(who, frozenset()) | scope.read | {IDENTITY_SLOT}

    def _start(self, epoch: Epoch, at: int) -> None:
        """A new epoch: those who are live readers now are given its keys, nobody else."""
        if epoch == self.epoch:
            return
        self.epoch = epoch
        self.holders = {
            who: given.scope.read | {IDENTITY_SLOT}
            for who, given in self.grants.items()
            if self.live(who, at)
        }

    def live(self, who: bytes, at: int) -> bool:
        given = self.grants.get(who)
        return (
            given is not None
            and at < given.expiry
            and self.status.get(who) == DoctorStatus.VERIFIED
            and self.changes.get(who, 0) == given.keys
        )

    def spoiled(self, at: int) -> frozenset[Slot]:
        found: set[Slot] = set()
        for who, slots in self.holders.items():
            if not self.live(who, at):
                found |= slots
            else:
                found |= slots - self.grants[who].scope.read - {IDENTITY_SLOT}
        return frozenset(found)


async def spoiled_slots(context: Context, patient: Address, at: int) -> frozenset[Slot]:
    """The slots whose current key somebody holds who is no longer a live reader at ``at``."""
    return (await _replay(context, patient)).spoiled(at)


async def live_readers(context: Context, patient: Address, at: int) -> dict[Address, Scope]:
    """The grantees whose grant and standing hold at ``at``, with their scopes."""
    ledger = await _replay(context, patient)
    granted = await context.local.entries(subject=patient, actions=[Action.ACCESS_GRANTED])
    addresses = {e.ref_address: checksum(e.ref_address) for e in granted}
    return {
        addresses[who]: given.scope
        for who, given in ledger.grants.items()
        if who in addresses and ledger.live(who, at)
    }


async def overtaken(context: Context, step: Step) -> bool:
    """Whether a bundle that waits would give new keys to somebody whose access ended meanwhile."""
    if not isinstance(step.call, RevokeAccess | RotateKeys) or not step.after:
        return False
    blob = await context.local.spooled(step.after[-1])
    if blob is None:
        return False
    bundle = read_bundle(context, blob, context.me)
    return not set(bundle.envelopes) <= set(
        await live_readers(context, context.me, await context.time())
    )


async def own_patient(context: Context) -> Patient:
    """The account as a registered patient, with the epoch that the entries give.

    Raises:
        NotRegisteredYet, HistoryForked.
    """
    patient = await context.chain.patient(context.me)
    if patient is None:
        raise NotRegisteredYet(command="patient register")
    return replace(patient, epoch=await current_epoch(context, context.me))


async def current_epoch(context: Context, patient: Address) -> Epoch:
    """The patient's epoch on the chain, where it is the one that the entries give.

    Under an older one a revoked doctor would read what is sealed; with a later one a grantee
    would be given keys of tomorrow.

    Raises:
        UnknownPatient.
        HistoryForked: when the node shows another epoch than its own entries do.
    """
    for _ in range(LOOKS):
        known = await context.chain.patient(patient)
        if known is None:
            raise UnknownPatient(patient=patient)
        ledger = await _replay(context, patient)
        if known.epoch != ledger.epoch:
            for entry in await unconfirmed(context, patient):
                ledger.follow(entry)
        if known.epoch == ledger.epoch:
            return known.epoch
    raise HistoryForked(subject=patient)


async def _replay(context: Context, patient: Address) -> _Ledger:
    register = await context.local.entries(
        subject=ZERO_ADDRESS,
        actions=[
            Action.DOCTOR_STATUS_CHANGED,
            Action.ENCRYPTION_KEY_ROTATED,
            Action.USER_DEACTIVATED,
        ],
    )
    own = await context.local.entries(
        subject=patient,
        actions=[Action.ACCESS_GRANTED, Action.ACCESS_REVOKED, Action.KEYS_ROTATED],
    )
    ledger = _Ledger()
    for entry in _in_order(register, own):
        ledger.follow(entry)
    return ledger


def _in_order(*lists: Sequence[AuditEntry]) -> list[AuditEntry]:
    return sorted((e for some in lists for e in some), key=lambda e: (e.block, e.log_index))
