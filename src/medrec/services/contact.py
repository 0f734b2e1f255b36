"""How people find each other: an address, and the fingerprint of the key that belongs to it.

It is shown as a QR code and pasted as text. The form is ERC-681's, so that other programs find the
address in it: ``ethereum:0x...?medrec=FINGERPRINT``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from medrec.chain.keccak import checksum
from medrec.crypto.kdf import fingerprint
from medrec.domain.ids import Address
from medrec.errors import BadAddress
from medrec.services.context import Context
from medrec.services.resealing import own_key_version

_ADDRESS = re.compile(r"(?<![0-9A-Za-z])0x([0-9a-fA-F]{40})(?![0-9A-Za-z])")
_FINGERPRINT = re.compile(r"medrec=([0-9a-fA-F]{32})(?![0-9A-Za-z])")
_SHOWN = 60
"""Characters of a text that is quoted back."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody's address, and the fingerprint (32 hexadecimal digits) where it came along."""

    address: Address
    fingerprint: str | None = None

    @property
    def text(self) -> str:
        """What the QR code holds."""
        ending = f"?medrec={self.fingerprint}" if self.fingerprint else ""
        return f"ethereum:{self.address}{ending}"

    @property
    def spelled(self) -> str:
        """The fingerprint in groups of four, as people compare it."""
        plain = self.fingerprint or ""
        return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))


async def own_contact(context: Context) -> Contact:
    """The account's own address and key fingerprint."""
    key = context.key(await own_key_version(context))
    return Contact(context.me, fingerprint(key.public))


def read_contact(text: str) -> Contact:
    """The contact in a QR code's or somebody's pasted text: the only address in it.

    Raises:
        BadAddress: when there is none, several, or one whose EIP-55 spelling is wrong.
    """
    found = set(_ADDRESS.findall(text))
    shown = " ".join(text.split())[:_SHOWN]
    if len(found) != 1:
        raise BadAddress(text=shown)
    digits = found.pop()
    proper = checksum(bytes.fromhex(digits))
    if digits not in (digits.lower(), digits.upper(), proper[2:]):
        raise BadAddress(text=shown)
    given = _FINGERPRINT.search(text)
    return Contact(proper, given.group(1).lower() if given else None)
