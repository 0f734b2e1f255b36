"""A session: who the account is, what state the network is in, and that nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from medrec.domain.ids import Address
from medrec.domain.people import DoctorStatus, Role
from medrec.errors import HistoryForked, NodeDown
from medrec.models.session import Session
from medrec.services.context import Context
from medrec.workers.jobs import Jobs
from medrec.workers.notifier import JobNotifier
from tests.support.anvil import anvil_node, deployed
from tests.support.world import SOMEBODY, World, world

__all__ = ["anvil_node", "deployed", "world"]


@pytest.fixture
async def session_of(qapp: object) -> AsyncIterator[Callable[[Context], Session]]:
    """Makes sessions, and closes them."""
    made: list[Session] = []

    def make(context: Context) -> Session:
        notifier = JobNotifier()
        session = Session(replace(context, notifier=notifier), Jobs(), notifier.bus)
        made.append(session)
        return session

    yield make
    for session in made:
        await session.close()


class Away:
    """A chain whose node does not answer."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise NodeDown(url="http://localhost", why="Nobody answers.")

        return fail


async def test_a_patient_is_called_by_name(world: World, session_of: Any):
    session = session_of(await world.patient())
    await session.refresh()
    assert (session.role, session.title) == (Role.PATIENT, f"{SOMEBODY.given} {SOMEBODY.family}")
    assert session.online
    assert session.verified
    assert session.block > 0


async def test_a_doctor_is_called_by_the_announced_profile(world: World, session_of: Any):
    doctor = await world.doctor("house", verified=False)
    session = session_of(doctor)
    await session.refresh()
    assert (session.title, session.detail) == ("Dr. Gregory House", "Internal medicine")
    assert session.status is DoctorStatus.PENDING
    told: list[object] = []
    session.stateChanged.connect(lambda: told.append(session.status))
    await world.verify(doctor)
    await session.refresh()
    assert told[0] is DoctorStatus.VERIFIED


async def test_who_has_not_registered_is_called_as_on_this_computer(world: World, session_of: Any):
    session = session_of(await world.person("newcomer"))
    await session.refresh()
    assert (session.role, session.title) == (None, "newcomer")


async def test_without_a_node_the_account_is_who_it_was(world: World, session_of: Any):
    patient = await world.patient()
    before = session_of(patient)
    await before.refresh()
    session = session_of(replace(patient, chain=Away()))
    states: list[bool] = []
    session.stateChanged.connect(lambda: states.append(session.online))
    await session.refresh()
    assert session.title == before.title
    assert session.role is Role.PATIENT
    assert not session.online
    assert not session.verified
    assert states[-1] is False


async def test_the_network_is_noticed_when_it_is_back(
    world: World, session_of: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("medrec.models.session.FOLLOW_EVERY", 0.02)
    patient = await world.patient()
    session = session_of(replace(patient, chain=Away()))
    seen: list[bool] = []
    session.stateChanged.connect(lambda: seen.append(session.online))
    session.follow()
    await _until(lambda: seen == [False])
    session.context = replace(session.context, chain=patient.chain)
    await _until(lambda: session.online and session.verified)


async def test_a_history_that_does_not_match_is_an_alarm_until_it_matches(
    world: World, session_of: Any, monkeypatch: pytest.MonkeyPatch
):
    session = session_of(await world.patient())

    async def forked(_: Context) -> None:
        raise HistoryForked(subject="you")

    with monkeypatch.context() as patch:
        patch.setattr("medrec.models.session.sync", forked)
        await session.refresh()
    assert isinstance(session.alarm, HistoryForked)
    assert not session.verified
    await session.refresh()
    assert session.alarm is None
    assert session.verified


async def test_a_name_is_asked_for_once_and_an_address_again(
    world: World, session_of: Any, monkeypatch: pytest.MonkeyPatch
):
    patient, doctor = await world.patient(), await world.doctor("house")
    session = session_of(patient)
    await session.refresh()
    stranger = Address("0x" + "11" * 20)
    names = await session.names([doctor.me, stranger, patient.me])
    assert list(names.values()) == ["Dr. Gregory House", stranger, "you"]
    asked: list[Address] = []

    async def ask(_: Context, who: list[Address]) -> dict[Address, str]:
        asked.extend(who)
        return dict.fromkeys(who, "Somebody Else")

    monkeypatch.setattr("medrec.models.session.names_of", ask)
    names = await session.names([doctor.me, stranger])
    assert names == {doctor.me: "Dr. Gregory House", stranger: "Somebody Else"}
    assert asked == [stranger]


async def test_a_confirmed_change_is_told_with_its_subject(world: World, session_of: Any):
    patient, doctor = await world.patient(), await world.doctor("house")
    session = session_of(patient)
    await session.refresh()
    heard: list[str] = []
    session.changed.connect(heard.append)
    await world.grant(patient, doctor)
    await session.refresh()
    # Whoever followed the chain first was told; here it is a context of its own.
    session.context.notifier.changed(patient.me, "entries")
    assert patient.me in heard


async def _until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


async def test_many_changes_are_told_once_what_was_told_before_has_been_read(
    world: World, session_of: Any
):
    session = session_of(await world.patient())
    told: list[str] = []
    reading = asyncio.Event()

    def read(subject: str) -> None:
        told.append(subject)
        session.start("Reading", reading.wait, quiet=True)

    session.changed.connect(read)
    for _ in range(20):
        session._on_changed("0xA")
    session._on_changed("0xB")
    assert told == ["0xA"], "the first change is told at once"
    await asyncio.sleep(0.12)
    assert told == ["0xA"], "it is still being read"
    reading.set()
    while session.jobs.running:
        await asyncio.gather(*(job.wait() for job in session.jobs.running))
    assert told == ["0xA", "0xA", "0xB"]


async def test_progress_is_told_some_times_a_second(world: World, session_of: Any):
    session = session_of(await world.patient())
    told: list[None] = []
    session.outboxChanged.connect(lambda: told.append(None))

    async def work() -> None:
        for done in range(500):
            session.context.notifier.progress("Storing", done, 500)

    await session.start("Work", work).wait()
    await asyncio.sleep(0)
    assert len(told) <= 4, "begun, moved, ended"
