"""A process that dies at one call of a gateway, before it or just after it took effect."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from medrec.services.context import Context

WATCHED = ("chain", "store", "local")

CHANGING = {
    "chain.send",
    "store.put",
    "store.pin",
    "store.unpin",
    "local.append_entries",
    "local.roll_back",
    "local.put",
    "local.delete",
    "local.add_job",
    "local.spool",
    "local.update_job",
    "local.reserve_nonce",
    "local.release_nonce",
}
"""The calls that change something. A crash before any other call leaves what a crash after the last
of these left, so that these are all the places where a crash can be told from another."""


class Crash(BaseException):
    """Not an Exception: nothing may catch it, as nothing catches a power cut."""


@dataclass
class Fuse:
    """Counts the calls of all gateways, and blows at the ``at``-th (from 0)."""

    at: int | None = None
    after: bool = False
    error: BaseException = field(default_factory=Crash)
    names: list[str] = field(default_factory=list)

    def changing(self) -> list[int]:
        """Which of the counted calls changed something."""
        return [at for at, name in enumerate(self.names) if name in CHANGING]

    def strike(self, name: str) -> bool:
        """Count a call; True where it is the one."""
        self.names.append(name)
        return self.at == len(self.names) - 1


class _Fused:
    def __init__(self, real: object, port: str, fuse: Fuse) -> None:
        self._real = real
        self._port = port
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        if name == "exclusive":
            return real

        async def called(*args: Any, **kwargs: Any) -> Any:
            blown = self._fuse.strike(f"{self._port}.{name}")
            if blown and not self._fuse.after:
                raise self._fuse.error
            answer = await real(*args, **kwargs)
            if blown:
                raise self._fuse.error
            return answer

        return called


def fused(context: Context, fuse: Fuse) -> Context:
    """The context with the fuse in all its gateways."""
    ports: dict[str, Any] = {name: _Fused(getattr(context, name), name, fuse) for name in WATCHED}
    return replace(context, **ports)
