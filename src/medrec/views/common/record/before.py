"""What is said of records in the network before: where they lie, and when they cannot be read."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QWidget

from medrec.models.record_page import PageState, RecordPage
from medrec.services.chart import Chart
from medrec.services.origins import Missing
from medrec.views.common.badges import Tone
from medrec.views.common.banner import Banner
from medrec.views.common.cards import Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import boxed, hbox

ICON = "layers"
_CONTEXT = "RecordBefore"


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def badge_text() -> str:
    """The word for a record that lies in the network before."""
    return _tr("From before")


def origin_text(page: RecordPage) -> str:
    """Where the shown version lies and how the record goes on; empty for a record of this one."""
    shown, before = page.version, page.before
    if before is not None:
        text = _tr("Goes on from version %1 in the network before, “%2”, and was compared with it.")
        return text.replace("%1", str(before.number)).replace("%2", before.origin)
    if shown is None or not shown.origin:
        return ""
    text = _tr("From the network before, “%1”: it lies there as it was written.")
    said = [text.replace("%1", shown.origin)]
    ready = page.state is PageState.READY
    if ready and page.versions[-1].origin and not page.archived:
        said += _next_step(page)
    return " ".join(said)


def _next_step(page: RecordPage) -> list[str]:
    """How a record goes on that has no version in this network yet."""
    if page.may_amend:
        return [_tr("A new version of it is written in this network.")]
    if page.may_ask_correction:
        return [_tr("A correction is asked for in this network.")]
    return [_tr("Only its author writes it on; anybody else writes a new record.")]


def origin_line(page: RecordPage) -> QWidget | None:
    """The line under a record's head that says where it lies; None for one of this network."""
    text = origin_text(page)
    if not text:
        return None
    label = Label(text, Type.SMALL, "text_2", wrap=True)
    row = hbox(Icon(ICON, 16), spacing=8)
    row.addWidget(label, 1)
    return boxed(row)


class MissingBanner(Banner):
    """Shown only while a network of before cannot be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", Tone.WARNING, ICON, parent=parent)
        self.hide()

    def show_chart(self, chart: Chart | None) -> None:
        """Say what of a chart is not there, and why."""
        text = self.tr("Records from the network before, “{network}”, are not shown now.")
        if chart is not None and chart.missing_kept:
            text = self.tr(
                "Records from the network before, “{network}”, are as they were read last."
            )
        self.say(text, chart.missing if chart is not None else None)

    def say(self, text: str, missing: Missing | None) -> None:
        """Say ``text``, with the network in the place of {network}, and why; or nothing at all."""
        self.setVisible(missing is not None)
        if missing is not None:
            said = text.replace("{network}", missing.network.name)
            self.set_text(f"{said} {missing.error.sentence}")
