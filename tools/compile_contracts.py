"""Compile the contracts into resources/contracts/<Name>.json.

The settings are foundry.toml's, so that Foundry tests the very bytecode that is deployed. The
compiler is py-solc-x's own where it can be had, else tools/solc-shim over npm's solc: the same
compiler, natively or as WebAssembly. Without --check the artifacts are written; with it they are
compared, and a difference ends with status 1.

MEDREC_SOLC chooses the compiler: "solcx", "shim", or the path of a solc. Without it the choice is
made once and remembered in tools/.stamps/solc, so that a run never waits for the network.
"""

import argparse
import json
import os
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import solcx
import solcx.exceptions

ROOT = Path(__file__).resolve().parents[1]
ARTIFACTS = ROOT / "resources" / "contracts"
SHIM = ROOT / "tools" / "solc-shim"
CHOICE = ROOT / "tools" / ".stamps" / "solc"
OPENZEPPELIN = "tools/node_modules/@openzeppelin/contracts"
FORWARDER = f"{OPENZEPPELIN}/metatx/ERC2771Forwarder.sol"
COMPILERS = "https://binaries.soliditylang.org/linux-amd64/list.json"
DEPLOYED = (
    "ContractAudit",
    "ContractDoctor",
    "ContractPatient",
    "ERC2771Forwarder",
    "UserAuthentication",
)
MARK = "by tools/compile_contracts.py from contracts/; do not edit"


class CompileError(Exception):
    """The artifacts cannot be made; the sentence says why."""


def foundry_profile() -> dict[str, Any]:
    """foundry.toml's default profile."""
    with (ROOT / "foundry.toml").open("rb") as file:
        profile: dict[str, Any] = tomllib.load(file)["profile"]["default"]
    return profile


def pinned_version() -> str:
    """The compiler's version, as tools/package.json pins it for Foundry."""
    package = json.loads((ROOT / "tools" / "package.json").read_text())
    version: str = package["dependencies"]["solc"]
    return version


def compiler_settings(profile: dict[str, Any]) -> dict[str, Any]:
    """solc's `settings` for a Foundry profile, without the output selection."""
    return {
        "optimizer": {"enabled": profile["optimizer"], "runs": profile["optimizer_runs"]},
        "evmVersion": profile["evm_version"],
        "viaIR": profile.get("via_ir", False),
        "metadata": {
            "bytecodeHash": profile["bytecode_hash"],
            "appendCBOR": profile["cbor_metadata"],
        },
        "remappings": sorted(profile["remappings"]),
    }


def standard_input(settings: dict[str, Any]) -> dict[str, Any]:
    """The compiler's input: every file of contracts/ and the forwarder; imports come from disk."""
    units = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("contracts/**/*.sol"))
    outputs = ["abi", "evm.bytecode.object", "evm.deployedBytecode"]
    return {
        "language": "Solidity",
        "sources": {unit: {"content": (ROOT / unit).read_text()} for unit in [*units, FORWARDER]},
        "settings": {**settings, "outputSelection": {"*": {"*": outputs, "": ["ast"]}}},
    }


def compilers_reachable() -> bool:
    """Whether the Solidity project's own site answers within three seconds."""
    try:
        with urllib.request.urlopen(COMPILERS, timeout=3):
            return True
    except (urllib.error.URLError, OSError):
        return False


def choose_compiler(version: str) -> Path:
    """The compiler to run: MEDREC_SOLC's, else the remembered one, else one chosen now."""
    wanted = os.environ.get("MEDREC_SOLC", "")
    if wanted not in ("", "shim", "solcx"):
        return Path(wanted)
    remembered = CHOICE.read_text().split() if CHOICE.is_file() else []
    if wanted == "" and len(remembered) == 2 and remembered[0] == version:
        wanted = remembered[1]
    if wanted == "shim":
        return SHIM
    if version in map(str, solcx.get_installed_solc_versions()):
        return Path(solcx.install.get_executable(version))
    return install_compiler(version, must=wanted == "solcx")


def install_compiler(version: str, *, must: bool) -> Path:
    """py-solc-x's own compiler; where it cannot be had, the shim unless it `must` be.

    Raises:
        CompileError: it must be and cannot.
    """
    compiler = SHIM
    if must or compilers_reachable():
        say(f"Fetching solc {version} by py-solc-x.")
        try:
            solcx.install_solc(version)
            compiler = Path(solcx.install.get_executable(version))
        except (
            OSError,
            solcx.exceptions.DownloadError,
            solcx.exceptions.SolcInstallationError,
        ) as error:
            if must:
                raise CompileError(f"py-solc-x cannot install solc {version}: {error}") from error
    if compiler == SHIM:
        say(f"py-solc-x cannot fetch solc {version} here: npm's solc {version} is used instead.")
    CHOICE.parent.mkdir(exist_ok=True)
    CHOICE.write_text(f"{version} {'shim' if compiler == SHIM else 'solcx'}\n")
    return compiler


def compile_sources(compiler: Path, version: str, source: dict[str, Any]) -> dict[str, Any]:
    """solc's output for `source`.

    Raises:
        CompileError: the compiler is another version, warns or refuses.
    """
    try:
        found = str(solcx.wrapper.get_solc_version(compiler))
    except OSError as error:
        raise CompileError(f"{compiler} cannot be run ({error}); run `make setup`.") from error
    if found != version:
        raise CompileError(f"{compiler} is solc {found}, not {version}.")
    try:
        output: dict[str, Any] = solcx.compile_standard(
            source, base_path=ROOT, allow_paths=ROOT, solc_binary=compiler
        )
    except solcx.exceptions.SolcError as error:
        raise CompileError(str(error.message)) from error
    warnings = [entry["formattedMessage"] for entry in output.get("errors", [])]
    if warnings:
        raise CompileError("\n".join(warnings))
    return output


def declared_names(node: object) -> Iterator[tuple[int, str]]:
    """The id and name of every variable declared under a syntax tree's node."""
    if isinstance(node, dict):
        if node.get("nodeType") == "VariableDeclaration":
            yield node["id"], node["name"]
        for child in node.values():
            yield from declared_names(child)
    elif isinstance(node, list):
        for child in node:
            yield from declared_names(child)


def named_references(references: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    """Where immutables stand in the code, by their names.

    solc names them by the ids of its syntax tree, which move with every unrelated edit.
    """
    return {
        names[int(key)]: sorted(places, key=lambda place: int(place["start"]))
        for key, places in references.items()
    }


def artifact(
    name: str, output: dict[str, Any], compiled_by: str, settings: dict[str, Any]
) -> dict[str, Any]:
    """One contract's artifact."""
    found = [unit[name] for unit in output["contracts"].values() if name in unit]
    if len(found) != 1:
        raise CompileError(f"{len(found)} contracts of the name {name}; one is needed.")
    evm = found[0]["evm"]
    names = dict(declared_names([unit["ast"] for unit in output["sources"].values()]))
    deployed = evm["deployedBytecode"]
    return {
        "generated": MARK,
        "name": name,
        "compiler": compiled_by,
        "settings": settings,
        "abi": found[0]["abi"],
        "bytecode": "0x" + evm["bytecode"]["object"],
        "deployedBytecode": {
            "object": "0x" + deployed["object"],
            "immutableReferences": named_references(deployed["immutableReferences"], names),
        },
    }


def build_artifacts() -> dict[Path, str]:
    """Every artifact's path and text."""
    version = pinned_version()
    settings = compiler_settings(foundry_profile())
    compiler = choose_compiler(version)
    say(f"Compiling contracts/ with solc {version} ({compiler.name}).")
    output = compile_sources(compiler, version, standard_input(settings))
    compiled_by = "".join(solcx.wrapper.get_version_str_from_solc_binary(compiler))
    return {
        ARTIFACTS / f"{name}.json": json.dumps(
            artifact(name, output, compiled_by, settings), indent=2, sort_keys=True
        )
        + "\n"
        for name in DEPLOYED
    }


def differences(artifacts: dict[Path, str]) -> list[str]:
    """The names of the artifacts that are missing, differ or should not be there."""
    there = {path: path.read_text() for path in ARTIFACTS.glob("*.json")}
    return sorted(
        path.name for path in {*there, *artifacts} if there.get(path) != artifacts.get(path)
    )


def write(artifacts: dict[Path, str]) -> None:
    """Writes the artifacts and removes what is none."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for path in set(ARTIFACTS.glob("*.json")) - set(artifacts):
        path.unlink()
    for path, text in artifacts.items():
        path.write_text(text)
        say(f"  {path.relative_to(ROOT)}")


def say(sentence: str) -> None:
    """Tells the person who waits."""
    print(sentence, file=sys.stderr, flush=True)


def main() -> int:
    """Writes or, with --check, compares the artifacts; returns the exit status."""
    parser = argparse.ArgumentParser(description="Compile contracts/ into resources/contracts/.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    try:
        artifacts = build_artifacts()
    except CompileError as error:
        say(str(error))
        return 1
    if not check:
        write(artifacts)
        return 0
    wrong = differences(artifacts)
    if wrong:
        say(f"Not what contracts/ compile to: {', '.join(wrong)}. Run `make contracts`.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
