"""The patient's timeline: the chart's records, what is being saved, and what waits to be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from medrec.domain.categories import Category
from medrec.models.chart import TimelineModel
from medrec.models.timeline_row import Pending, TimelineRow
from medrec.services import corrections, drafts
from medrec.services.corrections import Waiting
from medrec.services.drafts import SavedDraft
from medrec.services.names import YOU


class PatientTimeline(TimelineModel):
    """Adds what could not be sent yet: documents ("draft", id), corrections ("correction", id)."""

    kept = 0
    """How many changes wait on this computer without a row of the outbox."""

    async def query(self) -> Sequence[TimelineRow]:
        """What waits on top of the chart as it was read last."""
        rows = await super().query()
        context = self.session.context
        jobs = await context.local.jobs()
        carried = {job.result.get("draft") for job in jobs if ("job", job.id) in _keys(rows)}
        kept = await drafts.listed(context, self.chart.patient)
        asked = [self._asked(one) for one in await corrections.waiting(context)]
        self._waiting = (
            asked
            + [_row(draft) for draft in kept if draft.id not in carried]
            + [row for row in rows if not isinstance(row.key, str)]
        )
        return self._rows()

    def _asked(self, one: Waiting) -> TimelineRow:
        chart = self.chart.chart
        about = chart.record(one.record.hex()) if chart is not None else None
        title = about.row.title if about is not None and about.row.title else ""
        return TimelineRow(
            key=("correction", one.id),
            category=about.row.category if about is not None else Category.DOCUMENTS,
            title=self.tr("Correction asked for: {title}").format(title=title),
            author=YOU,
            when=one.since,
            pending=Pending.WAITING,
        )


def _keys(rows: Sequence[TimelineRow]) -> set[object]:
    return {row.key for row in rows}


def _row(draft: SavedDraft) -> TimelineRow:
    name = draft.texts.get("title", "").strip() or Path(draft.texts.get("file", "")).name
    conflict = Pending.CONFLICT if draft.conflict else Pending.NOT_SAVED
    return TimelineRow(
        key=("draft", draft.id),
        category=draft.category,
        title=name,
        author=YOU,
        when=draft.saved,
        pending=Pending.WAITING if draft.waiting else conflict,
        why=draft.problem,
    )
