"""No state-changing function is forgotten in the tests of who may call what."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "contracts"
CONTRACTS = ("UserAuthentication", "ContractPatient", "ContractDoctor", "ContractAudit")
# OpenZeppelin's own; who may call them is tried in system/Roles.t.sol.
ADMINISTRATION = {
    "acceptDefaultAdminTransfer",
    "beginDefaultAdminTransfer",
    "cancelDefaultAdminTransfer",
    "changeDefaultAdminDelay",
    "grantRole",
    "renounceRole",
    "revokeRole",
    "rollbackDefaultAdminDelay",
}


def _type(parameter: dict[str, Any]) -> str:
    """The canonical type of an ABI parameter, tuples written out."""
    name: str = parameter["type"]
    if not name.startswith("tuple"):
        return name
    inner = ",".join(_type(part) for part in parameter["components"])
    return f"({inner}){name.removeprefix('tuple')}"


def _functions(name: str) -> dict[str, str]:
    """Signature -> name of the functions of a contract that change its state."""
    abi = json.loads((ROOT / "resources" / "contracts" / f"{name}.json").read_text())["abi"]
    return {
        f"{item['name']}({','.join(_type(p) for p in item['inputs'])})": item["name"]
        for item in abi
        if item["type"] == "function" and item["stateMutability"] in ("nonpayable", "payable")
    }


def _ledger() -> set[str]:
    """The functions of ContractAudit for the other contracts (ILedger)."""
    source = (ROOT / "contracts" / "interfaces" / "ILedger.sol").read_text()
    return set(re.findall(r"function (\w+)\(", source))


def for_people(name: str) -> dict[str, str]:
    """As `_functions`, without OpenZeppelin's and without those among peers."""
    others = ADMINISTRATION | (_ledger() if name == "ContractAudit" else set())
    return {s: f for s, f in _functions(name).items() if f not in others}


@pytest.mark.parametrize("matrix", ["CallerMatrix", "Relay"])
@pytest.mark.parametrize("name", CONTRACTS)
def test_every_function_is_in_the_matrix(name: str, matrix: str) -> None:
    """By each caller, and through the forwarder."""
    source = (TESTS / "system" / f"{matrix}.t.sol").read_text()
    rows = set(re.findall(r'"(\w+\([^"]*\))"', source))
    ours = set(for_people(name))
    assert ours, f"{name} changes nothing"
    assert ours <= rows


def test_every_function_among_peers_is_tried_by_others() -> None:
    tried = set(
        re.findall(r"ILedger\.(\w+)", (TESTS / "ContractAudit" / "Peers.t.sol").read_text())
    )
    peers = {f for f in _functions("ContractAudit").values() if f in _ledger()}
    assert peers, "the ledger changes nothing"
    assert peers <= tried


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_function_has_a_tree(name: str) -> None:
    trees = {path.stem for path in (TESTS / "trees" / name).glob("*.tree")}
    assert set(for_people(name).values()) <= trees
