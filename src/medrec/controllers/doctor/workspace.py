"""The doctor's pages: patients, one patient's chart, writing, importing, requests, own profile."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QWidget

from medrec.controllers.doctor.asking import Asking
from medrec.controllers.security import security_page
from medrec.controllers.shell import Count, PageSpec, Shell
from medrec.controllers.workspace import WorkspaceController
from medrec.domain.categories import Category
from medrec.models.doctor.current import CurrentPatient
from medrec.models.doctor.patients import PatientsModel, RequestsModel
from medrec.models.session import Session
from medrec.services.my_patients import AccessState
from medrec.views.common.icons import CATEGORY_ICONS
from medrec.views.common.shell.popovers import Hit


class _Doctor:
    """What the pages of one doctor share; each page is imported when it is first visited."""

    def __init__(self, session: Session, shell: Shell) -> None:
        self.session = session
        self.shell = shell
        self.current = CurrentPatient(session, session)
        self.asking = Asking(session, shell, session)
        self.patients = PatientsModel(session, session)
        self.requests = RequestsModel(session, session)
        self.waiting = Count(session)
        self.requests.loaded.connect(self._count)

    def _count(self) -> None:
        self.waiting.set(len(self.requests.open))

    def _ask(self, category: Category) -> None:
        self.asking.open_for(self.current, category)

    def find(self, wanted: str) -> list[Hit]:
        """Patients by name or address, and records of the chart that is open by their titles."""
        found = [
            Hit(
                row.name,
                QCoreApplication.translate("DoctorSearch", "Patient"),
                "user",
                "chart",
                {"patient": row.who.patient, "name": row.who.name},
            )
            for row in self.patients.everybody
            if row.who.state is AccessState.RUNNING
            and (wanted in row.name.casefold() or wanted == row.who.patient.casefold())
        ]
        chart = self.current.chart.chart if self.current.chart is not None else None
        for record in reversed(chart.records if chart is not None else ()):
            title = record.row.title or ""
            if wanted in title.casefold():
                icon = CATEGORY_ICONS[record.row.category]
                key = record.row.record.hex()
                found.append(Hit(title, self.current.name, icon, "chart", {"record": key}))
        return found

    def build_patients(self) -> QWidget:
        """Who let the doctor read."""
        from medrec.controllers.doctor.patients import PatientsController
        from medrec.views.doctor.patients import PatientsPage

        page = PatientsPage(self.patients)
        PatientsController(page, self.asking, self.shell, page)
        return page

    def build_chart(self) -> QWidget:
        """The chart of the patient that is chosen."""
        from medrec.controllers.doctor.chart import ChartController
        from medrec.views.doctor.chart import ChartPage

        page = ChartPage(self.current)
        ChartController(self.session, page, self.current, self.asking, self.shell, page)
        return page

    def build_write(self) -> QWidget:
        """Writing into the record of the patient that is chosen."""
        from medrec.controllers.doctor.write import WriteController
        from medrec.views.doctor.write import WritePage

        page = WritePage(self.current)
        page.head.askRequested.connect(self._ask)
        WriteController(self.session, page, self.shell, self.current, page)
        return page

    def build_import(self) -> QWidget:
        """Importing FHIR files into it."""
        from medrec.controllers.doctor.import_fhir import ImportController
        from medrec.views.doctor.import_fhir import ImportPage

        page = ImportPage(self.current)
        page.head.askRequested.connect(self._ask)
        ImportController(self.session, page, self.shell, self.current, page)
        return page

    def build_requests(self) -> QWidget:
        """What the doctor asked for."""
        from medrec.controllers.doctor.requests import RequestsController
        from medrec.views.doctor.requests import RequestsPage

        page = RequestsPage(self.requests)
        RequestsController(self.session, page, self.asking, self.shell, page)
        return page

    def build_profile(self) -> QWidget:
        """The doctor's own profile and its standing."""
        from medrec.controllers.doctor.own_profile import OwnProfileController
        from medrec.views.doctor.own_profile import OwnProfilePage

        page = OwnProfilePage()
        OwnProfileController(self.session, page, self.shell, page)
        return page


def pages(session: Session, shell: Shell) -> list[PageSpec]:
    """The pages of a doctor's rail, in its order."""
    doctor = _Doctor(session, shell)
    doctor.requests.reload()
    if isinstance(shell, WorkspaceController):
        shell.add_finder(doctor.find)

    return [
        PageSpec("patients", session.tr("Patients"), "users", doctor.build_patients),
        PageSpec("chart", session.tr("Chart"), "clipboard-list", doctor.build_chart),
        PageSpec("write", session.tr("Write"), "pen-line", doctor.build_write),
        PageSpec("import", session.tr("Import FHIR"), "file-input", doctor.build_import),
        PageSpec(
            "requests", session.tr("Requests"), "inbox", doctor.build_requests, doctor.waiting
        ),
        PageSpec("profile", session.tr("Profile"), "stethoscope", doctor.build_profile),
        security_page(session, shell),
    ]
