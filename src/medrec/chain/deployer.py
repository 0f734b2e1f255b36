"""What a migration step works with: transactions, addresses and a record that survives a crash."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from medrec.chain.errors import refusal_of
from medrec.chain.keccak import create_address
from medrec.chain.network_file import write_atomically
from medrec.chain.rpc import Rpc, RpcError, hex_bytes, hex_int
from medrec.chain.wallets import LocalWallet, PreparedTransaction
from medrec.chain.writes import mined, suggested_tip
from medrec.config import contracts_dir
from medrec.domain.ids import Address
from medrec.domain.network import Network
from medrec.errors import DeploymentFailed, NoFunds

PENDING_TIMEOUT = 60
"""Seconds to wait for transactions of an interrupted run."""


@dataclass
class Record:
    """What has been done on one chain: finished steps, and the plan of the deployment.

    ``nonce`` is the deployer's at the start of the plan, ``block`` the chain's height then.
    """

    done: list[str] = field(default_factory=list)
    addresses: dict[str, Address] = field(default_factory=dict)
    nonce: int | None = None
    block: int = 0


class Records:
    """The records of all chains in one JSON file, by chain id; each change is durable at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, chain_id: int) -> Record:
        """The record of a chain; an empty one when there is none.

        Raises:
            DeploymentFailed: when the file was damaged.
        """
        found = self._all().get(str(chain_id))
        if found is None:
            return Record()
        try:
            return Record(**found)
        except TypeError as error:
            raise DeploymentFailed(step="0", why=f"{self._path.name} is damaged.") from error

    def save(self, chain_id: int, record: Record) -> None:
        """Write a chain's record."""
        content = self._all() | {str(chain_id): asdict(record)}
        write_atomically(self._path, json.dumps(content, indent=2, sort_keys=True).encode())

    def _all(self) -> dict[str, Any]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise DeploymentFailed(step="0", why=f"{self._path.name} is damaged.") from error
        return content if isinstance(content, dict) else {}


class Deployer:
    """Deploys from one wallet to one chain. ``step`` names the step under way, for errors.

    ``takes_over`` is the network of before, where the new one follows another.
    """

    def __init__(
        self,
        rpc: Rpc,
        chain_id: int,
        wallet: LocalWallet,
        admin: Address,
        records: Records,
        progress: Callable[[str], None],
        takes_over: Network | None = None,
    ) -> None:
        self.takes_over = takes_over
        self.rpc = rpc
        self.chain_id = chain_id
        self.wallet = wallet
        self.admin = admin
        self.progress = progress
        self.record = records.load(chain_id)
        self.step = "0"
        self._records = records

    def elsewhere(self, network: Network, rpc: Rpc) -> Deployer:
        """The same wallet and step on another network, to send transactions there."""
        records, says = self._records, self.progress
        there = Deployer(rpc, network.chain_id, self.wallet, self.admin, records, says)
        there.step = self.step
        return there

    def save(self) -> None:
        """Keep the record."""
        self._records.save(self.chain_id, self.record)

    def fail(self, why: str) -> DeploymentFailed:
        """The error of the step under way."""
        return DeploymentFailed(step=self.step, why=why)

    async def code(self, address: Address) -> bytes:
        """The runtime code at an address."""
        return hex_bytes(await self.rpc.request("eth_getCode", address, "latest"))

    async def settled_nonce(self) -> int:
        """The wallet's nonce, once nothing of an earlier run is pending any more."""
        deadline = time.monotonic() + PENDING_TIMEOUT
        while True:
            latest, pending = await asyncio.gather(
                *(
                    self.rpc.request("eth_getTransactionCount", self.wallet.address, tag)
                    for tag in ("latest", "pending")
                )
            )
            if hex_int(latest) == hex_int(pending):
                return hex_int(latest)
            if time.monotonic() > deadline:
                raise self.fail("transactions of this account are still pending.")
            await asyncio.sleep(0.2)

    async def plan(self, names: tuple[str, ...]) -> dict[str, Address]:
        """The addresses that the contracts will have, in this order, from the wallet's nonce.

        A plan that was begun goes on where its next address is the wallet's next; else a new one
        takes its place, and what the old one deployed stays unused.
        """
        nonce = await self.settled_nonce()
        start, planned = (
            self.record.nonce,
            [a for n in names if (a := self.record.addresses.get(n))],
        )
        if start is not None and planned[:1] == [create_address(self.wallet.address, start)]:
            codes = [await self.code(a) for a in planned]
            present = next((i for i, code in enumerate(codes) if not code), len(codes))
            if present == len(names) or nonce == start + present:
                return self.record.addresses
        self.record.nonce = nonce
        self.record.block = hex_int(await self.rpc.request("eth_blockNumber"))
        self.record.addresses = {
            name: create_address(self.wallet.address, nonce + index)
            for index, name in enumerate(names)
        }
        self.save()
        return self.record.addresses

    async def create(self, name: str, arguments: bytes) -> None:
        """Deploy a contract at its planned address, unless it is there.

        Raises:
            DeploymentFailed: when something else is there.
        """
        address = self.record.addresses[name]
        made = artifact(name)
        if not await self.code(address):
            self.progress(f"Deploying {name}")
            await self.transact(None, hex_bytes(made["bytecode"]) + arguments)
        if not same_code(await self.code(address), made):
            raise self.fail(f"{address} does not hold the code of {name}.")

    async def transact(self, to: Address | None, data: bytes) -> None:
        """Send a transaction and wait until it is mined.

        Raises:
            DeploymentFailed: when it is refused or reverts.
            NoFunds: when the wallet cannot pay.
        """
        wallet, rpc = self.wallet, self.rpc
        call = {"from": wallet.address, "data": "0x" + data.hex()} | ({"to": to} if to else {})
        try:
            gas = hex_int(await rpc.request("eth_estimateGas", call))
        except RpcError as error:
            if error.data:
                raise self.fail(refusal_of(error.data).sentence) from error
            raise self.fail(error.message) from error
        block = await rpc.request("eth_getBlockByNumber", "latest", False)
        tip = await suggested_tip(rpc)
        prepared = PreparedTransaction(
            chain_id=self.chain_id,
            nonce=await self.settled_nonce(),
            to=to,
            data=data,
            gas=gas + gas // 5,
            max_fee=2 * hex_int(block["baseFeePerGas"]) + tip,
            max_tip=tip,
        )
        balance = hex_int(await rpc.request("eth_getBalance", wallet.address, "latest"))
        if balance < prepared.gas * prepared.max_fee:
            raise NoFunds(address=wallet.address)
        signed = wallet.sign_transaction(prepared)
        await rpc.request("eth_sendRawTransaction", "0x" + signed.raw.hex())
        receipt = await mined(rpc, "0x" + signed.hash.hex())
        if hex_int(receipt.get("status")) != 1:
            raise self.fail(f"transaction 0x{signed.hash.hex()} reverted.")


def artifact(name: str) -> dict[str, Any]:
    """A contract's compiled artifact (tools/compile_contracts.py)."""
    content = json.loads((contracts_dir() / f"{name}.json").read_text(encoding="utf-8"))
    return dict(content)


def same_code(code: bytes, made: Mapping[str, Any]) -> bool:
    """Whether runtime code is the artifact's, but for the immutables set at construction."""
    deployed = made["deployedBytecode"]
    expected = hex_bytes(deployed["object"])
    if len(code) != len(expected):
        return False
    masked = bytearray(code)
    for places in deployed["immutableReferences"].values():
        for place in places:
            start, length = int(place["start"]), int(place["length"])
            masked[start : start + length] = bytes(length)
    return bytes(masked) == expected
