"""A patient's chart: the head with the allergies, and what there is to know in six tabs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PyQt6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from medrec.clinical.facts import Series
from medrec.models.chart import ChartModel
from medrec.models.doctor.chart import DOCUMENTS, ChartModels
from medrec.models.doctor.current import CurrentPatient
from medrec.models.record_page import ComparePage
from medrec.models.rows import LoadState
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.file_page import FilePage
from medrec.views.common.layout import MARGIN, centred
from medrec.views.common.painting import Tone
from medrec.views.common.record.compare import VersionsCompare
from medrec.views.common.states import Message, Skeleton
from medrec.views.common.tabs import Tabs
from medrec.views.common.theme import ground
from medrec.views.doctor.chart_laboratory import LaboratoryTab
from medrec.views.doctor.chart_records import RecordsPane
from medrec.views.doctor.chart_tabs import LooksTab, SummaryTab, VitalsTab
from medrec.views.doctor.patient_head import NobodyChosen, PatientHead

SUMMARY, TIMELINE, VITALS, LABORATORY, PAPERS, LOOKS = (
    "summary",
    "timeline",
    "vitals",
    "laboratory",
    "documents",
    "looks",
)


class ChartPage(QWidget):
    """The chart of the patient that is chosen; `show_chart` brings the models of another one."""

    arrived = pyqtSignal(dict)
    """Facts of ``Shell.go``: ``patient``, ``name``, ``record``, ``tab``."""
    chooseRequested = pyqtSignal()
    writeRequested = pyqtSignal()
    askRequested = pyqtSignal(object)
    """A category that is closed, which the doctor wants to ask for."""
    watched = pyqtSignal(bool)
    """Whether the chart is in front of the doctor."""
    opened = pyqtSignal(object)
    """The `RecordsPane`s and tabs of a chart are there: the controller connects them."""

    def __init__(self, current: CurrentPatient, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "window")
        self._current = current
        self._models: ChartModels | None = None
        self._came = False
        self._panes: dict[str, QWidget] = {}
        self.write = Button(self.tr("Write"), Kind.PRIMARY, "pen-line")
        self.write.clicked.connect(self.writeRequested)
        self.head = PatientHead(current, self.write)
        self.head.askRequested.connect(self.askRequested)
        self.tabs = Tabs(
            [
                (SUMMARY, self.tr("Summary")),
                (TIMELINE, self.tr("Timeline")),
                (VITALS, self.tr("Vitals")),
                (LABORATORY, self.tr("Laboratory")),
                (PAPERS, self.tr("Documents")),
                (LOOKS, self.tr("Who looked")),
            ]
        )
        self.tabs.changed.connect(self._show_tab)
        self._make_inside()
        self.nobody = NobodyChosen()
        self.nobody.chooseRequested.connect(self.chooseRequested)
        self.compare = VersionsCompare()
        self.compare.backRequested.connect(self.show_chart_again)
        self._whole = QStackedWidget()
        self.file = FilePage()
        self.file.backRequested.connect(self.show_chart_again)
        for widget in (self.nobody, self._content(), self.compare, self.file):
            self._whole.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._whole)
        self._shortcuts()

    def _make_inside(self) -> None:
        self.inside = QStackedWidget()
        self.skeleton = Skeleton(6)
        self.failed = Message(
            "lock", self.tr("The chart does not open"), "", self.tr("Try again"), Tone.DANGER
        )
        self.failed.acted.connect(self._retry)
        self.inside.addWidget(self.skeleton)
        self.inside.addWidget(self.failed)

    def _content(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.head)
        column.addWidget(self.tabs)
        column.addWidget(self.inside, 1)
        self._page = centred(holder)
        self._page.setContentsMargins(MARGIN, 18, MARGIN, 12)
        return self._page

    def _shortcuts(self) -> None:
        for place, key in enumerate(self.tabs.keys, 1):
            shortcut = QShortcut(QKeySequence(f"Alt+{place}"), self)
            shortcut.activated.connect(lambda key=key: self.go_to(key))

    def arrive(self, **facts: object) -> None:
        """Come here with a wish: a patient, a record, a tab."""
        self._came = True
        self.arrived.emit(facts)

    @property
    def models(self) -> ChartModels | None:
        """The models of the chart that is shown."""
        return self._models

    def pane(self, key: str) -> QWidget | None:
        """The widget of a tab, once it was shown."""
        return self._panes.get(key)

    def show_chart(self, models: ChartModels | None) -> None:
        """Show another patient's chart; None for nobody's."""
        for pane in self._panes.values():
            self.inside.removeWidget(pane)
            pane.deleteLater()
        self._panes = {}
        if self._models is not None:
            self._models.chart.changed.disconnect(self.refresh)
        self._models = models
        self.file.close_file()
        self._whole.setCurrentWidget(self._page)
        self.tabs.set_current(SUMMARY)
        if models is not None:
            models.chart.changed.connect(self.refresh)
        self.refresh()

    def show_comparison(self, page: ComparePage) -> None:
        """Two versions of a record beside each other."""
        self.compare.show_page(page)
        self._whole.setCurrentWidget(self.compare)

    def show_file(self, name: str, media_type: str, data: bytes) -> None:
        """A file of the record that is open, inside the window."""
        page = self._models.record.page if self._models is not None else None
        self.file.show_file(page.title if page is not None else "", name, media_type, data)
        self._whole.setCurrentWidget(self.file)

    def show_chart_again(self) -> None:
        """Back from two versions, or a file, to the chart."""
        self.file.close_file()
        self._whole.setCurrentWidget(self._page if self._models is not None else self.nobody)
        self.refresh()

    def refresh(self) -> None:
        """Show the chart as it is: loading, failed, or its tabs."""
        models = self._models
        if models is None:
            self._whole.setCurrentWidget(self.nobody)
            return
        if self._whole.currentWidget() not in (self.compare, self.file):
            self._whole.setCurrentWidget(self._page)
        chart = models.chart
        loaded = chart.chart is not None
        self.tabs.setEnabled(loaded)
        permission = chart.chart.permission if chart.chart is not None else None
        self.write.setEnabled(permission is not None and bool(permission.write))
        self.write.setToolTip(
            "" if self.write.isEnabled() else self.tr("The patient has not let you write.")
        )
        if not loaded:
            self.tabs.set_count(TIMELINE, None)
            if chart.state is LoadState.FAILED and chart.error is not None:
                self.failed.set(self.tr("The chart does not open"), chart.error.sentence)
                self.inside.setCurrentWidget(self.failed)
            else:
                self.inside.setCurrentWidget(self.skeleton)
            return
        self.tabs.set_count(TIMELINE, models.timeline.total)
        self._show_tab(self.tabs.current)
        self._take_keyboard()

    def _take_keyboard(self) -> None:
        """Somebody chose a patient by keyboard: go on here, now that there is something."""
        came, self._came = self._came, False
        if came and self.tabs.isVisible():
            self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to(self, key: str, series: Series | None = None) -> None:
        """Show a tab; a `Series` is plotted under Laboratory."""
        self.show_chart_again()
        self.tabs.set_current(key)
        pane = self._panes.get(key)
        if isinstance(pane, LaboratoryTab):
            pane.show_series(series)

    def open_record(self, key: str) -> bool:
        """Show a record by its id in hex in the timeline; False while it is not there."""
        if self._models is None or self._models.chart.chart is None:
            return False
        self.go_to(TIMELINE)
        pane = self._panes.get(TIMELINE)
        return isinstance(pane, RecordsPane) and pane.open_key(key)

    def _show_tab(self, key: str) -> None:
        models = self._models
        if models is None or models.chart.chart is None:
            return
        if key not in self._panes:
            pane = self._built(key, models)
            self._panes[key] = pane
            self.inside.addWidget(pane)
            self.opened.emit(pane)
        pane = self._panes[key]
        self.inside.setCurrentWidget(pane)
        if isinstance(pane, RecordsPane):
            pane.show_again()

    def _built(self, key: str, models: ChartModels) -> QWidget:
        if key == TIMELINE:
            return RecordsPane(models.timeline, models.record)
        if key == PAPERS:
            return RecordsPane(models.documents, models.record, DOCUMENTS)
        if key == LOOKS:
            return LooksTab(models.looks)
        pane = _KINDS[key](models.chart)
        pane.askRequested.connect(self.askRequested)
        if isinstance(pane, SummaryTab):
            pane.laboratoryRequested.connect(lambda series: self.go_to(LABORATORY, series))
        return pane

    def _retry(self) -> None:
        if self._models is not None:
            self._models.chart.reload()

    def showEvent(self, event: QShowEvent | None) -> None:
        """The chart is in front of the doctor (Qt)."""
        super().showEvent(event)
        self.watched.emit(True)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """The chart is not in front of the doctor any more (Qt)."""
        super().hideEvent(event)
        self.watched.emit(False)


_KINDS: Mapping[str, Callable[[ChartModel], SummaryTab | VitalsTab | LaboratoryTab]] = {
    SUMMARY: SummaryTab,
    VITALS: VitalsTab,
    LABORATORY: LaboratoryTab,
}
