"""The overview's intents: most of them lead to the page where the thing is done."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from medrec.controllers.shell import Shell
from medrec.domain.ids import Address
from medrec.models.patient.overview import OverviewModel
from medrec.models.session import Session
from medrec.views.patient.overview import OverviewPage


class OverviewController(QObject):
    """Reads the overview when it is first shown, and goes where its buttons lead."""

    def __init__(
        self,
        session: Session,
        page: OverviewPage,
        model: OverviewModel,
        shell: Shell,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._model = model
        self._shell = shell
        page.reviewRequested.connect(self._review)
        page.laterRequested.connect(self._later)
        page.addRequested.connect(lambda: shell.go("records", add=True))
        page.filesDropped.connect(lambda paths: shell.go("records", files=paths))
        page.exportRequested.connect(lambda: shell.go("records", export=True))
        page.activityRequested.connect(lambda: shell.go("activity"))
        page.recordsRequested.connect(lambda family: shell.go("records", family=family))
        page.retried.connect(self.reload)
        self.reload()

    def reload(self) -> None:
        """Read the chart and the trace again."""
        self._model.chart.reload()
        self._model.reload()

    def _review(self, doctor: Address) -> None:
        self._shell.go("sharing", doctor=doctor)

    def _later(self, doctor: Address) -> None:
        """Nothing is refused: the request stays where it is answered."""
        self._page.put_off(doctor)
        self._shell.toast(
            self.tr("Put off"), self.tr("The request waits for you under Sharing."), tone="neutral"
        )
