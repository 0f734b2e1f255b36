"""What is deployed is what Foundry tests: both compilers' bytecode, byte for byte."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools import compile_contracts

ROOT = Path(__file__).resolve().parents[2]
FORGE = ROOT / "tools" / "foundry" / "forge"
RUNTIME_LIMIT = 24_576  # bytes; EIP-170


@pytest.fixture(scope="session")
def forge_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Foundry's own build of the sources, with nothing but foundry.toml's settings."""
    made = tmp_path_factory.mktemp("forge")
    subprocess.run(
        [
            *(FORGE, "build", "--quiet", "--out", made / "out", "--cache-path", made / "cache"),
            *("contracts", compile_contracts.FORWARDER),
        ],
        cwd=ROOT,
        check=True,
        env={**os.environ, "FOUNDRY_DISABLE_NIGHTLY_WARNING": "1"},
    )
    return made / "out"


def ours(name: str) -> dict[str, Any]:
    artifact: dict[str, Any] = json.loads(
        (compile_contracts.ARTIFACTS / f"{name}.json").read_text()
    )
    return artifact


def canonical(entry: dict[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True)


@pytest.mark.parametrize("name", compile_contracts.DEPLOYED)
def test_bytecode_is_foundrys(name: str, forge_out: Path) -> None:
    theirs = json.loads((forge_out / f"{name}.sol" / f"{name}.json").read_text())
    artifact = ours(name)
    assert artifact["bytecode"] == theirs["bytecode"]["object"]
    assert artifact["deployedBytecode"]["object"] == theirs["deployedBytecode"]["object"]
    # Foundry lists functions before errors, solc by name.
    assert sorted(map(canonical, artifact["abi"])) == sorted(map(canonical, theirs["abi"]))


@pytest.mark.parametrize("name", compile_contracts.DEPLOYED)
def test_immutables_are_those_of_foundry_by_name(name: str, forge_out: Path) -> None:
    theirs = json.loads((forge_out / f"{name}.sol" / f"{name}.json").read_text())
    references = theirs["deployedBytecode"]["immutableReferences"]
    named = ours(name)["deployedBytecode"]["immutableReferences"]
    places = sorted((place["start"], place["length"]) for at in named.values() for place in at)
    assert places == sorted(
        (place["start"], place["length"]) for at in references.values() for place in at
    )
    code = bytes.fromhex(ours(name)["deployedBytecode"]["object"][2:])
    assert all(code[start : start + length] == bytes(length) for start, length in places)


@pytest.mark.parametrize("name", compile_contracts.DEPLOYED)
def test_runtime_code_can_be_deployed(name: str) -> None:
    code = bytes.fromhex(ours(name)["deployedBytecode"]["object"][2:])
    assert 0 < len(code) <= RUNTIME_LIMIT


@pytest.mark.parametrize("name", compile_contracts.DEPLOYED)
def test_settings_are_foundrys(name: str) -> None:
    artifact = ours(name)
    settings = compile_contracts.compiler_settings(compile_contracts.foundry_profile())
    assert artifact["settings"] == settings
    assert artifact["compiler"].startswith(f"{compile_contracts.pinned_version()}+commit.")
    assert artifact["generated"] == compile_contracts.MARK


def test_example_delegates_can_be_deployed_and_are_not(forge_out: Path) -> None:
    sources = sorted((ROOT / "contracts" / "delegates").glob("*.sol"))
    examples = {path.stem for path in sources} - {"Acting"}
    assert examples == {"BreakGlass", "Clinic", "ParentForChild"}
    assert not examples & set(compile_contracts.DEPLOYED)
    deployed = "".join(path.read_text() for path in ROOT.glob("migrations/chain/*.py"))
    for name in examples:
        theirs = json.loads((forge_out / f"{name}.sol" / f"{name}.json").read_text())
        assert 0 < len(theirs["deployedBytecode"]["object"]) // 2 - 1 <= RUNTIME_LIMIT
        assert name not in deployed


def test_nothing_else_lies_among_the_artifacts() -> None:
    names = {path.stem for path in compile_contracts.ARTIFACTS.iterdir()}
    assert names == set(compile_contracts.DEPLOYED)
