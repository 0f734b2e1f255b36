"""Which Ethereum node the tests run on: anvil, or what MEDREC_TEST_NODE names (make test-nodes).

geth runs with a block every second, as `medrec devnet up --node geth` does; hardhat makes one for
each transaction, in memory.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from medrec.chain.devnode import DevNode
from medrec.chain.local_rpc import ask

NODE = os.environ.get("MEDREC_TEST_NODE", "anvil")
if NODE not in ("anvil", "geth", "hardhat"):
    raise pytest.UsageError(f"MEDREC_TEST_NODE: {NODE} is no node (anvil, geth, hardhat).")

TOOLS = Path(__file__).resolve().parents[2] / "tools"
HARDHAT = TOOLS / "hardhat"
START_TIMEOUT = 60

BLOCKS_COME_ALONE = NODE == "geth"

needs_its_state = pytest.mark.skipif(
    NODE == "hardhat", reason="hardhat keeps its chain in memory: it does not outlive a stop"
)
needs_a_queue = pytest.mark.skipif(
    NODE == "hardhat", reason="hardhat takes no transaction whose predecessor is missing"
)
needs_its_clock = pytest.mark.skipif(NODE == "geth", reason="the clock of geth cannot be put on")
needs_idleness = pytest.mark.skipif(NODE == "geth", reason="with a block period it is never idle")


@contextmanager
def hardhat(port: int, chain_id: int) -> Iterator[subprocess.Popen[bytes]]:
    """hardhat's node on a port of this machine; ended at the end."""
    command = ["node", "node_modules/hardhat/internal/cli/bootstrap.js", "node"]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "HARDHAT_DISABLE_TELEMETRY_PROMPT": "true",
        "MEDREC_CHAIN_ID": str(chain_id),
    }
    process = subprocess.Popen(
        [*command, "--hostname", "127.0.0.1", "--port", str(port)],
        cwd=HARDHAT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        _await(process, port)
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def geth(folder: Path, port: int, chain_id: int) -> Iterator[None]:
    """geth with a block every second, its chain in a folder; ended at the end."""
    node = DevNode(folder, "geth", chain_id=chain_id, port=port, block_time=1)
    asyncio.run(node.up())
    try:
        yield
    finally:
        asyncio.run(node.down())


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            ask(port, "eth_chainId", timeout=2)
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.05)
        else:
            return
