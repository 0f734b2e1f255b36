"""Registering a user: role, authenticator, and the encryption key bound to the wallet."""

from __future__ import annotations

from medrec.domain.calls import RegisterUser
from medrec.domain.outbox import Step
from medrec.domain.people import Role
from medrec.domain.typed import KeyBinding
from medrec.services.context import Context

FIRST_KEY = 1
"""The version of a user's first encryption key."""


async def register_step(context: Context, role: Role) -> Step:
    """The step that registers the account as a user."""
    key = context.key(FIRST_KEY)
    binding = context.wallet.sign_statement(KeyBinding(key.public, FIRST_KEY))
    return Step(RegisterUser(role, context.authenticator, key.public, binding))
