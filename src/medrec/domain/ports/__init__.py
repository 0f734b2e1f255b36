"""The ports: what the services need from the world outside, as protocols.

Each port has one conformance suite (tests/conformance) that the fake and the real gateway pass.
Every method raises only `medrec.errors.MedRecError` subclasses for what the world can do wrong.
"""

from medrec.domain.ports.chain import Chain, UnsignedTransaction
from medrec.domain.ports.desk import Clock, Keyring, Notifier, VaultFiles
from medrec.domain.ports.stores import ContentStore, LocalStore
from medrec.domain.ports.wallets import Wallet, Wallets

__all__ = [
    "Chain",
    "Clock",
    "ContentStore",
    "Keyring",
    "LocalStore",
    "Notifier",
    "UnsignedTransaction",
    "VaultFiles",
    "Wallet",
    "Wallets",
]
