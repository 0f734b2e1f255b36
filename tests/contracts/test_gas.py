"""What every operation costs, beside what was committed: no rise over one per cent by accident."""

from pathlib import Path

import pytest

from tests.bench.bench_gas import FIGURES, WORTH_EXPLAINING, measured
from tests.bench.gas_snapshot import committed, rises

EXPLAINED = Path(__file__).resolve().parents[2] / "docs" / "GAS.md"
NEAR = 0.02
"""By how much of itself an operation may lie above the prototype's figure."""
NAMED = {"hideRecord": 128, "grant: renewed": 188}
"""Calldata of what an act names and the prototype's did not: a word of zeros, or of a time."""
BEFORE = {"rotateKeys": 36_000, "forwarder: later": 21_600}


def test_nothing_costs_more_than_was_committed() -> None:
    told = rises(committed(), measured())
    assert not told, "\n".join(["`make gas` commits a rise on purpose.", *told])


def test_every_operation_is_committed() -> None:
    assert list(committed()) == list(FIGURES)


@pytest.mark.parametrize("operation", [o for o in FIGURES if not o.startswith("forwarder")])
def test_the_prototype_is_reached(operation: str) -> None:
    prototype, floor = FIGURES[operation]
    assert prototype is not None
    assert committed()[operation] <= (prototype + NAMED.get(operation, 0)) * (1 + NEAR)
    assert floor is None or committed()[operation] > floor, "the floor is none"


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ({"rotateKeys": 36_360}, 0),
        ({"rotateKeys": 36_361}, 1),
        ({"rotateKeys": 20_000}, 0),
        # One per cent of the whole relayed transaction, 57,600.
        ({"forwarder: later": 22_176}, 0),
        ({"forwarder: later": 22_177}, 1),
        ({"new": 1}, 1),
    ],
)
def test_a_rise_is_told(now: dict[str, int], told: int) -> None:
    assert len(rises(BEFORE, BEFORE | now)) == told


def test_an_operation_that_is_gone_is_told() -> None:
    assert len(rises(BEFORE, {"rotateKeys": 36_000})) == 1


def test_every_high_ratio_is_explained() -> None:
    explained = EXPLAINED.read_text()
    for operation, (_, floor) in FIGURES.items():
        if floor is not None and committed()[operation] / floor > WORTH_EXPLAINING:
            assert f"### {operation}" in explained
