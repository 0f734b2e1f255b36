"""JSON-RPC to the node of a devnet, blocking and without web3: for its keeper and its start."""

from __future__ import annotations

import json
import urllib.request
from typing import Any


def ask(port: int, method: str, *params: object, timeout: float = 60) -> Any:
    """The result of a JSON-RPC request to the node on this machine.

    Raises:
        OSError: when nothing answers.
        ValueError: when what answers is no node, or refuses.
    """
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
        answer = json.load(response)
    if not isinstance(answer, dict) or "result" not in answer:
        raise ValueError(f"{method} was refused")
    return answer["result"]
