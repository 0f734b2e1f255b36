"""The chart's intents: open it (a look, and said so), its records, their files, what is next."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QWidget

from medrec.controllers.doctor.asking import Asking
from medrec.controllers.doctor.chart_files import ChartFiles
from medrec.controllers.shell import Shell
from medrec.domain.categories import Category
from medrec.domain.ids import Address
from medrec.errors import MedRecError
from medrec.models.doctor.chart import ChartModels
from medrec.models.doctor.current import CurrentPatient
from medrec.models.record_opening import Known
from medrec.models.rows import LoadState
from medrec.models.session import Session
from medrec.models.timeline_row import TimelineRow
from medrec.views.doctor.chart import ChartPage
from medrec.views.doctor.chart_records import RecordsPane


class ChartController(QObject):
    """Follows the patient that is chosen; opens what is chosen in the chart."""

    def __init__(
        self,
        session: Session,
        page: ChartPage,
        current: CurrentPatient,
        asking: Asking,
        shell: Shell,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._current = current
        self._asking = asking
        self._shell = shell
        self._models: ChartModels | None = None
        self._wanted: str | None = None
        self._said: Address | None = None
        self.files = ChartFiles(session, page, shell, self)
        page.arrived.connect(self._arrive)
        page.chooseRequested.connect(lambda: shell.go("patients"))
        page.writeRequested.connect(lambda: shell.go("write"))
        page.askRequested.connect(self._ask)
        page.watched.connect(self._watch)
        page.opened.connect(self._connect)
        page.file.saveRequested.connect(self.files.save)
        page.compare.openRequested.connect(self._open_compared)
        page.compare.attachmentOpened.connect(lambda version, name: self.files.open(name, version))
        current.changed.connect(self._follow)
        self._follow()

    def _arrive(self, facts: Mapping[str, object]) -> None:
        patient = facts.get("patient")
        if isinstance(patient, str):
            self._current.choose(Address(patient), str(facts.get("name") or ""))
        record = facts.get("record")
        if isinstance(record, str):
            self._wanted = record
            self._open_wanted()
        tab = facts.get("tab")
        if isinstance(tab, str):
            self._page.go_to(tab)

    def _follow(self) -> None:
        """Show another patient's chart, where another one was chosen."""
        chart = self._current.chart
        if self._models is not None:
            if chart is self._models.chart:
                return
            self._models.record.close()
        if chart is None:
            self._models = None
            self._page.show_chart(None)
            return
        models = ChartModels(chart)
        self._models = models
        chart.watch(self._page.isVisible())
        chart.changed.connect(self._on_chart)
        models.record.compared.connect(self._page.show_comparison)
        models.record.compareFailed.connect(self._not_compared)
        models.timeline.reload()
        models.documents.reload()
        self._page.show_chart(models)

    def _on_chart(self) -> None:
        models = self._models
        if models is None or models.chart.state is not LoadState.READY:
            return
        models.looks.reload()
        self._open_wanted()
        if self._said != models.chart.patient and not models.chart.stale:
            self._said = models.chart.patient
            self._shell.toast(
                self.tr("Chart opened"),
                self.tr("{name} sees that you looked.").format(name=self._current.name),
                "neutral",
            )

    def _connect(self, pane: QWidget) -> None:
        models = self._models
        if not isinstance(pane, RecordsPane) or models is None:
            return
        record = models.record
        pane.recordChosen.connect(self._open)
        pane.pendingChosen.connect(self._settle)
        pane.detail.versionChosen.connect(self._open_version)
        pane.detail.compareRequested.connect(record.compare)
        pane.detail.retried.connect(record.reload)
        pane.detail.amendRequested.connect(self._amend)
        pane.detail.archiveRequested.connect(self.files.archive)
        pane.detail.attachmentOpened.connect(self.files.open)
        pane.detail.attachmentSaved.connect(self.files.save)
        pane.detail.saveRequested.connect(lambda: self.files.save(""))

    def _open(self, row: TimelineRow) -> None:
        """Open a record; not what is shown already: every opening is logged as a look."""
        known = Known.of(row)
        if self._models is not None and known is not None:
            record = self._models.record
            if not record.shows(known):
                record.open(known)

    def _open_version(self, number: int) -> None:
        record = self._models.record if self._models is not None else None
        if record is not None and record.known is not None:
            record.open(record.known, number)

    def _open_compared(self, number: int) -> None:
        """One of two versions that stood side by side, by itself."""
        self._page.show_chart_again()
        self._open_version(number)

    def _open_wanted(self) -> None:
        if self._wanted is not None and self._page.open_record(self._wanted):
            self._wanted = None

    def _settle(self, row: TimelineRow) -> None:
        if isinstance(row.key, tuple) and row.key[0] == "draft":
            self._shell.go("write", draft=str(row.key[1]))
        else:
            self._shell.toast(row.title, row.why, "warning")

    def _amend(self) -> None:
        page = self._models.record.page if self._models is not None else None
        if page is not None and page.may_amend:
            self._shell.go("write", record=page.record, version=page.latest)

    def _not_compared(self, error: MedRecError) -> None:
        self._shell.toast(self.tr("The versions cannot be compared"), error.sentence, "danger")

    def _ask(self, category: Category) -> None:
        self._asking.open_for(self._current, category)

    def _watch(self, on: bool) -> None:
        if self._models is None:
            return
        self._models.chart.watch(on)
        if on:
            # Drafts come and go on the page where they are written.
            self._models.timeline.reload()
            self._models.documents.reload()
