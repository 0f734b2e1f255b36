"""What stands before the door: everything that can be done without an open account.

The composition root implements it, so that no controller builds a gateway.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from medrec.domain.network import Network
from medrec.domain.ports import Notifier
from medrec.models.entry import AccountChoice
from medrec.services.accounts import NewAccount
from medrec.services.context import Context
from medrec.services.network_check import NetworkReport
from medrec.services.new_account import AccountDraft, Brought, Recognised
from medrec.store.preferences import Preferences


@dataclass(frozen=True)
class Opened:
    """An open account. ``online`` is False where only what lies on this computer was opened."""

    context: Context
    online: bool
    close: Callable[[], Awaitable[None]]
    """Closes the gateways and forgets the keys."""
    catch_up: Callable[[], Awaitable[None]]
    """Goes on with what waits in the outbox and gives out new keys where they are due."""


class Gate(Protocol):
    """The accounts, keyring, networks and settings of one home."""

    async def accounts(self) -> list[AccountChoice]:
        """The accounts of this computer."""
        ...

    async def keyring_exists(self) -> bool:
        """Whether there is a keyring that could remember keys."""
        ...

    async def recall(self, name: str) -> str | None:
        """An account's 8-character key, where the keyring holds it."""
        ...

    async def remember(self, name: str, key: str) -> bool:
        """Keep a key in the keyring; whether it was kept."""
        ...

    async def forget(self, name: str) -> None:
        """Take a key out of the keyring."""
        ...

    async def invented(self, name: str) -> tuple[str, str] | None:
        """Password and key of one of the demo's invented people."""
        ...

    async def check_label(self, label: str) -> None:
        """See to it that a new account may be called so.

        Raises:
            AccountExists.
        """
        ...

    async def draft(self) -> AccountDraft:
        """New words and a new key, in memory only."""
        ...

    async def create(self, label: str, draft: AccountDraft, password: str) -> NewAccount:
        """Write the account of a draft.

        Raises:
            AccountExists, WeakPassword, FileUnreadable.
        """
        ...

    async def recognise(self, brought: Brought) -> Recognised:
        """Open what a person brings along; nothing is written.

        Raises:
            BadWords, BadPrivateKey, BadKeystore.
        """
        ...

    async def read_text(self, path: Path) -> str:
        """A small text file: a keystore.

        Raises:
            FileUnreadable.
        """
        ...

    async def bring_in(self, label: str, found: Recognised, password: str) -> NewAccount:
        """Write the account of what was brought along.

        Raises:
            AccountExists, WeakPassword, FileUnreadable.
        """
        ...

    async def take_over(self, name: str, password: str, key: str, notifier: Notifier) -> None:
        """Let an imported account sign in from here.

        Raises:
            NetworkError subclasses.
        """
        ...

    async def unlock(
        self, name: str, password: str, key: str, notifier: Notifier, online: bool = True
    ) -> Opened:
        """Open an account; the caller closes it.

        Raises:
            AccountError, NetworkError, IntegrityError subclasses.
        """
        ...

    async def network(self) -> Network | None:
        """The network in use, or None where none was opened yet.

        Raises:
            BadNetworkFile, FileUnreadable.
        """
        ...

    async def network_state(self) -> NetworkReport | None:
        """The network in use and its nodes as they answer now.

        Raises:
            BadNetworkFile, FileUnreadable.
        """
        ...

    async def read_network(self, path: Path) -> NetworkReport:
        """A network file, checked against its nodes.

        Raises:
            BadNetworkFile, FileUnreadable.
        """
        ...

    async def use_network(self, network: Network) -> None:
        """Use a network from now on.

        Raises:
            FileUnreadable.
        """
        ...

    async def preferences(self) -> Preferences:
        """The desktop's settings."""
        ...

    async def set_preferences(self, preferences: Preferences) -> None:
        """Keep the desktop's settings.

        Raises:
            FileUnreadable.
        """
        ...
