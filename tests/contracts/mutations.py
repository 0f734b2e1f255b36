"""Does the suite notice when a rule is broken? Each mutant must be killed by a test.

Run ``python tests/contracts/mutations.py [WORD]`` (about four seconds a mutant; WORD: only those
whose name or file has it). The sources are copied; the checkout is left alone. Exit status 1 when
a mutant survives, or when a mutation no longer fits the sources.

mutations.tsv holds them: a file under contracts/, a name, text that occurs there exactly once, and
what stands there in the mutant.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FORGE = ROOT / "tools" / "node_modules" / ".bin" / "forge"
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


def _verdict(workspace: Path, mutation: Mutation) -> str:
    """killed, survived, or why the mutation says nothing."""
    path = workspace / "contracts" / mutation.file
    source = path.read_text()
    if source.count(mutation.before) != 1:
        return f"does not fit: {source.count(mutation.before)} places"
    path.write_text(source.replace(mutation.before, mutation.after))
    try:
        run = _suite(workspace)
    finally:
        path.write_text(source)
    if "[FAIL" in run.stdout:  # forge's exit status is 0 with --fail-fast
        return "killed"
    return "survived" if " tests passed" in run.stdout else "does not compile"


def main(word: str) -> int:
    """Tries every mutation whose name or file has the word; the exit status."""
    chosen = [m for m in table() if word in m.name or word in m.file]
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        _copy(workspace)
        print("the suite itself", flush=True)
        run = _suite(workspace)
        if " 0 failed" not in run.stdout or "[FAIL" in run.stdout:
            print("fails without any mutation")
            return 1
        for mutation in chosen:
            verdict = _verdict(workspace, mutation)
            bad += verdict != "killed"
            print(f"{verdict:10} {mutation.file}: {mutation.name}", flush=True)
    print(f"{len(chosen) - bad} of {len(chosen)} killed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
