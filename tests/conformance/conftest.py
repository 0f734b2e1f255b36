"""Fixtures of the conformance suites."""

from medrec.chain.libraries import account_class
from tests.support.anvil import anvil_node, chain, deployed
from tests.support.kubo import kubo_daemon

__all__ = ["anvil_node", "chain", "deployed", "kubo_daemon"]

# Before a test module imports it by itself: see medrec.chain.libraries on the recursion limit.
account_class()
