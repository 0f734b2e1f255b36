"""The choice of a compiler, and what becomes of its output."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools import compile_contracts

VERSION = compile_contracts.pinned_version()
PLACE = {"start": 7, "length": 32}


@pytest.fixture
def choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of its own: nothing remembered, no compiler installed, no network."""
    monkeypatch.setattr(compile_contracts, "CHOICE", tmp_path / "stamps" / "solc")
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path))
    monkeypatch.delenv("MEDREC_SOLC", raising=False)
    # A closed port of this machine: refused at once, whatever the network.
    monkeypatch.setattr(compile_contracts, "COMPILERS", "http://127.0.0.1:9/list.json")
    monkeypatch.setattr("solcx.install.BINARY_DOWNLOAD_BASE", "http://127.0.0.1:9/{}/{}")
    return tmp_path / "stamps" / "solc"


def test_the_shim_steps_in_and_is_remembered(
    choice: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compile_contracts.choose_compiler(VERSION) == compile_contracts.SHIM
    assert "npm's solc" in capsys.readouterr().err
    monkeypatch.setattr(compile_contracts, "COMPILERS", "not even an address")
    assert compile_contracts.choose_compiler(VERSION) == compile_contracts.SHIM
    assert capsys.readouterr().err == ""
    assert choice.read_text() == f"{VERSION} shim\n"


def test_another_version_is_chosen_anew(choice: Path) -> None:
    choice.parent.mkdir()
    choice.write_text("0.8.1 solcx\n")
    assert compile_contracts.choose_compiler(VERSION) == compile_contracts.SHIM
    assert choice.read_text() == f"{VERSION} shim\n"


def test_an_installed_compiler_of_py_solc_x_comes_first(choice: Path, tmp_path: Path) -> None:
    installed = tmp_path / f"solc-v{VERSION}"
    installed.symlink_to(compile_contracts.SHIM)
    assert compile_contracts.choose_compiler(VERSION) == installed
    assert not choice.exists()


def test_the_environment_decides(choice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDREC_SOLC", "/opt/solc")
    assert compile_contracts.choose_compiler(VERSION) == Path("/opt/solc")
    monkeypatch.setenv("MEDREC_SOLC", "shim")
    assert compile_contracts.choose_compiler(VERSION) == compile_contracts.SHIM
    monkeypatch.setenv("MEDREC_SOLC", "solcx")
    with pytest.raises(compile_contracts.CompileError, match="cannot install"):
        compile_contracts.choose_compiler(VERSION)
    assert not choice.exists()


def test_a_compiler_that_is_not_there_is_told() -> None:
    with pytest.raises(compile_contracts.CompileError, match="run `make setup`"):
        compile_contracts.compile_sources(Path("/nowhere/solc"), VERSION, {"sources": {}})


def test_another_version_is_refused() -> None:
    with pytest.raises(compile_contracts.CompileError, match=r"not 0\.8\.1"):
        compile_contracts.compile_sources(compile_contracts.SHIM, "0.8.1", {"sources": {}})


def test_a_warning_is_refused() -> None:
    source = {
        "language": "Solidity",
        "sources": {"A.sol": {"content": "pragma solidity 0.8.37; contract A {}"}},
        "settings": {"outputSelection": {"*": {"*": ["abi"]}}},
    }
    with pytest.raises(compile_contracts.CompileError, match="SPDX"):
        compile_contracts.compile_sources(compile_contracts.SHIM, VERSION, source)


def output(**units: dict[str, Any]) -> dict[str, Any]:
    tree = {"nodes": [{"nodeType": "VariableDeclaration", "id": 12, "name": "PEER"}]}
    return {"contracts": units, "sources": {unit: {"ast": tree} for unit in units}}


def contract() -> dict[str, Any]:
    deployed = {"object": "00", "immutableReferences": {"12": [PLACE]}}
    return {"abi": [], "evm": {"bytecode": {"object": "6001"}, "deployedBytecode": deployed}}


def test_an_artifact_names_its_immutables() -> None:
    made = compile_contracts.artifact("A", output(a={"A": contract()}), "0.8.37+commit.1", {})
    assert made["bytecode"] == "0x6001"
    assert made["deployedBytecode"] == {
        "object": "0x00",
        "immutableReferences": {"PEER": [PLACE]},
    }


@pytest.mark.parametrize("units", [{}, {"a": {"A": contract()}, "b": {"A": contract()}}])
def test_a_name_must_be_there_once(units: dict[str, Any]) -> None:
    with pytest.raises(compile_contracts.CompileError, match="of the name A"):
        compile_contracts.artifact("A", output(**units), "", {})


def test_differences_are_found_and_writing_ends_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compile_contracts, "ROOT", tmp_path)
    monkeypatch.setattr(compile_contracts, "ARTIFACTS", tmp_path / "resources")
    wanted = {tmp_path / "resources" / f"{name}.json": json.dumps(name) for name in "AB"}
    compile_contracts.write({tmp_path / "resources" / "Old.json": "{}"})
    (tmp_path / "resources" / "A.json").write_text("changed")
    assert compile_contracts.differences(wanted) == ["A.json", "B.json", "Old.json"]
    compile_contracts.write(wanted)
    assert compile_contracts.differences(wanted) == []
