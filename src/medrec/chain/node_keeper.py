"""The devnet's node in the background, its state on disk.

    python -m medrec.chain.node_keeper KIND DIRECTORY PROGRAM PORT CHAIN_ID BLOCK_TIME

The keeper runs the program, starts it from what was kept, and has the state written down after new
blocks (see `anvil` and `geth`). It holds a lock on DIRECTORY/keeper.lock as long as it lives; the
file's content names its process, the node's, and the port. SIGTERM ends both.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO

from medrec.chain.anvil import AnvilProgram, find_anvil
from medrec.chain.geth import GethProgram, find_geth
from medrec.chain.local_rpc import ask
from medrec.chain.programs import Find, NodeProgram, Setting

POLL = 0.25
"""Seconds between two looks for new blocks."""

START_TIMEOUT = 20
LOCK = "keeper.lock"

KINDS: dict[str, tuple[Find, type[NodeProgram]]] = {
    "anvil": (find_anvil, AnvilProgram),
    "geth": (find_geth, GethProgram),
}
"""The programs that can be the devnet's node."""


def command_line(pid: int) -> str:
    """The command line of a running process; empty when there is none."""
    entry = Path(f"/proc/{pid}/cmdline")
    if entry.parent.parent.joinpath("self").exists():
        try:
            return entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    command = ["ps", "-p", str(pid), "-o", "args="]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def end_orphan(directory: Path) -> None:
    """End the node of a keeper that was killed: ours when its command line names our folder."""
    with suppress(OSError, ValueError, KeyError):
        pid = int(json.loads((directory / LOCK).read_text())["node"])
        if f"={directory}/" not in command_line(pid):
            return
        os.kill(pid, signal.SIGTERM)
        for _ in range(50):
            if not command_line(pid):
                return
            time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)


class Keeper:
    """Runs one node until it is told to stop or the node ends."""

    def __init__(self, kind: str, setting: Setting, ready: int) -> None:
        """``ready`` is a pipe's end that hears a byte once the node answers."""
        self._kind = kind
        self._setting = setting
        self._program = KINDS[kind][1](setting)
        self._ready = ready
        self._stopping = False
        self._lock: IO[str] | None = None

    def run(self) -> int:
        """Start, keep, stop; returns the exit status."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        if not self._take_lock():
            print("Another keeper runs on this folder.", flush=True)
            return 1
        self._note(None)
        node = self._start()
        if node is None:
            return 1
        os.write(self._ready, b"1")
        os.close(self._ready)
        try:
            self._keep(node)
        finally:
            node.terminate()
            node.wait()
        return 0 if self._stopping else 1

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _take_lock(self) -> bool:
        path = self._setting.directory / LOCK
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._lock = os.fdopen(descriptor, "r+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _note(self, node: subprocess.Popen[bytes] | None) -> None:
        if self._lock is None:
            return
        content = {
            "keeper": os.getpid(),
            "port": self._setting.port,
            "chain_id": self._setting.chain_id,
            "block_time": self._setting.block_time,
        }
        if node is not None:
            content["node"] = node.pid
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(json.dumps(content))
        self._lock.flush()

    def _start(self) -> subprocess.Popen[bytes] | None:
        """The node from the newest state that it takes; None when it takes none."""
        for command in self._program.commands():
            node = subprocess.Popen(command, stdin=subprocess.DEVNULL)
            if self._answers(node):
                self._note(node)
                return node
            node.kill()
            node.wait()
            print(f"{self._kind} did not start by {command[-1]}.", flush=True)
        return None

    def _answers(self, node: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and node.poll() is None and not self._stopping:
            with suppress(OSError, ValueError):
                found = int(ask(self._setting.port, "eth_chainId", timeout=2), 16)
                return found == self._setting.chain_id
            time.sleep(0.03)
        return False

    def _keep(self, node: subprocess.Popen[bytes]) -> None:
        last = None
        pause = POLL
        while node.poll() is None:
            stopping = self._stopping
            with suppress(OSError, ValueError):
                block = ask(self._setting.port, "eth_blockNumber", timeout=5)
                if block != last:
                    began = time.monotonic()
                    self._program.keep()
                    last, pause = block, max(POLL, 4 * (time.monotonic() - began))
            if stopping:
                return
            waited = time.monotonic() + pause
            while time.monotonic() < waited and not self._stopping and node.poll() is None:
                time.sleep(0.05)


def main() -> int:
    """Run the keeper of the command line's folder in the background; returns once it answers."""
    kind, directory, program, *numbers = sys.argv[1:]
    port, chain_id, block_time = map(int, numbers)
    setting = Setting(Path(directory), program, port, chain_id, block_time)
    ready, done = os.pipe()
    if os.fork():
        os.close(done)
        with os.fdopen(ready, "rb") as pipe:
            return 0 if pipe.read() else 1
    os.close(ready)
    os.setsid()
    os.umask(0o077)
    return Keeper(kind, setting, done).run()


if __name__ == "__main__":
    sys.exit(main())
