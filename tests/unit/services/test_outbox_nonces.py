"""Several jobs of one wallet: no gap in its nonces, and no transaction that blocks the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from medrec.domain.entries import Action
from medrec.domain.ids import Address
from medrec.domain.outbox import JobState, SignedTransaction, StepState
from medrec.errors import FeeTooLow, NodeDown, NodeRefused, NoFunds, NonceTaken, WaitsInOutbox
from medrec.services import outbox as driver
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.work import outbox
from tests.support.liar import Lie, failing, lying
from tests.support.world import NOTES, World, write


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gap shows after seconds, not after minutes."""
    monkeypatch.setattr(driver, "PATIENCE", 2.0)


def refusing_the_first(error: Exception) -> Lie:
    """A node that never takes the first transaction that it is shown, and takes all others."""
    first: list[SignedTransaction] = []

    async def send(honest: Any, signed: SignedTransaction) -> None:
        first.append(signed)
        if signed.hash == first[0].hash:
            raise error
        await honest(signed)

    return send


async def records_of(author: Context, patient: Address) -> int:
    """How many records the author has created, by the chain."""
    await sync(author)
    return len(
        await author.local.entries(
            subject=patient, actor=author.me, actions=[Action.RECORD_CREATED]
        )
    )


async def test_job_after_one_that_was_never_sent(world: World):
    """The first keeps its nonce: it is sent with the second, which would wait for it for ever."""
    patient = await world.patient()
    away = replace(patient, chain=lying(patient.chain, send=failing(NodeDown(url="x"))))
    with pytest.raises(WaitsInOutbox):
        await write(away, patient.me, "first")
    (first,) = await patient.local.jobs([JobState.PENDING])
    assert first.steps[0].state is StepState.SIGNED
    second = (await write(patient, patient.me, "second")).job
    assert second.state is JobState.DONE
    one, two = first.steps[0].signed, second.steps[0].signed
    assert one is not None
    assert two is not None
    assert two.nonce == one.nonce + 1
    (ended,) = await outbox(patient).resume()
    assert (ended.id, ended.state, ended.steps[0].signed) == (first.id, JobState.DONE, one)
    assert await records_of(patient, patient.me) == 3, "with the personal data"


@pytest.mark.parametrize(
    "error",
    [
        NodeRefused(why="exceeds block gas limit."),
        NoFunds(address="x"),
        NonceTaken(nonce=1),
        FeeTooLow(nonce=1),
    ],
    ids=lambda error: error.code,
)
async def test_job_after_one_that_the_node_does_not_take(world: World, error: Exception):
    """The nonce of what was refused is free for the next."""
    patient = await world.patient()
    chain = lying(patient.chain, send=refusing_the_first(error))
    strict = replace(patient, chain=chain)
    with pytest.raises(WaitsInOutbox):
        await write(strict, patient.me, "first")
    assert (await write(strict, patient.me, "second")).job.state is JobState.DONE
    await outbox(patient).resume()
    assert await patient.local.jobs([JobState.PENDING]) == []
    assert await records_of(patient, patient.me) == 3
    count = await patient.chain.next_nonce(patient.me)
    assert count == await _mined(world, patient), "no gap"


async def test_many_jobs_that_waited_for_the_node_go_through_together(world: World):
    patient = await world.patient()
    away = replace(patient, chain=lying(patient.chain, send=failing(NodeDown(url="x"))))
    for n in range(4):
        with pytest.raises(WaitsInOutbox):
            await write(away, patient.me, f"note {n}")
    nonces = [
        job.steps[0].signed.nonce
        for job in await patient.local.jobs([JobState.PENDING])
        if job.steps[0].signed is not None
    ]
    assert nonces == list(range(nonces[0], nonces[0] + 4))
    ended = await outbox(patient).resume()
    assert [job.state for job in ended] == [JobState.DONE] * 4
    assert await records_of(patient, patient.me) == 5


async def test_last_of_many_brings_the_others_along(world: World):
    """Retried from behind: the nonces before it go out first."""
    patient = await world.patient()
    away = replace(patient, chain=lying(patient.chain, send=failing(NodeDown(url="x"))))
    for n in range(3):
        with pytest.raises(WaitsInOutbox):
            await write(away, patient.me, f"note {n}")
    last = (await patient.local.jobs([JobState.PENDING]))[-1]
    assert (await outbox(patient).retry(last.id)).state is JobState.DONE
    assert await records_of(patient, patient.me) == 4, "all are mined"
    ended = await outbox(patient).resume()
    assert [job.state for job in ended] == [JobState.DONE] * 2
    assert await records_of(patient, patient.me) == 4, "and none twice"


async def test_job_that_must_not_go_out_gives_its_nonce_to_the_next(world: World):
    """The first may not be sent any more: the key that it is sealed under is known outside."""
    patient, doctor = await world.patient(), await world.doctor()
    expiring = await world.doctor("expiring")
    await world.grant(patient, doctor, [NOTES], [NOTES])
    await world.grant(patient, expiring, [NOTES], until=await world.now() + 60)
    other = await world.patient("other")
    await world.grant(other, doctor, [NOTES], [NOTES])
    away = replace(doctor, chain=lying(doctor.chain, send=failing(NodeDown(url="x"))))
    with pytest.raises(WaitsInOutbox):
        await write(away, patient.me, "first")
    await world.pass_time(120)
    assert (await write(doctor, other.me, "second")).job.state is JobState.DONE
    assert await records_of(doctor, patient.me) == 0
    (left,) = await doctor.local.jobs([JobState.PENDING])
    assert left.steps[0].signed is None


async def _mined(world: World, person: Context) -> int:
    return int(await world.rpc("eth_getTransactionCount", person.me, "latest"), 16)
