"""Fixtures of the conformance suites."""

from tests.support.anvil import anvil_node, chain, deployed
from tests.support.kubo import kubo_daemon

__all__ = ["anvil_node", "chain", "deployed", "kubo_daemon"]
