"""How long commands take to start: beside bare Python, and beside a whole command."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.table import show

MEDREC = str(Path(sys.executable).with_name("medrec"))
RUNS = 7


def main() -> None:
    """Print the median of some runs each, in milliseconds."""
    bare = _median([sys.executable, "-c", "pass"])
    rows = [
        _row("python -c pass", bare, bare),
        _row("medrec --version", _median([MEDREC, "--version"]), bare),
        _row("medrec --help", _median([MEDREC, "--help"]), bare),
    ]
    with tempfile.TemporaryDirectory(prefix="medrec-bench-") as home:
        rows.append(_row("medrec record list", _record_list(home), bare))
    show(["start", "ms", "times bare Python"], rows)


def _record_list(home: str) -> float:
    base = [MEDREC, "--home", home, "--json"]
    password = {**os.environ, "MEDREC_PASSWORD": "bench password"}
    try:
        _run([*base, "devnet", "up", "--store", "folder"], password)
        made = json.loads(_run([*base, "account", "new", "p", "--show-secrets"], password))
        env = {**password, "MEDREC_KEY": made["key"], "MEDREC_ACCOUNT": "p"}
        person = {
            "given": "Ada",
            "family": "Roe",
            "birth_date": "1980-01-01",
            "sex": "female",
            "address": "",
            "phone": "",
        }
        _run([*base, "patient", "register", "--from", "-"], env, json.dumps(person))
        return _median([*base, "record", "list", made["address"]], env)
    finally:
        _run([*base, "devnet", "down"], password)


def _median(command: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        _run(command, env)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def _run(command: Sequence[str], env: Mapping[str, str] | None = None, given: str = "") -> str:
    done = subprocess.run(command, env=env, input=given, capture_output=True, text=True, check=True)
    return done.stdout


def _row(name: str, milliseconds: float, bare: float) -> tuple[str, str, str]:
    return name, f"{milliseconds:,.0f}", f"{milliseconds / bare:.1f}"


if __name__ == "__main__":
    main()
