"""Looking at network and storage, now and every so often while the page is seen."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QTimer

from medrec.controllers.shell import Shell
from medrec.models.admin.health import HealthModel
from medrec.views.admin.health import HealthPage

EVERY = 30_000
"""Milliseconds between two looks."""


class HealthController(QObject):
    """An administrator's intents."""

    def __init__(
        self, page: HealthPage, model: HealthModel, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._page, self._model, self._shell = page, model, shell
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._again)
        self._timer.start()
        page.checkAsked.connect(model.reload)
        page.copied.connect(self._copied)
        model.reload()

    def _again(self) -> None:
        if self._page.isVisible():
            self._model.reload()

    def _copied(self) -> None:
        self._shell.toast(
            self.tr("The report is copied"), self.tr("It holds no secret: paste it where you need.")
        )
