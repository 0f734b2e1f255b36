"""Kubo's RPC over aioipfs 0.7.1 (https://docs.ipfs.tech/reference/kubo/rpc/), and its errors.

Importing this costs a quarter of a second (aiohttp, aioipfs): only `KuboStore` does, in a thread.

aioipfs's own calls do not serve for blocks: block.put fails with aiohttp >= 3.12, JSON calls answer
None when the daemon is down, and reads have no limit. What is taken from it: the client and its
URLs, the multipart writer, and the reading of Kubo's error answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from ssl import SSLError
from typing import Any

import aiohttp
import aioipfs
from aiohttp import ClientTimeout, payload
from aioipfs.apis import HTTP_ERROR_CODES
from aioipfs.exceptions import InvalidNodeAddressError
from aioipfs.multi import FormDataWriter
from yarl import URL

from medrec.domain.cid import parse_cid
from medrec.domain.ids import Cid
from medrec.errors import BlockChanged, BlockMissing, StoreDown, StoreRefused

_CONNECT_SECONDS = 5.0
_ANSWER_LIMIT = 1 << 20
_WRITE_CHUNK = 1 << 18
_AWAY = (502, 503, 504)
_MISSING = re.compile(r"ipld: could not find (\w*)")
_CONNECTION_LOST = (
    aiohttp.ClientConnectionError,
    aiohttp.ClientPayloadError,
    aioipfs.IPFSConnectionError,
)


class OversizedError(Exception):
    """The server sent more than was asked for."""


class RpcClient(aioipfs.AsyncIPFS):  # type: ignore[misc]  # aioipfs has no types
    """One Kubo's API with our session: token, timeouts, no redirects, no cookies, no proxies."""

    def __init__(self, location: str, token: str | None) -> None:
        url = URL(location)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        super().__init__(host=url.host, port=url.port, scheme=url.scheme)
        self._api_url = url.with_path(url.path.rstrip("/") + "/api/v0/")

    def get_session(self, *_: object, **__: object) -> aiohttp.ClientSession:
        """The session of every call; ``aioipfs`` asks for it when it is made."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=16),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(_refuse_redirect,),
            auto_decompress=False,
        )

    async def call(
        self,
        path: str,
        params: Mapping[str, str],
        silence: float,
        *,
        body: bytes | None = None,
        limit: int = _ANSWER_LIMIT,
    ) -> bytes:
        """Post to ``path`` (under /api/v0/) and return the answer of at most ``limit`` bytes.

        ``body`` goes as a multipart file; ``silence`` is for how many seconds the server may say
        nothing. A connection that the server had closed between two calls is opened again once:
        every call that we make can be made twice.

        Raises:
            OversizedError: when there is more than ``limit``.
            Whatever aiohttp and aioipfs raise: use inside `mapped`.
        """
        try:
            return await self._post(path, params, silence, body, limit)
        except (aiohttp.ServerDisconnectedError, ConnectionResetError):
            return await self._post(path, params, silence, body, limit)

    async def unpin(self, cid: Cid, silence: float) -> None:
        """Let go of a recursive pin; one that is not there is no error."""
        try:
            await self.call("pin/rm", {"arg": cid, "recursive": "true"}, silence)
        except aioipfs.NotPinnedError:
            return

    async def _post(
        self, path: str, params: Mapping[str, str], silence: float, body: bytes | None, limit: int
    ) -> bytes:
        async with self.session.post(
            self.core.url(path),
            params=params,
            data=None if body is None else _multipart(body),
            timeout=ClientTimeout(
                total=None, connect=silence, sock_connect=_CONNECT_SECONDS, sock_read=silence
            ),
        ) as response:
            answer = await _read(response, limit)
            if response.status in HTTP_ERROR_CODES:
                self.core.handle_error(response, answer)
            if response.status != 200:
                raise aioipfs.APIError(message=response.reason, http_status=response.status)
            return answer


def _multipart(body: bytes) -> aiohttp.MultipartWriter:
    part = payload.AsyncIterablePayload(_slices(body), content_type="application/octet-stream")
    part.set_content_disposition("form-data", name="file", filename="block")
    writer: aiohttp.MultipartWriter = FormDataWriter()
    writer.append_payload(part)
    return writer


async def _slices(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), _WRITE_CHUNK):
        yield body[start : start + _WRITE_CHUNK]


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    chunks = []
    size = 0
    async for chunk in response.content.iter_any():
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise OversizedError
    return b"".join(chunks)


async def _refuse_redirect(
    request: aiohttp.ClientRequest,
    handler: Callable[[aiohttp.ClientRequest], Awaitable[aiohttp.ClientResponse]],
) -> aiohttp.ClientResponse:
    # A store that sends us elsewhere could make this machine post to its own local services.
    response = await handler(request)
    if 300 <= response.status < 400:
        response.close()
        raise aioipfs.APIError(message="it sends us elsewhere", http_status=response.status)
    return response


def parse_json(answer: bytes) -> dict[str, Any]:
    """The JSON object of an answer.

    Raises:
        ValueError: when it is none.
    """
    parsed = json.loads(answer)
    if not isinstance(parsed, dict):
        raise ValueError("not a JSON object")
    return parsed


@contextmanager
def mapped(location: str, cid: Cid | None = None) -> Iterator[None]:
    """Turn everything that aiohttp, aioipfs and asyncio raise into our errors, once.

    Raises:
        BlockMissing, BlockChanged, StoreDown, StoreRefused.
    """
    try:
        yield
    except OversizedError as error:
        if cid is None:
            raise StoreRefused(location=location, why="its answer is too long.") from error
        raise BlockChanged(cid=cid) from error
    except aioipfs.RPCAccessDenied as error:
        raise _denied(location) from error
    except aioipfs.APIError as error:
        raise _answered(error, location, cid) from error
    except (aiohttp.ClientSSLError, SSLError) as error:
        why = "its certificate is not trusted on this machine. Ask your administrator."
        raise StoreRefused(location=location, why=why) from error
    except (*_CONNECTION_LOST, OSError) as error:
        raise StoreDown(location=location) from error
    except (aiohttp.ClientError, ValueError, RecursionError, InvalidNodeAddressError) as error:
        why = "it does not answer as a Kubo store does. Ask your administrator."
        raise StoreRefused(location=location, why=why) from error


def _denied(location: str) -> StoreRefused:
    why = "the token for it is missing, wrong or not good for this. Ask your administrator."
    return StoreRefused(location=location, why=why)


def _answered(
    error: aioipfs.APIError, location: str, cid: Cid | None
) -> BlockMissing | BlockChanged | StoreDown | StoreRefused:
    """Ours for an error that the server itself sent; str() of aioipfs's is empty."""
    message = str(error.message or "")
    missing = _MISSING.search(message)
    if missing:
        return BlockMissing(cid=_named(missing.group(1)) or cid)
    if cid is not None and "different hash" in message:
        return BlockChanged(cid=cid)
    if error.http_status in _AWAY:
        return StoreDown(location=location)
    if error.http_status == 401:
        return _denied(location)
    if "no space left" in message:
        message = "there is no room left on its disk"
    shown = "".join(c for c in message if c.isprintable())[:200].strip()
    return StoreRefused(location=location, why=(shown or "it gives no reason") + ".")


def _named(text: str | None) -> Cid | None:
    try:
        parse_cid(text or "")
    except ValueError:
        return None
    return Cid(text or "")
