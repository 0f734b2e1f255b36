"""`medrec demo` with a display: a clinic of invented people, and the desktop at sign-in."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path

import click
import platformdirs

from medrec.app import Place
from medrec.app.desktop import check_display, run_desktop
from medrec.cli.demo_clinic import Tell, fill
from medrec.cli.devnet import start
from medrec.cli.output import TerminalNotifier
from medrec.errors import DemoFailed
from medrec.services.devnet import Devnet
from medrec.store.demo import read_demo

UNFINISHED = "demo-unfinished"
"""Stands in a home of the demo's own until its people are complete."""


def open_clinic(home: Path | None, store: str, keep: bool) -> None:
    """Start the network, make the clinic where there is none yet, and open the desktop.

    Raises:
        NoDisplay, DemoFailed, and whatever the devnet and the services refuse.
    """
    check_display()
    place = home or Path(platformdirs.user_data_dir("medrec-demo", appauthor=False))
    devnet = Devnet(place)
    try:
        asyncio.run(prepare(place, store))
        click.echo("The desktop opens. Its people are invented; their passwords are filled in.")
        run_desktop(Place(place, devnet.network_file))
    finally:
        if not keep:
            asyncio.run(devnet.down())


async def prepare(home: Path, store: str) -> None:
    """The devnet of a home, running, with the clinic's people and their history.

    Raises:
        DemoFailed: when somebody else's accounts lie there.
    """
    await _clear(home)
    notifier = TerminalNotifier()
    begun = time.monotonic()
    fresh = not read_demo(home)
    if fresh:
        _claim(home)
        click.echo("Making a clinic with doctors and patients (about half a minute, once).")
    up = await start(home, store, None, notifier)
    notifier.clear()
    for note in up.notes:
        click.echo(note)
    if fresh:
        await fill(Place(home, up.network_file), up.admin, notifier, _teller(notifier))
        notifier.clear()
        (home / UNFINISHED).unlink()
        click.echo(f"The clinic is ready after {time.monotonic() - begun:.0f} seconds.")


def _claim(home: Path) -> None:
    """Mark a home as the demo's own, where nobody else's accounts lie in it."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    accounts = home / "accounts"
    if accounts.is_dir() and any(accounts.iterdir()):
        raise DemoFailed(why=f"{home} holds accounts already. Give another folder with --home.")
    (home / UNFINISHED).touch(mode=0o600)


def _teller(notifier: TerminalNotifier) -> Tell:
    def tell(sentence: str) -> None:
        notifier.clear()
        click.echo(f"  {sentence}")

    return tell


async def _clear(home: Path) -> None:
    """Let go of a clinic that was never finished: nobody has worked with it."""
    if (home / UNFINISHED).is_file():
        await Devnet(home).down()
        shutil.rmtree(home)
