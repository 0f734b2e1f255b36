"""The commands of the port `Chain`: preparing, broadcasting, funding."""

from __future__ import annotations

import asyncio
import time

from medrec.chain.abi import AbiMismatch
from medrec.chain.base import ChainBase, understood
from medrec.chain.calldata import encode_call
from medrec.chain.errors import refusal_of
from medrec.chain.keccak import checksum
from medrec.chain.libraries import account_class
from medrec.chain.rpc import Rpc, RpcError, hex_int
from medrec.chain.wallets import PreparedTransaction
from medrec.domain.calls import Call
from medrec.domain.ids import Address, TxHash
from medrec.domain.outbox import SignedTransaction
from medrec.errors import FeeTooLow, NodeRefused, NoFunds, NonceTaken, NotFunded

GWEI = 10**9
METHOD_UNKNOWN = -32601
PARAMETERS_REFUSED = -32602
FEE_REFUSED = (
    "underpriced",
    "less than block base fee",
    "fee too low",
    "fee cap",
    "is too low for the next block",
)
"""What nodes say of a fee below what they take: geth, anvil, and hardhat (the last)."""

FUNDING_TIMEOUT = 60
"""Seconds to wait for the node's own transaction."""
DROPPED_AFTER = 1.0
"""Seconds in which a node knows nothing of a transaction that it has taken and let go again."""

NONCE_USED = ("nonce too low", "nonce is too low")


class ChainWrites(ChainBase):
    """Transactions: simulated, priced, sent."""

    @understood
    async def prepare(self, call: Call, sender: Address, nonce: int) -> PreparedTransaction:
        """Simulate the call as ``sender`` and fill in gas and fees.

        Fees are EIP-1559: twice the base fee and the node's tip; higher than what the node
        refused before as too low for this nonce. Gas is the estimate and a fifth.

        Raises:
            ChainRefusal: the contract's reason, mapped, when the call would revert.
            NodeDown, NoFunds.
        """
        contract, data = encode_call(call)
        to = self.network.contracts[contract]
        block, tip, balance = await asyncio.gather(
            self._rpc.request("eth_getBlockByNumber", "latest", False),
            suggested_tip(self._rpc),
            self._rpc.request("eth_getBalance", sender, "latest"),
        )
        if not isinstance(block, dict):
            raise AbiMismatch("not a block")
        now = max(int(time.time()), hex_int(block.get("timestamp")))
        gas = await self._estimate(call, sender, to, data, now)
        base_fee = hex_int(block.get("baseFeePerGas", "0x0"))
        least_fee, least_tip = self._refused_fees.get((sender, nonce), (0, 0))
        prepared = PreparedTransaction(
            chain_id=self.network.chain_id,
            nonce=nonce,
            to=to,
            data=data,
            gas=gas + gas // 5,
            max_fee=max(2 * base_fee + tip, raised(least_fee)),
            max_tip=max(tip, raised(least_tip)),
        )
        if hex_int(balance) < prepared.gas * prepared.max_fee:
            raise NoFunds(address=sender)
        return prepared

    async def _estimate(
        self, call: Call, sender: Address, to: Address, data: bytes, now: int
    ) -> int:
        """Gas of the call in a block of the time ``now``: on an idle chain the last one is old."""
        transaction = {"from": sender, "to": to, "data": "0x" + data.hex()}
        at_time: tuple[object, ...] = ({}, {"time": hex(now)})
        try:
            try:
                estimate = await self._rpc.request(
                    "eth_estimateGas", transaction, "latest", *at_time
                )
            except RpcError as error:
                if error.number != PARAMETERS_REFUSED:
                    raise
                estimate = await self._rpc.request("eth_estimateGas", transaction, "pending")
        except RpcError as error:
            if error.data is not None:
                raise refusal_of(error.data, call) from error
            if error.says("insufficient funds"):
                raise NoFunds(address=sender) from error
            raise
        return hex_int(estimate)

    async def send(self, transaction: SignedTransaction) -> None:
        """Broadcast; a transaction that the node already knows or mined is no error.

        Raises:
            NonceTaken, FeeTooLow, NoFunds, NodeDown.
        """
        try:
            await self._rpc.request("eth_sendRawTransaction", "0x" + transaction.raw.hex())
        except RpcError as error:
            if error.says("already known", "already imported", "known transaction"):
                return
            if await self._known(transaction.hash):
                return
            sender, fees = _sender_and_fees(transaction.raw)
            if error.says(*NONCE_USED):
                raise NonceTaken(nonce=transaction.nonce) from error
            if error.says(*FEE_REFUSED):
                self._refused_fees[sender, transaction.nonce] = fees
                raise FeeTooLow(nonce=transaction.nonce) from error
            if error.says("insufficient funds", "enough funds"):
                raise NoFunds(address=sender) from error
            raise

    @understood
    async def fund(self, who: Address, wei: int) -> None:
        """Send from the node's own account; only on networks marked ``funded``.

        Raises:
            NotFunded: when the node has no account of its own.
        """
        if not self.network.funded:
            raise NotFunded
        await fund(self._rpc, who, wei)

    async def _known(self, transaction: TxHash) -> bool:
        found = await self._rpc.request("eth_getTransactionByHash", "0x" + transaction.hex())
        return found is not None


async def suggested_tip(rpc: Rpc) -> int:
    """The priority fee that the node suggests, in wei; one gwei where it suggests none."""
    try:
        return hex_int(await rpc.request("eth_maxPriorityFeePerGas"))
    except RpcError as error:
        if error.number != METHOD_UNKNOWN:
            raise
        return GWEI


async def fund(rpc: Rpc, who: Address, wei: int) -> None:
    """Send from the node's first own account, and wait until it is mined.

    Raises:
        NotFunded: when the node has none.
        NodeRefused: when it is not mined in a minute.
    """
    accounts = await rpc.request("eth_accounts")
    if not accounts:
        raise NotFunded
    payment = {"from": accounts[0], "to": who, "value": hex(wei)}
    deadline = time.monotonic() + FUNDING_TIMEOUT
    while not await _arrived(rpc, await _paid(rpc, payment, deadline), deadline):
        pass


async def _arrived(rpc: Rpc, transaction: str, deadline: float) -> bool:
    """Wait until a payment is mined; False where the node has let it go.

    Now and then (one in 4,830, measured) anvil takes two payments of the same moment under one
    number, and one of them is gone.
    """
    missing_since: float | None = None
    while time.monotonic() < deadline:
        if isinstance(await rpc.request("eth_getTransactionReceipt", transaction), dict):
            return True
        known = await rpc.request("eth_getTransactionByHash", transaction) is not None
        if known:
            missing_since = None
        elif missing_since is None:
            missing_since = time.monotonic()
        elif time.monotonic() - missing_since > DROPPED_AFTER:
            return False
        await asyncio.sleep(0.05)
    raise NodeRefused(why=f"transaction {transaction} was not mined in time.")


async def _paid(rpc: Rpc, payment: dict[str, str], deadline: float) -> str:
    """Have the node's own account pay; the transaction's 0x-hash.

    anvil numbers two payments of the same moment alike, and takes only the first.
    """
    while True:
        try:
            transaction: str = await rpc.request("eth_sendTransaction", payment)
        except RpcError as error:
            if not error.says(*NONCE_USED, "underpriced") or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            return transaction


async def mined(rpc: Rpc, transaction: str) -> dict[str, object]:
    """The receipt of a transaction (0x-hash), once there is one.

    Raises:
        NodeRefused: when there is none in a minute.
    """
    deadline = time.monotonic() + FUNDING_TIMEOUT
    while time.monotonic() < deadline:
        receipt = await rpc.request("eth_getTransactionReceipt", transaction)
        if isinstance(receipt, dict):
            return receipt
        await asyncio.sleep(0.05)
    raise NodeRefused(why=f"transaction {transaction} was not mined in time.")


def raised(fee: int) -> int:
    """A fee that nodes take in the place of one that they hold: an eighth more and one wei."""
    return fee + fee // 8 + 1 if fee else 0


def _sender_and_fees(raw: bytes) -> tuple[Address, tuple[int, int]]:
    account_class()
    from eth_account.typed_transactions.typed_transaction import TypedTransaction
    from hexbytes import HexBytes

    fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    sender = checksum(account_class().recover_transaction(raw))
    return sender, (int(fields["maxFeePerGas"]), int(fields["maxPriorityFeePerGas"]))
