"""People at the command line: each runs the installed `medrec` in a home of their own.

Every run is checked for what holds for all: with --json one document on standard output and
nothing else, a refusal as {"error", "code"} on standard error, and never a traceback.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
MEDREC = ROOT / ".venv" / "bin" / "medrec"
SHARED_DATA = ROOT.parent / "shared" / "data"
DATA = ROOT / "tests" / "data"
PASSWORD = "correct horse battery staple"
TIMEOUT = 180
"""Seconds; no command takes more than a few, also on a busy machine."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run: its arguments, exit status and output."""

    arguments: tuple[str, ...]
    status: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        assert self.status == 0, f"{self.arguments} ended with {self.status}: {self.stderr}"
        return json.loads(self.stdout)

    @property
    def refusal(self) -> Refusal:
        """The refusal on standard error; nothing may stand on standard output."""
        assert self.status == 1, f"{self.arguments} ended with {self.status}: {self.stdout}"
        assert self.stdout == ""
        told = json.loads(self.stderr)
        assert set(told) == {"error", "code"}
        refused = Refusal(told["error"], told["code"])
        assert_one_sentence(refused)
        return refused


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refused command said."""

    error: str
    code: str


def assert_one_sentence(refused: Refusal) -> None:
    """What a person can read: a line of words, no trace, no value's inside, no mistake of ours."""
    assert refused.code.isidentifier()
    assert refused.code != "Bug", refused.error
    assert refused.error == refused.error.strip() != ""
    assert "\n" not in refused.error
    assert refused.error.rstrip("”").endswith((".", "?", "`"))
    for sign in ("Traceback", "Error(", "Exception", "object at 0x", "b'", "None"):
        assert sign not in refused.error


def medrec(
    *arguments: str | Path,
    stdin: str = "",
    environment: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
) -> Outcome:
    """Run the program as a script does: no terminal, only its own variables in the environment."""
    words = tuple(str(argument) for argument in arguments)
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MEDREC_")}
    done = subprocess.run(
        [MEDREC, *words],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**inherited, **(environment or {})},
        timeout=timeout,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return Outcome(words, done.returncode, done.stdout, done.stderr)


def at_once(*acts: Callable[[], T]) -> list[T]:
    """What several people do at the same time: on a chain with a period they wait together."""
    with ThreadPoolExecutor(len(acts)) as threads:
        return [told.result() for told in [threads.submit(act) for act in acts]]


@dataclass
class Person:
    """Somebody with one account, who acts by `medrec` on one network."""

    home: Path
    network: Path | None
    name: str
    password: str = PASSWORD
    key: str = ""
    address: str = ""
    words: str = ""
    runs: list[Outcome] = field(default_factory=list)

    def run(self, *arguments: str | Path, stdin: str = "", **environment: str) -> Outcome:
        """Run a command with --json as this person; further variables by their names."""
        return self.in_words(*arguments, "--json", stdin=stdin, **environment)

    def in_words(self, *arguments: str | Path, stdin: str = "", **environment: str) -> Outcome:
        """Run a command whose answer is for people."""
        options: list[str | Path] = ["--home", self.home, "--account", self.name]
        if self.network is not None:
            options += ["--network", self.network]
        secrets = {"MEDREC_PASSWORD": self.password}
        if self.key:
            secrets["MEDREC_KEY"] = self.key
        done = medrec(*arguments, *options, stdin=stdin, environment={**secrets, **environment})
        self.runs.append(done)
        return done

    def __call__(self, *arguments: str | Path, stdin: str = "", **environment: str) -> Any:
        """The document of a command that succeeds."""
        return self.run(*arguments, stdin=stdin, **environment).document

    def tells(self, data: Mapping[str, str], *arguments: str | Path) -> Any:
        """The document of a command that takes people's data, given on standard input."""
        return self(*arguments, "--from", "-", stdin=json.dumps(data))

    def refused(self, *arguments: str | Path, stdin: str = "", **environment: str) -> Refusal:
        """What a command says that must refuse."""
        return self.run(*arguments, stdin=stdin, **environment).refusal

    def make_account(self) -> Person:
        """Make the account in the person's home."""
        made = self("account", "new", self.name, "--show-secrets")
        self.key, self.address, self.words = made["key"], made["address"], made["words"]
        return self
