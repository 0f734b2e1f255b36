"""One account in several places at the same time: nothing is lost and nothing done twice."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.support.cli import DATA, Outcome, Person, at_once
from tests.support.devnet import TestNetwork

NOTE = DATA / "fhir" / "blood-pressure.json"


@pytest.fixture(scope="module")
def ines(folder_network: TestNetwork) -> Person:
    return folder_network.patient("ines")


@pytest.fixture(scope="module")
def ines_elsewhere(ines: Person) -> Person:
    """The same account on another machine, to which its file was copied."""
    home = ines.home.with_name("elsewhere")
    shutil.copytree(ines.home, home, ignore=shutil.ignore_patterns("db"))
    return replace(ines, home=home, runs=[])


def add_at_once(*people: Person) -> list[Outcome]:
    """Everybody adds a record at the same moment."""

    def add(person: Person) -> Outcome:
        return person.run("record", "add", person.address, NOTE, "--category", "vitals")

    return at_once(*(partial(add, person) for person in people))


def test_two_windows_of_one_account(folder_network: TestNetwork, ines: Person) -> None:
    known = folder_network.created(ines)
    written = [outcome.document["record"] for outcome in add_at_once(ines, ines)]
    assert sorted(folder_network.created(ines)) == sorted([*known, *written])
    assert ines("outbox", "list") == []


def test_one_account_on_two_machines(
    folder_network: TestNetwork, ines: Person, ines_elsewhere: Person
) -> None:
    known = folder_network.created(ines)
    written = [outcome.document["record"] for outcome in add_at_once(ines, ines_elsewhere)]
    assert sorted(folder_network.created(ines)) == sorted([*known, *written])
    rows = ines_elsewhere("record", "list", ines.address)
    assert {row["record"] for row in rows} == set(folder_network.created(ines))
    assert ines("audit", "verify", ines.address)["verified"] is True


def test_the_words_alone_restore_everything(
    folder_network: TestNetwork, ines: Person, tmp_path: Path
) -> None:
    """On a new machine with a new password; copies under the old one stay out from then on."""
    new = Person(tmp_path / "new", folder_network.file, "back", "another long password")
    made = new("account", "import", "back", "--words", "--show-secrets", stdin=ines.words)
    assert made["address"] == ines.address
    new.key = made["key"]
    rows = new("record", "list", ines.address)
    assert {row["record"] for row in rows} == set(folder_network.created(ines))
    assert new("audit", "list", ines.address)[-1]["action"] != "consulted"
    refused = ines.refused("record", "list", ines.address)
    assert refused.code == "PasswordChangedElsewhere"
