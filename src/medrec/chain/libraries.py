"""The heavy libraries, loaded where they are first needed, and kept from changing the interpreter.

py_ecc, which eth_account pulls in, sets Python's recursion limit to 100,000 when it is imported.
With that, JSON nested deeply enough overflows the C stack and kills the process, where otherwise it
raises RecursionError: every import of these libraries goes through here and puts the limit back.

py_ecc also computes tables of the curve BLS12-381 when it is imported, which takes a third to half
of the start of every command. eth_keyfile wants them for the version 4 keystores of validators
(EIP-2335), which MedRec neither reads nor writes: while eth_account is imported, small modules
stand in for them.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eth_account import Account
    from web3 import AsyncHTTPProvider

_LOADING = threading.RLock()
"""One import at a time: another thread would find the modules that stand in half placed."""


@contextmanager
def recursion_limit_kept() -> Iterator[None]:
    """Restore Python's recursion limit at the end."""
    limit = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


BLS12_381_ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
"""The order of the groups of BLS12-381 (draft-irtf-cfrg-pairing-friendly-curves)."""


@contextmanager
def without_pairings() -> Iterator[None]:
    """Let eth_keyfile be imported without py_ecc's pairings; the real ones can be had later."""
    scheme, curve = ModuleType("py_ecc.bls"), ModuleType("py_ecc.bls12_381")
    scheme.__dict__["G2ProofOfPossession"] = None
    curve.__dict__["curve_order"] = BLS12_381_ORDER
    placed = {m.__name__: m for m in (scheme, curve) if m.__name__ not in sys.modules}
    sys.modules.update(placed)
    try:
        yield
    finally:
        for name, module in placed.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def account_class() -> type[Account]:
    """eth_account's `Account`: transactions and keystores."""
    with _LOADING, recursion_limit_kept(), without_pairings():
        from eth_account import Account

    return Account


def provider_class() -> type[AsyncHTTPProvider]:
    """web3's `AsyncHTTPProvider`."""
    with _LOADING, recursion_limit_kept(), without_pairings():
        from web3 import AsyncHTTPProvider

    return AsyncHTTPProvider


def warm_up() -> threading.Thread:
    """Load the gateway in a thread, while (say) Argon2 works on a password.

    Nobody has to wait for it: what is needed before it is done waits for the import itself. It is
    no daemon: a thread that is ended in the middle of loading C code may bring the process down.
    """
    thread = threading.Thread(target=_load, name="load-chain")
    thread.start()
    return thread


def _load() -> None:
    account_class()
    provider_class()
    import medrec.chain.gateway  # noqa: F401
