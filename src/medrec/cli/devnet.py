"""`medrec devnet`: a whole network on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from medrec.app import Place, session
from medrec.cli.output import emit
from medrec.cli.session import current, waiting
from medrec.cli.settings import Group
from medrec.domain.ports import Notifier
from medrec.services import administration
from medrec.services.devnet import BLOCK_TIMES, Devnet, Up


@click.group(cls=Group)
def command() -> None:
    """A whole network on this machine, for trying."""


@command.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the Ethereum node.")
@click.option("--store", type=click.Choice(["kubo", "folder"]), help="Where sealed objects lie.")
@click.option("--node", type=click.Choice(list(BLOCK_TIMES)), help="The Ethereum node to run.")
@click.option(
    "--block-time",
    type=click.IntRange(0, 60),
    metavar="SECONDS",
    help="Between two blocks; 0: a block for each transaction at once.",
)
def up(port: int | None, store: str | None, node: str | None, block_time: int | None) -> None:
    """Start it, in the background; harmless when it runs already."""
    home = current().home_dir()

    async def work(notifier: Notifier) -> Up:
        return await start(home, store, port, notifier, node=node, block_time=block_time)

    running = waiting(work)
    admin = running.admin
    for note in running.notes:
        click.echo(note, err=True)
    emit(
        current(),
        {
            "network": str(running.network_file),
            "rpc": running.rpc,
            "store": running.store,
            "admin": {"name": admin.name, "password": admin.password, "key": admin.key},
        },
        [
            "The devnet is up.",
            f"  network file   {running.network_file}",
            f"  node           {running.rpc}",
            f"  store          {running.store}",
            f"  administrator  account “{admin.name}”, password {admin.password}, key {admin.key}",
        ],
    )


@command.command()
def down() -> None:
    """Stop it; everything stays on disk."""
    home = current().home_dir()

    async def work(_: Notifier) -> None:
        await Devnet(home).down()

    waiting(work)
    emit(current(), {"running": False}, ["The devnet is down. `medrec devnet up` goes on."])


@command.command()
def status() -> None:
    """What runs, and where."""
    home = current().home_dir()

    async def work(_: Notifier) -> dict[str, object]:
        return dict(await Devnet(home).status())

    found = waiting(work)
    emit(current(), found, _lines(found))


@command.command()
def reset() -> None:
    """Stop it and forget its chain and store; the accounts stay."""
    home = current().home_dir()

    async def work(_: Notifier) -> None:
        await Devnet(home).reset()

    waiting(work)
    emit(current(), {"reset": True}, ["The devnet is empty. `medrec devnet up` starts anew."])


async def start(
    home: Path,
    store: str | None,
    port: int | None,
    notifier: Notifier,
    *,
    node: str | None = None,
    block_time: int | None = None,
) -> Up:
    """Start the devnet and see to it that its administrator can sign in."""
    devnet = Devnet(home)
    running = await devnet.up(store, port, notifier.progress, node=node, block_time=block_time)
    admin = running.admin
    place = Place(home, running.network_file)
    async with session(place, admin.name, admin.password, admin.key, notifier) as context:
        await administration.register(context)
    return running


def _lines(found: dict[str, object]) -> list[str]:
    lines = []
    for name, value in found.items():
        if isinstance(value, dict):
            lines.append(name)
            lines += [f"  {key:12} {item}" for key, item in value.items()]
        else:
            lines.append(f"{name}  {value}")
    return lines
