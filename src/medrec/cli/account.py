"""`medrec account`: accounts on this machine."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import click

from medrec.app import (
    Place,
    accounts_of,
    keyring_of,
    load_network,
    take_over_account,
    vault_files,
)
from medrec.cli.inputs import account_key, keystore_password, password, secret_from_stdin
from medrec.cli.output import emit, table
from medrec.cli.session import current, key_of, place_of, waiting, with_account
from medrec.cli.settings import Group, Settings
from medrec.domain.ids import Address
from medrec.domain.ports import Notifier
from medrec.errors import (
    ChooseSource,
    FileExists,
    FileUnreadable,
    KeyWouldBeLost,
    MedRecError,
    NoKeyringHere,
    NoNetwork,
    WordsWouldBeLost,
)
from medrec.services.accounts import NewAccount
from medrec.services.context import Context


@click.group(cls=Group)
def command() -> None:
    """Accounts on this machine."""


@command.command()
@click.argument("name")
@click.option("--show-secrets", is_flag=True, help="Print the words and the key even to a pipe.")
def new(name: str, show_secrets: bool) -> None:
    """Make an account from 24 new words; the words and the key are shown this once."""
    settings = current()
    if not (show_secrets or (sys.stdout.isatty() and not settings.json)):
        raise WordsWouldBeLost()
    secret = password(confirm=True)
    made = asyncio.run(accounts_of(place_of(settings)).create(name, secret))
    _show(settings, made, show_secrets)
    _fund(place_of(settings), made.address)


@command.command("import")
@click.argument("name")
@click.option("--words", is_flag=True, help="The words come on standard input.")
@click.option("--private-key", is_flag=True, help="The private key comes on standard input.")
@click.option("--keystore", type=click.Path(path_type=Path), help="A V3 keystore file.")
@click.option("--show-secrets", is_flag=True, help="Print the new key even to a pipe.")
def import_(
    name: str, words: bool, private_key: bool, keystore: Path | None, show_secrets: bool
) -> None:
    """Bring an account along: its words, its private key, or a keystore file.

    The secret comes on standard input. The account opens with your password and a new
    8-character key, or with the one in MEDREC_KEY.
    """
    settings = current()
    if [words, private_key, keystore is not None].count(True) != 1:
        raise ChooseSource()
    chosen = os.environ.get("MEDREC_KEY")
    if not (show_secrets or chosen or (sys.stdout.isatty() and not settings.json)):
        raise KeyWouldBeLost()
    accounts = accounts_of(place_of(settings))
    if words:
        brought = secret_from_stdin("Words")
        new_one = password(confirm=True)
        made = asyncio.run(accounts.import_words(name, brought, new_one, chosen))
    elif private_key:
        brought = secret_from_stdin("Private key")
        new_one = password(confirm=True)
        made = asyncio.run(accounts.import_key(name, brought, new_one, chosen))
    else:
        brought, old = _read(keystore), keystore_password()
        new_one = password(confirm=True)
        made = asyncio.run(accounts.import_keystore(name, brought, old, new_one, chosen))
    _show(settings, made, show_secrets)
    _take_over(place_of(settings), made, new_one)


@command.command("list")
def list_() -> None:
    """The accounts on this machine."""
    settings = current()
    found = accounts_of(place_of(settings)).listed()
    lines = table(["account", "address"], [[n, a or "?"] for n, a in found])
    emit(
        settings,
        [{"name": name, "address": address} for name, address in found],
        lines or ["No account here yet. Make one with `medrec account new NAME`."],
    )


@command.command()
@click.argument("name")
@click.option(
    "--keystore", type=click.Path(path_type=Path), required=True, help="The file to write."
)
def export(name: str, keystore: Path) -> None:
    """Write the wallet as a V3 keystore file under the same password."""
    settings = current()
    place = place_of(settings)
    accounts = accounts_of(place)
    accounts.address(name)
    text = asyncio.run(accounts.export_keystore(name, password(), key_of(place, name)))
    try:
        with keystore.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError as error:
        raise FileExists(name=keystore.name) from error
    except OSError as error:
        raise FileUnreadable(name=keystore.name, why=f"{error.strerror}.") from error
    emit(settings, {"name": name, "keystore": str(keystore)}, [f"Written to {keystore}."])


@command.command()
@click.argument("name")
def remember(name: str) -> None:
    """Keep the 8-character key in the system's keyring; the password is still asked for."""
    settings = current()
    place = place_of(settings)
    key = account_key()
    asyncio.run(accounts_of(place).unlock(name, password(), key))
    keyring = keyring_of(place)
    keyring.remember(name, key)
    if keyring.recall(name) != key:
        raise NoKeyringHere()
    emit(settings, {"name": name, "remembered": True}, ["The key is kept in the keyring."])


@command.command()
@click.argument("name")
def forget(name: str) -> None:
    """Take the 8-character key out of the system's keyring."""
    settings = current()
    keyring_of(place_of(settings)).forget(name)
    emit(settings, {"name": name, "remembered": False}, ["The key is not in the keyring."])


@command.command("replace-key")
def replace_key() -> None:
    """Replace the encryption key that others seal to; it comes from the same words."""

    async def work(context: Context) -> int:
        from medrec.services import own_keys

        return int((await own_keys.replace_key(context)).result["version"])

    version = with_account(work)
    text = "Others seal to the new key from now on. What was sealed to older ones still opens."
    emit(current(), {"key-version": version}, [text])


@command.command()
@click.argument("name")
@click.option("--for-ever", is_flag=True, help="Needed: nobody can open the account again.")
def close(name: str, for_ever: bool) -> None:
    """End every access to the record, then the account NAME. Nothing is deleted."""
    settings = current()
    chosen = settings.account_name(vault_files(place_of(settings)).names())
    if not for_ever or name != chosen:
        raise click.UsageError(
            f"Say the name of the account in use (“{chosen}”) and --for-ever: it cannot be undone."
        )

    async def work(context: Context) -> str:
        from medrec.services import closing

        await closing.close_account(context)
        return context.me

    address = with_account(work)
    text = "The account is closed. Its entries stay on the network, its records stay sealed."
    emit(settings, {"closed": address}, [text])


def _read(path: Path | None) -> str:
    if path is None:
        raise ChooseSource()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(name=path.name, why="it is not a readable text file.") from error


def _fund(place: Place, address: Address) -> None:
    """On a devnet a new account gets its fees at once; elsewhere, or later, it does not matter.

    After the secrets are shown: nothing may come between, they are shown only once.
    """

    async def fund(notifier: Notifier) -> None:
        from medrec.app import fund_address

        await fund_address(place, address, notifier)

    try:
        if load_network(place).funded:
            waiting(fund)
    except NoNetwork:
        return
    except MedRecError as error:
        click.echo(f"Not funded yet: {error.sentence}", err=True)


def _take_over(place: Place, made: NewAccount, secret: str) -> None:
    """Where the account is registered already, its new password and key have to be announced."""

    async def announce(notifier: Notifier) -> None:
        await take_over_account(place, made.name, secret, made.key, notifier)

    try:
        load_network(place)
        waiting(announce)
    except NoNetwork:
        return
    except MedRecError as error:
        click.echo(
            "If the account is registered already, import it again when the network is back: "
            f"it does not know the new password yet. {error.sentence}",
            err=True,
        )


def _show(settings: Settings, made: NewAccount, show_secrets: bool) -> None:
    document: dict[str, object] = {"name": made.name, "address": made.address}
    if show_secrets:
        document["key"] = made.key
        if made.words is not None:
            document["words"] = made.words
    lines = [f"Account “{made.name}” is ready: {made.address}", ""]
    if made.words is not None:
        lines += ["Write these 24 words on paper. Whoever has them has the record:", ""]
        words = made.words.split()
        lines += [
            "   " + "  ".join(f"{i + 1:2}. {w:9}" for i, w in row)
            for row in _rows(list(enumerate(words)), 6)
        ]
        lines.append("")
    lines += [
        f"Your 8-character key: {made.key}",
        "It opens this account together with your password. It is shown only now.",
    ]
    emit(settings, document, lines)


def _rows(items: list[tuple[int, str]], width: int) -> list[list[tuple[int, str]]]:
    return [items[i : i + width] for i in range(0, len(items), width)]
