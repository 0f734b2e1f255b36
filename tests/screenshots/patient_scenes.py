"""The pictures of the door and of a patient's screens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

from medrec.controllers.patient.access import AccessController
from medrec.domain.ids import RecordId
from medrec.errors import HistoryForked
from medrec.models.patient.grant import Step
from medrec.models.timeline_row import TimelineRow
from medrec.services import writing
from medrec.services.alarm import Side
from medrec.services.sources import in_memory
from medrec.views.common.entry.create import Step as CreateStep
from medrec.views.patient.access import AccessPage
from medrec.views.patient.activity import ActivityPage
from medrec.views.patient.records import RecordsPage
from tests.screenshots.camera import Camera, Prepare, Scene

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "attachments"
DIARY = "My diary"
HIDDEN = 3
WORSE = b"Slept badly. Headache on Tuesday and Thursday, gone by noon.\n"


def step(number: CreateStep) -> Prepare:
    """A step of creating an account; nothing is written."""

    async def prepare(camera: Camera) -> None:
        door = camera.desktop.door
        if number is CreateStep.WHO:
            door.sign_in.createAsked.emit()
            await camera.calm()
        door.creation.show_step(number)

    return prepare


async def _network_file(camera: Camera) -> None:
    door = camera.desktop.door
    door.creation.leaveAsked.emit()
    await camera.calm()
    door.sign_in.networkAsked.emit()
    await camera.calm()
    door.network.fileChosen.emit(str(camera.place.network_file))


def record(title: str, attachment: str = "") -> Prepare:
    """A record of one's own, open; or one of its files inside the window."""

    async def prepare(camera: Camera) -> None:
        page = cast("RecordsPage", camera.page)
        page.show_list()
        _select(page, title)
        await camera.calm()
        if attachment:
            page.detail.attachmentOpened.emit(attachment)

    return prepare


async def _compare(camera: Camera) -> None:
    """The diary and what was written over it; amended for the first picture only."""
    page = cast("RecordsPage", camera.page)
    page.show_list()
    row = _select(page, DIARY)
    await camera.calm()
    if row.version == 1:
        session, number = camera.workspace.session, RecordId(bytes.fromhex(str(row.key)))
        text = in_memory("diary.txt", "text/plain", WORSE)
        draft = await writing.amended(session.context, session.me, number, text, (), None)
        await writing.update_record(session.context, session.me, number, draft)
        session.look_now()
        await camera.calm()
        _select(page, DIARY)
        await camera.calm()
    page.detail.compareRequested.emit(1, 2)


async def _add_document(camera: Camera) -> None:
    page = cast("RecordsPage", camera.page)
    page.show_list()
    page.filesDropped.emit([DATA / "lab-report-101.pdf"])


def grant(number: Step) -> Prepare:
    """A step of answering the request that is open."""

    async def prepare(camera: Camera) -> None:
        page = cast("AccessPage", camera.page)
        controller = page.findChild(AccessController)
        assert controller is not None
        form = controller.form
        if number is Step.WHO:
            page.giveAsked.emit()
        else:
            page.reviewed.emit(controller.requests.rows[0].doctor.doctor)
            await camera.calm()
            while form.step < number:
                form.go_on()

    return prepare


async def _revoke(camera: Camera) -> None:
    page = cast("AccessPage", camera.page)
    page.show_grant(False)
    page.revokeAsked.emit(await camera.address("Dr. Lukas Meyer"))


async def _code(camera: Camera) -> None:
    cast("AccessPage", camera.page).codeAsked.emit()


async def _sharing(camera: Camera) -> None:
    cast("AccessPage", camera.page).show_grant(False)


async def _alarm(camera: Camera) -> None:
    """What a node that hides entries would be met with; the real history is sound."""
    session = camera.workspace.session
    if session._follower is not None:
        session._follower.cancel()
        session._follower = None
    session.alarm = HistoryForked(subject="your own entries")
    session.verified = False
    session.stateChanged.emit()
    await camera.calm()
    trace = cast("ActivityPage", camera.page)._trace
    assert trace is not None
    assert trace.examination is not None
    entries = await session.context.local.entries(subject=session.me)
    hidden = tuple(enumerate(entries, 1))[-HIDDEN:]
    shown = Side(len(entries) - HIDDEN, entries[-HIDDEN - 1].head)
    trace.examination = replace(trace.examination, shown=shown, missing=hidden)
    trace.changed.emit()


def _select(page: RecordsPage, title: str) -> TimelineRow:
    for row in page._timeline.rows:
        if isinstance(row.key, str) and title in row.title:
            page.select(row.key)
            return row
    raise AssertionError(f"no such record: {title}")


DOOR = (
    Scene("01-sign-in"),
    Scene("02-create-account-1-who", prepare=step(CreateStep.WHO)),
    Scene("02-create-account-2-words", prepare=step(CreateStep.WORDS)),
    Scene("02-create-account-3-check", prepare=step(CreateStep.CHECK)),
    Scene("02-create-account-4-password", prepare=step(CreateStep.PASSWORD)),
    Scene("02-create-account-5-key", prepare=step(CreateStep.KEY)),
    Scene("24-network-file", prepare=_network_file),
)

HADDAD = (
    Scene("03-patient-overview", "overview"),
    Scene("23-size-1920-patient-overview", "overview", size=(1920, 1080)),
    Scene("04-patient-records", "records", record("Vitals")),
    Scene("25-patient-pdf", "records", record("Lab Report 101")),
    Scene("26-patient-ecg", "records", record("Waveform")),
    Scene("15-patient-versions", "records", _compare),
    Scene("27-patient-add-document", "records", _add_document),
    Scene("05-patient-sharing", "sharing"),
    Scene("06-patient-revoke", "sharing", _revoke),
    Scene("28-patient-qr-code", "sharing", _code),
    Scene("14-patient-grant-1-who", "sharing", grant(Step.WHO)),
    Scene("14-patient-grant-2-what", "sharing", grant(Step.WHAT)),
    Scene("14-patient-grant-3-until", "sharing", grant(Step.UNTIL)),
    Scene("14-patient-grant-4-confirm", "sharing", grant(Step.CONFIRM)),
    Scene("07-patient-activity", "activity"),
    Scene("17-patient-profile-security", "profile"),
    Scene("16-patient-activity-alarm", "activity", _alarm),
)

HISTORY = (Scene("29-patient-imported-history", "records", record("former practice")),)
OKAFOR = (Scene("30-patient-overview-empty", "overview"),)
