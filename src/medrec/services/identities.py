"""The identity desk: whose account is it, and who was verified lately."""

from __future__ import annotations

from dataclasses import dataclass

from medrec.domain.entries import Action
from medrec.domain.ids import Address
from medrec.errors import IdentityAlreadyVerified
from medrec.services.contact import Contact
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.trust import patient_key

LATELY = 50
"""Verified identities that are listed."""


@dataclass(frozen=True, slots=True)
class DeskPatient:
    """Somebody at the desk: the account, when it was registered (Unix seconds) and in which block.

    ``compared`` says whether the key's fingerprint came along and fits.
    """

    address: Address
    registered: int
    block: int
    compared: bool


@dataclass(frozen=True, slots=True)
class VerifiedIdentity:
    """An identity that was verified: whose, by whom, when (Unix seconds)."""

    patient: Address
    by: Address
    at: int
    block: int


async def find(context: Context, contact: Contact) -> DeskPatient:
    """The patient behind an address, whose identity is still to be verified.

    Raises:
        UnknownPatient, IdentityAlreadyVerified.
        FingerprintDiffers: the code names another key than the network shows.
        BadCredential, KeyWentBack, LowOrderKey: the key is not one to vouch for.
    """
    # Whoever registered a moment ago may stand at the desk already.
    await sync(context)
    await patient_key(context, contact.address, contact.fingerprint)
    patient = await context.chain.patient(contact.address)
    if patient is not None and patient.verified:
        raise IdentityAlreadyVerified(patient=contact.address)
    entries = await context.local.entries(
        subject=contact.address, actions=[Action.PATIENT_REGISTERED]
    )
    at, block = (entries[0].meta.time, entries[0].block) if entries else (0, 0)
    return DeskPatient(contact.address, at, block, contact.fingerprint is not None)


async def lately(context: Context, most: int = LATELY) -> list[VerifiedIdentity]:
    """Who was verified last, by any registrar, the newest first. Names are kept nowhere."""
    entries = await context.local.entries(actions=[Action.IDENTITY_VERIFIED])
    return [
        VerifiedIdentity(entry.subject, entry.actor, entry.meta.time, entry.block)
        for entry in entries[: -most - 1 : -1]
    ]
