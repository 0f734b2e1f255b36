"""Keccak-256 and EIP-55 addresses, without web3's import time."""

from __future__ import annotations

from functools import lru_cache

from Crypto.Hash import keccak

from medrec.domain.ids import Address


def keccak256(data: bytes) -> bytes:
    """The 32-byte Keccak-256 digest as Ethereum uses it (not NIST's SHA-3)."""
    return keccak.new(digest_bits=256, data=data).digest()


@lru_cache(maxsize=65_536)
def checksum(address: str | bytes) -> Address:
    """The EIP-55 spelling of an address, given as 20 bytes or as 0x and 40 hexadecimal digits.

    Raises:
        ValueError: when it is neither.
    """
    digits = address.hex() if isinstance(address, bytes) else address.removeprefix("0x").lower()
    if len(digits) != 40 or len(bytes.fromhex(digits)) != 20:
        raise ValueError("an address has 20 bytes")
    marks = keccak256(digits.encode()).hex()
    spelled = (d.upper() if int(m, 16) > 7 else d for d, m in zip(digits, marks, strict=False))
    return Address("0x" + "".join(spelled))


@lru_cache(maxsize=65_536)
def address_of_topic(topic: str) -> Address:
    """The address in an indexed topic of JSON-RPC: 0x, 24 zeros and 40 digits.

    Raises:
        ValueError: when it is none.
    """
    if len(topic) != 66 or not topic.startswith("0x" + "0" * 24):
        raise ValueError("the topic holds no address")
    return checksum("0x" + topic[26:])


def create_address(sender: Address, nonce: int) -> Address:
    """The address of the contract that ``sender`` creates with its transaction ``nonce``.

    Source: Ethereum yellow paper, section 7: the last 20 bytes of keccak256(rlp([sender, nonce])).
    """
    digits = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    item = digits if len(digits) == 1 and nonce < 0x80 else bytes([0x80 + len(digits)]) + digits
    payload = b"\x94" + bytes.fromhex(sender[2:]) + item
    return checksum(keccak256(bytes([0xC0 + len(payload)]) + payload)[12:])
