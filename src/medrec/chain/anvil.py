"""anvil as the devnet's node: quick, and its state is kept by us.

anvil writes its own dumps in place, so that a kill at the wrong moment corrupts the only copy. Here
the state is asked for over JSON-RPC after new blocks and replaced atomically, the last three are
kept, and a start tries them from the newest on.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from medrec.chain.local_rpc import ask
from medrec.chain.programs import Setting
from medrec.config import tools_dir
from medrec.errors import ToolMissing

COPIES = 3


class AnvilProgram:
    """Runs anvil from one of the kept states."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def commands(self) -> Iterator[list[str]]:
        """From each intact state, or anew where there is none at all."""
        kept = states(self._setting.directory)
        if not kept:
            yield self._command()
            return
        for state in filter(intact, kept):
            yield [*self._command(), f"--load-state={state}"]
        print("None of the kept states can be used.", flush=True)

    def keep(self) -> None:
        """Write the node's state as a new file, and remove all but the last copies."""
        keep_state(self._setting.directory, self._setting.port)

    def _command(self) -> list[str]:
        setting = self._setting
        period = [f"--block-time={setting.block_time}"] if setting.block_time else []
        return [
            setting.program,
            "--host=127.0.0.1",
            f"--port={setting.port}",
            f"--chain-id={setting.chain_id}",
            "--accounts=1",
            "--balance=1000000000",
            "--quiet",
            f"--cache-path={setting.directory / 'cache'}",
            *period,
        ]


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


def find_anvil() -> str:
    """The path of anvil: MEDREC_ANVIL's, else the one that set-up brought, else PATH's.

    The native program inside the npm package is preferred to npm's wrapper, which needs Node.

    Raises:
        ToolMissing.
    """
    given = os.environ.get("MEDREC_ANVIL")
    if given:
        if not os.access(given, os.X_OK):
            raise ToolMissing(tool=f"MEDREC_ANVIL ({given})")
        return given
    tools = tools_dir()
    if tools is not None:
        native = sorted(tools.glob("node_modules/@foundry-rs/anvil-*/bin/anvil*"))
        for path in [*native, tools / "node_modules" / ".bin" / "anvil"]:
            if os.access(path, os.X_OK):
                return str(path)
    found = shutil.which("anvil")
    if found is None:
        raise ToolMissing(tool="anvil")
    return found
