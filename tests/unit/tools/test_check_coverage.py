"""The check names what the contracts' tests do not reach."""

from pathlib import Path

import pytest

from tools import check_coverage

REPORT = """\
TN:
SF:contracts/A.sol
DA:3,7
DA:4,0
BRDA:4,0,0,2
BRDA:4,0,1,0
BRDA:5,1,0,-
end_of_record
SF:tests/contracts/A.t.sol
DA:1,0
BRDA:1,0,0,0
end_of_record
""".splitlines()


def test_what_is_not_reached_is_named() -> None:
    assert list(check_coverage.missed(REPORT)) == [
        "contracts/A.sol:4: the line is not reached",
        "contracts/A.sol:4: branch 0.1 is not taken",
        "contracts/A.sol:5: branch 1.0 is not taken",
    ]


def test_only_the_contracts_count() -> None:
    assert check_coverage.reached(REPORT) == (2, 3)


@pytest.mark.parametrize(
    ("record", "status"), [("DA:3,1", 0), ("DA:3,0", 1), ("BRDA:3,0,0,-", 1), ("FN:3,f", 1)]
)
def test_the_status_follows(
    tmp_path: Path, record: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "lcov"
    report.write_text(f"SF:contracts/A.sol\n{record}\nend_of_record\n")
    assert check_coverage.main([str(report)]) == status
    assert "lines of tests for" in capsys.readouterr().out


def test_too_few_tests_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "lcov"
    report.write_text("SF:contracts/A.sol\nDA:3,1\nend_of_record\n")
    for folder in (check_coverage.CODE, check_coverage.TESTS):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "contracts" / "A.sol").write_text("// why\n\ncontract A {\n}\n")
    (tmp_path / "tests" / "contracts" / "A.t.sol").write_text("x;\n" * 6)
    monkeypatch.setattr(check_coverage, "ROOT", tmp_path)
    assert check_coverage.main([str(report)]) == 0
    (tmp_path / "tests" / "contracts" / "A.t.sol").write_text("x;\n" * 5)
    assert check_coverage.main([str(report)]) == 1
