"""Gateways that lie: a wrapper around any port, and an HTTP proxy in front of a real node."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiohttp import ClientSession, web

T = TypeVar("T")

Lie = Callable[..., Awaitable[Any]]
"""Called with the honest method, then the caller's own arguments."""


class _Lying:
    def __init__(self, honest: object, lies: dict[str, Lie]) -> None:
        self._honest = honest
        self._lies = lies

    def __getattr__(self, name: str) -> Any:
        honest = getattr(self._honest, name)
        lie = self._lies.get(name)
        if lie is None:
            return honest

        async def told(*args: Any, **kwargs: Any) -> Any:
            return await lie(honest, *args, **kwargs)

        return told


def lying(honest: T, **lies: Lie) -> T:
    """The gateway, but for the methods named, which answer what the lie says.

    Raises:
        AttributeError: when there is no such method to lie about.
    """
    for name in lies:
        getattr(honest, name)
    return _Lying(honest, lies)  # type: ignore[return-value]  # it has every method that T has


def always(answer: object) -> Lie:
    """A lie that is the same for every question."""

    async def told(_: Lie, *args: Any, **kwargs: Any) -> object:
        return answer

    return told


def failing(error: Exception) -> Lie:
    """A method that fails."""

    async def told(_: Lie, *args: Any, **kwargs: Any) -> object:
        raise error

    return told


Change = Callable[[Any, Any], Any]
"""(the request's parameters, the honest result) -> what is answered."""


@asynccontextmanager
async def lying_node(url: str, **changes: Change) -> AsyncIterator[str]:
    """An Ethereum node on this machine that passes requests on and changes some methods' results.

    Yields its URL.
    """
    async with ClientSession() as session:

        async def answer(request: web.Request) -> web.Response:
            asked = json.loads(await request.read())
            async with session.post(url, json=asked) as response:
                told = json.loads(await response.read())
            change = changes.get(asked["method"])
            if change is not None and "result" in told:
                told["result"] = change(asked["params"], told["result"])
            return web.json_response(told)

        app = web.Application()
        app.router.add_post("/", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()
