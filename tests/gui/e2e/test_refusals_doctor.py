"""What a doctor is refused, while writing and while opening, with the text still there."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from medrec.clinical.forms import FormKind
from medrec.domain.categories import Category, Permission
from medrec.domain.ids import short_address
from medrec.domain.times import told
from medrec.errors import (
    AccessEnded,
    CategoryNotShared,
    DoctorNotVerified,
    NoAccess,
    StaleVersion,
    UnknownPatient,
)
from medrec.views.common.shell.popovers import OutboxPopover
from medrec.views.doctor.ask import AskDialog
from medrec.views.doctor.chart import ChartPage
from medrec.views.doctor.conflict import ConflictDialog
from medrec.views.doctor.write import WritePage
from tests.gui.e2e.acts import dialog_of, gone, open_chart, open_row, row_of
from tests.support.cli import Person
from tests.support.devnet import TestNetwork
from tests.support.refusals import (
    FHIR,
    READS_AND_WRITES,
    UNTIL,
    Desk,
    Nothing,
    Ward,
    nothing_waits,
    refused,
    said,
    shown,
)
from tests.support.window import Window, click, press, texts, type_into

PATIENT = "Quinn Novák"
DOSES = {"medicine": "Amlodipine 5 mg", "dose": "1", "times": "1", "days": "30"}
NOBODY = "0x" + "11" * 20


async def writing(window: Window, patient: str = PATIENT) -> WritePage:
    """A prescription is written about a patient, and not saved yet."""
    await open_chart(window, patient)
    page = await window.go("write")
    assert isinstance(page, WritePage)
    click(page.kinds.items[FormKind.PRESCRIPTION])
    form = page.forms[FormKind.PRESCRIPTION]
    for name, text in DOSES.items():
        type_into(form.fields[name].editor, text)
    await window.calm()
    return page


def still_written(page: WritePage) -> bool:
    """Whether the form holds what was typed, and can be gone on with."""
    form = page.forms[FormKind.PRESCRIPTION]
    kept = all(form.fields[name].text() == text for name, text in DOSES.items())
    return kept and form.isEnabled() and page.keep.isEnabled()


async def kept_as_draft(window: Window, sentence: str) -> None:
    """The outbox holds the text as not saved, with the sentence, and nothing else."""
    window.workspace.outbox.reload()
    await window.calm()
    rows = window.workspace.outbox.rows
    assert [(row.error, bool(row.draft)) for row in rows] == [(sentence, True)]


async def ask(window: Window, patient: str) -> AskDialog:
    """A request is filled in, and not sent yet."""
    page = await window.go("requests")
    click(page.ask)
    dialog = await dialog_of(window, AskDialog)
    type_into(dialog.who.editor, patient)
    dialog.matrix.set_permission(Permission(frozenset([Category.VITALS]), frozenset()))
    type_into(dialog.reason.editor, "High blood pressure")
    return dialog


async def test_a_doctor_who_is_not_verified(ward: Ward, desk: Desk):
    pending = ward.network.doctor("penny", verified=False)
    window = await desk.sits(pending)
    page = await window.go("patients")
    await window.until(lambda: "You wait to be verified" in texts(page))
    assert not page.ask.isEnabled()
    requests = await window.go("requests")
    dialog = await ask(window, ward.quinn.address)
    nothing = Nothing(ward.network)
    click(dialog.send)
    await window.calm()
    await refused(window, DoctorNotVerified(doctor="This account", status="not verified yet"))
    assert dialog.who.text() == ward.quinn.address
    assert dialog.reason.text() == "High blood pressure"
    assert dialog.send.isEnabled()
    assert nothing.happened()
    click(dialog.cancel)
    await window.until(lambda: gone(dialog))
    assert requests.isVisible()
    await nothing_waits(window)


async def test_a_doctor_who_is_suspended_while_writing(ward: Ward, desk: Desk):
    susan = ward.doctor("susan", ward.quinn, *READS_AND_WRITES)
    window = await desk.sits(susan)
    page = await writing(window)
    ward.network.admin("admin", "suspend-doctor", susan.address)
    nothing, known = Nothing(ward.network), ward.network.created(ward.quinn)
    click(page.save)
    await window.calm()
    error = DoctorNotVerified(doctor="This account", status="suspended")
    await refused(window, error)
    assert still_written(page)
    assert nothing.happened()
    assert ward.network.created(ward.quinn) == known
    await kept_as_draft(window, error.sentence)
    # The office takes it back: the same button saves the same text, once.
    ward.network.admin("admin", "verify-doctor", susan.address)
    await saved_once(window, page, ward.network, ward.quinn, known)


async def saved_once(
    window: Window, page: WritePage, network: TestNetwork, patient: Person, known: list[str]
) -> None:
    """The way on: what was refused is saved by the same button as soon as it may be."""
    await window.until(page.save.isEnabled)
    click(page.save)
    await window.calm()
    await window.said("In the record of")
    await nothing_waits(window)
    assert page.form.empty
    created = network.created(patient)
    assert len(created) == len(known) + 1


async def test_a_doctor_without_access(ward: Ward, desk: Desk):
    nora = ward.network.doctor("nora")
    request = ("--read", "all", *UNTIL, "--reason", "High blood pressure")
    nora("access", "request", ward.quinn.address, *request)
    window = await desk.sits(nora)
    page = await window.go("patients")
    nothing = Nothing(ward.network)
    # Who only waits is led to the request; a chart can still be asked for from elsewhere.
    open_row(page.list, await row_of(window, page.list, "waiting"))
    await window.calm()
    assert window.page is await window.go("requests")
    window.workspace.go("chart", patient=ward.quinn.address)
    await window.calm()
    chart = window.page
    assert isinstance(chart, ChartPage)
    await refused(window, NoAccess())
    assert not chart.write.isEnabled()
    assert nothing.happened()
    await nothing_waits(window)
    ward.quinn("access", "grant", nora.address, *READS_AND_WRITES, *UNTIL)
    click(chart.failed.button)
    await window.until(lambda: "Write" in texts(chart) and chart.write.isEnabled())


async def test_a_doctor_whose_access_has_expired(ward: Ward, desk: Desk):
    emil = ward.network.doctor("emil")
    window = await desk.sits(emil)
    soon = datetime.now(UTC) + timedelta(seconds=25)
    ends = int(soon.timestamp())
    until = ("--until", soon.isoformat(timespec="seconds"))
    ward.quinn("access", "grant", emil.address, *READS_AND_WRITES, *until)
    page = await writing(window)
    time.sleep(max(0.0, ends - time.time()) + 1)
    nothing, known = Nothing(ward.network), ward.network.created(ward.quinn)
    click(page.save)
    await window.calm()
    error = AccessEnded(ended=told(ends))
    await said(
        window, f"Not saved: {error.sentence} Your text is kept as a draft on this computer."
    )
    assert still_written(page)
    assert nothing.happened()
    assert ward.network.created(ward.quinn) == known


async def test_a_category_that_is_no_longer_shared(ward: Ward, desk: Desk):
    cato = ward.doctor("cato", ward.quinn, *READS_AND_WRITES)
    window = await desk.sits(cato)
    page = await writing(window)
    shut = [kind for kind, item in page.kinds.items.items() if not item.isEnabled()]
    assert FormKind.ALLERGY in shut
    ward.quinn("access", "revoke", cato.address)
    notes = ("--read", "notes", "--write", "notes")
    ward.quinn("access", "grant", cato.address, *notes, *UNTIL)
    nothing, known = Nothing(ward.network), ward.network.created(ward.quinn)
    click(page.save)
    await window.calm()
    error = CategoryNotShared(category="medications")
    await refused(window, error)
    assert still_written(page)
    assert nothing.happened()
    assert ward.network.created(ward.quinn) == known
    await kept_as_draft(window, error.sentence)


async def test_writing_after_the_revocation(ward: Ward, desk: Desk):
    rhea = ward.doctor("rhea", ward.quinn, *READS_AND_WRITES)
    window = await desk.sits(rhea)
    page = await writing(window)
    ward.quinn("access", "revoke", rhea.address)
    nothing, known = Nothing(ward.network), ward.network.created(ward.quinn)
    click(page.save)
    await window.calm()
    await window.until(lambda: window.workspace.outbox.rows)
    rows = window.workspace.outbox.rows
    (sentence,) = [row.error for row in rows]
    assert sentence.startswith(f"Not saved: {PATIENT} ended your access at ")
    await said(window, sentence)
    assert still_written(page)
    assert nothing.happened()
    assert ward.network.created(ward.quinn) == known


async def test_an_unknown_patient(ward: Ward, desk: Desk):
    window = await desk.sits(ward.eva)
    dialog = await ask(window, NOBODY)
    nothing = Nothing(ward.network)
    click(dialog.send)
    await window.calm()
    await refused(window, UnknownPatient(patient=NOBODY), hexadecimal=short_address(NOBODY))
    assert dialog.who.text() == NOBODY
    assert dialog.reason.text() == "High blood pressure"
    assert nothing.happened()
    type_into(dialog.who.editor, ward.quinn.address)
    click(dialog.send)
    await window.calm()
    await window.said("Asked")
    await window.until(lambda: gone(dialog))
    await nothing_waits(window)


async def test_a_stale_version(ward: Ward, desk: Desk):
    eva, paul = ward.eva, ward.paul
    window = await desk.sits(eva)
    page = await writing(window, "Paul Novák")
    known = ward.network.created(paul)
    click(page.save)
    await window.calm()
    await window.said("In the record of Paul Novák, version 1.")
    (record,) = [one for one in ward.network.created(paul) if one not in known]
    window.workspace.go("write", record=record)
    await window.calm()
    form = page.forms[FormKind.PRESCRIPTION]
    await window.until(lambda: form.fields["medicine"].text() == DOSES["medicine"])
    type_into(form.fields["medicine"].editor, "Amlodipine 10 mg")
    ward.dora("record", "update", paul.address, record, FHIR / "prescription.json")
    click(page.save)
    await window.calm()
    dialog = await dialog_of(window, ConflictDialog)
    words = "Dr. Dora Okafor wrote version 2 while you were writing."
    await said(window, words)
    error = StaleVersion(last=2, base=1)
    assert not shown(error.sentence)
    press(dialog, "Decide later")
    await window.until(lambda: gone(dialog))
    assert form.fields["medicine"].text() == "Amlodipine 10 mg"
    await kept_as_draft(window, error.sentence)
    click(window.workspace.view.topbar.outbox)
    popover = await dialog_of(window, OutboxPopover)
    await refused(window, error)
    popover.close()
    versions = ward.paul("record", "history", paul.address, record)
    assert [one["version"] for one in versions] == [1, 2]
    # The way on: mine goes on top of theirs.
    click(page.save)
    await window.calm()
    dialog = await dialog_of(window, ConflictDialog)
    click(dialog.mine)
    await window.calm()
    await window.until(lambda: form.fields["medicine"].text() == "Amlodipine 10 mg")
    click(page.save)
    await window.calm()
    await window.said("In the record of Paul Novák, version 3.")
    await nothing_waits(window)
