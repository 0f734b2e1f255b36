"""Fixtures of the conformance suites."""

from tests.support.kubo import kubo_daemon

__all__ = ["kubo_daemon"]
