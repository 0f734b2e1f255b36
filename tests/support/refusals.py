"""What must be refused in the window: who is there, what is seen, and that nothing came of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from medrec.errors import MedRecError
from medrec.views.common.badges import Badge
from medrec.views.common.labels import ElidedLabel
from tests.support.cli import DATA, Person
from tests.support.devnet import TestNetwork
from tests.support.window import READ, Window

FHIR = DATA / "fhir"
UNTIL = ("--until", "2099-12-31")
PAPERS = {"given": "Paul", "family": "Novák", "birth_date": "1984-02-29", "id_number": "AB 12-34"}
Read = QLabel | QAbstractButton | ElidedLabel | Badge
RAW = re.compile(
    r"Traceback|Exception|Error\(|object at 0x|\bb'|\bNone\b|0x[0-9a-fA-F]{4,}|\b[0-9a-f]{32,}\b"
)
"""What no person should have to read; hexadecimal where a name is known."""


@dataclass
class Ward:
    """Patients and doctors of one network, with accounts on computers of their own."""

    network: TestNetwork
    paul: Person
    quinn: Person
    dora: Person
    eva: Person
    prescription: str
    """Of Paul, written by Dora: a record's id in hexadecimal."""

    def doctor(self, name: str, patient: Person, *rights: str) -> Person:
        """A verified doctor to whom a patient gave rights."""
        doctor = self.network.doctor(name)
        patient("access", "grant", doctor.address, *rights, *UNTIL)
        return doctor


READS_AND_WRITES = ("--read", "medications,vitals,notes", "--write", "medications,notes")


@pytest.fixture(scope="session")
def ward(folder_network: TestNetwork) -> Ward:
    """Everybody, once for all refusals; who is changed by a test belongs to that test."""
    network = folder_network
    paul, quinn = network.patient("paul"), network.patient("quinn")
    dora, eva = network.doctor("dora"), network.doctor("eva")
    for doctor in (dora, eva):
        paul("access", "grant", doctor.address, *READS_AND_WRITES, *UNTIL)
    network.admin.tells(PAPERS, "admin", "verify-identity", paul.address)
    order = ("record", "add", paul.address, FHIR / "prescription.json", "--category", "medications")
    written = dora(*order, "--title", "Lisinopril")
    paul("status")
    return Ward(network, paul, quinn, dora, eva, written["record"])


@dataclass
class Desk:
    """Windows of people, one computer each."""

    network: TestNetwork
    windows: list[Window] = field(default_factory=list)

    async def door(self, person: Person, file: Path | None = None) -> Window:
        """The person's program has just been started, on a network file of their own or not."""
        window = Window(person.home, file or self.network.file)
        self.windows.append(window)
        await window.open()
        return window

    async def sits(self, person: Person, file: Path | None = None) -> Window:
        """The person has signed in and is at work."""
        window = await self.door(person, file)
        await window.sign_in(person.name, person.password, person.key)
        await window.signed_in()
        return window


@pytest.fixture
async def desk(folder_network: TestNetwork, qapp: QApplication) -> AsyncIterator[Desk]:
    """Nobody sits there yet; everything is put away at the end."""
    found = Desk(folder_network)
    yield found
    for window in found.windows:
        await window.close()


def elsewhere(person: Person) -> Person:
    """The same account on a second computer."""
    home = person.home.with_name(f"{person.home.name}-second")
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(person.home, home)
    return Person(
        home, person.network, person.name, person.password, person.key, person.address, person.words
    )


class Nothing:
    """Looks at a network before an act, and afterwards that nothing came of it."""

    def __init__(self, network: TestNetwork) -> None:
        self._network = network
        self._before = self._now()

    def happened(self) -> bool:
        """Whether chain and store are what they were: no new block in either."""
        return self._now() == self._before

    def _now(self) -> tuple[int, frozenset[Path]]:
        return self._network.block(), frozenset(self._network.blocks.rglob("*"))


async def nothing_waits(window: Window) -> None:
    """The outbox is empty: no job, no draft that could not be sent."""
    window.workspace.outbox.reload()
    await window.calm()
    assert [(row.title, row.error) for row in window.workspace.outbox.rows] == []


def shown(sentence: str) -> list[Read]:
    """The pieces of the screen on which a sentence can be read to its end."""
    found: list[Read] = []
    for top in QApplication.topLevelWidgets():
        for child in (top, *top.findChildren(QWidget)):
            if isinstance(child, READ) and child.isVisible() and sentence in child.text():
                cut = isinstance(child, ElidedLabel) and child.toolTip() == child.text()
                # A popover is a window of its own and the window's child as well.
                if not cut and not child.visibleRegion().isEmpty() and child not in found:
                    found.append(child)
    return found


def everything() -> list[str]:
    """Every text on the screen."""
    return [
        child.text()
        for top in QApplication.topLevelWidgets()
        for child in top.findChildren(QWidget)
        if isinstance(child, READ) and child.isVisible() and child.text()
    ]


async def refused(window: Window, error: MedRecError, hexadecimal: str = "") -> QWidget:
    """Wait for an error's sentence, which must stand in one place and be fit to be read.

    ``hexadecimal`` is what the sentence may hold of it, because nothing has a name for it.
    """
    return await said(window, error.sentence, hexadecimal)


async def said(window: Window, sentence: str, hexadecimal: str = "") -> QWidget:
    """As `refused`, for a sentence that is more than an error's own."""
    await window.until(lambda: shown(sentence), f"“{sentence}” is not shown, but: {everything()}")
    places = shown(sentence)
    assert len(places) == 1, [(type(place).__name__, place.text()) for place in places]
    assert not RAW.search(sentence.replace(hexadecimal, "") if hexadecimal else sentence), sentence
    for text in window.news():
        assert not RAW.search(text.replace(hexadecimal, "") if hexadecimal else text), text
    return places[0]
