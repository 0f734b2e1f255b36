"""Opening a network file: read, checked against its nodes, then used."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.controllers.gate import Gate
from medrec.services.network_check import NetworkReport
from medrec.views.common.entry.network import NetworkPage
from medrec.workers.jobs import JobHandle, Jobs


class NetworkController(QObject):
    """The network page's intents as jobs."""

    used = pyqtSignal()
    """The network of the file is in use."""
    left = pyqtSignal()

    def __init__(
        self, gate: Gate, jobs: Jobs, page: NetworkPage, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._gate = gate
        self._jobs = jobs
        self._page = page
        self._report: NetworkReport | None = None
        self._running: JobHandle | None = None
        page.fileChosen.connect(self.read)
        page.useAsked.connect(self.use)
        page.leaveAsked.connect(self.leave)

    def begin(self, first: bool = False) -> None:
        """Show the page; on the ``first`` start there is nothing to go back to."""
        self._report = None
        self._page.reset(first)

    def read(self, path: str) -> JobHandle:
        """Read a file and ask its nodes."""
        self._stop()
        self._report = None
        self._page.show_reading(Path(path).name)

        async def read() -> NetworkReport:
            return await self._gate.read_network(Path(path))

        job = self._jobs.start(self.tr("Checking the network file"), read, quiet=True)
        self._running = job
        job.done.connect(self._on_read)
        job.failed.connect(lambda error: self._page.show_error(error.sentence))
        job.crashed.connect(
            lambda _: self._page.show_error(self.tr("This file could not be checked."))
        )
        return job

    def use(self) -> None:
        """Use the network that was read."""
        report = self._report
        if report is None or not report.usable:
            return
        self._page.set_busy(True)

        async def use() -> None:
            await self._gate.use_network(report.network)

        job = self._jobs.start(self.tr("Using the network"), use, quiet=True)
        job.done.connect(lambda _: self.used.emit())
        job.failed.connect(lambda error: self._page.show_error(error.sentence))
        job.ended.connect(lambda _: self._page.set_busy(False))

    def leave(self) -> None:
        """Go on with the network that was in use."""
        self._stop()
        self.left.emit()

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None

    def _on_read(self, report: NetworkReport) -> None:
        self._report = report
        self._page.show_report(report)
