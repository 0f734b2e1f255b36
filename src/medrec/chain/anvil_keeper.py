"""The devnet's node in the background: runs anvil and keeps its state on disk.

    python -m medrec.chain.anvil_keeper DIRECTORY ANVIL PORT CHAIN_ID

anvil writes its own dumps in place, so that a kill at the wrong moment corrupts the only copy. Here
the state is asked for over JSON-RPC after new blocks and replaced atomically, the last three are
kept, and a start tries them from the newest on. The keeper holds a lock on DIRECTORY/keeper.lock as
long as it lives; the file's content names its process, anvil's, and the port. SIGTERM ends both.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO, Any

COPIES = 3
POLL = 0.25
"""Seconds between two looks for new blocks."""

START_TIMEOUT = 20
LOCK = "keeper.lock"


def ask(port: int, method: str, *params: object, timeout: float = 60) -> Any:
    """The result of a JSON-RPC request to the node on this machine.

    Raises:
        OSError: when nothing answers.
        ValueError: when what answers is no node, or refuses.
    """
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
        answer = json.load(response)
    if not isinstance(answer, dict) or "result" not in answer:
        raise ValueError(f"{method} was refused")
    return answer["result"]


def states(directory: Path) -> list[Path]:
    """The kept states, the newest first."""
    return sorted(directory.glob("state-*.json"), reverse=True)


def intact(path: Path) -> bool:
    """Whether a state was written to its end."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "accounts" in content and "blocks" in content


def keep_state(directory: Path, port: int) -> None:
    """Write the node's state as a new file, and remove all but the last copies."""
    text = gzip.decompress(bytes.fromhex(ask(port, "anvil_dumpState")[2:]))
    kept = states(directory)
    number = int(kept[0].stem.removeprefix("state-")) + 1 if kept else 1
    path = directory / f"state-{number:09d}.json"
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    for old in states(directory)[COPIES:]:
        old.unlink()


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
    """End the anvil of a keeper that was killed: ours when its command line names our folder."""
    with suppress(OSError, ValueError, KeyError):
        pid = int(json.loads((directory / LOCK).read_text())["anvil"])
        if cache_of(directory) not in command_line(pid):
            return
        os.kill(pid, signal.SIGTERM)
        for _ in range(50):
            if not command_line(pid):
                return
            time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)


def cache_of(directory: Path) -> str:
    """anvil's argument that marks it as this folder's."""
    return f"--cache-path={directory / 'cache'}"


class Keeper:
    """Runs one anvil until it is told to stop or anvil ends."""

    def __init__(self, directory: Path, anvil: str, port: int, chain_id: int, ready: int) -> None:
        """``ready`` is a pipe's end that hears a byte once anvil answers."""
        self._ready = ready
        self._directory = directory
        self._anvil = anvil
        self._port = port
        self._chain_id = chain_id
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
        path = self._directory / LOCK
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
        content = {"keeper": os.getpid(), "port": self._port, "chain_id": self._chain_id}
        if node is not None:
            content["anvil"] = node.pid
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(json.dumps(content))
        self._lock.flush()

    def _start(self) -> subprocess.Popen[bytes] | None:
        """anvil from the newest state that it takes; None when there are some and it takes none."""
        kept = states(self._directory)
        choices: list[Path | None] = [path for path in kept if intact(path)]
        for state in choices if kept else [None]:
            node = self._launch(state)
            if self._answers(node):
                self._note(node)
                return node
            node.kill()
            node.wait()
            print(f"anvil did not start from {state or 'nothing'}.", flush=True)
        if kept:
            print("None of the kept states can be used.", flush=True)
        return None

    def _launch(self, state: Path | None) -> subprocess.Popen[bytes]:
        command = [
            self._anvil,
            "--host=127.0.0.1",
            f"--port={self._port}",
            f"--chain-id={self._chain_id}",
            "--accounts=1",
            "--balance=1000000000",
            "--quiet",
            cache_of(self._directory),
        ]
        if state is not None:
            command.append(f"--load-state={state}")
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def _answers(self, node: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and node.poll() is None and not self._stopping:
            with suppress(OSError, ValueError):
                return int(ask(self._port, "eth_chainId", timeout=2), 16) == self._chain_id
            time.sleep(0.03)
        return False

    def _keep(self, node: subprocess.Popen[bytes]) -> None:
        last = None
        pause = POLL
        while node.poll() is None:
            stopping = self._stopping
            with suppress(OSError, ValueError):
                block = ask(self._port, "eth_blockNumber", timeout=5)
                if block != last:
                    began = time.monotonic()
                    keep_state(self._directory, self._port)
                    last, pause = block, max(POLL, 4 * (time.monotonic() - began))
            if stopping:
                return
            waited = time.monotonic() + pause
            while time.monotonic() < waited and not self._stopping and node.poll() is None:
                time.sleep(0.05)


def main() -> int:
    """Run the keeper of the command line's folder in the background; returns once anvil answers."""
    directory, anvil, port, chain_id = sys.argv[1:]
    ready, done = os.pipe()
    if os.fork():
        os.close(done)
        with os.fdopen(ready, "rb") as pipe:
            return 0 if pipe.read() else 1
    os.close(ready)
    os.setsid()
    return Keeper(Path(directory), anvil, int(port), int(chain_id), done).run()


if __name__ == "__main__":
    sys.exit(main())
