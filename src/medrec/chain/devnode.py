"""The devnet's node: anvil or geth, detached, with its state in a folder (see `node_keeper`)."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from medrec.chain.local_rpc import ask
from medrec.chain.node_keeper import KINDS, LOCK, end_orphan
from medrec.errors import DevnetFailed
from medrec.loopback import free_port, is_free

CHAIN_ID = 31337
PORT = 8545
TIMEOUT = 60
"""Seconds for a start or a stop."""
PORTS = 4
"""How many ports are tried, where others begin at the same time."""


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """Whether the node runs, and then its URL, keeper's process, chain id and last block."""

    program: str
    running: bool
    url: str = ""
    pid: int = 0
    chain_id: int = 0
    block: int = 0


class DevNode:
    """One node whose state, log and lock lie in ``directory``."""

    def __init__(
        self,
        directory: Path,
        kind: str = "anvil",
        *,
        chain_id: int = CHAIN_ID,
        port: int | None = None,
        block_time: int = 0,
    ) -> None:
        """Nothing is started yet.

        Args:
            directory: belongs to this node alone, and to this kind.
            kind: one of `node_keeper.KINDS`.
            chain_id: of a chain that is made; one that is there keeps its own.
            port: None takes the last one, 8545, or any that is free.
            block_time: seconds between two blocks; 0 makes one for each transaction at once.
        """
        self._kind = kind
        self._block_time = block_time
        self._directory = directory.resolve()
        self._chain_id = chain_id
        self._port = port

    async def up(self) -> str:
        """Start the node unless it runs; returns its URL once it answers.

        Raises:
            ToolMissing: the program is not there.
            DevnetFailed: it did not start, or runs otherwise than wanted.
        """
        return await asyncio.to_thread(self._up)

    async def down(self) -> None:
        """Stop the node, its state kept; harmless when it does not run.

        Raises:
            DevnetFailed: it did not stop.
        """
        await asyncio.to_thread(self._down)

    async def status(self) -> NodeStatus:
        """Whether the node runs, asked of itself."""
        return await asyncio.to_thread(self._status)

    def _up(self) -> str:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            running = self._noted()
            if running is None:
                self._start()
            elif "node" in running and self._answers(running["port"]):
                return self._fitting(running)
            else:
                time.sleep(0.05)
        raise DevnetFailed(what="did not start", why=self._reason())

    def _answers(self, port: int) -> bool:
        with suppress(OSError, ValueError):
            ask(port, "eth_chainId", timeout=2)
            return True
        return False

    def _fitting(self, running: Mapping[str, int]) -> str:
        if self._port is not None and self._port != running["port"]:
            why = f"it runs on port {running['port']} already; stop it first."
            raise DevnetFailed(what="did not start", why=why)
        if running["chain_id"] != self._chain_id:
            why = f"this folder's node serves chain {running['chain_id']}."
            raise DevnetFailed(what="did not start", why=why)
        if running.get("block_time", 0) != self._block_time:
            why = f"it makes a block {_rhythm(running.get('block_time', 0))}; stop it first."
            raise DevnetFailed(what="did not start", why=why)
        return f"http://127.0.0.1:{running['port']}"

    def _start(self) -> None:
        """Start the keeper, which goes into the background once the node answers.

        Where another program took the port in the moment between, another one is chosen.
        """
        program = KINDS[self._kind][0]()
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        end_orphan(self._directory)
        for _ in range(PORTS):
            port = self._choose_port()
            if self._keep(program, port) or self._noted() is not None:
                return
            if self._port is not None or is_free(port):
                break
        raise DevnetFailed(what="did not start", why=self._reason())

    def _keep(self, program: str, port: int) -> bool:
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        keeper = [sys.executable, "-m", "medrec.chain.node_keeper", self._kind]
        numbers = [str(port), str(self._chain_id), str(self._block_time)]
        with os.fdopen(log, "wb") as output:
            done = subprocess.run(
                [*keeper, str(self._directory), program, *numbers],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._directory,
                check=False,
            )
        return done.returncode == 0

    def _down(self) -> None:
        running = self._noted()
        if running is None:
            return
        with suppress(ProcessLookupError):
            os.kill(running["keeper"], signal.SIGTERM)
        deadline = time.monotonic() + TIMEOUT
        while self._noted() is not None:
            if time.monotonic() > deadline:
                raise DevnetFailed(what="did not stop", why=f"process {running['keeper']} runs on.")
            time.sleep(0.05)

    def _status(self) -> NodeStatus:
        running = self._noted()
        if running is None:
            return NodeStatus(self._kind, running=False)
        port = running["port"]
        try:
            block = int(ask(port, "eth_blockNumber", timeout=5), 16)
        except (OSError, ValueError):
            return NodeStatus(self._kind, running=False)
        return NodeStatus(
            self._kind,
            running=True,
            url=f"http://127.0.0.1:{port}",
            pid=running["keeper"],
            chain_id=running["chain_id"],
            block=block,
        )

    @property
    def _log(self) -> Path:
        return self._directory / f"{self._kind}.log"

    def _noted(self) -> dict[str, int] | None:
        """What the keeper wrote into its lock; None when nobody holds it.

        A process number alone could be another's by now; the lock cannot.
        """
        content = self._last_note()
        try:
            with (self._directory / LOCK).open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return None
        except BlockingIOError:
            deadline = time.monotonic() + 5
            while "keeper" not in content and time.monotonic() < deadline:
                time.sleep(0.02)
                content = self._last_note()
            return content
        return None

    def _last_note(self) -> dict[str, int]:
        with suppress(OSError, ValueError):
            content = json.loads((self._directory / LOCK).read_text())
            if isinstance(content, dict):
                return {key: int(value) for key, value in content.items()}
        return {}

    def _choose_port(self) -> int:
        if self._port is not None:
            if not is_free(self._port):
                why = f"port {self._port} is used by another program. Choose one with --port."
                raise DevnetFailed(what="did not start", why=why)
            return self._port
        last = self._last_note().get("port", PORT)
        for port in (last, PORT):
            if is_free(port):
                return port
        return free_port()

    def _reason(self) -> str:
        with suppress(OSError):
            lines = self._log.read_text(errors="replace").strip().splitlines()
            if lines:
                return f"{lines[-1]} ({self._log})"
        return f"{self._kind} gave no reason; see {self._log}."


def _rhythm(block_time: int) -> str:
    return f"every {block_time} s" if block_time else "for each transaction at once"
