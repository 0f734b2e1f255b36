"""A private Kubo for the tests that need a real one, started once and stopped at the end."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from medrec.domain.cid import parse_cid
from medrec.domain.ids import Cid
from medrec.errors import ToolMissing
from medrec.ipfs.daemon import KuboDaemon


@pytest.fixture(scope="session")
def kubo_daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KuboDaemon]:
    """A running private Kubo on a repository of its own."""
    daemon = KuboDaemon(tmp_path_factory.mktemp("kubo"))
    try:
        _run(daemon.up)
    except ToolMissing as missing:
        pytest.skip(missing.sentence)
    yield daemon
    _run(daemon.down)


def _run(step: Callable[[], Coroutine[None, None, object]]) -> None:
    # In a thread: an async test that asks for this fixture has its loop running already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(step())).result()


def block_file(daemon: KuboDaemon, cid: Cid) -> Path:
    """Where Kubo keeps a block: flatfs, sharded by the last two characters but one of its name."""
    _, digest = parse_cid(cid)
    name = base64.b32encode(b"\x12\x20" + digest).decode().rstrip("=")
    return daemon.repository / "blocks" / name[-3:-1] / f"{name}.data"
