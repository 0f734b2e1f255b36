"""Activity's intents: verify again, ask other nodes, save a report or a table."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QObject

from medrec.controllers.shell import Shell
from medrec.models.patient import activity_words as words
from medrec.models.patient.activity import (
    ActivityModel,
    FilteredActivity,
    MissingModel,
    TraceModel,
    TraceState,
)
from medrec.models.session import Session
from medrec.services import activity, alarm
from medrec.services.activity import ActivityRow
from medrec.views.common.file_dialogs import ask_save
from medrec.views.patient.activity import ActivityPage
from medrec.workers.jobs import Ended


class ActivityController(QObject):
    """Reads the trace when it is first shown, and turns its buttons into jobs."""

    def __init__(
        self, session: Session, page: ActivityPage, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(parent or page)
        self._session, self._page, self._shell = session, page, shell
        self.entries = ActivityModel(session, self)
        self.shown = FilteredActivity(self.entries, self)
        self.trace = TraceModel(session, self)
        self.missing = MissingModel(self.trace, self.entries)
        page.set_models(self.entries, self.shown, self.trace, self.missing)
        page.verifyAsked.connect(self.verify)
        page.nodesAsked.connect(self.ask_nodes)
        page.betterAsked.connect(self.use_better)
        page.reportAsked.connect(self._ask_report)
        page.exportAsked.connect(self._ask_export)
        page.rowOpened.connect(self._open)
        self.entries.reload()

    def verify(self) -> None:
        """Recompute the chain of heads from the first entry."""
        job = self.trace.verify()
        job.ended.connect(self._on_verified)
        if self._session.context.origins:
            job.ended.connect(self.entries.reload)

    def ask_nodes(self) -> None:
        """Ask each node of the network whether it agrees with this computer."""
        job = self.trace.ask_nodes()
        if job is not None:
            self._page.alarm.nodes.set_busy(True, self.tr("Asking"))
            job.ended.connect(lambda _: self._page.alarm.nodes.set_busy(False))
            self._shell.follow(job)

    def use_better(self) -> None:
        """Go on with the node that agrees with this computer."""
        job = self.trace.use_better()
        if job is not None:
            self._page.alarm.better.set_busy(True, self.tr("Going on"))
            job.ended.connect(lambda _: self._page.alarm.better.set_busy(False))
            self._shell.follow(job, self.tr("MedRec goes on with a node that agrees with you"))

    def save_report(self, path: Path) -> None:
        """Write both heads and the missing entries down."""
        context, found = self._session.context, self.trace.examination
        if found is not None:
            job = self._session.start(
                self.tr("Saving the report"), lambda: alarm.save_report(path, context, found)
            )
            self._shell.follow(job, self.tr("The report is saved"))

    def save_table(self, path: Path) -> None:
        """Write the entries that are shown as a table."""
        names, called = self.entries.names, self._session.context.network.name
        rows = [
            (row, names.get(row.actor, row.actor), words.sentence(row, names))
            for row in self.shown.shown
        ]
        job = self._session.start(
            self.tr("Saving the table"),
            lambda: asyncio.to_thread(activity.save_csv, path, rows, called),
        )
        self._shell.follow(job, self.tr("{count} entries are saved").format(count=len(rows)))

    def _on_verified(self, how: Ended) -> None:
        title = self.tr("Verify again")
        found, error = self.trace.verified, self.trace.error
        if how is Ended.DONE and found is not None:
            text = self.tr("{count} entries, none missing, up to block {block}.")
            self._shell.toast(
                self.tr("Verified"), text.format(count=found.entries, block=found.block)
            )
        elif error is not None and self.trace.state is not TraceState.BROKEN:
            self._shell.toast(title, error.sentence, "danger")

    def _ask_report(self) -> None:
        day = datetime.now().astimezone().date().isoformat()
        ask_save(
            self._shell.window, self.tr("Save a report"), f"medrec-{day}.json", self.save_report
        )

    def _ask_export(self) -> None:
        day = datetime.now().astimezone().date().isoformat()
        ask_save(self._shell.window, self.tr("Export"), f"activity-{day}.csv", self.save_table)

    def _open(self, row: ActivityRow) -> None:
        if row.record is not None:
            self._shell.go("records", record=row.record.hex())
