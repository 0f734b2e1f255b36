"""The queries of the port `Chain`, but for the entries."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, TypeVar

from medrec.chain import audit
from medrec.chain.abi import AbiMismatch, Function, decode_words
from medrec.chain.base import ChainBase, block_ref, understood
from medrec.chain.keccak import checksum, keccak256
from medrec.chain.proxies import forwarder, user_authentication
from medrec.chain.proxies.contract_patient import RECORD_HEAD
from medrec.chain.rpc import hex_bytes, hex_int
from medrec.chain.signed import signer_of, writes
from medrec.domain.categories import Scope
from medrec.domain.entries import AuditEntry, BlockRef
from medrec.domain.ids import ZERO_ADDRESS, Address, ChainHead, Digest, Epoch, RecordId, TxHash
from medrec.domain.network import FORWARDER
from medrec.domain.people import (
    Doctor,
    DoctorStatus,
    Grant,
    Patient,
    PatientStatus,
    RecordHead,
    Role,
    User,
)
from medrec.domain.typed import KeyBinding
from medrec.errors import WrongChain, WrongCode

E = TypeVar("E", bound=IntEnum)

RECORD_ARCHIVED = 1
RECORD_HIDDEN = 2


class ChainReads(ChainBase):
    """Views at the latest block, blocks, and what a transaction's calldata holds."""

    @understood
    async def check_network(self) -> None:
        """Compare chain id and code hashes with the network file.

        Raises:
            WrongChain, WrongCode, NodeDown.
        """
        found = hex_int(await self._rpc.request("eth_chainId"))
        if found != self.network.chain_id:
            raise WrongChain(found=found, expected=self.network.chain_id)
        for name, code in (await self.codes()).items():
            if code != self.network.code_hashes.get(name):
                raise WrongCode(contract=name, address=self.network.contracts[name])

    @understood
    async def codes(self) -> dict[str, bytes]:
        """keccak-256 of the code at each contract's address, by the contract's name."""
        at = self.network.contracts
        asked = (self._rpc.request("eth_getCode", address, "latest") for address in at.values())
        found = await asyncio.gather(*asked)
        return {n: keccak256(hex_bytes(code)) for n, code in zip(at, found, strict=True)}

    @understood
    async def head(self) -> BlockRef:
        """The latest block."""
        return block_ref(await self._rpc.request("eth_getBlockByNumber", "latest", False))

    @understood
    async def block(self, number: int) -> BlockRef | None:
        """The block of that number, or None when the node has none."""
        block = await self._rpc.request("eth_getBlockByNumber", hex(number), False)
        return None if block is None else block_ref(block)

    @understood
    async def user(self, who: Address) -> User | None:
        """The registered user, or None."""
        found = await self._users.get_user(who)
        if found.role == 0:
            return None
        return User(
            id=who,
            role=_member(Role, found.role),
            active=found.active,
            authenticator=found.authenticator,
            encryption_key=found.key,
            key_version=found.key_version,
            vault=Digest(found.vault_digest),
        )

    @understood
    async def patient(self, who: Address) -> Patient | None:
        """The registered patient, or None."""
        found = await self._patients.patient_of(who)
        if found.status == 0:
            return None
        return Patient(
            id=who,
            status=_member(PatientStatus, found.status),
            verified=found.verified,
            epoch=Epoch.unpack(found.epoch),
            controller=found.controller if found.controller != ZERO_ADDRESS else who,
            turn=found.turn,
        )

    @understood
    async def doctor(self, who: Address) -> Doctor | None:
        """The registered doctor, or None."""
        found = await self._doctors.doctor_of(who)
        if found.status == 0:
            return None
        return Doctor(
            id=who,
            status=_member(DoctorStatus, found.status),
            since=found.since,
            profile=found.profile,
            profile_version=found.profile_version,
            turn=found.turn,
        )

    @understood
    async def grant(self, patient: Address, grantee: Address) -> Grant | None:
        """The grant slot of the pair, or None when there was never anything."""
        found = await self._doctors.grant_of(patient, grantee)
        if not (found.since or found.request_open or found.requests):
            return None
        return Grant(
            patient=patient,
            grantee=grantee,
            scope=Scope.unpack(found.scope),
            since=found.since,
            expiry=found.expiry,
            epoch=Epoch.unpack(found.epoch),
            kind=found.kind,
            profile_version=found.profile_version,
            request_open=found.request_open,
            requests=found.requests,
        )

    @understood
    async def record(self, patient: Address, record: RecordId) -> RecordHead | None:
        """The head of a patient's record, or None."""
        found = await self._patients.record_head(patient, record)
        return _record_head(found.chain, found.version, found.flags)

    @understood
    async def records(
        self, patient: Address, records: Sequence[RecordId]
    ) -> dict[RecordId, RecordHead | None]:
        """The heads of many records of a patient, in few requests."""
        at = self._patients.address
        asked = [
            {"to": at, "data": "0x" + RECORD_HEAD.encode(patient, record).hex()}
            for record in records
        ]
        answers = await self._rpc.batch([("eth_call", (call, "latest")) for call in asked])
        heads = [_record_head(*decode_words(RECORD_HEAD.outputs, hex_bytes(a))) for a in answers]
        return dict(zip(records, heads, strict=True))

    @understood
    async def audit_head(self, subject: Address, block: int | None = None) -> ChainHead:
        """The head of a subject's audit chain after ``block`` (latest when None)."""
        at = "latest" if block is None else hex(block)
        return ChainHead(await self._audit.audit_head(subject, block=at))

    async def genesis_head(self, subject: Address) -> ChainHead:
        """The head with which a subject's chain begins; computed locally."""
        return audit.genesis_head(self.network.chain_id, self._audit.address, subject)

    @understood
    async def authenticates(
        self, login_id: Address, challenge: bytes, signature: bytes, issued_at: int, at: int
    ) -> bool:
        """Whether the signature over the login challenge is the registered authenticator's."""
        return await self._users.authenticate_at(login_id, challenge, issued_at, signature, at)

    @understood
    async def next_nonce(self, who: Address) -> int:
        """The first nonce that the node has not seen, pending transactions included."""
        return hex_int(await self._rpc.request("eth_getTransactionCount", who, "pending"))

    @understood
    async def balance(self, who: Address) -> int:
        """The balance in wei."""
        return hex_int(await self._rpc.request("eth_getBalance", who, "latest"))

    @understood
    async def receipt_block(self, transaction: TxHash) -> tuple[int, bool] | None:
        """The block that mined the transaction and whether it succeeded; None while pending."""
        receipt = await self._rpc.request("eth_getTransactionReceipt", "0x" + transaction.hex())
        if receipt is None:
            return None
        return hex_int(receipt.get("blockNumber")), hex_int(receipt.get("status")) == 1

    @understood
    async def key_binding(
        self, who: Address, transaction: TxHash
    ) -> tuple[KeyBinding, bytes] | None:
        """The key binding and signature in the calldata of the transaction that set the key.

        Also where a relay carried it through the forwarder. None when the transaction holds none
        for ``who``; the caller verifies the signature.
        """
        found = await self._rpc.request("eth_getTransactionByHash", "0x" + transaction.hex())
        if found is None or not found.get("to"):
            return None
        to, sender = checksum(found["to"]), checksum(found["from"])
        for target, caller, data in self._inner_calls(to, sender, hex_bytes(found.get("input"))):
            binding = _binding(caller, data) if target == self._users.address else None
            if binding is not None and binding[0] == who:
                return binding[1:]
        return None

    @understood
    async def wrote(self, entry: AuditEntry) -> bool:
        """Whether the entry's actor signed the transaction that wrote this version of a record.

        Only a wallet's own transaction counts, not yet one that a relay carried.
        """
        shown = await self._rpc.request("eth_getTransactionByHash", "0x" + entry.transaction.hex())
        if shown is None or signer_of(shown, entry.transaction) != entry.actor:
            return False
        to, chain_id = checksum(shown["to"]), hex_int(shown["chainId"])
        mine = (self.network.contracts["ContractPatient"], self.network.chain_id)
        return (to, chain_id) == mine and writes(hex_bytes(shown["input"]), entry)

    def _inner_calls(
        self, to: Address, sender: Address, data: bytes
    ) -> list[tuple[Address, Address, bytes]]:
        """(target, caller, calldata): the call itself, or those that the forwarder was given."""
        if to != self.network.contracts.get(FORWARDER):
            return [(to, sender, data)]
        if data[:4] == forwarder.EXECUTE.selector:
            requests = forwarder.EXECUTE.decode_call(data)
        elif data[:4] == forwarder.EXECUTE_BATCH.selector:
            requests = forwarder.EXECUTE_BATCH.decode_call(data)[0]
        else:
            return []
        # A request is (from, to, value, gas, deadline, data, signature).
        return [(checksum(r[1]), checksum(r[0]), r[5]) for r in requests]


def _binding(caller: Address, data: bytes) -> tuple[Address, KeyBinding, bytes] | None:
    """Whose key, which, and the signature, out of calldata that sets one."""
    known: dict[bytes, Function] = user_authentication.FUNCTIONS
    function = known.get(data[:4])
    if function == user_authentication.REGISTER:
        _, _, key, signature = function.decode_call(data)
        return caller, KeyBinding(key=key, key_version=1), signature
    if function == user_authentication.ROTATE_ENCRYPTION_KEY:
        who, key, version, signature = function.decode_call(data)
        return checksum(who), KeyBinding(key=key, key_version=version), signature
    return None


def _record_head(chain: bytes, version: int, flags: int) -> RecordHead | None:
    if version == 0:
        return None
    archived, hidden = bool(flags & RECORD_ARCHIVED), bool(flags & RECORD_HIDDEN)
    return RecordHead(ChainHead(chain), version, archived, hidden)


def _member(kind: type[E], value: Any) -> E:
    try:
        return kind(value)
    except ValueError as error:
        raise AbiMismatch(f"{value} is no {kind.__name__}") from error
