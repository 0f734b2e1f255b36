"""What a lying node makes up: a doctor's whole life, and confirmations of what was never mined."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from medrec.chain.calldata import encode_call
from medrec.chain.wallets import LocalWallet, PreparedTransaction
from medrec.crypto.boxes import open_exact
from medrec.crypto.credential import encode_credential
from medrec.crypto.profile import Profile, encode_profile
from medrec.domain.calls import GrantAccess
from medrec.domain.cid import Codec, cid_of, digest_of
from medrec.domain.entries import Action, BlockRef
from medrec.domain.ids import Address, Digest, RecordId, TxHash, address_bytes, record_slot
from medrec.domain.outbox import SignedTransaction
from medrec.domain.people import Doctor, DoctorStatus, Role, User
from medrec.domain.ports import Chain
from medrec.domain.typed import Credential
from medrec.errors import MedRecError
from medrec.services.context import Context
from medrec.services.index import sync
from tests.attack.forger import Forgery, doctor_announced, doctor_verified, forged, meta_word
from tests.support.liar import Lie
from tests.support.world import World, elsewhere


def about(whom: Address, answer: object) -> Lie:
    """A lie about one person; the truth about everybody else."""

    async def told(honest: Callable[[Address], Awaitable[object]], who: Address) -> object:
        return answer if who == whom else await honest(who)

    return told


@dataclass
class Invented:
    """Dr Smith: a profile in the store and a key pair, on no chain."""

    address: Address
    secret: Context
    public: bytes
    profile_digest: Digest
    credential_digest: Digest

    @classmethod
    async def make(cls, world: World, key: bytes | None = None) -> Invented:
        secret = world.context("smith", secrets.token_bytes(32))
        public = key if key is not None else secret.key(1).public
        profile = Profile(secret.me, "Jane", "Smith", "Surgery", "L-9", public, 1)
        blob = encode_profile(profile)
        await secret.store.put(cid_of(blob, Codec.RAW), blob)
        nothing = Digest(secrets.token_bytes(32))
        return cls(secret.me, secret, public, digest_of(blob), nothing)

    def credential(self, world: World, signer: LocalWallet, **changes: Any) -> None:
        """A credential in the store, signed by ``signer``."""
        fields: dict[str, Any] = {
            "holder": self.address,
            "profile_digest": self.profile_digest,
            "encryption_key": self.public,
            "key_version": 1,
            "valid_until": 2**39,
        }
        statement = Credential(**{**fields, **changes})
        blob = encode_credential(statement, signer.sign_statement(statement))
        self.credential_digest = digest_of(blob)
        path = world.block_file(cid_of(blob, Codec.RAW))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blob)

    def views(self) -> dict[str, Lie]:
        """What the node says of Dr Smith."""
        user = User(
            id=self.address,
            role=Role.DOCTOR,
            active=True,
            authenticator=self.address,
            encryption_key=self.public,
            key_version=1,
            vault=Digest(bytes(32)),
        )
        doctor = Doctor(self.address, DoctorStatus.VERIFIED, 1, self.profile_digest[:24], 1, 1)
        return {"user": about(self.address, user), "doctor": about(self.address, doctor)}

    async def seen_by(self, world: World, patient: Context) -> Context:
        """The patient on a fresh machine with a node that forges Dr Smith's whole life."""
        forgery = await forged(world, patient)
        head = await patient.chain.head()
        doctor_announced(forgery, head.number, head.time, self.address, self.profile_digest)
        doctor_verified(
            forgery, head.number, head.time, self.address, world.admin.me, self.credential_digest
        )
        chain = forgery.node(patient.chain, **self.views())
        fresh = replace(elsewhere(world, patient), chain=chain)
        await sync(fresh)
        return fresh

    def opens(self, world: World) -> bool:
        """Whether anything in the store opens with Smith's key."""
        for block in world.stored():
            try:
                open_exact(self.secret.key(1), block)
            except MedRecError:
                continue
            return True
        return False


class Swallowing:
    """A node that keeps transactions to itself and forges that they were mined."""

    def __init__(self, forgery: Forgery, author: Context, patient: Address) -> None:
        self._forgery = forgery
        self._author = author
        self._patient = patient
        self._prepared: Any = None
        self._blocks: dict[int, BlockRef] = {}
        self.swallowed: dict[TxHash, int] = {}

    def chain(self, **lies: Lie) -> Chain:
        return self._forgery.node(
            self._author.chain,
            prepare=self._prepare,
            send=self._send,
            receipt_block=self._receipt,
            head=self._head,
            block=self._block,
            **lies,
        )

    async def _prepare(self, honest: Any, call: Any, sender: Address, nonce: int) -> Any:
        self._prepared = call
        contract, data = encode_call(call)
        network = self._author.network
        to = network.contracts[contract]
        return PreparedTransaction(network.chain_id, nonce, to, data, 10**6, 10**10, 1)

    async def _head(self, honest: Any) -> BlockRef:
        return self._blocks[max(self._blocks)] if self._blocks else await honest()

    async def _block(self, honest: Any, number: int) -> BlockRef | None:
        return self._blocks.get(number) or await honest(number)

    async def _send(self, _: Any, signed: SignedTransaction) -> None:
        last = await self._head(self._author.chain.head)
        head = BlockRef(last.number + 1, secrets.token_bytes(32), last.time + 1)
        self._blocks[head.number] = head
        call = self._prepared
        self.swallowed[signed.hash] = head.number
        if isinstance(call, GrantAccess):
            self._append(head, Action.ACCESS_GRANTED, call.grantee, call.envelope, signed, call)
        else:
            record = RecordId(call.record)
            self._forgery.append(
                head.number,
                self._patient,
                self._author.me,
                record,
                meta_word(
                    Action.RECORD_CREATED,
                    head.time,
                    slot=record_slot(record),
                    version=1,
                    epoch=call.epoch,
                ),
                call.digest,
                signed.hash,
            )

    def _append(
        self,
        head: Any,
        action: Action,
        other: Address,
        digest: bytes,
        signed: SignedTransaction,
        call: GrantAccess,
    ) -> None:
        meta = meta_word(
            action,
            head.time,
            epoch=call.expected_epoch,
            scope=call.scope.packed,
            expiry=call.expiry,
        )
        ref = bytes(12) + address_bytes(other)
        self._forgery.append(
            head.number, self._patient, self._author.me, ref, meta, digest, signed.hash
        )

    async def _receipt(self, _: Any, transaction: TxHash) -> tuple[int, bool] | None:
        block = self.swallowed.get(transaction)
        return None if block is None else (block, True)
