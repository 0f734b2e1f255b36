"""The patient's timeline: the chart's records, what is being saved, and what waits to be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from medrec.models.chart import TimelineModel
from medrec.models.timeline_row import Pending, TimelineRow
from medrec.services import drafts
from medrec.services.drafts import SavedDraft
from medrec.services.names import YOU


class PatientTimeline(TimelineModel):
    """Adds the documents that could not be sent yet: ("draft", id)."""

    kept = 0
    """How many changes wait on this computer without a row of the outbox."""

    async def query(self) -> Sequence[TimelineRow]:
        """What waits on top of the chart as it was read last."""
        rows = await super().query()
        context = self.session.context
        jobs = await context.local.jobs()
        carried = {job.result.get("draft") for job in jobs if ("job", job.id) in _keys(rows)}
        kept = await drafts.listed(context, self.chart.patient)
        self._waiting = [_row(draft) for draft in kept if draft.id not in carried] + [
            row for row in rows if not isinstance(row.key, str)
        ]
        return self._rows()


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
