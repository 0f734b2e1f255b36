"""Who signed the transaction that a node shows: rebuilt, hashed and recovered here.

A node can make up an entry, a transaction's sender and its contents, but not the signature of
somebody else's wallet over them (EIP-1559, EIP-2718).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medrec.chain.abi import AbiMismatch
from medrec.chain.keccak import checksum, keccak256
from medrec.chain.libraries import account_class
from medrec.chain.proxies.contract_patient import ADD_RECORD, UPDATE_RECORD
from medrec.chain.rpc import hex_bytes, hex_int
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, TxHash

NUMBERS = ("chainId", "nonce", "value", "gas", "maxFeePerGas", "maxPriorityFeePerGas", "r", "s")


def signer_of(shown: Mapping[str, Any], transaction: TxHash) -> Address | None:
    """Who signed an EIP-1559 transaction; None when it is none, or not the one of that hash."""
    account_class()
    from eth_account.typed_transactions.typed_transaction import TypedTransaction
    from eth_keys.datatypes import Signature
    from eth_keys.exceptions import BadSignature
    from eth_utils.exceptions import ValidationError

    try:
        fields: dict[str, Any] = {name: hex_int(shown[name]) for name in NUMBERS}
        fields["v"] = hex_int(shown["yParity"] if "yParity" in shown else shown["v"])
        fields |= {
            "type": hex_int(shown["type"]),
            "to": checksum(shown["to"]),
            "data": hex_bytes(shown["input"]),
            "accessList": shown.get("accessList") or [],
        }
        rebuilt = TypedTransaction.from_dict(fields)
        if keccak256(bytes(rebuilt.encode())) != transaction:
            return None
        public = Signature(vrs=rebuilt.vrs()).recover_public_key_from_msg_hash(rebuilt.hash())
    except (KeyError, TypeError, ValueError, AbiMismatch, BadSignature, ValidationError):
        return None
    return checksum(public.to_canonical_address())


def writes(data: bytes, entry: AuditEntry) -> bool:
    """Whether calldata of ContractPatient writes the very version that the entry tells of."""
    try:
        if data[:4] == ADD_RECORD.selector:
            patient, record, epoch, digest, _ = ADD_RECORD.decode_call(data)
        elif data[:4] == UPDATE_RECORD.selector:
            patient, record, _, epoch, digest, _ = UPDATE_RECORD.decode_call(data)
        else:
            return False
    except AbiMismatch:
        return False
    told = (entry.subject, bytes(entry.ref), entry.meta.epoch.packed, bytes(entry.digest))
    return (checksum(patient), bytes(record), int(epoch), bytes(digest)) == told
