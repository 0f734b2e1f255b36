"""From the network file's words to a store."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from medrec.domain.network import StoreConfig
from medrec.errors import InputRefused, StoreRefused
from medrec.ipfs.folder import FolderStore
from medrec.ipfs.kubo import KuboStore
from medrec.ipfs.open import open_store

_URL = "http://127.0.0.1:5001"


def test_opens_a_folder(tmp_path: Path) -> None:
    assert isinstance(open_store(FolderStore.create(tmp_path / "store")), FolderStore)


def test_opens_a_kubo_with_and_without_a_token(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("abc\n")
    assert isinstance(open_store(StoreConfig("kubo", _URL, str(token))), KuboStore)
    assert isinstance(open_store(StoreConfig("kubo", _URL)), KuboStore)


def test_refuses_a_kind_that_it_does_not_know() -> None:
    with pytest.raises(InputRefused, match="swarm"):
        open_store(StoreConfig("swarm", _URL))


@pytest.mark.parametrize("content", [None, b"", b"  \n", b"\xff\xfe", b"a\r\nHost: evil"])
def test_refuses_a_file_that_holds_no_token(tmp_path: Path, content: bytes | None) -> None:
    token = tmp_path / "token"
    if content is not None:
        token.write_bytes(content)
    with pytest.raises(StoreRefused, match="token") as refused:
        open_store(StoreConfig("kubo", _URL, str(token)))
    assert "evil" not in refused.value.sentence


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:5001",
        "/ip4/127.0.0.1/tcp/5001",
        "file:///etc/passwd",
        "http://",
        "http://127.0.0.1:99999",
        "http://user:password@127.0.0.1:5001",
        "http://127.0.0.1:5001/?arg=x",
        "http://store.example:5001",
        "http://127.0.0.1.example:5001",
        "http://10.0.0.1:5001",
    ],
)
def test_refuses_urls_that_are_none_or_would_show_the_token(url: str) -> None:
    with pytest.raises(InputRefused) as refused:
        KuboStore(url, "token")
    assert "password" not in refused.value.sentence


@pytest.mark.parametrize(
    "url",
    [_URL, "http://[::1]:5001", "http://localhost:5001/", "https://store.example/kubo/"],
)
def test_takes_loopback_and_https(url: str) -> None:
    KuboStore(url, "token")


def test_opening_imports_nothing_heavy() -> None:
    script = (
        "import sys, medrec.ipfs.open, medrec.ipfs.daemon;"
        "print([name for name in ('aiohttp', 'aioipfs', 'cbor2') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"
