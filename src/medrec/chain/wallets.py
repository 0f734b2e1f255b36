"""Wallets: secp256k1 keys that sign, and who signed what (ports `Wallet` and `Wallets`).

eth_account takes a third of a second to load, so it is imported only where it is used: for
transactions, derivation and keystores. Statements are signed by coincurve (libsecp256k1) alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from coincurve import PrivateKey, PublicKey

from medrec.chain.keccak import checksum, keccak256
from medrec.chain.libraries import account_class
from medrec.chain.typed_data import signing_digest
from medrec.domain.ids import Address, TxHash
from medrec.domain.network import Network
from medrec.domain.outbox import SignedTransaction
from medrec.domain.ports import UnsignedTransaction, Wallet
from medrec.domain.typed import Statement
from medrec.errors import BadKeystore, BadPrivateKey, NoNetwork

ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
"""The order of secp256k1; a signature's s is at most half of it (EIP-2)."""

LONGEST_KEYSTORE = 16_384
"""Characters; real ones have 500, and what is nested deeper than this would exhaust the stack."""

BIP44_PATH = "m/44'/60'/0'/0/0"


@dataclass(frozen=True, slots=True)
class PreparedTransaction:
    """An EIP-1559 transaction before it is signed; amounts in wei.

    ``to`` None creates a contract. Satisfies the port `UnsignedTransaction`.
    """

    chain_id: int
    nonce: int
    to: Address | None
    data: bytes
    gas: int
    max_fee: int
    max_tip: int
    value: int = 0

    def fields(self) -> dict[str, Any]:
        """The transaction as eth_account signs it."""
        to = {"to": self.to} if self.to is not None else {}
        return {
            "type": 2,
            "chainId": self.chain_id,
            "nonce": self.nonce,
            "value": self.value,
            "data": self.data,
            "gas": self.gas,
            "maxFeePerGas": self.max_fee,
            "maxPriorityFeePerGas": self.max_tip,
            **to,
        }


class LocalWallet:
    """A wallet whose key is in memory; neither repr nor pickling shows it."""

    __slots__ = ("_address", "_key", "_network")

    def __init__(self, private_key: bytes, network: Network | None = None) -> None:
        """Wrap a 32-byte key; statements can be signed only on a known network.

        Raises:
            BadPrivateKey: when it is not a secp256k1 key.
        """
        if len(private_key) != 32 or not 0 < int.from_bytes(private_key, "big") < ORDER:
            raise BadPrivateKey
        self._key = PrivateKey(private_key)
        self._address = _address_of(self._key.public_key)
        self._network = network

    @property
    def address(self) -> Address:
        """The address of the key."""
        return self._address

    def on(self, network: Network) -> LocalWallet:
        """The same key for another network's statements."""
        return LocalWallet(self._key.secret, network)

    def sign_statement(self, statement: Statement) -> bytes:
        """The 65-byte EIP-712 signature: r, s (low), v (27 or 28).

        Raises:
            NoNetwork: when the wallet was made without one.
        """
        signature = self._key.sign_recoverable(_digest(statement, self._network), hasher=None)
        return signature[:64] + bytes([27 + signature[64]])

    def sign_transaction(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """The signed EIP-1559 transaction.

        Raises:
            TypeError: when the chain gateway did not prepare it (our bug).
        """
        if not isinstance(transaction, PreparedTransaction):
            raise TypeError("only what the chain gateway prepared can be signed")
        signed = account_class().sign_transaction(transaction.fields(), self._key.secret)
        return SignedTransaction(
            nonce=transaction.nonce,
            raw=bytes(signed.raw_transaction),
            hash=TxHash(bytes(signed.hash)),
        )

    def __repr__(self) -> str:
        return f"LocalWallet({self._address})"

    def __reduce__(self) -> str:
        raise TypeError("a wallet is not written down")


class LocalWallets:
    """Makes wallets for one network, and checks statements signed in its contracts' domains."""

    def __init__(self, network: Network | None = None) -> None:
        self._network = network

    def from_key(self, private_key: bytes) -> Wallet:
        """The wallet of a 32-byte private key.

        Raises:
            BadPrivateKey: when it is not a secp256k1 key.
        """
        return LocalWallet(private_key, self._network)

    def derive(self, seed: bytes) -> bytes:
        """The private key at m/44'/60'/0'/0/0 of a BIP-39 seed (BIP-32, BIP-44, SLIP-44)."""
        account_class()
        from eth_account.hdaccount import key_from_seed

        return bytes(key_from_seed(seed, BIP44_PATH))

    def open_keystore(self, keystore: str, password: str) -> bytes:
        """The private key in a Web3 Secret Storage V3 text.

        Raises:
            BadKeystore: when the text is not a V3 keystore or the password does not open it.
        """
        content = _keystore_content(keystore)
        try:
            key = bytes(account_class().decrypt(content, password))
        except ValueError as error:
            if "MAC" in str(error):
                raise BadKeystore(why="the password is wrong, or the file was changed.") from None
            raise BadKeystore(why="it is not a complete V3 keystore.") from None
        except (KeyError, TypeError, AttributeError, OverflowError, MemoryError):
            raise BadKeystore(why="it is not a complete V3 keystore.") from None
        return key

    def seal_keystore(self, private_key: bytes, password: str) -> str:
        """A Web3 Secret Storage V3 text for the key (scrypt, n 2^18), as MetaMask and geth read it.

        Raises:
            BadPrivateKey: when it is not a secp256k1 key.
        """
        LocalWallet(private_key)
        return json.dumps(account_class().encrypt(private_key, password, kdf="scrypt"))

    def signer(self, statement: Statement, signature: bytes) -> Address | None:
        """Who signed the statement; None where the signature is none at all.

        A high s is none (EIP-2): the contracts refuse it, and each signature has one form.

        Raises:
            NoNetwork: when the factory was made without one.
        """
        digest = _digest(statement, self._network)
        if len(signature) != 65 or signature[64] not in (27, 28):
            return None
        if int.from_bytes(signature[32:64], "big") > ORDER // 2:
            return None
        recoverable = signature[:64] + bytes([signature[64] - 27])
        try:
            key = PublicKey.from_signature_and_message(recoverable, digest, hasher=None)
        except Exception:  # coincurve raises a bare Exception where no point of the curve fits
            return None
        return _address_of(key)


def _address_of(key: PublicKey) -> Address:
    return checksum(keccak256(key.format(compressed=False)[1:])[12:])


def _digest(statement: Statement, network: Network | None) -> bytes:
    if network is None:
        raise NoNetwork
    return signing_digest(statement, network.chain_id, network.contracts[statement.contract])


def _keystore_content(keystore: str) -> dict[str, Any]:
    """The keystore's JSON object, its key derivation within bounds that a machine can bear."""
    if len(keystore) > LONGEST_KEYSTORE:
        raise BadKeystore(why="it is too long for a V3 keystore.")
    try:
        content = _lower_case(json.loads(keystore))
    except (ValueError, RecursionError):
        raise BadKeystore(why="it is not JSON.") from None
    if not isinstance(content, dict) or content.get("version") != 3:
        raise BadKeystore(why="it is not a V3 keystore.")
    crypto = content.get("crypto")
    parameters = crypto.get("kdfparams") if isinstance(crypto, dict) else None
    if not isinstance(parameters, dict):
        raise BadKeystore(why="it is not a complete V3 keystore.")
    n, r, p, c = (parameters.get(name, 1) for name in ("n", "r", "p", "c"))
    if not all(isinstance(value, int) and value > 0 for value in (n, r, p, c)):
        raise BadKeystore(why="it is not a complete V3 keystore.")
    if 128 * n * r > 1 << 30 or p > 16 or c > 10_000_000:
        raise BadKeystore(why="opening it would take more memory or time than it should.")
    return content


def _lower_case(value: object) -> object:
    # Old wallets write "Crypto": what is checked must be what is opened.
    if isinstance(value, dict):
        return {str(name).lower(): _lower_case(item) for name, item in value.items()}
    return value
