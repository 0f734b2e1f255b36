"""Attacks on KuboStore: a server that poses as Kubo and lies, cuts, floods, redirects or hangs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from medrec.domain.cid import MAX_BLOCK
from medrec.errors import BlockChanged, BlockMissing, StoreDown, StoreRefused
from medrec.ipfs import rpc
from medrec.ipfs.kubo import KuboStore
from tests.support.blocks import node, raw

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def posing(
    answer: Answer, silence: float = 5.0
) -> AsyncIterator[tuple[KuboStore, list[web.Request]]]:
    """A store that talks to ``answer`` for every path, and the requests it made."""
    seen: list[web.Request] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        seen.append(request)
        return await answer(request)

    application = web.Application(client_max_size=2 * MAX_BLOCK)
    application.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    store = KuboStore(f"http://127.0.0.1:{runner.addresses[0][1]}", "secret-token", silence)
    try:
        yield store, seen
    finally:
        await store.close()
        await runner.cleanup()


def says(body: bytes, status: int = 200, kind: str = "application/json") -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, content_type=kind)

    return answer


def fails(message: str, status: int = 500) -> Answer:
    body = json.dumps({"Message": message, "Code": 0, "Type": "error"}).encode()
    return says(body, status)


async def test_other_bytes_are_never_given_back() -> None:
    wanted, other = raw(), raw()
    async with posing(says(other.data)) as (store, _):
        with pytest.raises(BlockChanged):
            await store.get(wanted.cid)


async def test_bytes_that_are_cut_are_never_given_back() -> None:
    wanted = raw(1000)
    async with posing(says(wanted.data[:-1])) as (store, _):
        with pytest.raises(BlockChanged):
            await store.get(wanted.cid)


async def test_a_connection_that_breaks_within_a_block_is_a_store_down() -> None:
    wanted = raw(1000)

    async def breaks(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(wanted.data[:500])
        assert request.transport is not None
        request.transport.abort()
        return response

    async with posing(breaks) as (store, _):
        with pytest.raises(StoreDown):
            await store.get(wanted.cid)


async def test_a_flood_is_cut_off_at_the_size_of_a_block() -> None:
    sent = 0

    async def floods(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(bytes(1 << 16))
            sent += 1 << 16
        return response

    async with posing(floods) as (store, _):
        with pytest.raises(BlockChanged):
            await store.get(raw().cid)
        with pytest.raises(StoreRefused, match="too long"):
            await store.status()
    assert sent < 40 * MAX_BLOCK


async def test_a_flood_in_a_header_is_refused() -> None:
    async def floods(_: web.Request) -> web.StreamResponse:
        return web.Response(headers={"X-Flood": "x" * 100_000})

    async with posing(floods) as (store, _):
        with pytest.raises((StoreRefused, StoreDown)):
            await store.get(raw().cid)


async def test_a_packed_answer_is_not_unpacked() -> None:
    async def packs(_: web.Request) -> web.StreamResponse:
        response = web.Response(body=bytes(20 * MAX_BLOCK))
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async with posing(packs) as (store, _):
        with pytest.raises(BlockChanged):
            await store.get(raw().cid)


async def test_a_block_stored_under_another_name_is_not_called_stored() -> None:
    other = json.dumps({"Key": raw().cid, "Size": 100}).encode()
    async with posing(says(other)) as (store, _):
        block = raw()
        with pytest.raises(BlockChanged):
            await store.put(block.cid, block.data)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"Key": 7}', b"{}"])
async def test_answers_that_mean_nothing_are_refused(body: bytes) -> None:
    block = raw()
    async with posing(says(body)) as (store, _):
        for call in (store.has, store.pin):
            with pytest.raises(StoreRefused):
                await call(block.cid)
        with pytest.raises(StoreRefused):
            await store.status()
        with pytest.raises((StoreRefused, BlockChanged)):
            await store.put(block.cid, block.data)


async def test_deeply_nested_json_is_refused() -> None:
    async with posing(says(b"[" * 200_000)) as (store, _):
        with pytest.raises(StoreRefused):
            await store.has(raw().cid)


async def test_a_pin_of_something_else_is_not_called_pinned() -> None:
    block = raw()

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/api/v0/block/stat":
            return web.json_response({"Key": block.cid, "Size": 1})
        return web.json_response({"Pins": [raw().cid]})

    async with posing(answer) as (store, _):
        with pytest.raises(StoreRefused, match="something else"):
            await store.pin(block.cid)


async def test_a_root_that_was_swapped_is_not_followed() -> None:
    root, swapped = node(), node([raw().cid])
    async with posing(says(swapped.data)) as (store, seen):
        with pytest.raises(BlockChanged):
            await store.pin(root.cid)
        assert [request.path for request in seen] == ["/api/v0/block/get"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    elsewhere: list[web.Request] = []

    async def sends_away(request: web.Request) -> web.StreamResponse:
        if request.path == "/elsewhere":
            elsewhere.append(request)
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async with posing(sends_away) as (store, _):
        with pytest.raises(StoreRefused, match="elsewhere"):
            await store.get(raw().cid)
    assert elsewhere == []


async def test_a_server_that_says_nothing_is_a_store_down() -> None:
    over = asyncio.Event()

    async def hangs(_: web.Request) -> web.StreamResponse:
        await over.wait()
        return web.Response()

    block = raw()
    async with posing(hangs, silence=0.3) as (store, _):
        for call in (store.get, store.has, store.unpin):
            with pytest.raises(StoreDown):
                await call(block.cid)
        with pytest.raises(StoreDown):
            await store.put(block.cid, block.data)
        over.set()


async def test_a_server_that_speaks_something_else_is_refused() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    store = KuboStore(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "token")
    with pytest.raises((StoreRefused, StoreDown)):
        await store.get(raw().cid)
    await store.close()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_proxy_before_a_dead_kubo_is_a_store_down(status: int) -> None:
    async with posing(says(b"<html>bad gateway</html>", status, "text/html")) as (store, _):
        with pytest.raises(StoreDown):
            await store.get(raw().cid)


@pytest.mark.parametrize("status", [400, 404, 405, 429, 500])
async def test_other_answers_are_refusals(status: int) -> None:
    async with posing(says(b"no", status, "text/plain")) as (store, _):
        with pytest.raises(StoreRefused):
            await store.get(raw().cid)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_token_is_said_and_not_shown(status: int) -> None:
    async with posing(says(b"denied", status, "text/plain")) as (store, _):
        with pytest.raises(StoreRefused, match="token") as refused:
            await store.get(raw().cid)
    assert "secret-token" not in repr(refused.value) + repr(refused.value.__cause__)
    assert "secret-token" not in repr(store)


async def test_what_a_server_says_reaches_the_terminal_without_its_control_characters() -> None:
    async with posing(fails("\x1b]0;owned\x07\r\n" + "x" * 1000)) as (store, _):
        with pytest.raises(StoreRefused) as refused:
            await store.get(raw().cid)
    assert refused.value.sentence.isprintable()
    assert len(refused.value.sentence) < 300


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("block was not found locally (offline): ipld: could not find {cid}", BlockMissing),
        ("pin: ipld: could not find ", BlockMissing),
        ("block in storage has different hash than requested", BlockChanged),
        ("write /data/blocks/X/put-1: no space left on device", StoreRefused),
    ],
)
async def test_kubos_own_errors_become_ours(message: str, error: type[Exception]) -> None:
    block = raw()
    async with posing(fails(message.format(cid=block.cid))) as (store, _):
        with pytest.raises(error) as raised:
            await store.get(block.cid)
    if error is BlockMissing:
        assert raised.value.facts == {"cid": block.cid}  # type: ignore[attr-defined]


async def test_a_connection_closed_between_two_calls_is_opened_again() -> None:
    block = raw()
    calls = 0

    async def drops_the_first(request: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        if calls == 1:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(body=block.data)

    async with posing(drops_the_first) as (store, _):
        assert await store.get(block.cid) == block.data
    assert calls == 2


async def test_at_most_four_puts_are_in_flight() -> None:
    blocks = [raw() for _ in range(12)]
    flying = most = 0

    async def stores(request: web.Request) -> web.StreamResponse:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        part = await (await request.multipart()).next()
        assert part is not None
        data = await part.read()  # type: ignore[union-attr]
        await asyncio.sleep(0.02)
        flying -= 1
        return web.json_response(
            {"Key": next(block.cid for block in blocks if block.data == data), "Size": len(data)}
        )

    async with posing(stores) as (store, seen):
        await asyncio.gather(*(store.put(block.cid, block.data) for block in blocks))
    assert most == 4
    assert seen[0].headers["Authorization"] == "Bearer secret-token"
    assert dict(seen[0].query) == {
        "cid-codec": "raw",
        "mhtype": "sha2-256",
        "mhlen": "32",
        "pin": "false",
        "allow-big-block": "false",
    }


def test_every_foreign_error_is_mapped() -> None:
    import aiohttp
    import aioipfs
    from aioipfs import exceptions as theirs

    foreign = [
        *_below(aiohttp.ClientError),
        *_below(aioipfs.APIError),
        aioipfs.RPCAccessDenied,
        aioipfs.IPFSConnectionError,
        theirs.InvalidNodeAddressError,
        TimeoutError,
        asyncio.TimeoutError,
        ConnectionResetError,
        OSError,
        rpc.OversizedError,
        json.JSONDecodeError,
        UnicodeDecodeError,
        RecursionError,
    ]
    for kind in foreign:
        error = kind.__new__(kind)
        for name in ("code", "message", "http_status"):
            if issubclass(kind, aioipfs.APIError):
                setattr(error, name, 500 if name == "http_status" else "")
        with pytest.raises((StoreDown, StoreRefused)) as ours, rpc.mapped("http://127.0.0.1:1"):
            raise error
        assert ours.value.__cause__ is error, kind


def _below(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(found for below in kind.__subclasses__() for found in _below(below))]
