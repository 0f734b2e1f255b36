"""The doctor's timeline of a patient: the records, what is being saved, and drafts that wait."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from medrec.models.chart import TimelineModel
from medrec.models.timeline_row import Pending, TimelineRow
from medrec.services import drafts
from medrec.services.drafts import SavedDraft
from medrec.services.names import YOU


class DoctorTimeline(TimelineModel):
    """Adds what the doctor wrote and could not save yet, with the key ("draft", id).

    A draft that is still being written is no row: it is found where it is written.
    """

    async def query(self) -> Sequence[TimelineRow]:
        """What waits on top of the chart as it was read last."""
        rows = await super().query()
        pending = [row for row in rows if not isinstance(row.key, str)]
        context = self.session.context
        shown = {row.key for row in pending}
        jobs = await context.local.jobs()
        carried = {job.result.get("draft") for job in jobs if ("job", job.id) in shown}
        kept = await drafts.listed(context, self.chart.patient)
        waits = [
            _row(draft)
            for draft in kept
            if draft.id not in carried and (draft.waiting or draft.problem)
        ]
        self._waiting = waits + pending
        return self._rows()


def _row(draft: SavedDraft) -> TimelineRow:
    named = draft.texts.get("title", "").strip() or Path(draft.texts.get("file", "")).name
    stuck = Pending.CONFLICT if draft.conflict else Pending.NOT_SAVED
    return TimelineRow(
        key=("draft", draft.id),
        category=draft.category,
        title=named or draft.kind.value.capitalize(),
        author=YOU,
        when=draft.saved,
        pending=Pending.WAITING if draft.waiting else stuck,
        why=draft.problem,
    )
