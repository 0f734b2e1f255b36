"""Every key that derives from the account secret, and key regression over epochs.

BLAKE2b (RFC 7693) with a distinct ``person`` label for each purpose. The words alone restore
everything: root -> encryption keys, category seeds, slots, database key, registrar's secret.

Key regression (Fu, Kamara, Kohno: "Key Regression", NDSS 2006): the state of epoch (g, i) is
H^(65535 - i) of the seed of generation g, so that a newer state gives every older one of its
generation by hashing, and never the reverse.
"""

from __future__ import annotations

import hashlib
import threading
import time
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

import nacl.exceptions
from nacl import bindings

from medrec.domain.categories import Category
from medrec.domain.ids import Digest, Epoch
from medrec.errors import BadFields, NoKey

KEY_SIZE = 32
LAST_INDEX = 0xFFFF
_STRIDE = 256
_WORKING_OUT = threading.Lock()
_CATEGORY_NUMBER = {category: number for number, category in enumerate(Category)}


@dataclass(frozen=True, slots=True)
class AccountRoot:
    """The 32 bytes from which everything of an account derives."""

    secret: bytes = field(repr=False)

    def derive(self, person: str, data: bytes = b"") -> bytes:
        """32 bytes for one purpose."""
        return blake2b(data, person, key=self.secret)


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """An X25519 key pair (RFC 7748) of one key version."""

    version: int
    public: bytes
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class WrappingKey:
    """W: the key that wraps content keys of one slot in one epoch."""

    key: bytes = field(repr=False)


def blake2b(data: bytes, person: str, *, key: bytes = b"", size: int = KEY_SIZE) -> bytes:
    """BLAKE2b of ``size`` bytes, personalised (at most 16 ASCII characters)."""
    label = person.encode("ascii")
    return hashlib.blake2b(data, digest_size=size, key=key, person=label).digest()


def account_root(secret: bytes) -> AccountRoot:
    """The root of a 64-byte BIP-39 seed or a 32-byte private key."""
    if len(secret) not in (32, 64):
        raise ValueError("an account secret has 32 or 64 bytes")
    return AccountRoot(blake2b(b"account root 1", "medrec/root", key=secret))


def encryption_key(root: AccountRoot, version: int) -> EncryptionKey:
    """The X25519 key pair of a key version (1, 2, ...)."""
    secret = root.derive("medrec/x25519", version.to_bytes(4, "big"))
    return EncryptionKey(version, bindings.crypto_scalarmult_base(secret), secret)


def fingerprint(public_key: bytes) -> str:
    """32 hexadecimal digits by which people compare a public key."""
    return blake2b(public_key, "medrec/finger", size=16).hex()


def is_low_order(key: bytes) -> bool:
    """Whether nothing may be sealed to the key: of low order, or not 32 bytes at all."""
    if len(key) != KEY_SIZE:
        return True
    try:
        bindings.crypto_scalarmult(b"\x40" * KEY_SIZE, key)
    except nacl.exceptions.RuntimeError:
        return True
    return False


def category_seed(root: AccountRoot, category: Category, generation: int) -> bytes:
    """S[c][g]: 32 bytes."""
    number = _CATEGORY_NUMBER[category]
    return root.derive("medrec/category", bytes([number]) + generation.to_bytes(2, "big"))


def epoch_state(root: AccountRoot, category: Category, epoch: Epoch) -> bytes:
    """K[c][g][i] = H^(65535 - i)(S[c][g]): 32 bytes.

    The first state of a category and generation costs 65,535 hashes (about 0.03 s), every other
    one at most 255: a chart asks for many epochs.
    """
    back = LAST_INDEX - epoch.index
    # Many records at once ask for the same: it is worked out once, the others wait for it.
    with _WORKING_OUT:
        milestones = _milestones(root, category, epoch.generation)
    return _hash_down(milestones[back // _STRIDE], back % _STRIDE)


@lru_cache(maxsize=64)
def _milestones(root: AccountRoot, category: Category, generation: int) -> tuple[bytes, ...]:
    """Every 256th state of a generation, from the newest to the oldest."""
    states = [category_seed(root, category, generation)]
    for _ in range(LAST_INDEX // _STRIDE):
        states.append(_hash_down(states[-1], _STRIDE))
        # The thread that draws the window comes first.
        time.sleep(0)
    return tuple(states)


def older_state(state: bytes, have: Epoch, want: Epoch) -> bytes:
    """The state of ``want`` from that of ``have``.

    Raises:
        NoKey: when ``want`` is newer or of another generation.
    """
    if want.generation != have.generation or want.index > have.index:
        raise NoKey
    return _hash_down(state, have.index - want.index)


def wrapping_key(state: bytes) -> WrappingKey:
    """W of a state; nothing leads back to the state."""
    return WrappingKey(blake2b(state, "medrec/wrap"))


def _hash_down(state: bytes, times: int) -> bytes:
    for _ in range(times):
        state = hashlib.blake2b(state, digest_size=KEY_SIZE, person=b"medrec/epoch").digest()
    return state


def key_commitment(content_key: bytes) -> bytes:
    """kc: 32 bytes that commit to a content key."""
    return blake2b(content_key, "medrec/commit")


def identity_commitment(root: AccountRoot, *, id_number: str, birth_date: str) -> Digest:
    """A registrar's keyed commitment to a person's identity, the same however it was typed.

    ``root`` is the registrar's. Both fields are compared in NFKC, in capitals, without spaces,
    dashes and other separators.

    Raises:
        BadFields: when either is empty.
    """
    secret = root.derive("medrec/registrar")
    parts = [_normalised(id_number), _normalised(birth_date)]
    if not all(parts):
        raise BadFields(why="id_number and birth_date are both needed.")
    data = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return Digest(blake2b(data, "medrec/identity", key=secret))


def _normalised(text: str) -> bytes:
    folded = unicodedata.normalize("NFKC", text).upper()
    kept = (c for c in folded if unicodedata.category(c)[0] in "LNM")
    return unicodedata.normalize("NFKC", "".join(kept)).encode()


def database_key(root: AccountRoot) -> bytes:
    """The 32-byte key of the local database."""
    return root.derive("medrec/database")
