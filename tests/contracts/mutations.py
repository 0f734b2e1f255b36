"""Does the suite notice when a rule is broken? Each mutant must be killed by a test.

Run ``python tests/contracts/mutations.py [WORD] [--sample N]`` (five to twenty seconds a mutant;
WORD: only those whose name or file has it; N: so many, chosen anew with every commit). The
sources are copied; the checkout is left alone. Exit status 1 when a mutant survives, or when a
mutation no longer fits the sources.

A mutant that the tests let live is given to the proofs (``make prove``): what lies where in a word
is told by them alone where both packing and unpacking are shifted.

mutations.tsv holds them: a file under contracts/, a name, text that occurs there exactly once, and
what stands there in the mutant.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FOUNDRY = ROOT / "tools" / "foundry"
FORGE = FOUNDRY / "forge"
AUDIT_BIN = ROOT / "tools" / "audit" / ".venv" / "bin"
PROOFS = Path("tests") / "contracts" / "formal"
TABLE = Path(__file__).with_suffix(".tsv")


class Mutation(NamedTuple):
    """One change, in the order of the table's columns."""

    file: str
    name: str
    before: str
    after: str


def table() -> list[Mutation]:
    """All mutations."""
    with TABLE.open(newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Mutation(*row) for row in rows[1:]]


def _copy(workspace: Path) -> None:
    """What forge needs of the checkout, so that a mutant never stands in it."""
    shutil.copytree(ROOT / "contracts", workspace / "contracts")
    shutil.copytree(ROOT / "tests" / "contracts", workspace / "tests" / "contracts")
    shutil.copy(ROOT / "foundry.toml", workspace)
    (workspace / "tools").symlink_to(ROOT / "tools")


def _suite(workspace: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [FORGE, "test", "--fail-fast", "--threads", "2"],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "FOUNDRY_DISABLE_NIGHTLY_WARNING": "1"},
    )


def _refuted(workspace: Path) -> bool:
    """Whether a proof fails, by a counterexample: a source that does not compile refutes nothing.

    Raises:
        RuntimeError: the proofs could not be tried.
    """
    path = os.pathsep.join(map(str, (FOUNDRY, AUDIT_BIN, os.environ["PATH"])))
    run = subprocess.run(
        [AUDIT_BIN / "halmos", "--config", PROOFS / "halmos.toml"],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path, "FOUNDRY_PROFILE": "prove"},
    )
    if "Symbolic test result" not in run.stdout:
        raise RuntimeError(f"halmos ended with {run.returncode}:\n{run.stdout}{run.stderr}")
    return "Counterexample" in run.stdout


def _verdict(workspace: Path, mutation: Mutation) -> str:
    """killed, survived, or why the mutation says nothing."""
    path = workspace / "contracts" / mutation.file
    source = path.read_text()
    if source.count(mutation.before) != 1:
        return f"does not fit: {source.count(mutation.before)} places"
    path.write_text(source.replace(mutation.before, mutation.after))
    try:
        run = _suite(workspace)
        if " tests passed" not in run.stdout:
            return "does not compile"
        if run.returncode != 0:
            return "killed"
        return "killed by a proof" if _refuted(workspace) else "survived"
    finally:
        path.write_text(source)


def sample(mutations: list[Mutation], size: int) -> list[Mutation]:
    """So many of them, the same ones for the same commit."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    print(f"{min(size, len(mutations))} of {len(mutations)} mutants, by commit {commit or 'none'}")
    return random.Random(commit).sample(mutations, min(size, len(mutations)))


def main(chosen: list[Mutation]) -> int:
    """Tries mutations; the exit status."""
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        _copy(workspace)
        print("the suite itself", flush=True)
        run = _suite(workspace)
        if run.returncode != 0:
            print("fails without any mutation")
            return 1
        for mutation in chosen:
            verdict = _verdict(workspace, mutation)
            bad += not verdict.startswith("killed")
            print(f"{verdict:10} {mutation.file}: {mutation.name}", flush=True)
    print(f"{len(chosen) - bad} of {len(chosen)} killed")
    return 1 if bad else 0


def _chosen(arguments: list[str]) -> list[Mutation]:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Is every mutant of the contracts killed?")
    parser.add_argument("word", nargs="?", default="", help="those with it in name or file")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of them")
    options = parser.parse_args(arguments)
    found = [m for m in table() if options.word in m.name or options.word in m.file]
    return sample(found, options.sample) if options.sample else found


if __name__ == "__main__":
    sys.exit(main(_chosen(sys.argv[1:])))
