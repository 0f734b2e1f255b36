"""Fixtures of the services' tests."""

from medrec.chain.libraries import account_class
from tests.support.anvil import anvil_node, deployed
from tests.support.world import world

__all__ = ["anvil_node", "deployed", "world"]

# Before a test module imports it by itself: see medrec.chain.libraries on the recursion limit.
account_class()
