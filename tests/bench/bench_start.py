"""How long commands take to start: beside bare Python, and beside a whole command."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.compiled import compiled
from tests.bench.table import show

MEDREC = str(Path(sys.executable).with_name("medrec"))
RUNS = 7


def main() -> None:
    """Print the median of some runs each, in milliseconds."""
    with compiled() as env, tempfile.TemporaryDirectory(prefix="medrec-bench-") as home:
        bare = _median([sys.executable, "-c", "pass"], env)
        rows = [
            _row("python -c pass", bare, bare),
            _row("medrec --version", _median([MEDREC, "--version"], env), bare),
            _row("medrec --help", _median([MEDREC, "--help"], env), bare),
            _row("medrec record list", _record_list(home, env), bare),
        ]
    show(["start", "ms", "times bare Python"], rows)


def _record_list(home: str, env: Mapping[str, str]) -> float:
    base = [MEDREC, "--home", home, "--json"]
    password = {**env, "MEDREC_PASSWORD": "bench password"}
    try:
        _run([*base, "devnet", "up", "--store", "folder"], password)
        made = json.loads(_run([*base, "account", "new", "p", "--show-secrets"], password))
        account = {**password, "MEDREC_KEY": made["key"], "MEDREC_ACCOUNT": "p"}
        person = {
            "given": "Ada",
            "family": "Roe",
            "birth_date": "1980-01-01",
            "sex": "female",
            "address": "",
            "phone": "",
        }
        _run([*base, "patient", "register", "--from", "-"], account, json.dumps(person))
        return _median([*base, "record", "list", made["address"]], account)
    finally:
        _run([*base, "devnet", "down"], password)


def _median(command: Sequence[str], env: Mapping[str, str]) -> float:
    _run(command, env)
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        _run(command, env)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def _run(command: Sequence[str], env: Mapping[str, str], given: str = "") -> str:
    done = subprocess.run(command, env=env, input=given, capture_output=True, text=True, check=True)
    return done.stdout


def _row(name: str, milliseconds: float, bare: float) -> tuple[str, str, str]:
    return name, f"{milliseconds:,.0f}", f"{milliseconds / bare:.1f}"


if __name__ == "__main__":
    main()
