"""A secretstream block that opens under two keys: what an ill-meaning author can make.

XChaCha20-Poly1305 does not commit to its key (Len, Grubbs, Ristenpart: "Partitioning Oracle
Attacks", USENIX Security 2021, section 3). Two free blocks of ciphertext are solved for, so that
Poly1305 gives one tag under both one-time keys. The construction follows libsodium's
crypto_secretstream_xchacha20poly1305_push.
"""

from __future__ import annotations

import secrets
import struct
from itertools import count

_PRIME = (1 << 130) - 5
_CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")
_FINAL = 3


def colliding_block(first: bytes, second: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Header, block and two keys: the block's plaintext begins with ``first`` under one key.

    Under the other it has ``second`` at the same length further on; the rest of each is noise.
    Both texts have a multiple of 16 bytes.
    """
    header = secrets.token_bytes(24)
    one = _Stream(secrets.token_bytes(32), header)
    others = (_Stream(number.to_bytes(32, "big"), header) for number in count())
    other = next(stream for stream in others if stream.tag_mask == one.tag_mask)
    text = _xor(first, one.keystream(len(first)))
    shift = len(first)
    text += _xor(second, other.keystream(shift + len(second))[shift:])
    return header, _solved(one, other, text), one.key, other.key


def _solved(one: _Stream, other: _Stream, text: bytes) -> bytes:
    tag_byte = bytes([_FINAL ^ one.tag_mask])
    while True:
        tag = secrets.randbits(128)
        free = _solve([stream.equation(text, tag) for stream in (one, other)])
        if free is not None:
            return tag_byte + text + free + tag.to_bytes(16, "little")


def _solve(equations: list[tuple[int, int, int]]) -> bytes | None:
    """Two 16-byte blocks x, y with a*x + b*y = c for both equations modulo 2^130 - 5."""
    (a1, b1, c1), (a2, b2, c2) = equations
    inverse = pow(a1 * b2 - a2 * b1, -1, _PRIME)
    solution = ((c1 * b2 - c2 * b1) * inverse % _PRIME, (a1 * c2 - a2 * c1) * inverse % _PRIME)
    blocks = [value - (1 << 128) for value in solution]
    if not all(0 <= value < 1 << 128 for value in blocks):
        return None
    return b"".join(value.to_bytes(16, "little") for value in blocks)


class _Stream:
    """The first message of a secretstream, from the inside."""

    def __init__(self, key: bytes, header: bytes) -> None:
        self.key = key
        state = _rounds(_state(key, header[:16]))
        self._subkey = struct.pack("<8I", *state[:4], *state[12:])
        self._nonce = struct.pack("<I", 1) + header[16:]
        poly = self._block(0)
        self._r = int.from_bytes(poly[:16], "little") & 0x0FFFFFFC_0FFFFFFC_0FFFFFFC_0FFFFFFF
        self._s = int.from_bytes(poly[16:32], "little")
        self._mask = self._block(1)
        self.tag_mask = self._mask[0]

    def keystream(self, size: int) -> bytes:
        """The first bytes with which the message is encrypted."""
        return b"".join(self._block(2 + i) for i in range(-(-size // 64)))[:size]

    def equation(self, text: bytes, tag: int) -> tuple[int, int, int]:
        """What two blocks after ``text`` must fulfil for the tag: coefficients and sum."""
        first = bytes([_FINAL ^ self.tag_mask]) + self._mask[1:]
        lengths = struct.pack("<QQ", 0, 64 + len(text) + 32)
        data = first + text + bytes(32) + lengths
        blocks = [data[i : i + 16] for i in range(0, len(data), 16)]
        total = 0
        for place, block in enumerate(blocks):
            free = place in (len(blocks) - 3, len(blocks) - 2)
            value = 0 if free else int.from_bytes(block, "little") + (1 << 128)
            total = (total + value) * self._r % _PRIME
        wanted = (tag - self._s) % (1 << 128)
        return pow(self._r, 3, _PRIME), pow(self._r, 2, _PRIME), (wanted - total) % _PRIME

    def _block(self, counter: int) -> bytes:
        state = _state(self._subkey, struct.pack("<I", counter) + self._nonce)
        mixed = _rounds(state)
        return struct.pack(
            "<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(state, mixed, strict=True))
        )


def _state(key: bytes, rest: bytes) -> list[int]:
    return [*_CONSTANTS, *struct.unpack("<8I", key), *struct.unpack("<4I", rest)]


def _rounds(state: list[int]) -> list[int]:
    """The 20 rounds of ChaCha (RFC 8439, section 2.3)."""
    x = list(state)
    columns = [(i, i + 4, i + 8, i + 12) for i in range(4)]
    diagonals = [(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4) for i in range(4)]
    for _ in range(10):
        for a, b, c, d in columns + diagonals:
            for add, mix, turn in ((b, d, 16), (d, b, 12), (b, d, 8), (d, b, 7)):
                base = a if mix == d else c
                x[base] = (x[base] + x[add]) & 0xFFFFFFFF
                turned = x[mix] ^ x[base]
                x[mix] = (turned << turn | turned >> (32 - turn)) & 0xFFFFFFFF
    return x


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
