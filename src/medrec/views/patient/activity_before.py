"""Activity, above all: what of the networks of before is not shown, or does not hold."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from medrec.errors import IntegrityError
from medrec.models.patient.activity import ActivityModel, TraceModel
from medrec.views.common.banner import Banner
from medrec.views.common.layout import vbox
from medrec.views.common.painting import Tone
from medrec.views.common.record.before import ICON


class BeforeBanners(QWidget):
    """Shown only where there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.missing = Banner("", Tone.WARNING, ICON)
        self.broken = Banner("", Tone.DANGER, "shield-alert")
        column = vbox(self.broken, self.missing, spacing=12)
        column.setContentsMargins(0, 0, 0, 0)
        self.setLayout(column)
        self.hide()

    def show_trace(self, trace: TraceModel, entries: ActivityModel) -> None:
        """Say what of the networks of before is amiss now."""
        errors = {c.network.name: c.error for c in trace.before if c.error is not None}
        missing = entries.missing
        if missing is not None:
            errors[missing.network.name] = missing.error
        broken = {n: error for n, error in errors.items() if isinstance(error, IntegrityError)}
        self.broken.setVisible(bool(broken))
        for name, error in broken.items():
            text = self.tr("What the network before, “{network}”, shows of you does not hold.")
            self.broken.set_text(f"{text.replace('{network}', name)} {error.sentence}")
        away = missing is not None and missing.network.name not in broken
        self.missing.setVisible(away)
        if missing is not None:
            text = self.tr("What was done in the network before, “{network}”, is not shown now.")
            if entries.kept:
                text = self.tr(
                    "What was done in the network before, “{network}”, is shown as it was when it "
                    "could be followed last."
                )
            said = text.replace("{network}", missing.network.name)
            self.missing.set_text(f"{said} {missing.error.sentence}")
        self.setVisible(away or bool(broken))
