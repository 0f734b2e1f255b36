"""Importing: a file is looked into off the window's thread, then saved as one record."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PyQt6.QtCore import QObject

from medrec.clinical.forms import FormKind
from medrec.clinical.patient import Demographics
from medrec.controllers.shell import Shell
from medrec.domain.categories import GRANTABLE
from medrec.domain.ids import Address
from medrec.domain.imports import AddDocument, FilePreview
from medrec.errors import MedRecError
from medrec.models.doctor.current import CurrentPatient
from medrec.models.session import Session
from medrec.services import drafts, importing
from medrec.services.drafts import Outcome, SavedDraft, Sent, draft_for
from medrec.views.doctor.import_fhir import ImportPage
from medrec.workers.jobs import Ended, JobHandle


class ImportController(QObject):
    """One file at a time, for the current patient."""

    def __init__(
        self,
        session: Session,
        page: ImportPage,
        shell: Shell,
        current: CurrentPatient,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._page, self._shell, self._current = session, page, shell, current
        self._patient: Address | None = None
        self._looking: JobHandle | None = None
        self._refused: SavedDraft | None = None
        page.chosen.connect(self.look)
        page.cancelAsked.connect(self.cancel)
        page.saveAsked.connect(self.save)
        page.arrived.connect(self._arrive)
        page.nobody.chooseRequested.connect(lambda: shell.go("patients"))
        current.changed.connect(self._follow)
        self._follow()

    def look(self, path: Path) -> JobHandle:
        """Look into a file, entry by entry; another one that is being looked into is let go."""
        self._stop()
        context, person = self._session.context, self._demographics()
        self._refused = None
        self._page.show_reading(path)
        job = self._session.start(
            self.tr("Looking into {name}").format(name=path.name),
            lambda: importing.preview(context, path, person),
            quiet=True,
        )
        self._looking = job
        job.progressed.connect(self._page.show_progress)
        job.ended.connect(lambda how: self._on_looked(job, how))
        return job

    def cancel(self) -> None:
        """Stop looking, or let the file go."""
        self._stop()
        self._page.clear()

    def save(self, wish: AddDocument) -> None:
        """Save the file as one record; it waits on this computer while the network is away."""
        if self._patient is None:
            return
        context = self._session.context
        texts = {
            "file": str(wish.path),
            "title": wish.title,
            "plain": "yes" if wish.plain else "no",
            "digest": wish.digest.hex(),
        }
        draft = draft_for(
            self._patient,
            self._current.name,
            self._session.title,
            FormKind.DOCUMENT,
            wish.category,
            texts,
        )
        before, self._refused = self._refused, None
        self._page.set_busy(True)

        async def work() -> Outcome:
            if before is not None:
                # What the page still holds is sent anew: nothing of the refused try stays behind.
                await drafts.discard(context, before)
            return await drafts.send(context, draft)

        job = self._session.start(self.tr("Importing {name}").format(name=wish.path.name), work)
        self._shell.follow(job, on_done=self._on_outcome)
        job.ended.connect(lambda _: self._page.set_busy(False))

    def _on_outcome(self, outcome: Outcome) -> None:
        title = outcome.draft.texts.get("title", "")
        if outcome.state is Sent.SENT:
            words = self.tr("“{title}” is in the record of {name}.")
            self._shell.toast(
                self.tr("Imported"), words.format(title=title, name=outcome.draft.patient_name)
            )
            self._session.look_now()
        elif outcome.state is Sent.WAITING:
            words = self.tr("It goes out by itself as soon as it can. {why}")
            self._shell.toast(
                self.tr("Saved here, not yet shared"),
                words.format(why=outcome.sentence),
                "warning",
            )
        else:
            self._shell.toast(self.tr("Not saved"), outcome.sentence, "danger")
            self._refused = outcome.draft
            return
        self._page.clear()

    def _on_looked(self, job: JobHandle, how: Ended) -> None:
        if job is not self._looking:
            return
        self._looking = None
        if how is Ended.DONE:
            found: FilePreview = job.result
            self._page.show_preview(found, self._demographics())
        elif how is Ended.CANCELLED:
            self._page.clear()
        else:
            error = job.error if isinstance(job.error, MedRecError) else MedRecError()
            self._page.show_error(error.sentence)

    def _stop(self) -> None:
        job, self._looking = self._looking, None
        if job is not None:
            job.cancel()

    def _follow(self) -> None:
        current = self._current
        if current.patient != self._patient:
            self.cancel()
            self._patient = current.patient
            if current.chart is not None:
                current.chart.changed.connect(self._show_rights)
        self._page.set_chosen(current.patient is not None)
        self._show_rights()

    def _show_rights(self) -> None:
        model = self._current.chart
        chart = model.chart if model is not None else None
        allowed = chart.permission.write if chart is not None and chart.permission else frozenset()
        self._page.set_categories([one for one in GRANTABLE if one in allowed])

    def _demographics(self) -> Demographics | None:
        model = self._current.chart
        return model.chart.demographics if model is not None and model.chart is not None else None

    def _arrive(self, facts: Mapping[str, object]) -> None:
        path = facts.get("path")
        if isinstance(path, str | Path) and self._current.patient is not None:
            self.look(Path(path))
