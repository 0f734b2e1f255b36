"""The audit explorer: filters, an entry's place, proof and alarm, the file, ten thousand rows."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QDate, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medrec.chain.audit import next_head
from medrec.controllers.admin.audit import AuditController
from medrec.domain.categories import Category, Permission
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, ChainHead, Digest, TxHash, address_word
from medrec.errors import NodeDown
from medrec.models.admin.audit import AuditModel, Column, Seen
from medrec.services import access, administration
from medrec.services.index import sync
from medrec.services.ledger import Ledger, LedgerRow
from medrec.views.admin.audit import AuditPage
from tests.gui.controllers.admin.conftest import Office
from tests.support.counting import counted
from tests.support.liar import Lie, failing, lying
from tests.support.patient_desk import settled
from tests.support.qtest import press_key
from tests.support.window import click
from tests.support.world import DAY, NOTES, World, write


async def opened(office: Office, qtbot: QtBot) -> AuditPage:
    await office.follow()
    model = AuditModel(office.session)
    page = AuditPage(model)
    qtbot.addWidget(page)
    AuditController(office.session, page, model, office.shell, page)
    page.resize(1064, 744)
    page.show()
    await settled(office.session)
    return page


def alarm(page: AuditPage) -> str:
    """What the alarm says."""
    return page.alarm.accessibleName() if page.alarm is not None else ""


async def test_by_patient_doctor_action_record_and_date(
    world: World, office: Office, qtbot: QtBot
) -> None:
    patient, doctor = await world.patient(), await world.doctor("House")
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "one")
    page = await opened(office, qtbot)
    rows = page.model

    async def actions() -> list[int]:
        await settled(office.session)
        return [row.entry.action for row in rows.rows]

    page.arrive(subject=patient.me)
    assert await actions() == [
        Action.RECORD_CREATED,
        Action.ACCESS_GRANTED,
        Action.RECORD_CREATED,
        Action.PATIENT_REGISTERED,
    ]
    assert page._count.text().startswith("4 of ")
    page.filter.doctor.setCurrentText("Dr. Gregory House")
    page.filter.choose(patient.me, doctor.me)
    assert await actions() == [Action.RECORD_CREATED, Action.ACCESS_GRANTED]
    page.filter.choose(patient.me)
    page.filter.action.setCurrentText("Access and keys")
    assert await actions() == [Action.ACCESS_GRANTED]
    page.filter.reset()
    page.filter.text.setText(written.record.hex()[:24])
    page.filter._typing.timeout.emit()
    assert await actions() == [Action.RECORD_CREATED]
    page.filter.reset()
    page.filter.when.setCurrentText("Between")
    assert page.filter._dates.isVisible()
    page.filter.first.setDate(QDate(2001, 1, 1))
    page.filter.last.setDate(QDate(2001, 1, 2))
    assert await actions() == []
    assert page.stack.currentWidget() is page.stack.empty
    assert page.stack.empty.title == "No entry fits the filter"
    page.stack.empty.button.click()
    assert len(await actions()) == len(rows.ledger.rows)


async def test_only_what_somebody_refused(world: World, office: Office, qtbot: QtBot) -> None:
    patient, doctor = await world.patient(), await world.doctor("House")
    wish = Permission(frozenset({Category.NOTES}), frozenset())
    await sync(doctor)
    await access.request(doctor, patient.me, wish, await world.now() + DAY, "")
    await sync(patient)
    await access.decline(patient, doctor.me)
    unfit = await world.doctor("Unfit", verified=False)
    await sync(office.session.context)
    await administration.refuse_doctor(office.session.context, unfit.me, "No licence.")
    page = await opened(office, qtbot)
    click(page.filter.refused)
    await settled(office.session)
    mine = [
        (row.entry.action, row.about)
        for row in page.model.rows
        if row.about in (doctor.me, unfit.me)
    ]
    assert mine == [
        (Action.DOCTOR_STATUS_CHANGED, unfit.me),
        (Action.REQUEST_DECLINED, doctor.me),
    ]
    noes = {Action.DOCTOR_STATUS_CHANGED, Action.REQUEST_DECLINED}
    assert {row.entry.action for row in page.model.rows} == noes
    assert page.filter.clear.isEnabled()
    click(page.filter.clear)
    await settled(office.session)
    assert not page.filter.refused.isChecked()
    assert len(page.model.rows) == len(page.model.ledger.rows)


async def test_an_entry_and_its_place(world: World, office: Office, qtbot: QtBot) -> None:
    patient, doctor = await world.patient(), await world.doctor("House")
    await world.grant(patient, doctor, [NOTES])
    page = await opened(office, qtbot)
    page.arrive(subject=patient.me)
    await settled(office.session)
    page.table.selectRow(1)
    assert page.detail.shown is not None
    assert page.detail.shown.row.entry.action == Action.RECORD_CREATED
    page.table.setFocus()
    press_key(page.table, Qt.Key.Key_Up)
    shown = page.detail.shown
    assert shown.row.entry.action == Action.ACCESS_GRANTED
    assert shown.about == "Dr. Gregory House"
    assert shown.place.after is None
    assert shown.place.follows
    page.detail.proof.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert f"head before: 0x{shown.place.before.hex()}" in clipboard.text()
    page.detail.verify.click()
    assert page.verify.busy
    await settled(office.session)
    assert "3 entries verified" in page._proof.text()


async def test_head_click_turns_the_order(world: World, office: Office, qtbot: QtBot) -> None:
    await world.patient()
    page = await opened(office, qtbot)
    assert page.model.rows[0].number == len(page.model.rows)
    head = page.table.horizontalHeader()
    assert head is not None
    head.sectionClicked.emit(int(Column.WHEN))
    await settled(office.session)
    assert page.model.rows[0].number == 1
    assert "oldest first" in page._count.text()


async def test_everything_holds_or_an_alarm(world: World, office: Office, qtbot: QtBot) -> None:
    patient = await world.patient()
    page = await opened(office, qtbot)
    page.verify.click()
    await settled(office.session)
    assert page._proof.text().startswith(f"{len(page.model.ledger.rows):,} entries verified")
    assert alarm(page) == ""
    context = office.session.context

    async def without(honest: Lie, first: int, last: int) -> list[AuditEntry]:
        found: list[AuditEntry] = await honest(first, last)
        return [e for e in found if e.subject != patient.me]

    office.session.context = replace(context, chain=lying(context.chain, entries=without))
    page.verify.click()
    await settled(office.session)
    assert alarm(page).startswith("The audit does not hold.")
    assert page._proof.text() == ""
    office.session.context = context
    page.verify.click()
    await settled(office.session)
    assert alarm(page) == ""


async def test_node_down_while_verifying(world: World, office: Office, qtbot: QtBot) -> None:
    page = await opened(office, qtbot)
    context = office.session.context
    down = lying(context.chain, head=failing(NodeDown(url="http://n")))
    office.session.context = replace(context, chain=down)
    page.verify.click()
    await settled(office.session)
    assert "does not answer" in office.shell.toasts[-1][1]
    assert not page.verify.busy


async def test_the_file_has_what_is_shown(
    world: World, office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    patient, doctor = await world.patient(), await world.doctor("House")
    await world.grant(patient, doctor, [NOTES])
    page = await opened(office, qtbot)
    page.arrive(subject=patient.me)
    await settled(office.session)
    page._on_file(tmp_path / "audit")
    await settled(office.session)
    path = tmp_path / "audit.csv"
    assert office.shell.toasts[-1][0] == "3 entries are written to audit.csv"
    with path.open(newline="", encoding="utf-8-sig") as file:
        read = list(csv.DictReader(file))
    assert [row["action"] for row in read] == ["granted", "record-created", "registered"]
    assert {row["subject"] for row in read} == {patient.me}
    assert read[0]["about (address)"] == doctor.me
    before = path.read_bytes()
    page._on_file(path)
    await settled(office.session)
    assert "audit.csv" in office.shell.toasts[-1][1]
    assert office.shell.toasts[-1][2] == "danger"
    assert path.read_bytes() == before


def invented(number: int) -> LedgerRow:
    who = Address("0x" + f"{number % 97:040x}")
    entry = AuditEntry(
        subject=who,
        actor=Address("0x" + f"{number % 31:040x}"),
        ref=address_word(who),
        meta_word=(Action.CONSULTED << 184) | (1_700_000_000 + number << 144),
        digest=Digest(bytes(32)),
        head=ChainHead(bytes(27)),
        block=number,
        log_index=0,
        transaction=TxHash(number.to_bytes(32, "big")),
    )
    return LedgerRow(number, 0, replace(entry, head=next_head(ChainHead(bytes(27)), entry)))


async def test_many_entries_cost_what_is_seen_of_them(
    world: World, office: Office, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await opened(office, qtbot)
    rows = tuple(invented(number) for number in range(20_000, 0, -1))
    chains = {row.entry.subject: (row,) for row in rows}
    starts = dict.fromkeys(chains, ChainHead(bytes(27)))
    texts = counted(monkeypatch, AuditModel, "_text")
    page.model._take(Seen(Ledger(rows[::-1], chains, starts, {}), {}, rows))
    QApplication.processEvents()
    height = page.table.viewport().height()  # type: ignore[union-attr]
    # A row that is cut above and one below; every cell of them once, and once more for its width.
    most = (height // page.table.rowHeight(0) + 2) * len(Column) * 2
    texts.taken()
    bar = page.table.verticalScrollBar()
    assert bar is not None
    for step in range(40):
        bar.setValue(bar.maximum() * step // 39)
        page.table.viewport().repaint()  # type: ignore[union-attr]
        assert 0 < texts.taken() <= most
