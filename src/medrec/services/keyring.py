"""Which keys open what: the patient derives them, a doctor finds them in envelopes.

A doctor's envelope comes with the grant; every revocation or rotation since then has brought a
bundle with a newer one. The newest is asked first: a state opens every older epoch, and a
from-today envelope lists the epochs that it opens.
"""

from __future__ import annotations

from dataclasses import dataclass

from medrec.crypto.bundle import Bundle, decode_bundle
from medrec.crypto.envelope import Envelope, open_envelope
from medrec.crypto.kdf import WrappingKey, epoch_state, wrapping_key
from medrec.crypto.slots import SlotMap
from medrec.domain.categories import Category, Slot
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, Cid, Digest, Epoch, address_word
from medrec.errors import Arriving, BadObject, BlockMissing, NoAccess, NoKey
from medrec.services.context import Context
from medrec.services.copies import fetch
from medrec.services.index import check_subject


@dataclass(frozen=True)
class Keys:
    """The keys to one patient's record that the account holds.

    ``envelopes`` are newest first, and empty for the patient, who derives everything;
    ``missing`` says that a newer envelope is announced and not in the store yet.
    """

    context: Context
    patient: Address
    envelopes: tuple[Envelope, ...] = ()
    missing: bool = False

    @property
    def owner(self) -> bool:
        """Whether the account is the patient."""
        return self.patient == self.context.me

    @property
    def slots(self) -> SlotMap:
        """What the account knows of the patient's slot map."""
        return self.context.slots if self.owner else self.envelopes[0].slots_map()

    def category(self, slot: Slot) -> Category:
        """What the slot holds.

        Raises:
            NoKey: when the account was not told.
        """
        category = self.slots.category(slot)
        if category is None:
            raise NoKey()
        return category

    def wrapping_key(self, slot: Slot, epoch: Epoch) -> WrappingKey:
        """W of a slot in an epoch.

        Raises:
            Arriving: it is announced and not in the store yet.
            NoKey: it was not given to the account.
        """
        if self.owner:
            category = self.category(slot)
            return wrapping_key(epoch_state(self.context.root, category, epoch))
        for envelope in self.envelopes:
            try:
                return envelope.wrapping_key(slot, epoch)
            except NoKey:
                continue
        raise Arriving() if self.missing else NoKey()


async def keys_to(context: Context, patient: Address) -> Keys:
    """The account's keys to a patient.

    Raises:
        NoAccess: there never was an envelope for the account.
        AuditBroken, HistoryForked: when the node left out entries of the patient.
        Arriving: the first envelope is not in the store yet.
    """
    if patient == context.me:
        return Keys(context, patient)
    await check_subject(context, patient)
    mine = address_word(context.me)
    found: list[Envelope] = []
    missing = False
    entries = await context.local.entries(
        subject=patient,
        actions=[
            Action.ACCESS_GRANTED,
            Action.ACCESS_REVOKED,
            Action.KEYS_ROTATED,
            Action.BUNDLE_PUBLISHED,
        ],
    )
    for entry in _since_my_grant(entries, mine):
        try:
            cid = await _envelope_cid(context, patient, entry)
            if cid is not None:
                found.append(await _open(context, patient, await fetch(context, cid)))
        except BlockMissing:
            missing = True
    if not found and not missing:
        raise NoAccess()
    if not found:
        raise Arriving()
    return Keys(context, patient, tuple(found), missing)


def _since_my_grant(entries: list[AuditEntry], mine: bytes) -> list[AuditEntry]:
    """Newest first: the grants to me and the bundles since the first; the last grants win."""
    first = next(
        (i for i, e in enumerate(entries) if e.action == Action.ACCESS_GRANTED and e.ref == mine),
        len(entries),
    )
    seen: set[bytes] = set()
    kept: list[AuditEntry] = []
    for entry in reversed(entries[first:]):
        if entry.action == Action.ACCESS_GRANTED and entry.ref != mine:
            continue
        if entry.digest in seen or not any(entry.digest):
            continue
        seen.add(entry.digest)
        kept.append(entry)
    return kept


async def _envelope_cid(context: Context, patient: Address, entry: AuditEntry) -> Cid | None:
    if entry.action == Action.ACCESS_GRANTED:
        return cid_from_digest(entry.digest, Codec.RAW)
    blob = await fetch(context, cid_from_digest(Digest(entry.digest), Codec.DAG_CBOR))
    bundle = read_bundle(context, blob, patient)
    if bundle.epoch != entry.meta.epoch:
        raise BadObject(why="a bundle of another epoch was announced.")
    return bundle.envelopes.get(context.me)


def read_bundle(context: Context, blob: bytes, patient: Address) -> Bundle:
    """A bundle of the patient's on this network.

    Raises:
        BadObject.
    """
    return decode_bundle(
        blob,
        chain_id=context.network.chain_id,
        contract=context.doctor_contract,
        patient=patient,
    )


async def _open(context: Context, patient: Address, blob: bytes) -> Envelope:
    user = await context.chain.user(context.me)
    newest = user.key_version if user is not None else 1
    for version in range(newest, 0, -1):
        try:
            return open_envelope(
                blob,
                context.key(version),
                chain_id=context.network.chain_id,
                contract=context.doctor_contract,
                patient=patient,
                grantee=context.me,
            )
        except NoKey:
            continue
    raise NoKey()
