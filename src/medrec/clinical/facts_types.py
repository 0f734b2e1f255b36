"""What the clinical facts of a record are made of."""

from __future__ import annotations

from dataclasses import dataclass, field

VITALS = "vitals"
LABORATORY = "laboratory"
OTHER = "other"

Source = tuple[str, str]
"""Where a fact stands: the record's id in hex and its author's address; both may be empty."""

NOWHERE: Source = ("", "")


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement.

    ``when`` are Unix seconds; ``text`` is the value as it was written, without its unit; ``low``
    and ``high`` are the reference range, None where a side is open. ``flag`` is "", "low", "high"
    or "abnormal". ``assumed`` names the source of a range that the file does not give.
    """

    when: int
    value: float
    text: str
    unit: str
    low: float | None = None
    high: float | None = None
    flag: str = ""
    source: Source = NOWHERE
    critical: bool = False
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """The measurements of one thing in one unit, oldest first.

    ``kind`` is "vitals", "laboratory" or "other". Series of one ``group`` belong together:
    systolic and diastolic are both "blood-pressure".
    """

    code: str
    name: str
    unit: str
    kind: str
    points: tuple[Point, ...]
    group: str = ""

    @property
    def last(self) -> Point:
        """The latest measurement."""
        return self.points[-1]


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about a patient.

    ``kind`` is "problem", "allergy", "medication", "immunization", "procedure", "encounter",
    "result" (a laboratory observation without a number), "observation" (any other one without a
    number) or "document". ``when`` is FHIR's own text.
    ``severity`` is "", "mild", "moderate" or "severe"; ``criticality`` "", "low" or "high".
    """

    kind: str
    title: str
    detail: str = ""
    when: str = ""
    status: str = ""
    severity: str = ""
    active: bool = True
    criticality: str = ""
    source: Source = NOWHERE

    @property
    def critical(self) -> bool:
        """Whether a clinician must see it first."""
        return self.severity == "severe" or self.criticality == "high"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a record, or a whole chart, says; each list has what is active first.

    ``denied`` holds statements such as "no known allergies", each with the kind it speaks of.
    """

    problems: tuple[Fact, ...] = ()
    allergies: tuple[Fact, ...] = ()
    medications: tuple[Fact, ...] = ()
    immunizations: tuple[Fact, ...] = ()
    procedures: tuple[Fact, ...] = ()
    encounters: tuple[Fact, ...] = ()
    results: tuple[Fact, ...] = ()
    documents: tuple[Fact, ...] = ()
    denied: tuple[Fact, ...] = ()
    series: tuple[Series, ...] = field(default=())

    def of_kind(self, kind: str) -> tuple[Series, ...]:
        """The series of "vitals", "laboratory" or "other"."""
        return tuple(series for series in self.series if series.kind == kind)

    def group(self, name: str) -> tuple[Series, ...]:
        """The series of one group, such as "blood-pressure"."""
        return tuple(series for series in self.series if series.group == name)

    def find(self, code: str) -> Series | None:
        """The series of a code; the one with the latest value where there are several units."""
        fitting = [series for series in self.series if series.code == code]
        return max(fitting, key=lambda series: series.last.when, default=None)
