"""The network file: a `Network` as TOML that an administrator hands out (DESIGN.md section 6).

Reading is strict: an unknown, missing or wrong field is refused by name, since a person trusts what
stands there. Relative paths are relative to the file.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import tomlkit

from medrec.chain.keccak import checksum
from medrec.domain.ids import Address
from medrec.domain.network import CONTRACTS, FORWARDER, Network, StoreConfig
from medrec.errors import BadNetworkFile, FileUnreadable

T = TypeVar("T")

NEEDED = (*CONTRACTS, FORWARDER)
_FIELDS = {
    "name", "chain_id", "rpc", "contracts", "code_hashes", "deployed_at", "verifiers",
    "registrars", "store", "confirmations", "funded", "relays", "origins",
}  # fmt: skip


class _Wrong(ValueError):
    """A field that cannot be used, and why."""


def read_network(path: Path) -> Network:
    """The network that a file describes.

    Raises:
        FileUnreadable: when there is no such file.
        BadNetworkFile: when it is not one, with the field that is wrong.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileUnreadable(name=str(path), why=f"{error.strerror}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadNetworkFile(name=str(path), why="it is not TOML.") from error
    try:
        return _network(content, path.resolve().parent)
    except _Wrong as error:
        raise BadNetworkFile(name=str(path), why=str(error)) from error


def write_network(path: Path, network: Network) -> None:
    """Write the file, mode 0600 at first; it holds no secrets and may be handed out.

    Paths inside the file's folder are written relative to it, so that the folder can be moved.
    """
    document = tomlkit.document()
    document.add(tomlkit.comment("A MedRec network. Open it with: medrec --network FILE"))
    folder = path.resolve().parent
    origins = [_fields_of(origin, folder) for origin in network.origins]
    document.update(_fields_of(network, folder) | ({"origins": origins} if origins else {}))
    write_atomically(path, tomlkit.dumps(document).encode())


def _fields_of(network: Network, folder: Path) -> dict[str, Any]:
    return {
        "name": network.name,
        "chain_id": network.chain_id,
        "rpc": list(network.rpc),
        "deployed_at": network.deployed_at,
        "confirmations": network.confirmations,
        "funded": network.funded,
        "relays": list(network.relays),
        "verifiers": sorted(network.verifiers),
        "registrars": sorted(network.registrars),
        "contracts": dict(network.contracts),
        "code_hashes": {name: "0x" + h.hex() for name, h in network.code_hashes.items()},
        "store": _store_fields(network.store, folder),
    }


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file as a whole, durably, mode 0600."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _network(content: Mapping[str, Any], folder: Path) -> Network:
    _known(content, _FIELDS, "")
    network = Network(
        name=_take(content, "name", _text),
        chain_id=_take(content, "chain_id", _positive),
        rpc=_take(content, "rpc", _urls),
        contracts=_take(content, "contracts", _addresses),
        code_hashes=_take(content, "code_hashes", _hashes),
        deployed_at=_take(content, "deployed_at", _count),
        verifiers=_take(content, "verifiers", _people),
        registrars=_take(content, "registrars", _people),
        store=_take(content, "store", lambda value: _store(value, folder)),
        confirmations=_take(content, "confirmations", _positive, 1),
        funded=_take(content, "funded", _flag, False),
        relays=_take(content, "relays", lambda v: _urls(v) if v else (), ()),
        origins=_take(content, "origins", lambda value: _origins(value, folder), ()),
    )
    places = [network.place, *(origin.place for origin in network.origins)]
    if len(set(places)) != len(places):
        raise _Wrong("the field “origins” names the same contracts twice.")
    return network


def _origins(value: Any, folder: Path) -> tuple[Network, ...]:
    """The networks of before: each described as a network is, but without origins of its own."""
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise TypeError("is not a list of networks")
    for item in value:
        _known(item, _FIELDS - {"origins"}, "origins.")
    return tuple(_network(item, folder) for item in value)


def _known(content: Mapping[str, Any], fields: set[str], where: str) -> None:
    unknown = sorted(set(content) - fields)
    if unknown:
        raise _Wrong(f"“{where}{unknown[0]}” is not a field of a network file.")


def _take(
    content: Mapping[str, Any], name: str, check: Callable[[Any], T], default: T | None = None
) -> T:
    if name not in content:
        if default is not None:
            return default
        raise _Wrong(f"the field “{name}” is missing.")
    try:
        return check(content[name])
    except _Wrong:
        raise
    except (ValueError, TypeError, AttributeError) as error:
        raise _Wrong(f"the field “{name}” {error}.") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("is not a text")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("is not a whole number")
    return value


def _positive(value: Any) -> int:
    if _count(value) == 0:
        raise ValueError("must be at least 1")
    return int(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")
    return value


def _url(value: Any) -> str:
    parts = urlsplit(_text(value))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"holds “{value}”, which is not an http or https address")
    return str(value)


def _urls(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("is not a list of addresses of nodes")
    return tuple(_url(item) for item in value)


def _address(value: Any) -> Address:
    try:
        address = checksum(_text(value))
    except ValueError:
        address = None
    small = address is not None and value in (address.lower(), "0x" + address[2:].upper())
    if address is None or not (small or value == address):
        raise ValueError(f"holds “{value}”, which is not an address (or is mistyped)")
    return address


def _people(value: Any) -> frozenset[Address]:
    if not isinstance(value, list):
        raise TypeError("is not a list of addresses")
    return frozenset(_address(item) for item in value)


def _complete(value: Any, field: str) -> None:
    if not isinstance(value, Mapping):
        raise TypeError("is not a table")
    _known(value, set(NEEDED), f"{field}.")
    missing = [name for name in NEEDED if name not in value]
    if missing:
        raise ValueError(f"lacks {missing[0]}")


def _addresses(value: Any) -> Mapping[str, Address]:
    _complete(value, "contracts")
    return {name: _address(value[name]) for name in NEEDED}


def _hashes(value: Any) -> Mapping[str, bytes]:
    _complete(value, "code_hashes")
    for name in NEEDED:
        if not re.fullmatch(r"0x[0-9a-fA-F]{64}", str(value[name])):
            raise ValueError(f"holds no 32-byte hash for {name}")
    return {name: bytes.fromhex(value[name][2:]) for name in NEEDED}


def _store(value: Any, folder: Path) -> StoreConfig:
    if not isinstance(value, Mapping):
        raise TypeError("is not a table")
    _known(value, {"kind", "location", "token_file"}, "store.")
    kind = value.get("kind")
    if kind not in ("kubo", "folder"):
        raise ValueError("has a kind that is neither kubo nor folder")
    location = _text(value.get("location"))
    token = value.get("token_file")
    return StoreConfig(
        kind=kind,
        location=_url(location) if kind == "kubo" else str(folder / location),
        token_file=None if token is None else str(folder / _text(token)),
    )


def _store_fields(store: StoreConfig, folder: Path) -> dict[str, str]:
    fields = {"kind": store.kind, "location": store.location}
    if store.kind == "folder":
        fields["location"] = _relative(store.location, folder)
    if store.token_file is not None:
        fields["token_file"] = _relative(store.token_file, folder)
    return fields


def _relative(path: str, folder: Path) -> str:
    whole = Path(path).resolve()
    return str(whole.relative_to(folder)) if whole.is_relative_to(folder) else str(whole)
