"""A doctor's request for access: what, until when and why, sealed to the patient."""

from __future__ import annotations

from dataclasses import dataclass

from medrec.crypto.boxes import open_box, seal_to
from medrec.crypto.codec import decode, encode
from medrec.crypto.fields import Fields
from medrec.crypto.kdf import EncryptionKey
from medrec.domain.categories import Category, Permission
from medrec.domain.ids import Address
from medrec.errors import BadObject

REQUEST_SIZE = 1024
_FIELDS = ("v", "patient", "doctor", "read", "write", "until", "reason", "made")


@dataclass(frozen=True, slots=True)
class Request:
    """What a doctor asks of a patient; times in Unix seconds."""

    patient: Address
    doctor: Address
    permission: Permission
    until: int
    reason: str
    made_at: int


def encode_and_seal(request: Request, patient_key: bytes) -> bytes:
    """The request sealed to the patient, in a multiple of 1,024 bytes.

    Raises:
        LowOrderKey.
    """
    read, write = request.permission.names()
    plain = encode(
        {
            "v": 1,
            "patient": request.patient,
            "doctor": request.doctor,
            "read": read,
            "write": write,
            "until": request.until,
            "reason": request.reason,
            "made": request.made_at,
        }
    )
    return seal_to(patient_key, plain, REQUEST_SIZE, request.patient)


def open_request(data: bytes, key: EncryptionKey, *, patient: Address, doctor: Address) -> Request:
    """The request of ``doctor`` to ``patient``.

    Raises:
        NoKey: when it does not open with this key.
        BadObject: when it is malformed, or was made by or for somebody else.
    """
    fields = Fields(decode(open_box(key, data)), _FIELDS, "the request")
    if fields.integer("v") != 1:
        raise fields.bad("v")
    if fields.address("patient") != patient or fields.address("doctor") != doctor:
        raise BadObject(why="the request is between other people.")
    return Request(
        patient=patient,
        doctor=doctor,
        permission=Permission(_categories(fields, "read"), _categories(fields, "write")),
        until=fields.integer("until"),
        reason=fields.text("reason"),
        made_at=fields.integer("made"),
    )


def _categories(fields: Fields, name: str) -> frozenset[Category]:
    found = [category for category in Category if category.value in fields.items(name)]
    if [category.value for category in found] != fields.items(name):
        raise fields.bad(name)
    return frozenset(found)
