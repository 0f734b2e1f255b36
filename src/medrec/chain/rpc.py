"""JSON-RPC to one of a network's nodes: one HTTP session, short retries, failover.

web3's `AsyncHTTPProvider` carries the requests; its own five retries (two seconds for a dead node)
are replaced by ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

import aiohttp

from medrec.chain.abi import AbiMismatch
from medrec.chain.libraries import provider_class
from medrec.domain.ids import Address
from medrec.errors import NodeDown, NodeRefused, WrongChain

if TYPE_CHECKING:
    from web3 import AsyncHTTPProvider
    from web3.types import RPCEndpoint

T = TypeVar("T")

ROUNDS = 2
"""How often the whole list of nodes is tried."""

PAUSE = 0.2
"""Seconds between two rounds."""

INDEXING = "indexing is in progress"
INDEXING_PATIENCE = 10.0
"""Seconds that geth has to index its chain; until then it refuses what it may yet find."""

LAST_REQUESTS = 2.0
"""Seconds that requests under way are given when the gateway is closed."""

BATCH = 100
"""Requests in one HTTP request at most: less than any node's own limit that we know of."""

AT_ONCE = 8
"""Requests under way at once where a node takes no batches."""

Call = tuple[str, Sequence[object]]
"""A method and its parameters."""

TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=0.4)
"""Seconds; a dead address fails within about a second in both rounds."""


class RpcError(NodeRefused):
    """The node answered a request with an error: its number, message and (revert) data."""

    def __init__(self, number: int, message: str, data: bytes | None = None) -> None:
        super().__init__(why=message)
        self.number = number
        self.message = message
        self.data = data

    @property
    def code(self) -> str:
        """Scripts match the class that the port names."""
        return NodeRefused.__name__

    def says(self, *phrases: str) -> bool:
        """Whether the message contains one of the phrases, in any case."""
        return any(phrase in self.message.lower() for phrase in phrases)


class Rpc:
    """The nodes of a network, of which one is in use."""

    def __init__(self, urls: Sequence[str], chain_id: int | None = None) -> None:
        """Nothing is connected yet; with a chain id each node is asked for its own first."""
        self._urls = list(urls)
        self._chain_id = chain_id
        self._current = 0
        self._checked: set[str] = set()
        self._session: aiohttp.ClientSession | None = None
        self._providers: dict[str, AsyncHTTPProvider] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    @property
    def url(self) -> str:
        """The node in use."""
        return self._urls[self._current]

    def use(self, url: str) -> None:
        """Ask this node from now on.

        Raises:
            ValueError: when it is none of the network's.
        """
        self._current = self._urls.index(url)

    async def request(self, method: str, *params: object) -> Any:
        """The result of a request; a node that has just started is given time to know it.

        Raises:
            NodeDown: no node answers.
            RpcError: the node answers with an error.
            WrongChain: the node serves another chain.
            NodeRefused: what answers is no node.
        """
        waited = 0.0
        while True:
            try:
                return await self._somewhere(lambda url: self._ask_checked(url, method, params))
            except RpcError as error:
                if not error.says(INDEXING) or waited >= INDEXING_PATIENCE:
                    raise
            await asyncio.sleep(PAUSE)
            waited += PAUSE

    async def batch(self, calls: Sequence[Call]) -> list[Any]:
        """The results of many requests, in their order; some at a time where no batch is taken.

        Raises:
            As `request`.
        """
        found: list[Any] = []
        for start in range(0, len(calls), BATCH):
            found += await self._batch(calls[start : start + BATCH])
        return found

    async def _batch(self, calls: Sequence[Call]) -> list[Any]:
        answers = await self._somewhere(lambda url: self._ask_together(url, calls))
        if answers is not None and not any(map(_indexing, answers)):
            return [_result(answer, self.url) for answer in answers]
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(method: str, params: Sequence[object]) -> Any:
            async with turn:
                return await self.request(method, *params)

        return list(await asyncio.gather(*(one(*call) for call in calls)))

    async def _somewhere(self, ask: Callable[[str], Awaitable[T]]) -> T:
        """What the first node says that answers."""
        failure: Exception | None = None
        for turn in range(ROUNDS):
            await asyncio.sleep(turn * PAUSE)
            for _ in self._urls:
                try:
                    return await ask(self.url)
                except (aiohttp.ClientError, TimeoutError, OSError) as error:
                    failure = error
                    self._current = (self._current + 1) % len(self._urls)
        raise NodeDown(url=" or ".join(map(shown, self._urls))) from failure

    @property
    def urls(self) -> tuple[str, ...]:
        """Every node, in the order of the network file."""
        return tuple(self._urls)

    async def ask_one(self, url: str, method: str, *params: object) -> Any:
        """The result of a request to one node, without another stepping in for it.

        Raises:
            NodeDown, RpcError, WrongChain, NodeRefused.
        """
        try:
            return await self._ask_checked(url, method, params)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NodeDown(url=shown(url)) from error

    async def call(self, to: Address, data: bytes, block: str) -> bytes:
        """eth_call: the transport of the generated proxies."""
        parameters = {"to": to, "data": "0x" + data.hex()}
        return hex_bytes(await self.request("eth_call", parameters, block))

    async def close(self) -> None:
        """Close the session; requests that nobody waits for any more are given a moment to end.

        web3 opens a session of its own for a request that finds its session closed.
        """
        self._closed = True
        if self._running:
            await asyncio.wait(self._running, timeout=LAST_REQUESTS)
        self._checked.clear()
        self._providers.clear()
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _ask_checked(self, url: str, method: str, params: Sequence[object]) -> Any:
        await self._check(url)
        return await self._ask(url, method, params)

    async def _ask_together(self, url: str, calls: Sequence[Call]) -> list[object] | None:
        """The node's answers in the order of the calls; None where it takes no batch."""
        await self._check(url)
        try:
            answers = await self._uncancelled(self._made_together(url, calls))
        except aiohttp.ClientResponseError as error:
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status == 429:
                raise
            return None
        except (ValueError, RecursionError):
            return None
        listed = answers if isinstance(answers, list) else []
        numbered = [a for a in listed if isinstance(a, Mapping) and isinstance(a.get("id"), int)]
        by_id = {answer["id"]: answer for answer in numbered}
        whole = len(listed) == len(calls) and set(by_id) == set(range(len(calls)))
        return [by_id[number] for number in range(len(calls))] if whole else None

    async def _made_together(self, url: str, calls: Sequence[Call]) -> object:
        """Not through web3, which takes answers without ids for those in order."""
        if self._closed:
            raise NodeDown(url=shown(url))
        asked = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}
            for number, (method, params) in enumerate(calls)
        ]
        async with self._connected().post(url, json=asked, timeout=TIMEOUT) as response:
            response.raise_for_status()
            return await response.json(content_type=None)

    async def _check(self, url: str) -> None:
        if self._chain_id is not None and url not in self._checked:
            found = hex_int(await self._ask(url, "eth_chainId", ()))
            if found != self._chain_id:
                raise WrongChain(found=found, expected=self._chain_id)
            self._checked.add(url)

    async def _ask(self, url: str, method: str, params: Sequence[object]) -> Any:
        try:
            response = await self._uncancelled(self._made(url, method, params))
        except aiohttp.ClientResponseError as error:
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status == 429:
                raise
            raise NodeRefused(why=f"HTTP status {error.status} from {shown(url)}.") from error
        except (ValueError, RecursionError) as error:
            raise NodeRefused(why=f"what answers at {shown(url)} is no Ethereum node.") from error
        return _result(response, url)

    async def _made(self, url: str, method: str, params: Sequence[object]) -> object:
        if self._closed:
            raise NodeDown(url=shown(url))
        provider = await self._provider(url)
        return await provider.make_request(cast("RPCEndpoint", method), list(params))

    async def _uncancelled(self, request: Coroutine[Any, Any, object]) -> object:
        """Let a request come to its end even when nobody waits for it any more.

        web3 takes a lock of the whole process for each request, in a thread: a request that is
        cancelled just then leaves it held for ever, and no request ever goes out again.
        """
        task = asyncio.ensure_future(request)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            # Heard, also where nobody waits any more.
            task.exception()

    async def _provider(self, url: str) -> AsyncHTTPProvider:
        if url not in self._providers:
            session = self._connected()
            kwargs = {"timeout": TIMEOUT}
            make = provider_class()
            provider = make(url, request_kwargs=kwargs, exception_retry_configuration=None)
            await provider.cache_async_session(session)
            self._providers[url] = provider
        return self._providers[url]

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session


def shown(url: str) -> str:
    """A node's address without its path and user, where providers put their keys."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def hex_int(value: object) -> int:
    """A JSON-RPC quantity.

    Raises:
        AbiMismatch: when it is none.
    """
    try:
        return int(str(value), 16)
    except ValueError as error:
        raise AbiMismatch("not a quantity") from error


def hex_bytes(value: object, length: int | None = None) -> bytes:
    """JSON-RPC data, of ``length`` bytes when given.

    Raises:
        AbiMismatch: when it is none.
    """
    text = str(value)
    try:
        data = bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise AbiMismatch("not data") from error
    if not text.startswith("0x") or (length is not None and len(data) != length):
        raise AbiMismatch("not data of the length due")
    return data


def _result(response: object, url: str) -> Any:
    if not isinstance(response, Mapping) or not {"result", "error"} & set(response):
        raise NodeRefused(why=f"what answers at {shown(url)} is no Ethereum node.")
    error = response.get("error")
    if error is None:
        return response.get("result")
    if not isinstance(error, Mapping):
        raise RpcError(0, str(error))
    number = error.get("code")
    message = str(error.get("message", ""))
    raise RpcError(number if isinstance(number, int) else 0, message, _data_of(error.get("data")))


def _indexing(response: object) -> bool:
    """Whether the node does not know yet: asked one by one, it is waited for."""
    error = response.get("error") if isinstance(response, Mapping) else None
    return isinstance(error, Mapping) and INDEXING in str(error.get("message", ""))


def _data_of(data: object) -> bytes | None:
    """Revert data: geth and anvil give the hex, hardhat an object that holds it."""
    if isinstance(data, Mapping):
        return _data_of(data.get("data"))
    if isinstance(data, str) and data.startswith("0x"):
        try:
            return bytes.fromhex(data[2:])
        except ValueError:
            return None
    return None
