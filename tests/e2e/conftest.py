"""Fixtures of the end-to-end tests."""

from tests.support.devnet import folder_network, kubo_network, network

__all__ = ["folder_network", "kubo_network", "network"]
