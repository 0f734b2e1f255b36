"""Activity, above all: what of the networks of before is not shown, or does not hold."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from medrec.errors import IntegrityError
from medrec.models.patient.activity import ActivityModel, TraceModel
from medrec.views.common.banner import Banner
from medrec.views.common.layout import vbox
from medrec.views.common.painting import Tone
from medrec.views.common.record.before import MissingBanner


class BeforeBanners(QWidget):
    """Shown only where there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.missing = MissingBanner()
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
        text = self.tr("What was done in the network before, “{network}”, is not shown now.")
        if entries.kept:
            text = self.tr(
                "What was done in the network before, “{network}”, is shown as it was when it "
                "could be followed last."
            )
        if missing is not None and missing.network.name in broken:
            missing = None
        self.missing.say(text, missing)
        self.setVisible(missing is not None or bool(broken))
