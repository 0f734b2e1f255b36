"""The patients' intents: open a chart, ask, import."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from medrec.controllers.doctor.asking import Asking
from medrec.controllers.shell import Shell
from medrec.models.doctor.patients import PatientRow
from medrec.services.my_patients import AccessState
from medrec.views.doctor.patients import PatientsPage


class PatientsController(QObject):
    """Reads the list when the page is first shown, and goes where its rows lead."""

    def __init__(
        self, page: PatientsPage, asking: Asking, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._asking = asking
        self._shell = shell
        page.opened.connect(self._open)
        page.askRequested.connect(asking.open)
        page.importRequested.connect(lambda: shell.go("import"))
        page.model.reload()

    def _open(self, row: PatientRow) -> None:
        state = row.who.state
        if state is AccessState.RUNNING:
            self._shell.go("chart", patient=row.who.patient, name=row.who.name)
        elif state is AccessState.WAITING:
            self._shell.go("requests")
        else:
            self._asking.open(row.who.patient, row.who.name)
