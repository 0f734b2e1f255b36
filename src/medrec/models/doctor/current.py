"""The patient that a doctor has chosen: shared by Chart, Write and Import."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.domain.ids import Address
from medrec.models.chart import ChartModel
from medrec.models.session import Session


class CurrentPatient(QObject):
    """Whose chart is open; `changed` when it is somebody else's, or named otherwise.

    ``chart`` is read on `choose`, which is a look and is logged; None while nobody is chosen.
    """

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.patient: Address | None = None
        self.name = ""
        self.chart: ChartModel | None = None

    def choose(self, patient: Address, name: str = "") -> ChartModel:
        """Open a patient's chart, or keep it open; ``name`` is what is known before it is read."""
        if self.patient == patient and self.chart is not None:
            return self.chart
        self._let_go()
        self.patient = patient
        self.name = name or patient
        self.chart = ChartModel(self.session, patient, self)
        self.chart.changed.connect(self._on_chart)
        self.chart.reload()
        self.changed.emit()
        return self.chart

    def clear(self) -> None:
        """Close the chart."""
        if self.patient is not None:
            self._let_go()
            self.patient, self.name, self.chart = None, "", None
            self.changed.emit()

    def _let_go(self) -> None:
        if self.chart is not None:
            self.chart.changed.disconnect(self._on_chart)
            self.chart.close()
            self.chart.deleteLater()

    def _on_chart(self) -> None:
        chart = self.chart.chart if self.chart is not None else None
        person = chart.demographics if chart is not None else None
        name = f"{person.given} {person.family}" if person is not None else ""
        if name and name != self.name:
            self.name = name
            self.changed.emit()
