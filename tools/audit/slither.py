"""Slither over contracts/: every finding is reviewed, or this fails.

Run ``python tools/audit/slither.py`` (``make slither``). reviewed.toml lists what was found, looked
at and left as it is, each with the reason. Exit status 1 on a finding that is not listed there, and
on a line there that slither no longer finds: code that changed is looked at again.

A pass is remembered in build/slither until a source, a reason, the lock or a setting changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
BUILD = ROOT / "build" / "slither"
PASSED = BUILD / "passed"
PLACE = re.compile(r" ?\([\w./-]+\.sol#[\d-]+\)")


def fingerprint() -> str:
    """Changes with everything that a run depends on."""
    files = [*ROOT.glob("contracts/**/*.sol"), *HERE.iterdir(), ROOT / "foundry.toml"]
    digest = hashlib.sha256()
    for path in sorted(path for path in files if path.is_file()):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def text_of(description: str) -> str:
    """A finding on one line, without places in files, which move with every edit."""
    lines = PLACE.sub("", description).split("\n")
    return " ".join(part for line in lines for part in line.split())


def found() -> Counter[tuple[str, str]]:
    """What slither finds: detector and text.

    Raises:
        RuntimeError: slither could not look.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    report = BUILD / "report.json"
    report.unlink(missing_ok=True)
    run = subprocess.run(
        [
            *(HERE / ".venv" / "bin" / "slither", "."),
            *("--config-file", HERE / "slither.config.json"),
            *("--json", report),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "PATH": f"{ROOT / 'tools/foundry'}{os.pathsep}{os.environ['PATH']}",
            "FOUNDRY_OUT": str(BUILD / "out"),
            "FOUNDRY_CACHE_PATH": str(BUILD / "cache"),
            "FOUNDRY_TEST": str(BUILD / "no-tests"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    answer: dict[str, Any] = json.loads(report.read_text()) if report.exists() else {}
    if not answer.get("success"):
        raise RuntimeError(f"slither ended with {run.returncode}:\n{run.stdout}{run.stderr}")
    return Counter(
        (finding["check"], text_of(finding["description"]))
        for finding in answer["results"].get("detectors", [])
    )


def reviewed() -> Counter[tuple[str, str]]:
    """What is listed: detector and text.

    Raises:
        ValueError: findings stand there without a reason.
    """
    listed: Counter[tuple[str, str]] = Counter()
    for group in tomllib.loads((HERE / "reviewed.toml").read_text())["reviewed"]:
        if not group["why"].strip():
            raise ValueError(f"reviewed.toml: no reason for {group['findings']}")
        listed.update((group["detector"], text_of(text)) for text in group["findings"])
    return listed


def main() -> int:
    """Compares; the exit status."""
    now = fingerprint()
    if PASSED.exists() and PASSED.read_text() == now:
        print("slither: nothing has changed since it last passed.")
        return 0
    there, listed = found(), reviewed()
    new, gone = there - listed, listed - there
    for detector, text in sorted(new.elements()):
        print(f"not reviewed, {detector}:\n    {json.dumps(text, ensure_ascii=False)},")
    for detector, text in sorted(gone.elements()):
        print(f"reviewed.toml lists what is not found, {detector}:\n    {text}")
    if new or gone:
        return 1
    print(f"slither: {there.total()} findings, every one reviewed (tools/audit/reviewed.toml).")
    PASSED.write_text(now)
    return 0


if __name__ == "__main__":
    sys.exit(main())
