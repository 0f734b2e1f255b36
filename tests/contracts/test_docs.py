"""docs/CONTRACTS.md names what there is: its tests exist, and no function or error is left out."""

import re
from pathlib import Path

import pytest

from tests.contracts.test_matrix import CONTRACTS, for_people

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "CONTRACTS.md").read_text()


def test_the_tests_that_are_named_exist() -> None:
    there = {
        name
        for path in (ROOT / "tests" / "contracts").rglob("*.t.sol")
        for name in re.findall(r"function (\w+)\(", path.read_text())
    } | {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }
    named = set(re.findall(r"`((?:test|invariant)\w*_\w+)`", DOCS))
    assert len(named) > 80
    assert named <= there


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_function_is_named(name: str) -> None:
    functions = set(for_people(name).values())
    assert functions, f"{name} changes nothing"
    assert functions <= set(re.findall(r"`(\w+)`", DOCS))


def test_every_error_is_named() -> None:
    errors = set(
        re.findall(r"error (\w+)\(", (ROOT / "contracts" / "libraries" / "Errors.sol").read_text())
    )
    assert len(errors) > 40
    assert errors <= set(re.findall(r"\b\w+\b", DOCS))


def test_every_example_of_a_delegate_is_named() -> None:
    examples = {path.stem for path in (ROOT / "contracts" / "delegates").glob("*.sol")}
    assert examples - {"Acting"} <= set(re.findall(r"^\| (\w+) \|", DOCS, re.MULTILINE))


def test_the_files_that_are_linked_exist() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", DOCS)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
