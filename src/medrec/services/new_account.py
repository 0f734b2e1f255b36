"""An account in the making: nothing of it is written before its words are known to be kept."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from medrec.crypto.vault import new_key
from medrec.crypto.words import new_words
from medrec.domain.ids import Address
from medrec.services.accounts import Accounts, NewAccount

ASKED = 3
"""How many of the words a person types to show that they are kept."""


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """New words and a new 8-character key, which lie in memory only."""

    words: tuple[str, ...] = field(repr=False)
    key: str = field(repr=False)
    asked: tuple[int, ...]
    """Places of the words to ask for, from 1, ascending."""

    def wrong(self, answers: Sequence[str]) -> tuple[int, ...]:
        """The asked places whose answer is not the word."""
        return tuple(
            place
            for place, answer in zip(self.asked, answers, strict=True)
            if not hmac.compare_digest(
                answer.strip().lower().encode(), self.words[place - 1].encode()
            )
        )


def draft_account() -> AccountDraft:
    """New words and a new key; nothing is written."""
    words = tuple(new_words().split())
    places = secrets.SystemRandom().sample(range(1, len(words) + 1), ASKED)
    return AccountDraft(words, new_key(), tuple(sorted(places)))


async def create_drafted(
    accounts: Accounts, label: str, draft: AccountDraft, password: str
) -> NewAccount:
    """Write the account of a draft whose words and key its person has written down.

    Raises:
        AccountExists, WeakPassword.
    """
    name = accounts.free_name(label)
    return await accounts.import_words(name, " ".join(draft.words), password, draft.key, label)


class SecretKind(StrEnum):
    """What a person brings an account along in."""

    WORDS = "words"
    KEY = "key"
    KEYSTORE = "keystore"


@dataclass(frozen=True, slots=True)
class Brought:
    """An account's secret as it was typed: words, hexadecimal key, or a V3 file's text."""

    kind: SecretKind
    secret: str = field(repr=False)
    password: str = field(default="", repr=False)
    """The keystore's own."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A secret that opens an account, the account's address, and its new 8-character key."""

    brought: Brought
    address: Address
    key: str = field(repr=False)
    here: str = ""
    """What the account is called, where it is on this computer already."""


async def recognise(accounts: Accounts, brought: Brought) -> Recognised:
    """Open what was brought; nothing is written.

    Raises:
        BadWords, BadPrivateKey, BadKeystore.
    """
    if brought.kind is SecretKind.KEYSTORE:
        key = await accounts.key_in_keystore(brought.secret, brought.password)
        brought = Brought(SecretKind.KEY, key)
    if brought.kind is SecretKind.WORDS:
        address = await accounts.address_of_words(brought.secret)
    else:
        address = await accounts.address_of_key(brought.secret)
    here = next((known.label for known in accounts.named() if known.address == address), "")
    return Recognised(brought, address, new_key(), here)


async def import_recognised(
    accounts: Accounts, label: str, found: Recognised, password: str
) -> NewAccount:
    """Write the account of a secret whose new key its person has written down.

    Raises:
        AccountExists, WeakPassword.
    """
    name = accounts.free_name(label)
    secret = found.brought.secret
    if found.brought.kind is SecretKind.WORDS:
        return await accounts.import_words(name, secret, password, found.key, label)
    return await accounts.import_key(name, secret, password, found.key, label)
