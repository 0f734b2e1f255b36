"""Accounts by the command line: made, brought along, listed, exported; secrets and options."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from medrec.chain.libraries import account_class
from tests.support.cli import PASSWORD, Person, medrec

WORDS = (
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
)
WORDS_ADDRESS = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
"""The wallet of the words at m/44'/60'/0'/0/0: what MetaMask shows for this well-known phrase."""

PRIVATE_KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
PRIVATE_KEY_ADDRESS = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23"
"""The key and address of web3.js's documentation."""


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path / "home", None, "maria")


def test_a_new_account_without_a_terminal_or_show_secrets_is_refused(person: Person) -> None:
    assert person.refused("account", "new", "maria").code == "WordsWouldBeLost"
    assert person("account", "list") == []


def test_an_account_comes_back_from_its_words_alone(person: Person, tmp_path: Path) -> None:
    made = person("account", "new", "maria", "--show-secrets")
    assert set(made) == {"name", "address", "key", "words"}
    assert len(made["words"].split()) == 24
    elsewhere = Person(tmp_path / "elsewhere", None, "again")
    back = elsewhere(
        "account", "import", "again", "--words", "--show-secrets", stdin=made["words"] + "\n"
    )
    assert back["address"] == made["address"]
    assert back["key"] != made["key"]
    assert elsewhere("account", "list") == [{"name": "again", "address": made["address"]}]


@pytest.mark.parametrize(
    ("how", "secret", "address"),
    [
        ("--words", WORDS, WORDS_ADDRESS),
        ("--private-key", PRIVATE_KEY, PRIVATE_KEY_ADDRESS),
        ("--private-key", "0x" + PRIVATE_KEY, PRIVATE_KEY_ADDRESS),
    ],
)
def test_words_and_private_keys_of_other_programs(
    person: Person, how: str, secret: str, address: str
) -> None:
    made = person("account", "import", "old", how, "--show-secrets", stdin=secret)
    assert made["address"] == address
    assert "words" not in made


def test_a_keystore_goes_out_and_comes_back(person: Person, tmp_path: Path) -> None:
    made = person(
        "account", "import", "maria", "--private-key", "--show-secrets", stdin=PRIVATE_KEY
    )
    file = tmp_path / "wallet.json"
    person("account", "export", "maria", "--keystore", file, MEDREC_KEY=made["key"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert account_class().decrypt(file.read_text(), PASSWORD).hex() == PRIVATE_KEY
    back = person(
        "account", "import", "again", "--keystore", file, "--show-secrets",
        MEDREC_KEYSTORE_PASSWORD=PASSWORD,
    )  # fmt: skip
    assert back["address"] == PRIVATE_KEY_ADDRESS
    exists = person.refused(
        "account", "export", "maria", "--keystore", file, MEDREC_KEY=made["key"]
    )
    assert exists.code == "FileExists"


@pytest.mark.parametrize(
    ("arguments", "secret", "code"),
    [
        (["--words"], WORDS.replace("about", "abandon"), "BadWords"),
        (["--words"], "these are not words", "BadWords"),
        (["--private-key"], "zz", "BadPrivateKey"),
        (["--private-key"], "0" * 64, "BadPrivateKey"),
        (["--words", "--private-key"], WORDS, "ChooseSource"),
        ([], WORDS, "ChooseSource"),
        (["--keystore", os.devnull], "", "BadKeystore"),
    ],
)
def test_what_is_no_account_is_refused_and_nothing_is_made(
    person: Person, arguments: list[str], secret: str, code: str
) -> None:
    refused = person.refused(
        "account", "import", "old", *arguments, "--show-secrets",
        stdin=secret, MEDREC_KEYSTORE_PASSWORD="x",
    )  # fmt: skip
    assert refused.code == code
    assert not secret or secret not in refused.error
    assert person("account", "list") == []


@pytest.mark.parametrize("name", ["../maria", "", "a/b", ".", "x" * 300])
def test_a_name_that_cannot_be_a_file(person: Person, name: str) -> None:
    assert person.refused("account", "new", name, "--show-secrets").code == "BadAccountName"


def test_a_weak_password_and_a_name_taken(person: Person) -> None:
    new = ("account", "new", "maria", "--show-secrets")
    assert person.refused(*new, MEDREC_PASSWORD="short").code == "WeakPassword"
    vault = person(*new)
    assert person.refused(*new).code == "AccountExists"
    assert person("account", "list") == [{"name": "maria", "address": vault["address"]}]


def test_options_stand_before_or_after_the_verb(person: Person, tmp_path: Path) -> None:
    person("account", "new", "maria", "--show-secrets")
    home = ("--home", tmp_path / "home")
    lists = [
        medrec("--json", *home, "account", "list"),
        medrec("account", "--json", *home, "list"),
        medrec("account", "list", *home, "--json"),
        medrec(*home, "account", "list", "--json"),
    ]
    assert len({done.stdout for done in lists}) == 1
    assert json.loads(lists[0].stdout)[0]["name"] == "maria"


@pytest.mark.parametrize(
    "arguments",
    [
        ("account", "lose", "maria"),
        ("account", "new"),
        ("record", "add", "0x" + "1" * 40),
        ("record", "show", "0x" + "1" * 40, "00", "--version", "first"),
        ("devnet", "up", "--port", "0"),
        ("audit", "list"),
        ("unheard-of",),
    ],
)
def test_usage_errors_end_with_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = medrec(*arguments, "--home", tmp_path / "home")
    assert done.status == 2
    assert done.stdout == ""
    assert done.stderr
    assert not (tmp_path / "home").exists()


def test_without_a_network_it_says_how_to_get_one(person: Person) -> None:
    person.make_account()
    refused = person.refused("patient", "show")
    assert refused.code == "NoNetwork"
    assert "medrec devnet up" in refused.error


def test_the_files_of_a_home_are_its_owners_alone(person: Person) -> None:
    person.make_account()
    for path in [person.home, *person.home.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
