"""The heavy libraries, loaded where they are first needed, and kept from changing the interpreter.

py_ecc, which eth_account pulls in, sets Python's recursion limit to 100,000 when it is imported.
With that, JSON nested deeply enough overflows the C stack and kills the process, where otherwise it
raises RecursionError: every import of these libraries goes through here and puts the limit back.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eth_account import Account
    from web3 import AsyncHTTPProvider


@contextmanager
def recursion_limit_kept() -> Iterator[None]:
    """Restore Python's recursion limit at the end."""
    limit = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def account_class() -> type[Account]:
    """eth_account's `Account`: transactions and keystores."""
    with recursion_limit_kept():
        from eth_account import Account

    return Account


def provider_class() -> type[AsyncHTTPProvider]:
    """web3's `AsyncHTTPProvider`."""
    with recursion_limit_kept():
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
