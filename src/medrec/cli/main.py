"""The command tree, imported noun by noun, and the one place where errors become sentences."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence

import click

from medrec import __version__
from medrec.cli.output import as_json
from medrec.cli.settings import Command, Group, Settings, settings_of
from medrec.clinical.text import clean
from medrec.errors import FileUnreadable, MedRecError

NOUNS = {
    "access": "Who may see and write what, until when.",
    "account": "Accounts on this machine.",
    "admin": "Verify and suspend doctors, verify identities.",
    "audit": "Every action, and whether the trace holds.",
    "demo": "The whole main job, with invented people.",
    "deploy": "Deploy the contracts on a network.",
    "devnet": "A whole network on this machine, for trying.",
    "doctor": "Register as a doctor; the register.",
    "outbox": "What waits to be sent.",
    "patient": "Register as a patient; own data.",
    "record": "Write and read records.",
    "status": "Account, network, store and outbox at a glance.",
}

STOPPED = "Stopped. What was saved here waits in the outbox: `medrec outbox retry` goes on."


class Root(Group):
    """The root: a noun's module is imported only when the noun is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The nouns."""
        return sorted(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The noun's group."""
        if cmd_name not in NOUNS:
            return None
        module = importlib.import_module(f"medrec.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the nouns without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(NOUNS.items()))


@click.group(
    cls=Root,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="medrec")
@click.pass_context
def root(context: click.Context) -> None:
    """MedRec: the patient owns the record, and every action leaves a trace.

    Without a command, the desktop.
    """
    if context.invoked_subcommand is None:
        from medrec.app import Place
        from medrec.app.desktop import run_desktop

        settings = settings_of(context)
        run_desktop(Place(settings.home_dir(), settings.network_file()))


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status (0, 1 refused, 2 usage)."""
    os.umask(0o077)
    # Known before anything is parsed, so that every refusal is told in the form asked for.
    settings = Settings(json="--json" in arguments)
    try:
        result = root.main(list(arguments), prog_name="medrec", standalone_mode=False, obj=settings)
        return result if isinstance(result, int) else 0
    except MedRecError as error:
        _refuse(settings, error.at_terminal, error.code)
        return 1
    except (click.exceptions.Abort, KeyboardInterrupt):
        _refuse(settings, STOPPED, "Stopped")
        return 1
    except click.ClickException as error:
        if settings.json:
            _refuse(settings, error.format_message(), "Usage")
        else:
            error.show()
        return error.exit_code
    except OSError as error:
        if error.filename is None:
            return _mistake(settings)
        refused = FileUnreadable(name=str(error.filename), why=f"{error.strerror}.")
        _refuse(settings, refused.sentence, refused.code)
        return 1
    except Exception:
        return _mistake(settings)


def _mistake(settings: Settings) -> int:
    """Our own fault: say so, and where the trace is."""
    place = _log(settings)
    _refuse(settings, f"MedRec made a mistake; nothing more was done. Details: {place}", "Bug")
    return 1


def _refuse(settings: Settings, sentence: str, code: str) -> None:
    if settings.json:
        click.echo(as_json({"error": sentence, "code": code}), err=True)
    else:
        click.echo(clean(sentence), err=True)


def _log(settings: Settings) -> str:
    """Write the trace, which holds source lines and no values, where support can find it."""
    kind, _, trace = sys.exc_info()
    lines = traceback.format_tb(trace)
    try:
        home = settings.home_dir()
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = home / "medrec.log"
        with path.open("a", encoding="utf-8") as log:
            log.write("".join(lines) + f"{kind.__name__ if kind else ''}\n")
    except (OSError, FileUnreadable):
        return "none, for the home cannot be written"
    return str(path)


__all__ = ["Command", "root", "run"]
