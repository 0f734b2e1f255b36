"""The pictures of a doctor's screens."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from medrec.clinical.forms import FormKind
from medrec.models.doctor.patients import PatientRow
from medrec.views.doctor.chart import ChartPage
from medrec.views.doctor.chart_records import RecordsPane
from medrec.views.doctor.import_fhir import ImportPage
from medrec.views.doctor.patients import PatientsPage
from medrec.views.doctor.write import WritePage
from tests.screenshots.camera import Camera, Prepare, Scene

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhir" / "synthea_r4"


async def _patient(camera: Camera, name: str) -> None:
    camera.workspace.go("patients")
    await camera.calm()
    page = cast("PatientsPage", camera.page)
    for row in page.model.everybody:
        if isinstance(row, PatientRow) and row.name == name:
            page.opened.emit(row)
            return
    raise AssertionError(f"no such patient: {name}")


def chart(tab: str = "summary", name: str = "Amina Haddad") -> Prepare:
    """A tab of a patient's chart."""

    async def prepare(camera: Camera) -> None:
        await _patient(camera, name)
        await camera.calm()
        camera.workspace.go("chart", tab=tab)

    return prepare


def record(title: str, *, compared: bool = False) -> Prepare:
    """A record of the chart, open; or its versions beside each other."""

    async def prepare(camera: Camera) -> None:
        await chart("timeline")(camera)
        await camera.calm()
        page = cast("ChartPage", camera.page)
        pane = cast("RecordsPane", page.pane("timeline"))
        assert page.models is not None
        for row in page.models.timeline.rows:
            if isinstance(row.key, str) and title in row.title:
                pane.open_key(row.key)
                break
        else:
            raise AssertionError(f"no such record: {title}")
        await camera.calm()
        if compared:
            pane.detail.compareRequested.emit(1, 2)

    return prepare


def write(kind: FormKind, **texts: str) -> Prepare:
    """A form with something in it."""

    async def prepare(camera: Camera) -> None:
        await chart()(camera)
        await camera.calm()
        camera.workspace.go("write")
        page = cast("WritePage", camera.page)
        page.kindChosen.emit(kind)
        page.form.set_texts({**page.form.texts(), **texts})

    return prepare


def bring(name: str) -> Prepare:
    """A file that is looked through."""

    async def prepare(camera: Camera) -> None:
        await chart()(camera)
        await camera.calm()
        camera.workspace.go("import")
        page = cast("ImportPage", camera.page)
        page.chosen.emit(next(iter(sorted(DATA.glob(f"{name}*.json")))))

    return prepare


async def _ask(camera: Camera) -> None:
    cast("PatientsPage", camera.page).askRequested.emit()


async def _nobody(camera: Camera) -> None:
    camera.workspace.go("chart")


SMALL, LOW, LARGE = (1024, 720), (1024, 640), (1920, 1080)

VITALS = {"systolic": "148", "diastolic": "94", "rate": "72", "weight": "71"}

DOCTOR: tuple[Scene, ...] = (
    Scene("08-doctor-patients", "patients"),
    Scene("09-doctor-nobody", "chart", _nobody),
    Scene("09-doctor-chart", prepare=chart()),
    Scene("09-doctor-chart-timeline", prepare=chart("timeline")),
    Scene("09-doctor-chart-record", prepare=record("Check-up")),
    Scene("09-doctor-chart-attachments", prepare=record("Lab Report 101")),
    Scene("09-doctor-chart-versions", prepare=record("My diary", compared=True)),
    Scene("09-doctor-chart-vitals", prepare=chart("vitals")),
    Scene("09-doctor-chart-laboratory", prepare=chart("laboratory")),
    Scene("09-doctor-chart-documents", prepare=chart("documents")),
    Scene("09-doctor-chart-looks", prepare=chart("looks")),
    Scene("09-doctor-chart-closed", prepare=chart("summary", "David Moreno")),
    Scene("22-doctor-chart-1024", prepare=chart(), size=SMALL),
    Scene("10-doctor-write-vitals", prepare=write(FormKind.VITALS, **VITALS)),
    Scene(
        "10-doctor-write-prescription",
        prepare=write(
            FormKind.PRESCRIPTION,
            medicine="Amoxicillin 500 mg",
            dose="1",
            times="3",
            days="7",
        ),
    ),
    *(
        Scene(f"10-doctor-write-{kind.value}", prepare=write(kind))
        for kind in FormKind
        if kind not in (FormKind.VITALS, FormKind.PRESCRIPTION)
    ),
    Scene("18-doctor-import-fhir", prepare=bring("Erminia")),
    Scene("19-doctor-requests", "requests"),
    Scene("19-doctor-ask", "patients", _ask),
    Scene("19-doctor-profile", "profile"),
)

WAITING: tuple[Scene, ...] = (
    Scene("08-doctor-not-verified", "patients"),
    Scene("19-doctor-profile-not-verified", "profile"),
)
