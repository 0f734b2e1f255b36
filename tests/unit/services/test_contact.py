"""An address and a key's fingerprint, as people hand them over."""

from __future__ import annotations

import pytest

from medrec.crypto.kdf import fingerprint
from medrec.errors import BadAddress
from medrec.services.contact import Contact, own_contact, read_contact
from tests.support.world import World

ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
PRINT = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "text",
    [
        f"ethereum:{ADDRESS}?medrec={PRINT}",
        f"Ask me under {ADDRESS.lower()} (medrec={PRINT.upper()}).",
        f"{ADDRESS}\n{ADDRESS}\nmedrec={PRINT}\n",
    ],
)
def test_a_pasted_text(text: str):
    assert read_contact(text) == Contact(ADDRESS, PRINT)  # type: ignore[arg-type]


def test_an_address_alone():
    found = read_contact(f"  {ADDRESS} ")
    assert (found.address, found.fingerprint) == (ADDRESS, None)
    assert found.text == f"ethereum:{ADDRESS}"
    assert found.spelled == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no address",
        ADDRESS[:-1],
        ADDRESS + "0",
        ADDRESS.replace("f39Fd6", "f39fd6"),
        f"{ADDRESS} and 0x{'11' * 20}",
    ],
)
def test_what_is_no_contact(text: str):
    with pytest.raises(BadAddress):
        read_contact(text)


async def test_ones_own(world: World):
    patient = await world.patient()
    mine = await own_contact(patient)
    assert read_contact(mine.text) == mine
    assert mine.fingerprint == fingerprint(patient.key(1).public)
    assert mine.spelled.replace(" ", "") == mine.fingerprint
    assert len(mine.spelled.split()) == 8
