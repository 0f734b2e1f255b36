"""The check of the mutants is checked: it must notice one that lives."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.contracts import mutations
from tests.contracts.mutations import Mutation, table

ROOT = Path(__file__).resolve().parents[2]
LEAST = 60
PRAGMA = "// SPDX-License-Identifier: GPL-3.0-or-later\npragma solidity 0.8.37;\n"
RULE = """contract Rule {
    function add(uint256 a, uint256 b) external pure returns (uint256) {
        return a + b;
    }
    function half(uint256 a) external pure returns (uint256) {
        return a >> 1;
    }
    function unused() external pure returns (uint256) {
        return 7;
    }
}
"""
TEST = """import {Rule} from "../../contracts/Rule.sol";
contract RuleTest {
    bool public constant IS_TEST = true;
    function test_Adds() external {
        assert(new Rule().add(1, 2) == 3);
    }
}
"""
PROOF = """import {Rule} from "../../../contracts/Rule.sol";
contract RuleProof {
    Rule private _rule;
    function setUp() public {
        _rule = new Rule();
    }
    function check_half(uint256 a) public view {
        assert(_rule.half(a) == a / 2);
    }
}
"""
ADDED = Mutation("Rule.sol", "subtracts", "a + b", "a - b")
HALVED = Mutation("Rule.sol", "a quarter", "a >> 1", "a >> 2")
UNSEEN = Mutation("Rule.sol", "nobody looks", "return 7", "return 8")
NOWHERE = Mutation("Rule.sol", "is not there", "a * b", "a + b")
BROKEN = Mutation("Rule.sol", "is no Solidity", "a + b", "a +")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout of one contract with one test and one proof."""
    formal = tmp_path / "tests" / "contracts" / "formal"
    formal.mkdir(parents=True)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "Rule.sol").write_text(PRAGMA + RULE)
    (formal.parent / "Rule.t.sol").write_text(PRAGMA + TEST)
    (formal / "Rule.t.sol").write_text(PRAGMA + PROOF)
    shutil.copy(ROOT / "tests" / "contracts" / "formal" / "halmos.toml", formal)
    shutil.copy(ROOT / "foundry.toml", tmp_path)
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    monkeypatch.setattr(mutations, "ROOT", tmp_path)


def test_every_mutation_fits_once() -> None:
    for mutation in table():
        source = (ROOT / "contracts" / mutation.file).read_text()
        assert source.count(mutation.before) == 1, mutation
        assert mutation.after != mutation.before, mutation


def test_there_are_enough_and_each_once() -> None:
    every = table()
    assert len(every) >= LEAST
    for key in (lambda m: (m.file, m.name), lambda m: (m.file, m.before, m.after)):
        assert max(Counter(map(key, every)).values()) == 1


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("chosen", "status", "verdicts"),
    [
        ([ADDED, HALVED], 0, ["killed Rule.sol", "killed by a proof Rule.sol"]),
        (
            [UNSEEN, NOWHERE, BROKEN],
            1,
            ["survived Rule.sol", "does not fit: 0 places", "does not compile"],
        ),
    ],
)
@pytest.mark.slow
def test_one_that_lives_fails(
    chosen: list[Mutation], status: int, verdicts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    if not mutations.AUDIT_BIN.exists():
        pytest.skip("halmos is not here: `make prove` gets it")
    assert mutations.main(chosen) == status
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    told = [line for line in lines if ": " in line]
    for line, verdict in zip(told, verdicts, strict=True):
        assert line.startswith(verdict)


@pytest.mark.usefixtures("small")
def test_a_suite_that_fails_by_itself_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    contract = mutations.ROOT / "contracts" / "Rule.sol"
    contract.write_text(contract.read_text().replace("a + b", "a - b"))
    assert mutations.main([HALVED]) == 1
    assert "fails without any mutation" in capsys.readouterr().out


def test_a_sample_is_the_same_for_the_same_commit() -> None:
    chosen = mutations.sample(table(), 10)
    assert len(set(chosen)) == 10
    assert mutations.sample(table(), 10) == chosen
    assert set(mutations.sample(table(), 10_000)) == set(table())
