"""Fixtures of the chain's tests."""

from medrec.chain.libraries import account_class
from tests.support.anvil import anvil_node, chain, deployed

__all__ = ["anvil_node", "chain", "deployed"]

# Before a test module imports it by itself: see medrec.chain.libraries on the recursion limit.
account_class()
