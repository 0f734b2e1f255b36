"""The devnet's private Kubo: its own repository, swarm key and tokens; announces nothing.

<directory>/repo/         Kubo's repository
<directory>/store.token   the bearer token of those who use the store
<directory>/admin.token   the bearer token of who looks after it (garbage collection)
<directory>/kubo.pid      the running daemon, kubo.log its output since it was started
"""

from __future__ import annotations

import asyncio
import fcntl
import http.client
import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from medrec.domain.network import StoreConfig
from medrec.errors import DevnetFailed
from medrec.ipfs.process import DetachedProcess
from medrec.ipfs.program import (
    api_port,
    apply_settings,
    environment,
    find_program,
    private_settings,
)
from medrec.loopback import free_port, is_free

_READY = "Daemon is ready"
_READY_SECONDS = 60.0
_STOP_SECONDS = 20.0
_STEP_SECONDS = 0.02
_TRIES = 3
_TAKEN = "address already in use"


class KuboDaemon:
    """A private Kubo in a directory of its own, which goes on running when the command ends.

    `up` and `down` may be called twice, and by two commands at once.
    """

    def __init__(self, directory: Path, port: int | None = None) -> None:
        """``port`` is where the API listens on 127.0.0.1; None: the one it had, else a free one."""
        self._directory = directory.absolute()
        self._port = port
        self._pid_file = self._directory / "kubo.pid"
        self._log = self._directory / "kubo.log"
        self._config = self._directory / "repo" / "config"

    @property
    def repository(self) -> Path:
        """Kubo's repository."""
        return self._directory / "repo"

    async def up(self) -> StoreConfig:
        """Make the repository if there is none, start the daemon if it does not run.

        The location may differ from the last time, when another program has taken the port.

        Raises:
            ToolMissing: when there is no Kubo on this machine.
            DevnetFailed: when it does not start, with the reason.
        """
        return await asyncio.to_thread(self._up)

    async def down(self) -> None:
        """Stop the daemon; harmless when it does not run."""
        await asyncio.to_thread(self._down)

    async def status(self) -> Mapping[str, str | int]:
        """For people: state (running or stopped), repository, and when it runs location and pid."""
        return await asyncio.to_thread(self._status)

    def initialise(self) -> None:
        """Make the repository and its tokens; what is there already stays (blocking).

        Raises:
            ToolMissing, DevnetFailed.
        """
        with self._mapped(), self._locked():
            self._initialise(find_program())

    def running(self) -> bool:
        """Whether our daemon is alive."""
        process = DetachedProcess.load(self._pid_file)
        return process is not None and process.running()

    def config(self) -> StoreConfig:
        """How a network file names the store, for those who use it.

        Raises:
            DevnetFailed: before the first `up`.
        """
        return self._named("store.token")

    def admin_config(self) -> StoreConfig:
        """The same with the administrator's token."""
        return self._named("admin.token")

    def _named(self, token_file: str) -> StoreConfig:
        with self._mapped():
            location = f"http://127.0.0.1:{self._listens_on()}"
        return StoreConfig("kubo", location, str(self._directory / token_file))

    def _up(self) -> StoreConfig:
        with self._mapped(), self._locked():
            if not self.running():
                program = find_program()
                self._initialise(program)
                self._start(program)
        return self.config()

    def _down(self) -> None:
        if not self._directory.is_dir():
            return
        with self._mapped(), self._locked():
            process = DetachedProcess.load(self._pid_file)
            if process is not None:
                process.stop(_STOP_SECONDS)
                if process.running():
                    raise DevnetFailed(what="did not stop", why=f"process {process.pid} goes on.")
            self._pid_file.unlink(missing_ok=True)

    def _status(self) -> dict[str, str | int]:
        process = DetachedProcess.load(self._pid_file)
        status: dict[str, str | int] = {"state": "stopped", "repository": str(self.repository)}
        if process is not None and process.running():
            status |= {"state": "running", "pid": process.pid, "location": self.config().location}
        return status

    def _initialise(self, program: Path) -> None:
        for name in ("store.token", "admin.token"):
            if not (self._directory / name).exists():
                _write(self._directory / name, secrets.token_urlsafe(32).encode())
        if self._config.exists():
            return
        unfinished = self._directory / "repo.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        done = subprocess.run(
            [program, "init", "--profile=server", "--empty-repo"],
            env=environment(unfinished),
            capture_output=True,
            timeout=60,
            umask=0o077,
            check=False,
        )
        if done.returncode != 0:
            raise DevnetFailed(what="could not make a store", why=_complaint(done.stderr.decode()))
        key = f"/key/swarm/psk/1.0.0/\n/base16/\n{secrets.token_hex(32)}\n"
        _write(unfinished / "swarm.key", key.encode())
        self._configure(unfinished / "config", self._port or free_port())
        unfinished.rename(self.repository)

    def _start(self, program: Path) -> None:
        port = self._port or self._listens_on()
        for _ in range(_TRIES):
            if self._port is None and not is_free(port):
                port = free_port()
            self._configure(self._config, port)
            process = DetachedProcess.spawn(
                [str(program), "daemon", "--migrate=false"],
                environment(self.repository),
                self._directory,
                self._log,
            )
            _write(self._pid_file, process.text())
            if self._await_ready(process):
                return
            process.stop(_STOP_SECONDS)
            self._pid_file.unlink()
            if self._port is not None or _TAKEN not in self._said():
                break
        raise DevnetFailed(what="did not start its store", why=self._why_not(port))

    def _await_ready(self, process: DetachedProcess) -> bool:
        until = time.monotonic() + _READY_SECONDS
        while time.monotonic() < until and process.running():
            if _READY in self._said() and self._answers():
                return True
            time.sleep(_STEP_SECONDS)
        return False

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._listens_on(), timeout=5)
        token = (self._directory / "admin.token").read_text()
        try:
            headers = {"Authorization": f"Bearer {token}"}
            connection.request("POST", "/api/v0/version", headers=headers)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _configure(self, file: Path, port: int) -> None:
        config: dict[str, Any] = json.loads(file.read_bytes())
        tokens = [(self._directory / f"{name}.token").read_text() for name in ("store", "admin")]
        apply_settings(config, private_settings(port, *tokens))
        _write(file, json.dumps(config, indent=2).encode())

    def _listens_on(self) -> int:
        return api_port(json.loads(self._config.read_bytes()))

    def _said(self) -> str:
        try:
            return self._log.read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def _why_not(self, port: int) -> str:
        said = self._said()
        if _TAKEN in said:
            return f"another program has the port {port}. Choose another with --port."
        return f"{_complaint(said)} See {self._log}."

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            what = f"cannot use its store in {self._directory}"
            raise DevnetFailed(what=what, why=_reason(error)) from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return f"{os.strerror(error.errno)} ({error.filename})."
    return f"its files are damaged ({type(error).__name__})."


def _write(file: Path, data: bytes) -> None:
    """Write a file of mode 0600 in one step."""
    temporary = file.with_name(file.name + ".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(handle)
    temporary.replace(file)


def _complaint(output: str) -> str:
    """The line in which Kubo says what is wrong, else its last."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("Error:")]
    return (errors or lines or ["it said nothing."])[-1]
