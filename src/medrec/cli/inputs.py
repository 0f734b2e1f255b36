"""What a command takes in: secrets, people's data, lists of categories, dates, ids."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from medrec.cli.output import LAST_MOMENT
from medrec.clinical import jsontext
from medrec.domain.categories import GENERAL, GRANTABLE, Category, Permission
from medrec.domain.ids import Address, RecordId
from medrec.errors import (
    BadAddress,
    BadCategory,
    BadDate,
    BadFields,
    BadRecordId,
    FileUnreadable,
    NotFhir,
    SecretNeeded,
)

MAY_BE_EMPTY = frozenset({"address", "phone"})


def password(confirm: bool = False) -> str:
    """MEDREC_PASSWORD, or asked for on the terminal without showing it.

    Raises:
        SecretNeeded.
    """
    return _secret("MEDREC_PASSWORD", "Password", confirm)


def account_key() -> str:
    """MEDREC_KEY, or asked for.

    Raises:
        SecretNeeded.
    """
    return _secret("MEDREC_KEY", "8-character key", confirm=False)


def keystore_password() -> str:
    """The keystore's own password: MEDREC_KEYSTORE_PASSWORD, standard input, or asked for.

    Where nothing is piped in, it is the account's password, with which `export` writes them.

    Raises:
        SecretNeeded.
    """
    if "MEDREC_KEYSTORE_PASSWORD" not in os.environ and not sys.stdin.isatty():
        return sys.stdin.read().rstrip("\n") or password()
    return _secret("MEDREC_KEYSTORE_PASSWORD", "Password of the keystore file", confirm=False)


def _secret(variable: str, what: str, confirm: bool) -> str:
    given = os.environ.get(variable)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise SecretNeeded(what=what, variable=variable)
    answer: str = click.prompt(what, hide_input=True, confirmation_prompt=confirm, err=True)
    return answer


def secret_from_stdin(what: str) -> str:
    """A secret piped in, or asked for on a terminal."""
    if sys.stdin.isatty():
        answer: str = click.prompt(what, hide_input=True, err=True)
        return answer
    return sys.stdin.read().strip()


def people_data(source: str | None, names: Sequence[str]) -> Mapping[str, object]:
    """The fields of a JSON object (`--from`), unchecked, or each asked for on the terminal.

    Raises:
        BadFields, NotJson, FileUnreadable.
    """
    if source is not None:
        return _json_object(source)
    if not sys.stdin.isatty():
        raise BadFields(why=f"give {', '.join(names)} as JSON with --from FILE.")
    return {name: _asked(name) for name in names}


def _asked(name: str) -> str:
    empty = "" if name in MAY_BE_EMPTY else None
    question = name.replace("_", " ").capitalize()
    answer: str = click.prompt(question, default=empty, show_default=False, err=True)
    return answer


def _json_object(source: str) -> dict[str, object]:
    name = "standard input" if source == "-" else Path(source).name
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise FileUnreadable(name=name, why=f"{error.strerror}.") from error
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileUnreadable(name=name, why="it is not text in UTF-8.") from error
    try:
        data = jsontext.decode(raw, name)
    except NotFhir as error:
        raise BadFields(why=str(error.facts["why"])) from error
    if not isinstance(data, dict):
        raise BadFields(why="the JSON must be one object.")
    return data


def address(text: str) -> Address:
    """An address in its checksummed spelling.

    Raises:
        BadAddress: also when a mixed-case spelling fails its EIP-55 checksum.
    """
    from medrec.chain.keccak import checksum

    digits = text.strip().removeprefix("0x").removeprefix("0X")
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        raise BadAddress(text=text) from None
    if len(raw) != 20:
        raise BadAddress(text=text)
    proper = checksum(raw)
    if digits not in (digits.lower(), digits.upper()) and "0x" + digits != proper:
        raise BadAddress(text=text)
    return proper


def record_id(text: str) -> RecordId:
    """A record id.

    Raises:
        BadRecordId.
    """
    try:
        raw = bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError:
        raise BadRecordId(text=text) from None
    if len(raw) != 32:
        raise BadRecordId(text=text)
    return RecordId(raw)


def category(text: str) -> Category:
    """One category by its name.

    Raises:
        BadCategory.
    """
    try:
        return Category(text.strip().lower())
    except ValueError:
        known = ", ".join(c.value for c in Category)
        raise BadCategory(text=text, known=known) from None


def categories(text: str | None) -> frozenset[Category]:
    """A comma-separated list of categories, `all`, `general`, or nothing.

    Raises:
        BadCategory.
    """
    found: set[Category] = set()
    for word in (text or "").replace(" ", ",").split(","):
        match word.strip().lower():
            case "" | "none":
                continue
            case "all":
                found |= set(GRANTABLE)
            case "general":
                found |= set(GENERAL)
            case _:
                found.add(category(word))
    return frozenset(found - {Category.IDENTITY})


def permission(read: str | None, write: str | None) -> Permission:
    """The permission of both lists.

    Raises:
        BadCategory.
    """
    return Permission(categories(read), categories(write))


def end_of_day(text: str) -> int:
    """The end of a day where the user is, in Unix seconds.

    A whole RFC 3339 time is taken as it is, for scripts that need minutes.

    Raises:
        BadDate.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadDate(text=text, why="it is not a date.") from None
    if len(text.strip()) <= len("2026-12-31"):
        moment = moment.replace(hour=23, minute=59, second=59)
    try:
        seconds = int(moment.astimezone().timestamp())
    except (OverflowError, OSError, ValueError):
        raise BadDate(text=text, why="it is not a date.") from None
    if seconds <= int(time.time()):
        raise BadDate(text=text, why="it is already over.")
    if seconds > LAST_MOMENT:
        raise BadDate(text=text, why="it is too far away.")
    return seconds
