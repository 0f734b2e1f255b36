"""Fixtures of the stores' tests."""

from tests.support.kubo import kubo_daemon

__all__ = ["kubo_daemon"]
