"""The trees say what each function does, branch by branch; each branch names the tests that try it.

A leaf reads `it should ...  # test_A test_B`. No leaf may be without a test, no named test may be
missing, and no test of a contract may stand outside the trees.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
TREES = sorted((TESTS / "trees").glob("*/*.tree"))
FOLDERS = ("UserAuthentication", "ContractPatient", "ContractDoctor", "ContractAudit", "delegates")
# Tests of one tree's branches that stand with another contract, or go through several.
SHARED = ("system", ".")


def solidity_tests(folder: str) -> set[str]:
    """The names of the tests in a folder's Solidity files."""
    return {
        name
        for path in (TESTS / folder).glob("*.t.sol")
        for name in re.findall(r"function (test\w+)\(", path.read_text())
    }


def leaves(tree: Path) -> dict[str, list[str]]:
    """What should happen -> the tests that are named for it."""
    found: dict[str, list[str]] = {}
    for number, line in enumerate(tree.read_text().splitlines(), 1):
        if "it should" in line:
            said, _, names = line.partition("  # ")
            found[f"{number}: {said.strip('│├└─ ')}"] = names.split()
    return found


def test_there_are_trees() -> None:
    assert len(TREES) >= 40


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: f"{tree.parent.name}.{tree.stem}")
def test_every_branch_names_tests_that_exist(tree: Path) -> None:
    there = set().union(*map(solidity_tests, (*FOLDERS, *SHARED)))
    branches = leaves(tree)
    assert branches, "a tree without leaves"
    for branch, names in branches.items():
        assert names, f"no test for {branch}"
        assert set(names) <= there, f"no such test for {branch}"


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: f"{tree.parent.name}.{tree.stem}")
def test_every_condition_has_an_outcome(tree: Path) -> None:
    lines = [line.rstrip() for line in tree.read_text().splitlines()]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.strip("│├└─ ").startswith("when "):
            depth, deeper = line.index("when "), re.search(r"\b(when|it should)\b", following)
            assert deeper, f"nothing follows {line}"
            assert deeper.start() > depth, f"nothing follows {line}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_test_stands_in_a_tree(folder: str) -> None:
    named = {name for tree in TREES for names in leaves(tree).values() for name in names}
    assert solidity_tests(folder), "a folder without tests"
    assert solidity_tests(folder) <= named
