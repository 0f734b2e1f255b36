"""How often something is called, and in which thread: a test counts work, it times none."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest


class Calls:
    """The calls of one function, which does what it always did."""

    def __init__(self) -> None:
        self.number = 0
        self.threads: set[int] = set()

    def taken(self) -> int:
        """The calls since the last look."""
        number, self.number = self.number, 0
        return number

    @property
    def beside(self) -> bool:
        """Whether it was called, and never in the thread that asks."""
        return bool(self.threads) and threading.get_ident() not in self.threads


def counted(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> Calls:
    """Count the calls of a method of a class, or of a function of a module."""
    calls, original = Calls(), getattr(owner, name)

    def call(*arguments: Any, **more: Any) -> Any:
        calls.number += 1
        calls.threads.add(threading.get_ident())
        return original(*arguments, **more)

    monkeypatch.setattr(owner, name, call)
    return calls


def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that anybody asks the loop to sleep from now on; nobody really sleeps them."""
    asked: list[float] = []
    sleep = asyncio.sleep

    async def asleep(seconds: float, result: Any = None) -> Any:
        asked.append(seconds)
        return await sleep(0, result)

    monkeypatch.setattr(asyncio, "sleep", asleep)
    return asked
