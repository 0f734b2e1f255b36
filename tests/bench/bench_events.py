"""Audit entries decoded per second, beside web3.py's own decoding of the same logs.

Run it with ``python -m tests.bench.bench_events``.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from medrec.chain.deployer import artifact
from medrec.chain.entries import entry_of
from medrec.chain.keccak import checksum
from medrec.chain.libraries import recursion_limit_kept
from medrec.chain.proxies.contract_audit import AuditEntry

LOGS = 20_000
PEOPLE = 300
ROUNDS = 5


def logs() -> list[dict[str, Any]]:
    """Logs as a node gives them, of some hundred people."""
    people = [secrets.token_hex(20).rjust(64, "0") for _ in range(PEOPLE)]
    return [
        {
            "address": "0x" + "55" * 20,
            "topics": [
                AuditEntry.TOPIC,
                "0x" + people[n % PEOPLE],
                "0x" + people[n * 7 % PEOPLE],
                "0x" + secrets.token_hex(32),
            ],
            "data": "0x" + secrets.token_hex(64) + secrets.token_hex(27) + "00" * 5,
            "blockNumber": hex(n),
            "blockHash": "0x" + "22" * 32,
            "logIndex": "0x0",
            "transactionIndex": "0x0",
            "transactionHash": "0x" + secrets.token_hex(32),
            "removed": False,
        }
        for n in range(LOGS)
    ]


def rate(decode: Callable[[Any], object], items: Sequence[Any], rounds: int = ROUNDS) -> float:
    """The best of some rounds, in items a second."""
    best = 0.0
    for _ in range(rounds):
        start = time.perf_counter()
        for item in items:
            decode(item)
        best = max(best, len(items) / (time.perf_counter() - start))
    return best


def web3_rates(found: list[dict[str, Any]]) -> list[tuple[str, float]]:
    """web3.py's `process_log` and eth_abi's `decode` on the same logs."""
    with recursion_limit_kept():
        from eth_abi.abi import decode
        from hexbytes import HexBytes
        from web3 import Web3
        from web3.datastructures import AttributeDict

    address = Web3.to_checksum_address(found[0]["address"])
    event = Web3().eth.contract(address, abi=artifact("ContractAudit")["abi"]).events.AuditEntry()
    formatted = [
        AttributeDict(
            {
                **log,
                "address": address,
                "topics": [HexBytes(topic) for topic in log["topics"]],
                "data": HexBytes(log["data"]),
                "blockNumber": int(log["blockNumber"], 16),
                "logIndex": 0,
                "transactionIndex": 0,
            }
        )
        for log in found[: LOGS // 10]
    ]
    types = ("uint256", "bytes32", "bytes27")

    def by_eth_abi(log: dict[str, Any]) -> object:
        subject, actor = (checksum("0x" + topic[26:]) for topic in log["topics"][1:3])
        data = decode(types, bytes.fromhex(log["data"][2:]))
        return subject, actor, bytes.fromhex(log["topics"][3][2:]), *data

    return [
        ("web3.py: process_log", rate(event.process_log, formatted, 2)),
        ("eth_abi: decode of the same fields", rate(by_eth_abi, found, 2)),
    ]


def main() -> None:
    """Print the table."""
    found = logs()
    address = found[0]["address"]
    rows = web3_rates(found)
    base = rows[0][1]
    rows += [
        (
            "proxy: AuditEntry.decode",
            rate(lambda g: AuditEntry.decode(g["topics"], g["data"]), found),
        ),
        ("gateway: log to domain entry", rate(lambda log: entry_of(log, address), found)),
    ]
    for what, speed in rows:
        sys.stdout.write(f"  {what:<38} {speed:>10,.0f}/s  {speed / base:>6.1f} x web3.py\n")


if __name__ == "__main__":
    main()
