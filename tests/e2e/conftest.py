"""Fixtures of the end-to-end tests.

Tests of one `xdist_group` share a network and its people, and so stay in one process where the
groups are spread over several (``--dist loadgroup``); those of none share nobody.
"""

from tests.support.devnet import folder_network, kubo_network, network

__all__ = ["folder_network", "kubo_network", "network"]
