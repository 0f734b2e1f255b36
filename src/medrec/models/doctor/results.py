"""Laboratory results and other measurements as rows: the last value, its flag, how it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from medrec.clinical.facts import Series
from medrec.models.listing import ListModel

DAY = 86_400
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One thing that was measured, with how much it changed since the value before."""

    series: Series
    change: str = ""

    @property
    def value_text(self) -> str:
        """The last value as a table has room for it."""
        return short(self.series.last.text)

    @property
    def range_text(self) -> str:
        """The reference range of the last value; empty where there is none."""
        low, high = self.series.last.low, self.series.last.high
        if low is not None and high is not None:
            return f"{low:g}–{high:g}"  # noqa: RUF001 - a dash between numbers
        if low is not None:
            return f"≥ {low:g}"
        return f"≤ {high:g}" if high is not None else ""


def short(text: str) -> str:
    """A value with at most four significant digits after which nobody would act otherwise.

    “<0.1” and 164.5 stay; 164.49612 becomes 164.5. The file keeps them all.
    """
    sign = text[:1] if text[:1] in {"<", ">", "≤", "≥"} else ""
    try:
        value = Decimal(text.removeprefix(sign))
    except InvalidOperation:
        return text
    spare = len(value.as_tuple().digits) - _DIGITS
    fraction = -int(value.as_tuple().exponent) if value.is_finite() else 0
    if spare <= 0 or fraction <= 0:
        return text
    return sign + format(round(value, max(fraction - spare, 0)), "f")


def result_rows(series: Sequence[Series]) -> list[ResultRow]:
    """Rows in the order in which they are read: the latest day first, flags before the rest."""
    rows = [ResultRow(one, _change(one)) for one in series]
    return sorted(rows, key=_rank)


def _rank(row: ResultRow) -> tuple[int, bool, str]:
    last = row.series.last
    return -(last.when // DAY), not last.flag, row.series.name.casefold()


def _change(series: Series) -> str:
    if len(series.points) < 2:
        return ""
    last, before = series.points[-1], series.points[-2]
    digits = max(_digits(short(last.text)), _digits(short(before.text)))
    by = round(last.value - before.value, digits)
    if not by:
        return "0"
    sign = "+" if by > 0 else "−"  # noqa: RUF001 - a minus, as wide as a plus
    return f"{sign}{abs(by):.{digits}f}"


def _digits(text: str) -> int:
    return min(len(text.partition(".")[2]), 3)


class ResultsModel(ListModel[ResultRow]):
    """The results of a chart, one row each."""

    def set_rows(self, rows: Sequence[ResultRow]) -> None:
        """Show other rows; nothing is told where they are the same."""
        if list(rows) == self.rows:
            return
        if [_key(row) for row in rows] == [_key(row) for row in self.rows]:
            self.rows = list(rows)
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))
            return
        self.replace(rows)

    def text(self, row: ResultRow) -> str:
        """What was measured, the last value and how it stands."""
        last = row.series.last
        said = (row.series.name, f"{last.text} {last.unit}".strip(), last.flag, row.range_text)
        return ", ".join(part for part in said if part)

    def hint(self, row: ResultRow) -> str:
        """The whole name."""
        return row.series.name


def _key(row: ResultRow) -> tuple[str, str]:
    return row.series.code, row.series.unit
