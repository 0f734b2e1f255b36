"""From the network file's words to a store."""

from __future__ import annotations

from pathlib import Path

from medrec.domain.network import StoreConfig
from medrec.domain.ports import ContentStore
from medrec.errors import InputRefused, StoreRefused
from medrec.ipfs.folder import FolderStore
from medrec.ipfs.kubo import KuboStore

_TOKEN_LIMIT = 4096


def open_store(config: StoreConfig) -> ContentStore:
    """The store that a network file names; nothing is connected to before the first call.

    Raises:
        InputRefused: when the kind is unknown or the location is none.
        StoreRefused: when the token's file cannot be read.
    """
    if config.kind == "folder":
        return FolderStore(Path(config.location))
    if config.kind == "kubo":
        token = _token(config.location, Path(config.token_file)) if config.token_file else None
        return KuboStore(config.location, token)
    raise InputRefused(what=f"A store of kind “{config.kind}”", why="MedRec knows kubo and folder.")


def _token(location: str, file: Path) -> str:
    try:
        with file.open("rb") as stream:
            token = stream.read(_TOKEN_LIMIT).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = f"the file of its token, {file}, cannot be read. Ask your administrator."
        raise StoreRefused(location=location, why=why) from error
    if not token or not token.isprintable():
        why = f"the file of its token, {file}, holds none. Ask your administrator."
        raise StoreRefused(location=location, why=why)
    return token
