"""A doctor's public profile: an object in the store whose digest stands on chain."""

from __future__ import annotations

from dataclasses import dataclass

from medrec.crypto.codec import encode
from medrec.crypto.fields import Fields
from medrec.domain.ids import Address

_FIELDS = ("holder", "given", "family", "specialty", "licence", "key", "keyVersion")


@dataclass(frozen=True, slots=True)
class Profile:
    """Who a doctor says to be; true only as far as a credential covers its digest."""

    holder: Address
    given: str
    family: str
    specialty: str
    licence: str
    encryption_key: bytes
    key_version: int

    @property
    def display_name(self) -> str:
        """The name as people read it, with the title."""
        return f"Dr. {self.given} {self.family}"


def encode_profile(profile: Profile) -> bytes:
    """The DAG-CBOR object."""
    return encode(
        {
            "v": 1,
            "holder": profile.holder,
            "given": profile.given,
            "family": profile.family,
            "specialty": profile.specialty,
            "licence": profile.licence,
            "key": profile.encryption_key,
            "keyVersion": profile.key_version,
        }
    )


def decode_profile(data: bytes) -> Profile:
    """The profile.

    Raises:
        BadObject.
    """
    fields = Fields.decode(data, _FIELDS, "the profile")
    return Profile(
        holder=fields.address("holder"),
        given=fields.text("given"),
        family=fields.text("family"),
        specialty=fields.text("specialty"),
        licence=fields.text("licence"),
        encryption_key=fields.raw("key", 32),
        key_version=fields.integer("keyVersion"),
    )
