"""Network files: what is written is read; what is wrong is refused by its field."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from medrec.chain.keccak import checksum
from medrec.chain.network_file import NEEDED, read_network, write_network
from medrec.domain.ids import Address
from medrec.domain.network import Network, StoreConfig
from medrec.errors import BadNetworkFile, FileUnreadable

WHO = Address("0x99C851eaa3c3976914D63b822C67e201EC0BFBb8")
NETWORK = Network(
    name="clinic",
    chain_id=313_370_001,
    rpc=("https://one.example/rpc", "http://127.0.0.1:8545"),
    contracts={name: checksum(bytes([n]) * 20) for n, name in enumerate(NEEDED, 1)},
    code_hashes={name: bytes([n]) * 32 for n, name in enumerate(NEEDED, 1)},
    deployed_at=7,
    verifiers=frozenset({WHO}),
    registrars=frozenset({WHO, checksum(b"\2" * 20)}),
    store=StoreConfig("kubo", "http://127.0.0.1:5001"),
    confirmations=3,
    funded=True,
    relays=("https://relay.example",),
)


def test_a_file_gives_the_network_back(tmp_path: Path) -> None:
    path = tmp_path / "network.toml"
    write_network(path, NETWORK)
    assert read_network(path) == NETWORK
    assert path.stat().st_mode & 0o777 == 0o600
    write_network(path, replace(NETWORK, name="other"))
    assert read_network(path).name == "other"
    assert [p.name for p in tmp_path.iterdir()] == ["network.toml"]


def before(name: str, number: int) -> Network:
    """A network of before: the same shape at other addresses."""
    at = {contract: checksum(bytes([number, n]) * 10) for n, contract in enumerate(NEEDED, 1)}
    return replace(NETWORK, name=name, contracts=at)


def test_the_networks_of_before_are_kept_in_their_order(tmp_path: Path) -> None:
    folder = replace(before("x", 7), store=StoreConfig("folder", str(tmp_path / "store")))
    network = replace(NETWORK, origins=(before("second", 8), before("first", 9), folder))
    path = tmp_path / "network.toml"
    write_network(path, network)
    assert read_network(path) == network
    assert str(tmp_path) not in path.read_text()
    write_network(path, NETWORK)
    assert "origins" not in path.read_text()


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda c: c["origins"][0].pop("rpc"), "“rpc” is missing"),
        (lambda c: c["origins"][0].update(more=1), "“origins.more”"),
        (lambda c: c["origins"][0].update(origins=[]), "“origins.origins”"),
        (lambda c: c["origins"][0]["contracts"].update(ContractAudit="0x12"), "“contracts”"),
        (lambda c: c["origins"][0].update(contracts=c["contracts"]), "the same contracts twice"),
        (lambda c: c["origins"].append(c["origins"][0]), "the same contracts twice"),
        (lambda c: c.update(origins="x"), "“origins” is not a list of networks"),
        (lambda c: c.update(origins=["x"]), "“origins” is not a list of networks"),
    ],
)
def test_what_is_wrong_with_an_origin_is_named(
    tmp_path: Path, damage: Callable[[Any], object], why: str
) -> None:
    path = tmp_path / "network.toml"
    write_network(path, replace(NETWORK, origins=(before("a", 8),)))
    content = tomlkit.parse(path.read_text()).unwrap()
    damage(content)
    path.write_text(tomlkit.dumps(content))
    with pytest.raises(BadNetworkFile, match=why):
        read_network(path)


def test_paths_move_with_the_file(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    folder = replace(NETWORK, store=StoreConfig("folder", str(here / "store")))
    write_network(here / "network.toml", folder)
    assert str(tmp_path) not in (here / "network.toml").read_text()
    assert read_network(here / "network.toml") == folder
    here.rename(there)
    assert read_network(there / "network.toml").store.location == str(there / "store")
    token = replace(NETWORK, store=replace(NETWORK.store, token_file=str(there / "tokens" / "t")))
    write_network(there / "network.toml", token)
    assert read_network(there / "network.toml") == token


def test_paths_elsewhere_stay_whole(tmp_path: Path) -> None:
    network = replace(NETWORK, store=StoreConfig("folder", "/srv/medrec/store"))
    write_network(tmp_path / "network.toml", network)
    assert read_network(tmp_path / "network.toml") == network


def test_optional_fields_have_defaults(tmp_path: Path) -> None:
    path = tmp_path / "network.toml"
    write_network(path, NETWORK)
    content = tomlkit.parse(path.read_text())
    for name in ("confirmations", "funded", "relays"):
        del content[name]
    path.write_text(tomlkit.dumps(content))
    network = read_network(path)
    assert (network.confirmations, network.funded, network.relays) == (1, False, ())


def change(*path: str, to: object) -> Callable[[Any], None]:
    """Set a field."""

    def apply(content: Any) -> None:
        for name in path[:-1]:
            content = content[name]
        content[path[-1]] = to

    return apply


def drop(*path: str) -> Callable[[Any], None]:
    """Remove a field."""

    def apply(content: Any) -> None:
        for name in path[:-1]:
            content = content[name]
        del content[path[-1]]

    return apply


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        *[(drop(name), name) for name in ("name", "chain_id", "rpc", "contracts", "code_hashes",
          "deployed_at", "verifiers", "registrars", "store")],
        (change("surprise", to=1), "surprise"),
        (change("name", to=" "), "name"),
        (change("name", to=3), "name"),
        (change("chain_id", to=0), "chain_id"),
        (change("chain_id", to="31337"), "chain_id"),
        (change("chain_id", to=True), "chain_id"),
        (change("rpc", to=[]), "rpc"),
        (change("rpc", to="http://127.0.0.1:8545"), "rpc"),
        (change("rpc", to=["file:///etc/passwd"]), "rpc"),
        (change("rpc", to=["http://"]), "rpc"),
        (change("deployed_at", to=-1), "deployed_at"),
        (change("confirmations", to=0), "confirmations"),
        (change("funded", to="yes"), "funded"),
        (change("relays", to=["ftp://relay.example"]), "relays"),
        (change("verifiers", to="all"), "verifiers"),
        (change("verifiers", to=["0x12"]), "verifiers"),
        (change("verifiers", to=[WHO.replace("C8", "c8")]), "mistyped"),
        (change("contracts", "Surprise", to=WHO), "contracts.Surprise"),
        (drop("contracts", "ContractAudit"), "ContractAudit"),
        (change("contracts", "ContractAudit", to="0x"), "contracts"),
        (change("contracts", to=[]), "contracts"),
        (drop("code_hashes", "ContractAudit"), "ContractAudit"),
        (change("code_hashes", "ContractAudit", to="0x12"), "ContractAudit"),
        (change("store", to="here"), "store"),
        (change("store", "kind", to="cloud"), "store"),
        (change("store", "location", to=""), "store"),
        (change("store", "location", to="5001"), "store"),
        (change("store", "password", to="x"), "store.password"),
        (change("store", "token_file", to=5), "store"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, edit: Callable[[Any], None], named: str) -> None:
    path = tmp_path / "network.toml"
    write_network(path, NETWORK)
    content = tomlkit.parse(path.read_text()).unwrap()
    edit(content)
    path.write_text(tomlkit.dumps(content))
    with pytest.raises(BadNetworkFile) as caught:
        read_network(path)
    assert named in caught.value.sentence
    assert str(path) in caught.value.sentence


@pytest.mark.parametrize("data", [b"\xff\xfe", b"= nothing", b"name = "])
def test_what_is_no_toml(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "network.toml"
    path.write_bytes(data)
    with pytest.raises(BadNetworkFile, match="TOML"):
        read_network(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        read_network(tmp_path / "none.toml")
