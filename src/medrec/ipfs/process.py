"""A process that outlives the command that started it, known again by pid and start (blocking)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_PROC = Path("/proc")
_BOOT = _PROC / "sys/kernel/random/boot_id"
_STEP_SECONDS = 0.02
# The umask and the folder are set by a shell that then becomes the program: a fork of ours would
# carry our threads' locks, and subprocess warns when its object goes while the child runs.
_BECOME = 'umask 077 && cd "$1" && shift && exec "$@"'


@dataclass(frozen=True, slots=True)
class DetachedProcess:
    """A process of ours; ``started`` tells it from a later one that was given the same pid."""

    pid: int
    started: str

    @classmethod
    def spawn(
        cls, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
    ) -> DetachedProcess:
        """Start a command in a session of its own, in ``folder``, its output going to ``log``.

        The log is made anew, mode 0600.

        Raises:
            OSError: when it cannot be started.
        """
        log.unlink(missing_ok=True)
        pid = os.posix_spawn(
            "/bin/sh",
            ["/bin/sh", "-c", _BECOME, "sh", str(folder), *command],
            dict(environment),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
        return cls(pid, _started(pid) or "")

    @classmethod
    def load(cls, file: Path) -> DetachedProcess | None:
        """The process that a file records; None when there is none or it says nothing."""
        try:
            recorded = json.loads(file.read_bytes())
            return cls(int(recorded["pid"]), str(recorded["started"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def text(self) -> bytes:
        """What `load` reads."""
        return json.dumps(asdict(self)).encode()

    def running(self) -> bool:
        """Whether this very process is alive."""
        with suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        return bool(self.started) and _started(self.pid) == self.started

    def stop(self, patience: float) -> None:
        """Ask it to end, wait ``patience`` seconds, then end it; harmless when it has ended."""
        for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
            if not self.running():
                return
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
            until = time.monotonic() + seconds
            while self.running() and time.monotonic() < until:
                time.sleep(_STEP_SECONDS)


def _started(pid: int) -> str | None:
    """What identifies the process that has this pid now; None when there is none, or a zombie."""
    if not _PROC.joinpath("self").exists():
        return _started_by_ps(pid)
    try:
        fields = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
        if fields[0] in (b"Z", b"X"):
            return None
        return f"{_BOOT.read_text().strip()} {fields[19].decode()}"
    except (FileNotFoundError, ProcessLookupError):
        return None


def _started_by_ps(pid: int) -> str | None:
    answer = subprocess.run(
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, start = answer.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else start.strip()
