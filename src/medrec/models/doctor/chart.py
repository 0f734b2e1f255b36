"""Everything that the page of a chart shows, for one patient."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from medrec.domain.categories import Category
from medrec.models.chart import ChartModel, TimelineFilter
from medrec.models.doctor.looks import LooksModel
from medrec.models.doctor.timeline import DoctorTimeline
from medrec.models.record import RecordModel

DOCUMENTS = frozenset({Category.DOCUMENTS, Category.NOTES, Category.IMAGING})


class ChartModels(QObject):
    """The chart, its timeline, its documents, the record that is open, and who looked."""

    def __init__(self, chart: ChartModel) -> None:
        super().__init__(chart)
        self.chart = chart
        self.timeline = DoctorTimeline(chart, self)
        self.documents = DoctorTimeline(chart, self)
        self.documents.set_filter(TimelineFilter(categories=DOCUMENTS))
        self.record = RecordModel(chart.session, chart.patient, self)
        self.looks = LooksModel(chart)
