"""Activity with a real chain behind it, and with a node that tampers with the trace."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from medrec.domain.entries import AuditEntry
from medrec.domain.ids import ZERO_DIGEST
from medrec.errors import AuditBroken, HistoryForked, NodeDown
from medrec.services.activity import Kind
from medrec.services.alarm import examine, use_better
from medrec.services.consultations import log_look
from medrec.services.context import Context
from medrec.services.index import sync
from tests.support.activity_page import Seen
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import failing, lying, lying_node
from tests.support.patient_desk import desk, settled, until
from tests.support.window import click
from tests.support.world import LABS, NOTES, World, world, write

__all__ = ["anvil_node", "deployed", "world"]


@asynccontextmanager
async def activity(context: Context) -> AsyncIterator[Seen]:
    async with desk(context) as session:
        found = Seen(session)
        await settled(session)
        yield found
        found.window.deleteLater()


async def _history(world: World) -> tuple[Context, Context]:
    patient, doctor = await world.patient(), await world.doctor("raman")
    await world.grant(patient, doctor, [NOTES, LABS], [LABS])
    written = await write(doctor, patient.me, "Metabolic panel", LABS)
    await log_look(doctor, patient.me, written.record, ZERO_DIGEST)
    await sync(patient)
    return patient, doctor


def _cutting(context: Context, count: int) -> Context:
    """The context on a node that leaves out the last entries."""

    async def entries(honest: Any, first: int, last: int) -> list[AuditEntry]:
        found: list[AuditEntry] = await honest(first, last)
        own = [e for e in found if e.subject == context.me]
        return [e for e in found if e not in own[-count:]]

    return replace(context, chain=lying(context.chain, entries=entries))


async def test_entries_are_filtered_and_lead_to_their_record(world: World):
    patient, doctor = await _history(world)
    async with activity(patient) as seen:
        page = seen.page
        everything = seen.said
        assert everything[0] == "Dr. Gregory Raman read laboratory"
        assert page.trace.text.startswith("Verified up to block ")
        page.entries.chips[Kind.LOOK].click()
        assert seen.said == ["Dr. Gregory Raman read laboratory"]
        page.entries.chips[None].click()
        page.entries.person.set_value(doctor.me)
        assert len(seen.said) == 3
        page.entries.chips[Kind.ACCOUNT].click()
        assert seen.said == []
        assert page.entries.stack.empty.title == "No entry fits."
        assert page.entries.stack.currentWidget() is page.entries.stack.empty
        page.entries.chips[None].click()
        assert page.entries.stack.currentWidget() is page.entries.list
        page.entries.person.set_value(None)
        record = seen.controller.entries.rows[0].record
        assert record is not None
        page.arrive(record=record.hex())
        assert len(seen.said) == 2
        page.entries.list.setFocus()
        page.entries.list.setCurrentIndex(seen.controller.shown.index(0, 0))
        QTest.keyClick(page.entries.list, Qt.Key.Key_Return)
        assert seen.shell.went == [("records", {"record": record.hex()})]
        page.entries.record.click()
        assert seen.said == everything
        assert page.charts.looks.accessibleName() == "Dr. Gregory Raman: 1"
        assert "Looks 1" in page.charts.bars.accessibleDescription()
        page.charts.span.set_current(1)
        assert "Looks 1" in page.charts.bars.accessibleDescription()


async def test_a_new_entry_comes_on_top_by_itself(world: World):
    patient, _ = await _history(world)
    async with activity(patient) as seen:
        before = len(seen.said)
        await write(seen.session.context, patient.me, "mine")
        await seen.session.refresh()
        await settled(seen.session)
        assert len(seen.said) == before + 1
        assert seen.said[0] == "You wrote notes"


async def test_verified_again_and_said_so(world: World):
    patient, _ = await _history(world)
    async with activity(patient) as seen:
        seen.page.verify.click()
        assert seen.page.verify.busy
        await settled(seen.session)
        assert not seen.page.verify.busy
        title, text, tone = seen.shell.toasts[-1]
        assert (title, tone) == ("Verified", "success")
        assert text.startswith(f"{len(seen.said)} entries, none missing, up to block ")


async def test_a_node_that_does_not_answer_is_no_alarm(world: World):
    patient, _ = await _history(world)
    async with activity(patient) as seen:
        honest = seen.session.context
        away = lying(honest.chain, head=failing(NodeDown(url="x")))
        seen.session.context = replace(honest, chain=away)
        seen.page.verify.click()
        await settled(seen.session)
        assert seen.shell.toasts[-1][2] == "danger"
        assert seen.page._stack.currentIndex() == 0
        await seen.session.refresh()
        assert seen.page.trace.text.startswith("Last verified up to block")


async def test_a_tampering_node_raises_the_alarm_until_it_is_settled(world: World, tmp_path: Path):
    patient, _ = await _history(world)
    async with activity(patient) as seen:
        honest = seen.session.context
        count = len(seen.said)
        seen.session.context = _cutting(honest, 2)
        seen.page.verify.click()
        await until(lambda: seen.controller.trace.examination is not None)
        await settled(seen.session)
        page, alarm = seen.page, seen.page.alarm
        assert page._stack.currentIndex() == 1
        assert page.verify.isHidden()
        assert "was changed" in alarm.panel._title.text()
        text = alarm.panel._text.text()
        assert f"Your computer verified {count} entries. This network shows {count - 2}" in text
        heads = [fact._value.text() for fact in alarm._facts]
        assert heads[0].endswith(f"entry {count}")
        assert heads[1].endswith(f"entry {count - 2}")
        missing = alarm.list.model()
        assert missing is not None
        assert [missing.index(i, 0).data() for i in range(missing.rowCount())] == [
            "Dr. Gregory Raman read laboratory",
            "Dr. Gregory Raman wrote laboratory",
        ]
        alarm.nodes.click()
        await settled(seen.session)
        assert heads[2] == "None yet"
        assert alarm._facts[2]._value.text() == "1 of 1 agrees with you"
        path = tmp_path / "report.json"
        seen.controller.save_report(path)
        await settled(seen.session)
        assert "The report is saved" in [title for title, _, _ in seen.shell.toasts]
        document = json.loads(path.read_text())
        assert len(document["entries that the network does not show"]) == 2
        # The honest node again: the alarm goes, and nothing was lost.
        seen.session.context = honest
        alarm.again.click()
        await settled(seen.session)
        assert page._stack.currentIndex() == 0
        assert len(seen.said) == count


async def test_the_work_goes_on_with_a_node_that_agrees(world: World):
    """Two real endpoints: one that leaves out the last entries from now on, and an honest one."""
    patient, doctor = await _history(world)
    lies: list[bool] = []

    def cut(_: Any, logs: list[Any]) -> list[Any]:
        return logs[:-2] if lies else logs

    async with lying_node(world.node.url, eth_getLogs=cut) as liar:
        network = replace(world.network, rpc=(liar, world.node.url))
        two = replace(patient, network=network, chain=world.chain(network))
        async with activity(two) as seen:
            count, chain, alarm = len(seen.said), seen.session.context.chain, seen.page.alarm
            assert chain.node == liar
            lies.append(True)
            seen.page.verify.click()
            await until(lambda: seen.controller.trace.examination is not None)
            await settled(seen.session)
            assert seen.page._stack.currentIndex() == 1
            assert not alarm.better.isVisible()
            click(alarm.nodes)
            await settled(seen.session)
            assert alarm._facts[2]._value.text() == "1 of 2 agrees with you"
            port = world.node.url.rpartition(":")[2]
            assert alarm.better.text() == f"Go on with 127.0.0.1:{port}"
            click(alarm.better)
            await settled(seen.session)
            assert chain.node == world.node.url
            assert seen.page._stack.currentIndex() == 0
            assert seen.shell.toasts[-1][0] == "MedRec goes on with a node that agrees with you"
            # What is written from now on is followed through the honest node.
            await write(doctor, patient.me, "Later", LABS)
            await seen.session.refresh()
            await settled(seen.session)
            assert (len(seen.said), seen.session.alarm) == (count + 1, None)


async def test_a_node_that_no_longer_agrees_is_not_gone_on_with(world: World):
    patient, _ = await _history(world)
    lies: list[bool] = []

    def cut(_: Any, logs: list[Any]) -> list[Any]:
        return logs[:-2] if lies else logs

    async with (
        lying_node(world.node.url, eth_getLogs=cut) as first,
        lying_node(world.node.url, eth_getLogs=cut) as second,
    ):
        network = replace(world.network, rpc=(first, second))
        two = replace(patient, network=network, chain=world.chain(network))
        async with activity(two) as seen:
            found = replace(
                await examine(two, AuditBroken(subject="yours", index=0)), better=second
            )
            lies.append(True)
            with pytest.raises((AuditBroken, HistoryForked)):
                await use_better(two, found)
            assert two.chain.node == first
            assert seen.session.context.chain is two.chain


async def test_the_alarm_of_the_session_is_shown_at_once(world: World):
    patient, _ = await _history(world)
    async with activity(patient) as seen:
        honest = seen.session.context
        old = await honest.chain.block(2)

        async def head(_: Any) -> Any:
            return old

        seen.session.context = replace(honest, chain=lying(honest.chain, head=head))
        await seen.session.refresh()
        assert seen.session.alarm is not None
        assert seen.page._stack.currentIndex() == 1
        await settled(seen.session)
        title = "The history on this network does not match yours"
        assert seen.page.alarm.panel._title.text() == title
        seen.session.context = honest
        await seen.session.refresh()
        assert seen.page._stack.currentIndex() == 0


async def test_what_is_shown_is_saved_as_a_table(world: World, tmp_path: Path):
    patient, _ = await _history(world)
    async with activity(patient) as seen:
        seen.page.entries.chips[Kind.LOOK].click()
        path = tmp_path / "activity.csv"
        seen.controller.save_table(path)
        await settled(seen.session)
        with path.open(encoding="utf-8-sig", newline="") as file:
            _, line = csv.reader(file)
        assert line[2] == "Dr. Gregory Raman"
        assert line[4] == "Dr. Gregory Raman read laboratory"
        seen.controller.save_table(tmp_path / "nowhere" / "a.csv")
        await settled(seen.session)
        assert "cannot be used" in seen.shell.toasts[-1][1]


async def test_in_a_low_window_list_and_chart_take_turns(world: World):
    patient, _ = await _history(world)
    async with activity(patient) as seen:
        page = seen.page
        assert page.charts.isVisible()
        assert page.entries.stack.isVisible()
        assert not page.entries.view.isVisible()
        seen.window.resize(1100, 560)
        await until(lambda: not page.charts.isVisible())
        assert page.entries.view.isVisible()
        page.entries.view.set_current(1)
        assert page.charts.isVisible()
        assert not page.entries.stack.isVisible()
