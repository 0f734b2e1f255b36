"""Where the gas of an operation goes: for docs/GAS.md, which explains what lies above the floor.

Run it with ``python -m tests.bench.gas_parts``. Each transaction is traced step by step on anvil.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from medrec.chain.local_rpc import ask
from medrec.domain.ids import Address
from tests.bench.bench_gas import FIGURES, WORTH_EXPLAINING, Meter, looks, sharing
from tests.bench.table import show
from tests.support.anvil import deploy_on, start_anvil, stop_anvil

COLD_ACCOUNT, WARM = 2_600, 100
CALLS = {"CALL", "STATICCALL"}
PARTS = {
    "storage and entries": {"SLOAD", "SSTORE", "LOG3", "LOG4"},
    "hashing": {"KECCAK256", "SHA3"},
    "memory, calldata": {
        *("MLOAD", "MSTORE", "MSTORE8", "MCOPY", "CALLDATALOAD", "CALLDATACOPY"),
        *("CALLDATASIZE", "RETURNDATACOPY", "RETURNDATASIZE", "CODECOPY", "RETURN", "REVERT"),
    },
}
"""EIP-2929's prices, and what counts as what; the rest is arithmetic, the stack and jumps."""


def _part(operation: str) -> str:
    return next((part for part, names in PARTS.items() if operation in names), "arithmetic, jumps")


def parts(trace: list[dict[str, Any]], used: int) -> Counter[str]:
    """Gas by part, of a transaction's steps and all that it used."""
    found: Counter[str] = Counter()
    seen: set[str] = set()
    for step in trace:
        if step["op"] in CALLS:
            target = step["stack"][-2]
            found["calls"] += WARM if target in seen else COLD_ACCOUNT
            seen.add(target)
        elif step["op"] == "SLOAD" and step["gasCost"] == WARM:
            found["warm reads"] += WARM
        else:
            found[_part(step["op"])] += int(step["gasCost"])
    found["transaction, its data"] = used - found.total()
    return found


class Tracer(Meter):
    """A meter that keeps the parts of what it measures."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.parts: dict[str, Counter[str]] = {}

    def measure(
        self, what: str, sender: Address, contract: str, data: bytes, acts: int = 1
    ) -> None:
        """As `Meter.measure`, and the parts."""
        used = self.send(sender, contract, data)
        self.results[what] = used // acts
        block = ask(self.port, "eth_getBlockByNumber", "latest", False)
        trace = ask(self.port, "debug_traceTransaction", block["transactions"][0], {})
        found = parts(trace["structLogs"], used)
        self.parts[what] = Counter({part: gas // acts for part, gas in found.items()})


def main() -> None:
    """Print the parts of sharing and of looks, in gas."""
    node = start_anvil("--steps-tracing", "--timestamp", str(int(time.time()) - 3600))
    try:
        with tempfile.TemporaryDirectory() as folder:
            tracer = Tracer(deploy_on(node, Path(folder)))
            sharing(tracer)
            looks(tracer)
    finally:
        stop_anvil(node)
    names = sorted({part for found in tracer.parts.values() for part in found})
    rows = []
    for what, found in tracer.parts.items():
        floor = FIGURES[what][1]
        mark = " !" if floor and tracer.results[what] / floor > WORTH_EXPLAINING else "  "
        rows.append([what + mark, *(f"{found[name]:,}" for name in names)])
    show(["operation", *names], rows)


if __name__ == "__main__":
    main()
