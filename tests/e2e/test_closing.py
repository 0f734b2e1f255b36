"""The end of an account by the command line, after a new encryption key."""

from __future__ import annotations

from tests.support.cli import DATA
from tests.support.devnet import TestNetwork

NOTE = DATA / "fhir" / "blood-pressure.json"


def test_a_key_is_replaced_and_an_account_closed_for_ever(folder_network: TestNetwork) -> None:
    person = folder_network.patient("leaving")
    written = person("record", "add", person.address, NOTE, "--category", "vitals")["record"]
    assert person("account", "replace-key") == {"key-version": 2}
    assert person("record", "show", person.address, written)["title"]
    assert person.run("account", "close", person.name).status == 2
    assert person.run("account", "close", "somebody", "--for-ever").status == 2
    assert person("account", "close", person.name, "--for-ever") == {"closed": person.address}
    assert person.refused("record", "list", person.address).code == "AccountClosed"
