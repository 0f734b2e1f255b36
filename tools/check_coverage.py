"""Check that the contracts' tests run every line and both ways of every branch of contracts/.

Runs `forge coverage` (some minutes: everything is compiled without the optimizer), names what was
not reached, and counts how many lines of tests there are for a line of code. With a file's name the
report (lcov) is read from it instead. Exit status 1 when something was not reached, or when the
tests are less than three times as long as the code.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FORGE = ROOT / "tools" / "foundry" / "forge"
REPORT = ROOT / "build" / "coverage.lcov"
CODE = "contracts/"
TESTS = "tests/contracts/"
TESTS_PER_LINE = 3.0


def missed(report: Iterable[str]) -> Iterator[str]:
    """A sentence for every line and branch of contracts/ that an lcov report calls untouched.

    Source of the format: lcov's geninfo(1), "Tracefile format".
    """
    path = ""
    for record in report:
        kind, _, value = record.strip().partition(":")
        if kind == "SF":
            path = value
        if not path.startswith(CODE):
            continue
        fields = value.split(",")
        if kind == "DA" and fields[1] == "0":
            yield f"{path}:{fields[0]}: the line is not reached"
        if kind == "BRDA" and fields[3] in ("0", "-"):
            yield f"{path}:{fields[0]}: branch {fields[1]}.{fields[2]} is not taken"


def reached(report: Iterable[str]) -> tuple[int, int]:
    """How many lines and branches of contracts/ a report names at all."""
    path, lines, branches = "", 0, 0
    for record in report:
        kind, _, value = record.strip().partition(":")
        if kind == "SF":
            path = value
        lines += kind == "DA" and path.startswith(CODE)
        branches += kind == "BRDA" and path.startswith(CODE)
    return lines, branches


def solidity_lines(folder: str) -> int:
    """The lines of Solidity under a folder that are neither empty nor comments."""
    return sum(
        bool(line.strip()) and not line.strip().startswith(("//", "/*", "*"))
        for path in (ROOT / folder).rglob("*.sol")
        for line in path.read_text(encoding="utf-8").splitlines()
    )


def measure() -> None:
    """Writes the report anew.

    Raises:
        subprocess.CalledProcessError: the tests fail, or do not compile.
    """
    REPORT.parent.mkdir(exist_ok=True)
    subprocess.run(
        [FORGE, "coverage", "--report", "lcov", "--report-file", REPORT],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "FOUNDRY_DISABLE_NIGHTLY_WARNING": "1"},
    )


def main(arguments: list[str]) -> int:
    """Prints what is not reached; returns the exit status."""
    if not arguments:
        measure()
    report = Path(arguments[0] if arguments else REPORT).read_text(encoding="utf-8").splitlines()
    lines, branches = reached(report)
    found = list(missed(report))
    if not lines:
        found.append(f"the report names no line of {CODE}")
    code, tests = solidity_lines(CODE), solidity_lines(TESTS)
    print("\n".join(found or [f"All {lines} lines and {branches} branches are reached."]))
    print(f"{tests} lines of tests for {code} lines of Solidity: {tests / code:.1f} a line.")
    return 1 if found or tests < TESTS_PER_LINE * code else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
