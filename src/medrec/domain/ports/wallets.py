"""Wallets: keys that sign, and what others signed."""

from __future__ import annotations

from typing import Protocol

from medrec.domain.ids import Address
from medrec.domain.network import Network
from medrec.domain.outbox import SignedTransaction
from medrec.domain.ports.chain import UnsignedTransaction
from medrec.domain.typed import Statement


class Wallet(Protocol):
    """A secp256k1 key that signs; never shows its secret."""

    @property
    def address(self) -> Address:
        """The address of the key."""
        ...

    def on(self, network: Network) -> Wallet:
        """The same key for another network's statements."""
        ...

    def sign_statement(self, statement: Statement) -> bytes:
        """The 65-byte EIP-712 signature (r, s, v) over a statement."""
        ...

    def sign_transaction(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """The signed EIP-1559 transaction."""
        ...


class Wallets(Protocol):
    """Makes wallets from secrets, and checks what others signed."""

    def from_key(self, private_key: bytes) -> Wallet:
        """The wallet of a 32-byte private key.

        Raises:
            BadPrivateKey: when it is not a secp256k1 key.
        """
        ...

    def derive(self, seed: bytes) -> bytes:
        """The private key at m/44'/60'/0'/0/0 of a BIP-39 seed (BIP-32, BIP-44)."""
        ...

    def open_keystore(self, keystore: str, password: str) -> bytes:
        """The private key in a Web3 Secret Storage V3 text.

        Raises:
            BadKeystore: when the text is not a V3 keystore or the password does not open it.
        """
        ...

    def seal_keystore(self, private_key: bytes, password: str) -> str:
        """A Web3 Secret Storage V3 text for the key."""
        ...

    def signer(self, statement: Statement, signature: bytes) -> Address | None:
        """Who signed the statement; None where the signature is none at all."""
        ...
