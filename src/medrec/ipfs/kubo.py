"""KuboStore: the ContentStore port over a Kubo node's RPC API."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from medrec.domain.cid import MAX_BLOCK, Codec, parse_cid
from medrec.domain.ids import Cid
from medrec.errors import BlockChanged, BlockMissing, InputRefused, StoreRefused
from medrec.ipfs.blocks import check_own_block, check_stored_block
from medrec.ipfs.links import links_of

if TYPE_CHECKING:
    from types import ModuleType

    from medrec.ipfs.rpc import RpcClient

_CODEC_NAMES = {Codec.RAW: "raw", Codec.DAG_CBOR: "dag-cbor"}
_PUTS_IN_FLIGHT = 4  # measured: more is slower
_LOOKS_IN_FLIGHT = 8
_PIN_SECONDS = 120
_COLLECT_SECONDS = 600
_COLLECT_LIMIT = 1 << 26

ALLOWED_PATHS = (
    "/api/v0/block/get",
    "/api/v0/block/put",
    "/api/v0/block/stat",
    "/api/v0/pin/add",
    "/api/v0/pin/rm",
    "/api/v0/repo/stat",
)
"""What a token must allow for every method but `collect_garbage`."""


class KuboStore:
    """The ContentStore port over one Kubo, asked only for what it holds itself (``offline``).

    Every method raises StoreDown where the node does not answer and StoreRefused where it answers
    with an error of its own. Nothing that the node says is taken on trust: a CID that it returns
    is compared, a block that it returns is hashed.
    """

    def __init__(self, url: str, token: str | None = None, silence: float = 20.0) -> None:
        """``url`` is that of the API (http://127.0.0.1:5001), ``token`` its bearer token.

        A node that says nothing for ``silence`` seconds counts as down.

        Raises:
            InputRefused: when the URL is none, or would carry the token and the CIDs unencrypted
                to another machine.
        """
        self._url = _checked_url(url)
        self._token = token
        self._silence = silence
        self._rpc: RpcClient | None = None
        self._puts = asyncio.Semaphore(_PUTS_IN_FLIGHT)
        self._looks = asyncio.Semaphore(_LOOKS_IN_FLIGHT)

    async def put(self, cid: Cid, data: bytes) -> None:
        """Store a block; putting it again is harmless and repairs a damaged copy.

        Raises:
            ValueError: when the CID is not the data's, or the block is over 1 MiB (our bug).
            BlockChanged: when the node stored something else.
            StoreDown, StoreRefused.
        """
        codec = check_own_block(cid, data)
        parameters = {
            "cid-codec": _CODEC_NAMES[codec],
            "mhtype": "sha2-256",
            "mhlen": "32",
            "pin": "false",
            "allow-big-block": "false",
        }
        async with self._puts:
            answer = await self._ask("block/put", parameters, cid, body=data)
        if answer.get("Key") != cid:
            raise BlockChanged(cid=cid)

    async def get(self, cid: Cid) -> bytes:
        """The block, checked against its CID.

        Raises:
            BlockMissing, BlockChanged, StoreDown, StoreRefused.
        """
        parse_cid(cid)
        rpc, client = await self._connect()
        with rpc.mapped(self._url, cid):
            data: bytes = await client.call(
                "block/get", {"arg": cid, "offline": "true"}, self._silence, limit=MAX_BLOCK
            )
        check_stored_block(cid, data)
        return data

    async def has(self, cid: Cid) -> bool:
        """Whether the node itself holds the block."""
        parse_cid(cid)
        try:
            answer = await self._ask("block/stat", {"arg": cid, "offline": "true"}, cid)
        except BlockMissing:
            return False
        if answer.get("Key") != cid:
            raise self._other_object()
        return True

    async def pin(self, cid: Cid) -> None:
        """Keep the block and everything that it links to, recursively.

        Raises:
            BlockMissing: names what is linked and not there.
            BlockChanged, BadObject: when a dag-cbor block on the way cannot be followed.
        """
        # Kubo's pin/add ignores `offline` below the root and waits for ever for what is missing.
        await self._reach(cid)
        answer = await self._ask(
            "pin/add",
            {"arg": cid, "recursive": "true", "offline": "true", "timeout": f"{_PIN_SECONDS}s"},
            cid,
            silence=_PIN_SECONDS + 5,
        )
        if answer.get("Pins") != [cid]:
            raise self._other_object()

    async def unpin(self, cid: Cid) -> None:
        """Let go of a pin; unknown pins are no error."""
        parse_cid(cid)
        rpc, client = await self._connect()
        with rpc.mapped(self._url, cid):
            await client.unpin(cid, self._silence)

    async def status(self) -> Mapping[str, str | int]:
        """For people: kind, location, blocks, bytes."""
        answer = await self._ask("repo/stat", {"size-only": "false"})
        blocks, size = answer.get("NumObjects"), answer.get("RepoSize")
        if not isinstance(blocks, int) or not isinstance(size, int):
            raise self._other_object()
        return {"kind": "kubo", "location": self._url, "blocks": blocks, "bytes": size}

    async def collect_garbage(self) -> int:
        """Remove every block that no pin holds; returns how many. Needs an administrator's token.

        Raises:
            StoreDown, StoreRefused.
        """
        rpc, client = await self._connect()
        with rpc.mapped(self._url):
            answer = await client.call("repo/gc", {}, _COLLECT_SECONDS, limit=_COLLECT_LIMIT)
            removed = [rpc.parse_json(line) for line in answer.splitlines()]
        if any(line.get("Error") for line in removed):
            raise StoreRefused(location=self._url, why="it could not remove what nobody keeps.")
        return len(removed)

    async def close(self) -> None:
        """Release connections; a later call opens them again."""
        client, self._rpc = self._rpc, None
        if client is not None:
            await client.close()

    async def _connect(self) -> tuple[ModuleType, RpcClient]:
        if self._rpc is None:
            # aioipfs takes a quarter of a second to import: not on the loop.
            await asyncio.to_thread(_import_rpc)
        rpc = _import_rpc()
        if self._rpc is None:
            self._rpc = rpc.RpcClient(self._url, self._token)
        return rpc, self._rpc

    async def _ask(
        self,
        path: str,
        parameters: Mapping[str, str],
        cid: Cid | None = None,
        *,
        body: bytes | None = None,
        silence: float | None = None,
    ) -> dict[str, Any]:
        """The JSON object that the node answers."""
        rpc, client = await self._connect()
        with rpc.mapped(self._url, cid):
            answer = await client.call(path, parameters, silence or self._silence, body=body)
            parsed: dict[str, Any] = rpc.parse_json(answer)
            return parsed

    async def _reach(self, root: Cid) -> None:
        """Look at everything below ``root``, itself included; BlockMissing where it is not."""
        seen = {root}
        level = [root]
        while level:
            links = await asyncio.gather(*(self._links_below(cid) for cid in level))
            below = dict.fromkeys(cid for found in links for cid in found)
            level = [cid for cid in below if cid not in seen]
            seen.update(level)

    async def _links_below(self, cid: Cid) -> list[Cid]:
        async with self._looks:
            codec, _ = parse_cid(cid)
            if codec is Codec.DAG_CBOR:
                return links_of(cid, await self.get(cid))
            if not await self.has(cid):
                raise BlockMissing(cid=cid)
            return []

    def _other_object(self) -> StoreRefused:
        return StoreRefused(location=self._url, why="it answered about something else.")


def _import_rpc() -> ModuleType:
    from medrec.ipfs import rpc

    return rpc


def _checked_url(url: str) -> str:
    """The URL without a path's last slash."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _bad_url("it is not a URL.") from error
    if parts.scheme not in ("http", "https") or not host:
        raise _bad_url("it must begin with http:// or https:// and name a host.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise _bad_url("it may hold no user, no question mark and no fragment.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise _bad_url("only https:// keeps the token from being read on the way.")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bad_url(why: str) -> InputRefused:
    return InputRefused(what="The store's address", why=why)
