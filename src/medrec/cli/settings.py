"""The options that every command takes, before or after its verb."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from medrec.errors import ChooseAccount, FileUnreadable, NoSuchAccount


@dataclass(slots=True)
class Settings:
    """What was asked for on the command line or in the environment."""

    home: Path | None = None
    network: Path | None = None
    account: str | None = None
    json: bool = False
    show_secrets: bool = False

    def home_dir(self) -> Path:
        """--home, MEDREC_HOME, or the user's data folder.

        Raises:
            FileUnreadable: when something else than a folder is there.
        """
        home = self.home or self._usual_home()
        if home.exists() and not home.is_dir():
            raise FileUnreadable(name=str(home), why="it is not a folder.")
        return home

    def _usual_home(self) -> Path:
        from_environment = os.environ.get("MEDREC_HOME")
        if from_environment:
            return Path(from_environment)
        import platformdirs

        return Path(platformdirs.user_data_dir("medrec", appauthor=False))

    def network_file(self) -> Path | None:
        """--network or MEDREC_NETWORK."""
        if self.network is not None:
            return self.network
        from_environment = os.environ.get("MEDREC_NETWORK")
        return Path(from_environment) if from_environment else None

    def account_name(self, names: list[str]) -> str:
        """--account, MEDREC_ACCOUNT, or the only account there is.

        Raises:
            ChooseAccount, NoSuchAccount.
        """
        name = self.account or os.environ.get("MEDREC_ACCOUNT")
        if name is not None:
            return name
        if len(names) == 1:
            return names[0]
        if not names:
            raise NoSuchAccount(name="")
        raise ChooseAccount(names=", ".join(names))


def settings_of(context: click.Context) -> Settings:
    """The one settings object of this run."""
    root = context.find_root()
    if not isinstance(root.obj, Settings):
        root.obj = Settings()
    return root.obj


def _store(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    if value not in (None, False) and parameter.name is not None:
        name = parameter.name.removeprefix("global_")
        setattr(settings_of(context), name, value)
    return value


def common_options() -> list[click.Option]:
    """The options, anew for each command."""
    path = click.Path(path_type=Path)
    return [
        click.Option(
            ["--home", "global_home"],
            type=path,
            expose_value=False,
            callback=_store,
            help="Folder for accounts and data.",
        ),
        click.Option(
            ["--network", "global_network"],
            type=path,
            expose_value=False,
            callback=_store,
            help="Network file.",
        ),
        click.Option(
            ["--account", "global_account"],
            expose_value=False,
            callback=_store,
            help="Which account acts.",
        ),
        click.Option(
            ["--json", "global_json"],
            is_flag=True,
            expose_value=False,
            callback=_store,
            help="One JSON document on standard output.",
        ),
    ]


class Command(click.Command):
    """A command that takes the common options too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(common_options())


class Group(click.Group):
    """A group of commands that take the common options too."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(common_options())
