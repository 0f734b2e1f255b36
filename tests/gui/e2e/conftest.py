"""Fixtures of the end-to-end tests of the desktop."""

from tests.support.devnet import folder_network, kubo_network, network
from tests.support.refusals import desk, ward

__all__ = ["desk", "folder_network", "kubo_network", "network", "ward"]
