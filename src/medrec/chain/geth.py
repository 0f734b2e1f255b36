"""geth as the devnet's node: go-ethereum in its developer mode, with a block every few seconds.

The developer mode always has chain id 1337 (``--dev`` with ``--networkid`` is refused), unless the
folder holds a chain already. So the first start writes one: the genesis block that geth itself
prints for its developer mode, with our chain id and an account that owns enough to fund others. The
account's key lies in geth's keystore without a password: it owns nothing that has a value.

Every block and state is handed to the system at once (an archive over the hash scheme, in LevelDB).
By default geth keeps the newest states in memory, and Pebble, its default database, what was
written last as well: a kill would throw the chain back to its beginning.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medrec.chain.programs import Setting
from medrec.config import tools_dir
from medrec.errors import GethMissing

WEI_TO_GIVE = 10**27
STEP_TIMEOUT = 60
"""Seconds for one of the steps that make a chain."""

DATABASE = ("--state.scheme=hash", "--db.engine=leveldb")
ERRORS_ALONE = "--verbosity=1"


class GethProgram:
    """Runs geth on the chain of its folder, which is made where there is none."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._chain = setting.directory / "geth"

    def commands(self) -> Iterator[list[str]]:
        """The one way to start; where the chain cannot be made, none."""
        if not self._chain.is_dir() and not self._make_chain():
            return
        setting = self._setting
        yield [
            setting.program,
            "--dev",
            f"--dev.period={setting.block_time}",
            f"--datadir={self._chain}",
            "--http",
            "--http.addr=127.0.0.1",
            f"--http.port={setting.port}",
            "--http.api=eth,net,web3",
            "--ipcdisable",
            "--port=0",
            "--nodiscover",
            "--maxpeers=0",
            "--gcmode=archive",
            *DATABASE,
            "--cache=64",
            ERRORS_ALONE,
        ]

    def keep(self) -> None:
        """geth writes every block down itself."""

    def _make_chain(self) -> bool:
        """Make the account and the genesis block beside the folder, then move it into place."""
        fresh = self._chain.with_name("geth.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        datadir = f"--datadir={fresh}"
        try:
            self._run("account", "new", datadir, "--lightkdf", f"--password={os.devnull}")
            (keystore,) = (fresh / "keystore").iterdir()
            account = json.loads(keystore.read_bytes())["address"]
            described = json.loads(self._run("--dev", "dumpgenesis"))
            genesis = fresh / "genesis.json"
            genesis.write_text(json.dumps(self._genesis(described, account)), encoding="ascii")
            self._run(datadir, *DATABASE, "init", str(genesis))
        except (OSError, ValueError, LookupError, TypeError, subprocess.SubprocessError) as error:
            print(f"geth could not make a chain: {error}", flush=True)
            return False
        fresh.rename(self._chain)
        return True

    def _genesis(self, described: dict[str, Any], account: str) -> dict[str, Any]:
        config = {**described["config"], "chainId": self._setting.chain_id}
        alloc = {**described["alloc"], account: {"balance": hex(WEI_TO_GIVE)}}
        return {**described, "config": config, "alloc": alloc}

    def _run(self, *arguments: str) -> bytes:
        return subprocess.run(
            [self._setting.program, ERRORS_ALONE, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=STEP_TIMEOUT,
            check=True,
        ).stdout


def find_geth() -> str:
    """The path of geth: MEDREC_GETH's, else the one that ``make geth`` built, else PATH's.

    Raises:
        GethMissing.
    """
    given = os.environ.get("MEDREC_GETH")
    tools = tools_dir()
    built = tools / "bin" / "geth" if tools is not None else None
    for path in [Path(given)] if given else [built]:
        if path is not None and os.access(path, os.X_OK):
            return str(path)
    found = None if given else shutil.which("geth")
    if found is None:
        raise GethMissing
    return found
