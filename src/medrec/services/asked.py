"""What a doctor asked of whom: sealed to the patient alone, so the doctor keeps a copy here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from medrec.crypto.codec import encode
from medrec.crypto.fields import Fields
from medrec.crypto.request import Request
from medrec.domain.categories import Category, Permission
from medrec.domain.ids import Address, Digest
from medrec.services.context import Context

SPACE = "asked"
LABELS = "patient-label"
_FIELDS = ("patient", "read", "write", "until", "reason", "made")


@dataclass(frozen=True, slots=True)
class Copy:
    """The doctor's own copy of a request; times in Unix seconds."""

    permission: Permission
    until: int
    reason: str
    made_at: int


async def remember(context: Context, request: Request, digest: Digest) -> None:
    """Keep what is about to be asked, under the digest that stands on the chain."""
    read, write = request.permission.names()
    plain = {
        "v": 1,
        "patient": request.patient,
        "read": read,
        "write": write,
        "until": request.until,
        "reason": request.reason,
        "made": request.made_at,
    }
    await context.local.put(SPACE, digest.hex(), encode(plain))


async def copy_of(context: Context, digest: Digest) -> Copy | None:
    """What was asked with that digest; None where it was asked on another computer."""
    blob = await context.local.get(SPACE, digest.hex())
    if blob is None:
        return None
    fields = Fields.decode(blob, _FIELDS, "the kept request")
    read, write = (
        frozenset(category for category in Category if category.value in fields.items(name))
        for name in ("read", "write")
    )
    return Copy(
        Permission(read, write),
        fields.integer("until"),
        fields.text("reason"),
        fields.integer("made"),
    )


def permission_facts(permission: Permission) -> dict[str, str | int]:
    """A permission as facts of a wish."""
    read, write = permission.names()
    return {"read": " ".join(read), "write": " ".join(write)}


def permission_from(facts: Mapping[str, str | int]) -> Permission:
    """The permission that `permission_facts` wrote."""
    read, write = (
        frozenset(Category(name) for name in str(facts[part]).split()) for part in ("read", "write")
    )
    return Permission(read, write)


def wished(facts: Mapping[str, str | int], made: int) -> Copy:
    """What is to be asked as soon as the network is back; ``made`` in Unix seconds."""
    return Copy(permission_from(facts), int(facts["until"]), str(facts["reason"]), made)


async def set_label(context: Context, patient: Address, label: str) -> None:
    """Keep what the doctor calls somebody whose name is not known yet, on this computer."""
    await context.local.put(LABELS, patient, label.encode())


async def label_of(context: Context, patient: Address) -> str:
    """What the doctor calls the patient; empty where nothing was kept."""
    return (await context.local.get(LABELS, patient) or b"").decode("utf-8", "replace")
