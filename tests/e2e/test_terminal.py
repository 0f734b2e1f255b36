"""A person at a terminal: prompts for secrets and data, progress, words instead of JSON."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.cli import PASSWORD, Person
from tests.support.devnet import PATIENT, TestNetwork
from tests.support.terminal import at_terminal

KEY = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")


@pytest.fixture(scope="module")
def nadia(folder_network: TestNetwork, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Somebody who made an account at a terminal and registered there."""
    nadia = Person(tmp_path_factory.mktemp("nadia"), folder_network.file, "nadia")
    where: list[str | Path] = ["--home", nadia.home, "--network", folder_network.file]
    twice = [("Password", PASSWORD), ("Repeat", PASSWORD)]
    status, text = at_terminal("account", "new", "nadia", *where, dialog=twice)
    assert status == 0, text
    assert PASSWORD not in text
    assert len(re.findall(r"\d+\. [a-z]+", text)) == 24
    (nadia.key,) = KEY.findall(text)
    answers = {**PATIENT, "given": "Nadia"}
    fields = ["given", "family", "birth_date", "sex", "address", "phone"]
    asked = [(name.replace("_", " ").capitalize(), answers[name]) for name in fields]
    secrets = [("Password", PASSWORD), ("key", nadia.key)]
    status, text = at_terminal("patient", "register", *where, dialog=[*asked, *secrets])
    assert status == 0, text
    assert PASSWORD not in text
    assert nadia.key not in text
    (nadia.address,) = re.findall(r"0x[0-9a-fA-F]{40}", text)
    return nadia


def test_what_was_typed_is_what_was_registered(nadia: Person) -> None:
    shown = nadia("patient", "show")
    assert {**shown, **PATIENT, "given": "Nadia", "patient": nadia.address} == shown


def test_a_person_sees_what_is_waited_for_and_then_words(nadia: Person) -> None:
    status, text = at_terminal(
        "record", "list", nadia.address,
        "--home", nadia.home, "--network", str(nadia.network),
        MEDREC_PASSWORD=nadia.password, MEDREC_KEY=nadia.key,
    )  # fmt: skip
    assert status == 0, text
    assert "… Opening the account" in text
    assert "Personal data" in text
    assert not text.lstrip().startswith(("[", "{"))


def test_a_refusal_is_a_sentence_and_no_json(nadia: Person) -> None:
    done = nadia.in_words("record", "list", nadia.address, MEDREC_PASSWORD="not the password")
    assert done.status == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Password and 8-character key do not fit together")
    assert len(done.stderr.strip().splitlines()) == 1
