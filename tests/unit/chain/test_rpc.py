"""Nodes that refuse, lie, limit, or are none at all: a real HTTP server plays them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from eth_abi.abi import encode

from medrec.chain.gateway import Web3Chain
from medrec.chain.keccak import checksum
from medrec.chain.network_file import NEEDED
from medrec.chain.proxies.contract_audit import AuditEntry
from medrec.chain.proxies.errors import StaleEpoch
from medrec.chain.rpc import Rpc, RpcError
from medrec.chain.wallets import LocalWallet, PreparedTransaction
from medrec.domain.calls import RegisterPatient
from medrec.domain.ids import Address, TxHash
from medrec.domain.network import Network, StoreConfig
from medrec.domain.outbox import SignedTransaction
from medrec.errors import (
    EpochStale,
    FeeTooLow,
    NodeDown,
    NodeRefused,
    NoFunds,
    NonceTaken,
    NotFunded,
    WrongChain,
)
from tests.support.counting import waits

WHO = checksum(b"\1" * 20)
AUDIT = checksum(b"\5" * 20)
Answer = Callable[[str, list[Any]], Any]


class Failure(Exception):
    """An error of JSON-RPC for the server to answer with."""

    def __init__(self, number: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.body = {"code": number, "message": message}
        if data is not None:
            self.body["data"] = data


@asynccontextmanager
async def serving(handler: Callable[[web.Request], Any]) -> AsyncIterator[str]:
    """An HTTP server on a free port."""
    app = web.Application()
    app.router.add_post("/", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def node(answer: Answer, chain_id: int = 1) -> AsyncIterator[str]:
    """A JSON-RPC server whose results come from ``answer(method, params)``."""

    async def handle(request: web.Request) -> web.Response:
        body = await request.json()
        reply: dict[str, Any] = {"jsonrpc": "2.0", "id": body["id"]}
        try:
            if body["method"] == "eth_chainId":
                reply["result"] = hex(chain_id)
            else:
                reply["result"] = answer(body["method"], body["params"])
        except Failure as failure:
            reply["error"] = failure.body
        return web.json_response(reply)

    async with serving(handle) as url:
        yield url


@asynccontextmanager
async def gateway(*urls: str, funded: bool = True) -> AsyncIterator[Web3Chain]:
    """The gateway on such nodes."""
    contracts = {name: checksum(bytes([n]) * 20) for n, name in enumerate(NEEDED, 2)}
    contracts["ContractAudit"] = AUDIT
    network = Network(
        name="test",
        chain_id=1,
        rpc=urls,
        contracts=contracts,
        code_hashes={},
        deployed_at=0,
        verifiers=frozenset(),
        registrars=frozenset(),
        store=StoreConfig("folder", "store"),
        funded=funded,
    )
    chain = Web3Chain(network)
    try:
        yield chain
    finally:
        await chain.close()


def log_at(block: int, index: int = 0, **changes: Any) -> dict[str, Any]:
    """An AuditEntry's log."""
    word = "0x" + WHO[2:].lower().rjust(64, "0")
    data = encode(["uint256", "bytes32", "bytes27"], [block, bytes(32), bytes(27)])
    return {
        "address": AUDIT.lower(),
        "topics": [AuditEntry.TOPIC, word, word, "0x" + "00" * 32],
        "data": "0x" + data.hex(),
        "blockNumber": hex(block),
        "logIndex": hex(index),
        "transactionHash": "0x" + "11" * 32,
        **changes,
    }


@pytest.mark.parametrize(
    "text", ["", "<html></html>", "[]", "{}", '"text"', "[" * 900 + "]" * 900, '{"error": "no"}']
)
async def test_what_answers_is_no_node(text: str) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(text=text)

    async with serving(handle) as url:
        rpc = Rpc([url])
        with pytest.raises(NodeRefused):
            await rpc.request("eth_blockNumber")
        await rpc.close()


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_node_that_refuses_entry(status: int) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=status)

    async with serving(handle) as url:
        rpc = Rpc([url])
        with pytest.raises(NodeRefused, match=str(status)):
            await rpc.request("eth_blockNumber")
        await rpc.close()


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_node_in_trouble_is_left_for_another(status: int) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=status)

    async with serving(handle) as broken, node(lambda *_: "0x7") as good:
        rpc = Rpc([broken, good], 1)
        assert await rpc.request("eth_blockNumber") == "0x7"
        assert rpc.url == good
        await rpc.close()
        alone = Rpc([broken])
        with pytest.raises(NodeDown):
            await alone.request("eth_blockNumber")
        await alone.close()


async def test_the_other_node_must_serve_the_chain() -> None:
    async with node(lambda *_: "0x7", chain_id=2) as other:
        rpc = Rpc(["http://127.0.0.1:1", other], 1)
        with pytest.raises(WrongChain):
            await rpc.request("eth_blockNumber")
        await rpc.close()


async def test_all_nodes_down_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    rpc = Rpc(["http://127.0.0.1:1", "http://127.0.0.1:2"])
    waited = waits(monkeypatch)
    with pytest.raises(NodeDown) as caught:
        await rpc.request("eth_blockNumber")
    assert sum(waited) < 2, "the seconds that it means to wait"
    assert caught.value.facts == {"url": "http://127.0.0.1:1 or http://127.0.0.1:2"}
    await rpc.close()


async def test_keys_in_addresses_of_nodes_are_not_shown() -> None:
    rpc = Rpc(["http://user:secret@127.0.0.1:1/v3/secret?key=secret"])
    with pytest.raises(NodeDown) as caught:
        await rpc.request("eth_blockNumber")
    assert caught.value.facts == {"url": "http://127.0.0.1:1"}
    await rpc.close()


async def test_one_connection_serves_many_requests() -> None:
    peers = set()

    async def handle(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.json_response({"jsonrpc": "2.0", "id": 1, "result": "0x1"})

    async with serving(handle) as url:
        rpc = Rpc([url])
        for _ in range(10):
            await rpc.request("eth_blockNumber")
        await rpc.close()
    assert len(peers) == 1


Batch = Callable[[list[dict[str, Any]]], Any]


def echoes(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first parameter of each call, answered last first: their order is free."""
    answers = [{"jsonrpc": "2.0", "id": c["id"], "result": c["params"][0]} for c in calls]
    return answers[::-1]


@asynccontextmanager
async def batching(batch: Batch, asked: list[int]) -> AsyncIterator[Rpc]:
    """Rpc to a node that answers batches so; ``asked`` hears how many calls each request has."""

    async def handle(request: web.Request) -> web.Response:
        body = await request.json()
        asked.append(len(body) if isinstance(body, list) else 0)
        if isinstance(body, list):
            answer = batch(body)
            if isinstance(answer, int):
                return web.Response(status=answer)
            return web.json_response(answer)
        return web.json_response(echoes([body])[0])

    async with serving(handle) as url:
        rpc = Rpc([url])
        try:
            yield rpc
        finally:
            await rpc.close()


async def test_many_calls_are_one_request_for_a_hundred() -> None:
    asked: list[int] = []
    async with batching(echoes, asked) as rpc:
        calls = [("eth_call", (hex(n),)) for n in range(250)]
        assert await rpc.batch(calls) == [hex(n) for n in range(250)]
        assert await rpc.batch([]) == []
    assert asked == [100, 100, 50]


@pytest.mark.parametrize(
    "answer",
    [
        {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "no batches"}},
        [],
        [{"jsonrpc": "2.0", "result": "0x1"}] * 3,
        [1, 2, 3],
        [{"jsonrpc": "2.0", "id": [n], "result": "0x1"} for n in range(3)],
        400,
        413,
    ],
    ids=["an error", "too few", "without ids", "no answers", "odd ids", "status 400", "status 413"],
)
async def test_a_node_that_takes_no_batch_is_asked_one_by_one(answer: object) -> None:
    asked: list[int] = []
    async with batching(lambda _: answer, asked) as rpc:
        calls = [("eth_call", (hex(n),)) for n in range(3)]
        assert await rpc.batch(calls) == ["0x0", "0x1", "0x2"]
    assert asked == [3, 0, 0, 0]


async def test_one_call_of_a_batch_that_fails_fails_the_batch() -> None:
    def failing(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
        answers = echoes(calls)
        return [*answers[:-1], {"id": calls[0]["id"], "error": {"code": 3, "message": "reverted"}}]

    async with batching(failing, []) as rpc:
        with pytest.raises(NodeRefused, match="reverted"):
            await rpc.batch([("eth_call", ("0x1",)), ("eth_call", ("0x2",))])


async def test_a_batch_goes_to_the_next_node_when_one_is_in_trouble() -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=503)

    async def whole(request: web.Request) -> web.Response:
        return web.json_response(echoes(await request.json()))

    async with serving(broken) as first, serving(whole) as second:
        rpc = Rpc([first, second])
        assert await rpc.batch([("eth_call", ("0x1",))]) == ["0x1"]
        assert rpc.url == second
        await rpc.close()


@pytest.mark.parametrize(
    "data",
    [
        "0x" + (StaleEpoch.selector + encode(["uint32"], [7])).hex(),
        {"message": "reverted", "data": "0x" + (StaleEpoch.selector + bytes(31) + b"\7").hex()},
    ],
    ids=["geth", "hardhat"],
)
async def test_revert_data_in_every_form(data: object) -> None:
    def answer(method: str, _: list[Any]) -> Any:
        if method == "eth_estimateGas":
            raise Failure(3, "execution reverted", data)
        return block_of(9) if method == "eth_getBlockByNumber" else "0x1"

    async with node(answer) as url, gateway(url) as chain:
        with pytest.raises(EpochStale) as caught:
            await chain.prepare(RegisterPatient(), WHO, 0)
    assert caught.value.facts == {"current": 7}


def block_of(time_: int) -> dict[str, str]:
    """A block of JSON-RPC."""
    return {
        "number": "0x9",
        "hash": "0x" + "22" * 32,
        "timestamp": hex(time_),
        "baseFeePerGas": "0x64",
    }


async def test_a_simulation_runs_at_the_present_time() -> None:
    times = []

    def answer(method: str, params: list[Any]) -> Any:
        if method == "eth_estimateGas":
            times.append(int(params[3]["time"], 16))
            return "0x64"
        if method == "eth_maxPriorityFeePerGas":
            return "0x7"
        return block_of(4_000_000_000 * len(times)) if "Block" in method else hex(10**18)

    async with node(answer) as url, gateway(url) as chain:
        first = await chain.prepare(RegisterPatient(), WHO, 0)
        await chain.prepare(RegisterPatient(), WHO, 0)
    # The local clock on an idle chain; the block's where the chain is ahead.
    assert abs(times[0] - time.time()) < 10
    assert times[1] == 4_000_000_000
    assert (first.gas, first.max_fee) == (120, 2 * 100 + 7)


async def test_a_node_without_block_overrides() -> None:
    def answer(method: str, params: list[Any]) -> Any:
        if method == "eth_estimateGas":
            if len(params) > 2:
                raise Failure(-32602, "too many arguments, want at most 2")
            assert params[1] == "pending"
            return "0x5208"
        if method == "eth_maxPriorityFeePerGas":
            raise Failure(-32601, "the method does not exist")
        return block_of(9) if method == "eth_getBlockByNumber" else hex(10**18)

    async with node(answer) as url, gateway(url) as chain:
        prepared = await chain.prepare(RegisterPatient(), WHO, 3)
    assert (prepared.gas, prepared.max_tip, prepared.nonce) == (25_200, 10**9, 3)


def signed_transaction() -> SignedTransaction:
    wallet = LocalWallet(b"\7" * 32)
    return wallet.sign_transaction(PreparedTransaction(1, 5, WHO, b"", 21_000, 1_000, 10))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("nonce too low: next nonce 6, tx nonce 5", NonceTaken),
        ("Nonce too low. Expected nonce to be 6 but got 5.", NonceTaken),
        ("replacement transaction underpriced", FeeTooLow),
        ("transaction underpriced: gas tip cap 1, minimum needed 2", FeeTooLow),
        ("max fee per gas less than block base fee: address 0x, maxFeePerGas: 1", FeeTooLow),
        ("Transaction maxFeePerGas (1) is too low for the next block, which has 8", FeeTooLow),
        ("insufficient funds for gas * price + value: balance 0", NoFunds),
        ("Insufficient funds for gas * price + value", NoFunds),
        ("Sender doesn't have enough funds to send tx.", NoFunds),
        ("intrinsic gas too low", NodeRefused),
    ],
)
async def test_a_broadcast_that_is_refused(message: str, expected: type[Exception]) -> None:
    def answer(method: str, _: list[Any]) -> Any:
        if method == "eth_sendRawTransaction":
            raise Failure(-32000, message)
        return None

    async with node(answer) as url, gateway(url) as chain:
        with pytest.raises(expected) as caught:
            await chain.send(signed_transaction())
    if expected is NodeRefused:
        assert isinstance(caught.value, RpcError)
        assert caught.value.code == "NodeRefused"
        assert message in caught.value.sentence


async def test_a_node_that_still_indexes_its_chain_is_waited_for() -> None:
    """geth, just started: an unknown transaction may be one that it has not indexed yet."""
    asked: list[str] = []

    def answer(method: str, params: list[Any]) -> Any:
        asked.append(method)
        if len(asked) < 3:
            raise Failure(-32000, "transaction indexing is in progress")
        return {"blockNumber": "0x5", "status": "0x1"}

    async with node(answer) as url, gateway(url) as chain:
        assert await chain.receipt_block(TxHash(b"\7" * 32)) == (5, True)
    assert len(asked) == 3


async def test_a_node_that_never_ends_indexing_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medrec.chain.rpc.INDEXING_PATIENCE", 0.3)

    def answer(method: str, params: list[Any]) -> Any:
        raise Failure(-32000, "transaction indexing is in progress")

    async with node(answer) as url, gateway(url) as chain:
        with pytest.raises(NodeRefused, match="indexing"):
            await chain.receipt_block(TxHash(b"\7" * 32))


async def test_a_batch_to_a_node_that_still_indexes_is_asked_one_by_one() -> None:
    tries = 0

    async def handle(request: web.Request) -> web.Response:
        nonlocal tries
        body = await request.json()
        busy = {"code": -32000, "message": "transaction indexing is in progress"}
        if isinstance(body, list):
            answers = [{"jsonrpc": "2.0", "id": call["id"], "error": busy} for call in body]
            return web.json_response(answers)
        tries += 1
        reply = {"jsonrpc": "2.0", "id": body["id"]}
        told = {"error": busy} if tries == 1 else {"result": body["params"][0]}
        return web.json_response(reply | told)

    async with serving(handle) as url:
        rpc = Rpc([url])
        calls = [("eth_getTransactionByHash", [number]) for number in ("0x1", "0x2")]
        assert await rpc.batch(calls) == ["0x1", "0x2"]
        await rpc.close()
    assert tries == 3


@pytest.mark.parametrize("message", ["already known", "transaction already imported"])
async def test_a_transaction_known_already(message: str) -> None:
    def answer(*_: object) -> Any:
        raise Failure(-32000, message)

    async with node(answer) as url, gateway(url) as chain:
        await chain.send(signed_transaction())


async def test_a_transaction_mined_already_is_no_nonce_taken() -> None:
    def answer(method: str, _: list[Any]) -> Any:
        if method == "eth_sendRawTransaction":
            raise Failure(-32000, "nonce too low")
        return {"hash": "0x"}

    async with node(answer) as url, gateway(url) as chain:
        await chain.send(signed_transaction())


async def test_a_fee_refused_is_raised_for_that_nonce_only() -> None:
    signed = signed_transaction()
    sender = LocalWallet(b"\7" * 32).address

    def answer(method: str, _: list[Any]) -> Any:
        if method == "eth_sendRawTransaction":
            raise Failure(-32000, "replacement transaction underpriced")
        if method == "eth_getTransactionByHash":
            return None
        if method == "eth_getBlockByNumber":
            return {**block_of(9), "baseFeePerGas": "0x1"}
        return "0x1" if method == "eth_maxPriorityFeePerGas" else hex(10**9)

    async with node(answer) as url, gateway(url) as chain:
        with pytest.raises(FeeTooLow):
            await chain.send(signed)
        with pytest.raises(NoFunds):
            await chain.prepare(RegisterPatient(), sender, signed.nonce)
        assert chain._refused_fees == {(sender, 5): (1_000, 10)}


async def test_ranges_shrink_and_grow_with_the_nodes_limit() -> None:
    asked: list[int] = []

    def answer(method: str, params: list[Any]) -> Any:
        assert method == "eth_getLogs"
        first, last = (int(params[0][name], 16) for name in ("fromBlock", "toBlock"))
        asked.append(last - first + 1)
        if last - first + 1 > 1_000:
            raise Failure(-32005, "query exceeds max block range 1000")
        return [log_at(b) for b in range(first, last + 1) if b % 500 == 0]

    async with node(answer) as url, gateway(url) as chain:
        entries = await chain.entries(1, 20_000)
    assert [e.block for e in entries] == list(range(500, 20_001, 500))
    assert len(asked) < 50
    assert max(asked[10:]) > 1_000


async def test_a_node_that_refuses_even_one_block() -> None:
    def answer(*_: object) -> Any:
        raise Failure(-32000, "no logs here")

    async with node(answer) as url, gateway(url) as chain:
        with pytest.raises(NodeRefused, match="no logs here"):
            await chain.entries(1, 8)


async def test_entries_come_in_the_order_of_the_chain() -> None:
    logs = [log_at(9, 1), log_at(3, 4), log_at(9, 0), log_at(3, 2)]
    async with node(lambda *_: logs) as url, gateway(url) as chain:
        found = await chain.entries(1, 10)
    assert [(e.block, e.log_index) for e in found] == [(3, 2), (3, 4), (9, 0), (9, 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"address": WHO},
        {"topics": []},
        {"topics": [AuditEntry.TOPIC]},
        {"topics": None},
        {"data": "0x"},
        {"data": "nothing"},
        {"blockNumber": None},
        {"logIndex": "first"},
        {"transactionHash": "0x11"},
    ],
)
async def test_logs_that_are_no_entries(changes: dict[str, Any]) -> None:
    async with node(lambda *_: [log_at(3, **changes)]) as url, gateway(url) as chain:
        with pytest.raises(NodeRefused):
            await chain.entries(1, 10)


@pytest.mark.parametrize("answer", ["0x", "0x12", "none", None, 7, {}, "0x" + "ff" * 400])
async def test_reads_that_do_not_decode(answer: object) -> None:
    async with node(lambda *_: answer) as url, gateway(url) as chain:
        for read in (chain.user(WHO), chain.patient(WHO), chain.audit_head(WHO), chain.head()):
            with pytest.raises(NodeRefused):
                await read


async def test_a_node_without_accounts_funds_nobody() -> None:
    async with node(lambda *_: []) as url, gateway(url) as chain:
        with pytest.raises(NotFunded):
            await chain.fund(WHO, 1)


async def test_no_binding_in_calldata_that_is_cut() -> None:
    contracts = {name: checksum(bytes([n]) * 20) for n, name in enumerate(NEEDED, 2)}
    transaction = {
        "to": contracts["UserAuthentication"].lower(),
        "from": WHO.lower(),
        "input": "0x",
    }
    async with node(lambda *_: transaction) as url, gateway(url) as chain:
        assert await chain.key_binding(Address(WHO), TxHash(bytes(32))) is None


async def test_many_requests_at_once() -> None:
    async with node(lambda _, params: params[0]) as url:
        rpc = Rpc([url])
        found = await asyncio.gather(*(rpc.request("echo", n) for n in range(50)))
        assert found == list(range(50))
        await rpc.close()


def test_an_error_without_words() -> None:
    assert json.dumps(RpcError(0, "").facts) == '{"why": ""}'


async def test_a_cancelled_request_holds_up_no_other() -> None:
    """web3 takes a lock of the whole process in a thread: cancelled just then, it stays held."""
    async with node(lambda *_: None) as url:
        rpc = Rpc([url])
        for turn in range(40):
            tasks = [asyncio.create_task(rpc.request("eth_chainId")) for _ in range(4)]
            for _ in range(turn % 8):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert await asyncio.wait_for(rpc.request("eth_chainId"), 10) == "0x1"
        await rpc.close()
