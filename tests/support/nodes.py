"""Which Ethereum node the tests run on: anvil, or what MEDREC_TEST_NODE names (make test-nodes).

geth runs with a block every second, as `medrec devnet up --node geth` does; hardhat makes one for
each transaction, in memory.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from medrec.chain.devnode import DevNode
from medrec.chain.local_rpc import ask

T = TypeVar("T")

NODE = os.environ.get("MEDREC_TEST_NODE", "anvil")
if NODE not in ("anvil", "geth", "hardhat"):
    raise pytest.UsageError(f"MEDREC_TEST_NODE: {NODE} is no node (anvil, geth, hardhat).")

TOOLS = Path(__file__).resolve().parents[2] / "tools"
HARDHAT = TOOLS / "hardhat"
START_TIMEOUT = 60

BLOCKS_COME_ALONE = NODE == "geth"

STATE_STAYS = NODE != "hardhat"
"""Whether the chain outlives a stop of the node; hardhat's is in memory alone."""

needs_a_devnet = pytest.mark.skipif(
    NODE == "hardhat", reason="`medrec devnet` runs anvil or geth, and no hardhat"
)
needs_its_clock = pytest.mark.skipif(NODE == "geth", reason="the clock of geth cannot be put on")


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
def geth(folder: Path, port: int, chain_id: int, block_time: int = 1) -> Iterator[None]:
    """geth with a block every second, its chain in a folder; ended at the end.

    With a ``block_time`` of 0 it makes a block for each transaction, and is idle otherwise.
    """
    node = DevNode(folder, "geth", chain_id=chain_id, port=port, block_time=block_time)
    run_apart(node.up)
    try:
        yield
    finally:
        run_apart(node.down)


def run_apart(step: Callable[[], Coroutine[None, None, T]]) -> T:
    """Run a coroutine in a thread: an async test that asks for a fixture has its loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(step())).result()


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
