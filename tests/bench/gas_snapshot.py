"""The committed gas of every operation: tests/contracts/gas.json.

A rise over one per cent fails in ``make test-contracts`` until it is committed on purpose:
``make gas`` measures again and writes the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

SNAPSHOT = Path(__file__).resolve().parents[1] / "contracts" / "gas.json"
ALLOWED = 0.01
"""The part of an operation's gas by which it may rise without being committed."""
RELAYED = "forwarder: "
"""What begins with this is a difference from the same act sent directly, which is `DIRECT`."""
DIRECT = "rotateKeys"


def committed() -> dict[str, int]:
    """Gas by operation, as it was committed."""
    figures: dict[str, int] = json.loads(SNAPSHOT.read_text())
    return figures


def commit(figures: Mapping[str, int]) -> None:
    """Write the snapshot."""
    SNAPSHOT.write_text(json.dumps(figures, indent=2) + "\n")


def _whole(operation: str, figures: Mapping[str, int]) -> int:
    """The gas of the whole transaction behind a figure."""
    return figures[operation] + (figures[DIRECT] if operation.startswith(RELAYED) else 0)


def rises(before: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    """What costs over one per cent more than before, and what is in one of the two alone."""
    told = [f"{operation}: in one of both only" for operation in sorted(before.keys() ^ now.keys())]
    for operation in before.keys() & now.keys():
        rise, limit = now[operation] - before[operation], ALLOWED * _whole(operation, before)
        if rise > limit:
            told.append(
                f"{operation}: {before[operation]:,} to {now[operation]:,}, "
                f"{rise:+,} where {limit:,.0f} are allowed"
            )
    return sorted(told)
