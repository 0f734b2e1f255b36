"""Who looked at a patient's record, by person and day."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from medrec.domain.categories import Category, Slot
from medrec.models.chart import ChartModel
from medrec.models.rows import RowsModel
from medrec.services.looks import Look, by_person_and_day, read_and_written


@dataclass(frozen=True, slots=True)
class LookRow:
    """A person's day in the record, with the person's name; ``face`` as `Session.face`."""

    name: str
    look: Look
    face: str = ""


class LooksModel(RowsModel[LookRow]):
    """Everybody's days in the record of the chart, newest first."""

    def __init__(self, chart: ChartModel) -> None:
        super().__init__(chart.session, chart)
        self.chart = chart

    async def query(self) -> Sequence[LookRow]:
        """The looks that the index holds; it needs no network."""
        entries = await read_and_written(self.session.context, self.chart.patient)
        found = by_person_and_day(entries, self._category)
        called = await self.session.names((look.who for look in found), before=True)
        return [LookRow(called[look.who], look, self.session.face(look.who)) for look in found]

    def key(self, row: LookRow) -> Hashable:
        """Who, and on which day."""
        return row.look.who, datetime.fromtimestamp(row.look.when).astimezone().date()

    def text(self, row: LookRow) -> str:
        """Who, what and when."""
        look = row.look
        read = [self.tr("read {what}").format(what=c.value) for c in look.read]
        wrote = [self.tr("wrote {what}").format(what=c.value) for c in look.wrote]
        opened = [self.tr("opened the chart")] if look.listed else []
        return ", ".join((row.name, *opened, *read, *wrote))

    def concerns(self, subject: str) -> bool:
        """Only the patient's own entries count."""
        return subject == self.chart.patient

    def _category(self, slot: Slot) -> Category | None:
        chart = self.chart.chart
        return chart.slots.get(slot) if chart is not None else None
