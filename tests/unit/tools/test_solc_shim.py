"""The shim answers like solc, finds imports only where it may, and survives slow pipes."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import solcx
import solcx.exceptions

ROOT = Path(__file__).resolve().parents[3]
SHIM = ROOT / "tools" / "solc-shim"
VERSION = json.loads((ROOT / "tools" / "package.json").read_text())["dependencies"]["solc"]
HEADER = "// SPDX-License-Identifier: GPL-3.0-or-later\npragma solidity 0.8.37;\n"


def source(*imports: str, body: str = "contract A {}") -> dict[str, Any]:
    lines = "".join(f'import "{name}";\n' for name in imports)
    return {
        "language": "Solidity",
        "sources": {"A.sol": {"content": HEADER + lines + body}},
        "settings": {"outputSelection": {"*": {"*": ["evm.bytecode.object"]}}},
    }


def run(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SHIM, *arguments], input=stdin, capture_output=True, text=True, check=False
    )


def compiled(*arguments: str | Path, given: dict[str, Any]) -> dict[str, Any]:
    done = run("--standard-json", *arguments, stdin=json.dumps(given))
    assert done.returncode == 0, done.stderr
    output: dict[str, Any] = json.loads(done.stdout)
    return output


def messages(output: dict[str, Any]) -> str:
    return "\n".join(error["message"] for error in output.get("errors", []))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    (tmp_path / "base" / "lib").mkdir(parents=True)
    (tmp_path / "include").mkdir()
    (tmp_path / "base" / "lib" / "B.sol").write_text(HEADER + "contract B {}")
    (tmp_path / "include" / "C.sol").write_text(HEADER + "contract C {}")
    (tmp_path / "outside.sol").write_text(HEADER + "contract Outside {}")
    return tmp_path


def test_version_is_the_pinned_one_in_solcs_words() -> None:
    lines = run("--version").stdout.splitlines()
    assert lines[0] == "solc, the solidity compiler commandline interface"
    assert lines[1].startswith(f"Version: {VERSION}+commit.")
    assert str(solcx.wrapper.get_solc_version(SHIM)) == VERSION


def test_py_solc_x_compiles_with_it(library: Path) -> None:
    output = solcx.compile_standard(
        source("lib/B.sol"), base_path=library / "base", solc_binary=SHIM
    )
    assert set(output["contracts"]) == {"A.sol", "lib/B.sol"}
    assert output["contracts"]["A.sol"]["A"]["evm"]["bytecode"]["object"].startswith("60")


def test_a_source_error_reaches_py_solc_x() -> None:
    with pytest.raises(solcx.exceptions.SolcError, match="Undeclared identifier"):
        solcx.compile_standard(source(body="contract A { uint x = y; }"), solc_binary=SHIM)


def test_include_paths_are_searched(library: Path) -> None:
    given = source("lib/B.sol", "C.sol")
    arguments = ("--base-path", library / "base", "--include-path", library / "include")
    assert set(compiled(*arguments, given=given)["contracts"]) == {"A.sol", "lib/B.sol", "C.sol"}


def test_an_import_found_twice_is_refused(library: Path) -> None:
    (library / "base" / "C.sol").write_text(HEADER + "contract C {}")
    arguments = ("--base-path", library / "base", "--include-path", library / "include")
    assert "Ambiguous import" in messages(compiled(*arguments, given=source("C.sol")))


def test_a_missing_import_is_named(library: Path) -> None:
    output = compiled("--base-path", library / "base", given=source("lib/None.sol"))
    assert "File not found" in messages(output)
    assert "lib/None.sol" in messages(output)


@pytest.mark.parametrize("name", ["lib/../../outside.sol", "lib/link.sol"])
def test_nothing_outside_is_read(library: Path, name: str) -> None:
    (library / "base" / "lib" / "link.sol").symlink_to(library / "outside.sol")
    output = compiled("--base-path", library / "base", given=source(name))
    assert name not in output["sources"]
    assert "outside of allowed directories" in messages(output)


def test_an_absolute_import_needs_to_be_allowed(library: Path) -> None:
    given = source(str(library / "outside.sol"))
    base = ("--base-path", library / "base")
    assert "outside of allowed directories" in messages(compiled(*base, given=given))
    allowed = compiled(*base, "--allow-paths", f"/nowhere,{library}", given=given)
    assert str(library / "outside.sol") in allowed["contracts"]


def test_the_input_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "input.json").write_text(json.dumps(source()))
    done = run("--standard-json", tmp_path / "input.json")
    assert "A.sol" in json.loads(done.stdout)["contracts"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--optimize", "--standard-json"], "unrecognised option '--optimize'"),
        (["--standard-json", "/nowhere.json"], "cannot be read"),
        (["--standard-json", "a", "b"], "one input file"),
        (["--standard-json", "--include-path", "x"], "non-empty base path"),
        (["A.sol"], "--standard-json only"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(arguments: list[str], sentence: str) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_input_that_is_not_json_is_an_error_of_the_compilers() -> None:
    done = run("--standard-json", stdin="{")
    assert done.returncode == 0
    assert json.loads(done.stdout)["errors"][0]["type"] == "JSONError"


@pytest.mark.skipif(sys.platform != "linux", reason="the size of a pipe is set as Linux does")
def test_a_pipe_that_is_full_loses_nothing() -> None:
    """A non-blocking pipe of one page, read slowly: every write but the first meets EAGAIN."""
    given = source(body="contract A { uint[] public numbers; string public text; }")
    given["settings"]["outputSelection"] = {"*": {"": ["ast"], "*": ["*"]}}
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writer, False)
    with subprocess.Popen(
        [SHIM, "--standard-json"], stdin=subprocess.PIPE, stdout=writer
    ) as process:
        os.close(writer)
        assert process.stdin is not None
        process.stdin.write(json.dumps(given).encode())
        process.stdin.close()
        with os.fdopen(reader, "rb", buffering=0) as pipe:
            answer = b"".join(iter(lambda: pipe.read(1000), b""))
    assert process.returncode == 0
    assert len(answer) > 65536
    assert "A.sol" in json.loads(answer)["contracts"]
