"""Writing on a real chain: saved, kept, waiting, in conflict, amended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PyQt6 import sip
from PyQt6.QtCore import QDateTime, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medrec.clinical.forms import FormKind
from medrec.controllers.doctor.write import WriteController
from medrec.domain.categories import Category
from medrec.errors import NodeDown
from medrec.models.doctor.current import CurrentPatient
from medrec.models.session import Session
from medrec.services import drafts
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.records import listed as records_of
from medrec.services.records import opened
from medrec.views.common.dialogs import Dialog
from medrec.views.doctor.write import WritePage
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import ShellThatListens, desk, settled, until
from tests.support.world import World, world

__all__ = ["anvil_node", "deployed", "world"]

READ = [
    Category.VITALS,
    Category.NOTES,
    Category.ALLERGIES,
    Category.MEDICATIONS,
    Category.DOCUMENTS,
]
WRITE = [Category.VITALS, Category.NOTES, Category.MEDICATIONS, Category.DOCUMENTS]


class Away:
    """A chain whose node does not answer."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise NodeDown(url="http://localhost")

        return fail


@dataclass
class Desk:
    """A doctor at the page, and the patient at home."""

    patient: Context
    session: Session
    page: WritePage
    controller: WriteController
    shell: ShellThatListens
    window: QWidget

    def fill(self, kind: FormKind, **texts: str) -> None:
        """Type into a form."""
        self.controller.choose(kind)
        for name, text in texts.items():
            self.page.form.fields[name].set_text(text)

    async def save(self) -> None:
        """Press Ctrl S, and wait for what comes of it."""
        QTest.keyClick(self.page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        await settled(self.session)

    async def titles(self) -> list[str]:
        """What the patient's record holds besides the patient's own data."""
        await sync(self.patient)
        rows = await records_of(self.patient, self.patient.me)
        return [row.title or "" for row in rows if row.category is not Category.IDENTITY]


@asynccontextmanager
async def at_work(world: World, qtbot: QtBot) -> AsyncIterator[Desk]:
    patient, doctor = await world.patient(), await world.doctor("house")
    await world.grant(patient, doctor, read=READ, write=WRITE)
    world.clock.at = int(QDateTime.currentDateTime().toSecsSinceEpoch())
    async with desk(doctor) as session:
        current = CurrentPatient(session)
        window = QWidget()
        qtbot.addWidget(window)
        window.resize(1100, 760)
        page = WritePage(current, window)
        page.resize(1064, 744)
        shell = ShellThatListens(window)
        controller = WriteController(session, page, shell, current, page)
        window.show()
        current.choose(patient.me)
        await settled(session)
        QTest.qWaitForWindowActive(window)
        page.setFocus()
        yield Desk(patient, session, page, controller, shell, window)
        await settled(session)


async def test_vitals_become_a_record(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        d.fill(FormKind.VITALS, systolic="128", diastolic="82", pulse="68")
        await d.save()
        assert d.shell.toasts[0][0] == "Saved"
        assert await d.titles() == ["Vitals: 128/82 mmHg, 68 bpm"]
        assert d.page.form.empty
        assert await drafts.listed(d.session.context) == []


async def test_only_what_may_be_written_is_offered(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        items = d.page.kinds.items
        assert items[FormKind.VITALS].isEnabled()
        assert not items[FormKind.ALLERGY].isEnabled()
        assert "allergies" in items[FormKind.ALLERGY].toolTip()
        assert d.page.kind is FormKind.NOTE
        assert d.page.about.text().startswith("Category notes")


async def test_errors_are_shown_and_nothing_is_sent(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        d.fill(FormKind.VITALS, saturation="108", systolic="120")
        await d.save()
        fields = d.page.form.fields
        assert fields["saturation"].error == "Between 50 and 100"  # type: ignore[attr-defined]
        assert d.page.wrong.text() == "2 values to correct"
        assert d.page.save.isEnabled()
        assert d.page.focusWidget() is fields["diastolic"].editor  # type: ignore[attr-defined]
        assert await d.titles() == []


async def test_what_is_typed_is_kept_as_a_draft(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        d.fill(FormKind.VITALS, pulse="68")
        assert d.controller._timer.isActive()
        d.controller._timer.timeout.emit()
        await settled(d.session)
        assert d.page.status.text().startswith("Draft kept on this computer, encrypted")
        d.fill(FormKind.NOTE, plan="Come back in May")
        d.window.hide()
        await settled(d.session)
        found = await drafts.listed(d.session.context, d.patient.me)
        assert {draft.kind for draft in found} == {FormKind.VITALS, FormKind.NOTE}
        texts = next(draft.texts for draft in found if draft.kind is FormKind.VITALS)
        assert texts["pulse"] == "68"


async def test_locking_keeps_what_was_just_typed(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        d.fill(FormKind.VITALS, pulse="68")
        d.window.hide()
        await d.session.close()
        found = await drafts.listed(d.session.context)
        assert [draft.texts["pulse"] for draft in found] == ["68"]


async def test_a_draft_is_kept_put_away_and_opened_again(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        d.fill(FormKind.NOTE, plan="Come back in May")
        d.page.keep.click()
        await settled(d.session)
        assert d.page.form.empty
        draft = (await drafts.listed(d.session.context))[0]
        d.page.draftOpened.emit(draft.id)
        await settled(d.session)
        assert d.page.form.texts()["plan"] == "Come back in May"
        await d.save()
        assert await d.titles() == ["Progress note"]
        assert await drafts.listed(d.session.context) == []


async def test_discarding_asks_first(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        d.fill(FormKind.NOTE, plan="Nothing")
        d.controller.keep_open()
        await settled(d.session)
        d.page.discard.click()
        dialog = d.window.findChild(Dialog)
        assert dialog is not None
        assert not d.page.form.empty
        dialog.accept()
        await settled(d.session)
        assert d.page.form.empty
        assert await drafts.listed(d.session.context) == []


async def test_without_the_network_it_waits_and_goes_out_later(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        online = d.session.context
        d.session.context = replace(online, chain=Away())  # type: ignore[arg-type]
        d.fill(FormKind.VITALS, pulse="70")
        await d.save()
        assert ("Saved here, not yet shared", "warning") in {(t, k) for t, _, k in d.shell.toasts}
        assert not d.page.drafts.isHidden()
        assert d.page.form.empty
        d.session.context = online
        await drafts.resume(online)
        assert await d.titles() == ["Vitals: 70 bpm"]


async def test_access_that_ended_keeps_the_text_in_the_form(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        d.fill(FormKind.VITALS, pulse="70")
        doctor = d.session.context
        await world.revoke(d.patient, doctor)
        await d.save()
        said = [text for title, text, _ in d.shell.toasts if title == "Not saved"]
        assert said
        assert "ended your access" in said[0]
        assert d.page.form.texts()["pulse"] == "70"
        assert (await drafts.listed(doctor))[0].texts["pulse"] == "70"


async def test_an_amendment_opens_in_its_form(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        d.fill(FormKind.VITALS, pulse="70")
        await d.save()
        await sync(d.patient)
        row = (await records_of(d.patient, d.patient.me))[-1]
        d.page.arrive(record=row.record.hex(), version=1)
        await settled(d.session)
        assert d.page.kind is FormKind.VITALS
        assert d.page.form.texts()["pulse"] == "70"
        assert "as version 2" in d.page.about.text()
        d.page.form.fields["pulse"].set_text("72")
        await d.save()
        await sync(d.patient)
        _, found = await opened(d.patient, d.patient.me, row.record)
        assert (found.version, found.manifest.title) == (2, "Vitals: 72 bpm")


async def test_a_conflict_is_compared_and_mine_goes_on_top(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        d.fill(FormKind.VITALS, pulse="70")
        await d.save()
        await sync(d.patient)
        row = (await records_of(d.patient, d.patient.me))[-1]
        d.page.arrive(record=row.record.hex())
        await settled(d.session)
        other = drafts.draft_for(
            d.patient.me, "", "", FormKind.VITALS, Category.VITALS, {"pulse": "75"}
        )
        doctor = d.session.context
        await drafts.send(doctor, replace(other, record=row.record, base_version=1))
        d.page.form.fields["pulse"].set_text("72")
        await d.save()
        dialog = d.controller.drafts.dialog
        assert dialog is not None
        assert ("Pulse", "72", "75") in dialog.rows
        dialog.mine.click()
        await settled(d.session)
        assert d.page.form.texts()["pulse"] == "72"
        await d.save()
        await sync(d.patient)
        _, found = await opened(d.patient, d.patient.me, row.record)
        assert (found.version, found.manifest.title) == (3, "Vitals: 72 bpm")


async def test_a_document_goes_among_the_documents_whatever_was_written_before(
    world: World, qtbot: QtBot
) -> None:
    async with at_work(world, qtbot) as d:
        d.controller.choose(FormKind.VITALS)
        d.controller.choose(FormKind.DOCUMENT)
        assert d.page.chosen_category() is Category.DOCUMENTS
        assert d.page.about.text().startswith("You may write until")
        d.page.category.set_value(Category.MEDICATIONS)
        d.controller.choose(FormKind.DOCUMENT)
        assert d.page.chosen_category() is Category.MEDICATIONS
        d.controller.choose(FormKind.VITALS)
        assert d.page.chosen_category() is Category.VITALS
        assert d.page.about.text().startswith("Category vitals")


async def test_a_document_and_a_new_file_in_its_place(
    world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    async with at_work(world, qtbot) as d:
        path = tmp_path / "letter.txt"
        path.write_text("Dear colleague")
        d.controller.choose(FormKind.DOCUMENT)
        d.page.form.fields["file"].chosen.emit(path)  # type: ignore[attr-defined]
        await settled(d.session)
        await d.save()
        assert await d.titles() == ["letter.txt"]
        row = (await records_of(d.patient, d.patient.me))[-1]
        d.page.arrive(record=row.record)
        await settled(d.session)
        assert d.page.kind is FormKind.DOCUMENT
        second = tmp_path / "letter-2.txt"
        second.write_text("Dear friend")
        d.page.form.fields["file"].chosen.emit(second)  # type: ignore[attr-defined]
        await settled(d.session)
        await d.save()
        await sync(d.patient)
        _, found = await opened(d.patient, d.patient.me, row.record)
        assert found.version == 2


async def test_a_draft_about_somebody_else_opens_that_chart(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        other = await world.patient("other")
        await world.grant(other, d.session.context, read=READ, write=WRITE)
        about = drafts.draft_for(
            other.me, "Grace Hopper", "", FormKind.NOTE, Category.NOTES, {"plan": "Rest"}
        )
        await drafts.save(d.session.context, about)
        d.fill(FormKind.NOTE, plan="About the first one")
        d.page.arrive(draft=about.id)
        await settled(d.session)
        assert d.controller._patient == other.me
        assert d.page.form.texts()["plan"] == "Rest"
        kept = await drafts.listed(d.session.context, d.patient.me)
        assert [(draft.patient_name, draft.texts["plan"]) for draft in kept] == [
            ("Ada Lovelace", "About the first one")
        ]


async def test_a_chart_that_may_not_be_opened(world: World, qtbot: QtBot) -> None:
    patient, doctor = await world.patient(), await world.doctor("house")
    async with desk(doctor) as session:
        current = CurrentPatient(session)
        page = WritePage(current)
        qtbot.addWidget(page)
        WriteController(session, page, ShellThatListens(page), current, page)
        current.choose(patient.me)
        assert not page.save.isEnabled()
        await settled(session)
        assert not any(item.isEnabled() for item in page.kinds.items.values())
        assert "no access" in page.status.text()


async def test_nobody_is_chosen(world: World, qtbot: QtBot) -> None:
    async with desk(await world.doctor()) as session:
        current = CurrentPatient(session)
        page = WritePage(current)
        qtbot.addWidget(page)
        shell = ShellThatListens(page)
        WriteController(session, page, shell, current, page)
        assert page.body.isHidden()
        page.nobody.chooseRequested.emit()
        assert shell.went == [("patients", {})]
        await until(lambda: not session.jobs.running)


async def test_a_record_that_may_only_be_read(world: World, qtbot: QtBot) -> None:
    patient, doctor = await world.patient(), await world.doctor("house")
    await world.grant(patient, doctor, read=READ)
    async with desk(doctor) as session:
        current = CurrentPatient(session)
        page = WritePage(current)
        qtbot.addWidget(page)
        WriteController(session, page, ShellThatListens(page), current, page)
        current.choose(patient.me)
        await settled(session)
        assert not page.save.isEnabled()
        assert page.status.text() == "You may not write into this record. You may ask for it."


async def test_drafts_of_a_page_that_is_gone_are_not_read(world: World, qtbot: QtBot) -> None:
    async with at_work(world, qtbot) as d:
        titles: list[str] = []
        d.session.jobs.started.connect(lambda job: titles.append(job.title))
        d.session.changed.emit(d.patient.me)
        assert titles.count("Drafts") == 1
        # Something may still hold the object of Python, as a lambda would.
        drafts_of_page = d.controller.drafts
        sip.delete(drafts_of_page)
        d.session.changed.emit(d.patient.me)
        assert titles.count("Drafts") == 1
