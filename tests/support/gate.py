"""A gate in front of a node, which can be closed, or slow, at the worst moment.

What passes is the node's own; a closed gate drops the connection, before the node hears the request
or after it has answered; a slow one keeps the answer for a while.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit


@dataclass
class Gate:
    """Which methods are stopped on their way in, and whose answers on their way out."""

    node: str
    url: str = ""
    closed: bool = False
    """Whether nothing passes at all."""
    deaf_to: set[str] = field(default_factory=set)
    silent_after: set[str] = field(default_factory=set)
    passed: list[str] = field(default_factory=list)
    """The methods that the node was asked, in order."""
    delay: float = 0.0
    """Seconds that each answer is kept."""


@contextmanager
def gate(node: str) -> Iterator[Gate]:
    """An open gate in front of the node at a URL."""
    found = Gate(node)

    class Handler(_Handler):
        gate = found

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    gate: Gate
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = json.loads(body)
        methods = {call["method"] for call in (asked if isinstance(asked, list) else [asked])}
        if self.gate.closed or methods & self.gate.deaf_to:
            self.close_connection = True
            return
        status, answer = self._ask(body)
        self.gate.passed += methods
        time.sleep(self.gate.delay)
        if methods & self.gate.silent_after:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _ask(self, body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.gate.node).netloc, timeout=30)
        try:
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def log_message(self, *_: object) -> None:
        """Nothing is written down."""
