"""FHIR's data types as one line of text (https://hl7.org/fhir/R4/datatypes.html).

Every function takes whatever stands in the JSON, of whatever shape, and gives safe text (see
`medrec.clinical.text`), empty where there is nothing to say. Codes are shown by the display that
came with them; there are no terminology tables here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from medrec.clinical.text import clean
from medrec.clinical.units import shown_unit

LONGEST = 10_000
"""Characters of one value; the whole text is in the file itself."""

_DIGITS = 6

_DATE = re.compile(
    r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)
_COMPARATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def at(value: Any, *steps: str | int) -> Any:
    """What lies at the steps, None where the way ends before."""
    for step in steps:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and len(value) > step:
            value = value[step]
        else:
            return None
    return value


def items(value: Any) -> list[Any]:
    """A list as it is, nothing as an empty one, anything else as a list of one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def joined(parts: Iterable[str], separator: str = ", ") -> str:
    """The parts that say something, each once."""
    return separator.join(dict.fromkeys(part for part in parts if part))


def each(show: Callable[[Any], str], value: Any, separator: str = ", ") -> str:
    """Every item of a list by the same function."""
    return joined((show(item) for item in items(value)), separator)


def text(value: Any) -> str:
    """A primitive."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        return number(value)
    return clean(value, LONGEST) if isinstance(value, str) else ""


def number(value: Any) -> str:
    """A number as it came: 4.10 stays 4.10.

    Beyond `_DIGITS` significant digits its fraction is rounded for reading (179.4479551521441
    becomes 179.448); the file keeps them all.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return text(value) if isinstance(value, str) else ""
    if isinstance(value, int):
        return clean(value, 60)
    if not value.is_finite() or not -30 < value.adjusted() < 30:
        return clean(value, 60)
    fraction = -int(value.as_tuple().exponent)
    if fraction > 0 and len(value.as_tuple().digits) > _DIGITS:
        value = round(value, max(0, min(fraction, _DIGITS - 1 - value.adjusted())))
    return format(value, "f")


def concept(value: Any) -> str:
    """A CodeableConcept or Coding: its text, else a display, else the code itself."""
    if not isinstance(value, dict):
        return text(value)
    codings = [value, *items(value.get("coding"))]
    said = (text(value.get("text")), *(text(at(c, "display")) for c in codings))
    coded = (text(at(c, "code")) for c in codings)
    return next((word for word in (*said, *coded) if word), "")


def quantity(value: Any) -> str:
    """A Quantity, Age, Duration or Money: comparator, number, unit."""
    amount = number(at(value, "value"))
    comparator = _COMPARATORS.get(text(at(value, "comparator")), "")
    unit = shown_unit(text(at(value, "unit")) or text(at(value, "code")))
    unit = unit or text(at(value, "currency"))
    if not amount:
        return unit
    return comparator + (amount + unit if unit == "%" else f"{amount} {unit}".rstrip())


def span(value: Any) -> str:
    """A Range: 3.5 to 5.1 mmol/L."""
    low, high = at(value, "low"), at(value, "high")
    if low is None or high is None:
        return f"from {quantity(low)}" if low else f"up to {quantity(high)}" if high else ""
    same = at(low, "unit") == at(high, "unit")
    return f"{number(at(low, 'value')) if same else quantity(low)} to {quantity(high)}"


def ratio(value: Any) -> str:
    """A Ratio: 10 mg / 1 tablet."""
    return joined((quantity(at(value, "numerator")), quantity(at(value, "denominator"))), " / ")


def moment(value: Any) -> str:
    """A date, dateTime or instant: day, then time and zone where there is one."""
    shown = text(value)
    if not _DATE.fullmatch(shown) or "T" not in shown:
        return shown
    day, _, rest = shown.partition("T")
    zone = "Z" if rest.endswith("Z") else rest[-6:] if rest[-6:-5] in {"+", "-"} else ""
    zone_shown = " UTC" if zone in {"Z", "+00:00"} else f" {zone}".rstrip()
    return f"{day} {rest[:5]}{zone_shown}"


def order(value: Any) -> float:
    """Seconds since 1970 to sort by, the earliest that a partial date may mean; -inf: none."""
    shown = text(value)
    if not _DATE.fullmatch(shown):
        return float("-inf")
    full = shown if len(shown) > 7 else (shown + "-01-01")[:10]
    try:
        when = datetime.fromisoformat(full)
    except ValueError:
        return float("-inf")
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def period(value: Any) -> str:
    """A Period: from ... to ..."""
    start, end = moment(at(value, "start")), moment(at(value, "end"))
    if start and end:
        return start if start == end else f"{start} to {end}"
    return f"since {start}" if start else f"until {end}" if end else ""


def human_name(value: Any) -> str:
    """A HumanName: its text, else prefix, given, family, suffix."""
    if not isinstance(value, dict):
        return text(value)
    if value.get("text"):
        return text(value["text"])
    order_of_parts = ("prefix", "given", "family", "suffix")
    return " ".join(text(p) for name in order_of_parts for p in items(value.get(name)) if text(p))


def best_name(value: Any) -> str:
    """The official name of a list, else the usual, else the first that is not old."""
    names = [name for name in items(value) if isinstance(name, dict)]
    rank = {"official": 0, "usual": 1, "old": 9, "maiden": 8}
    names.sort(key=lambda name: rank.get(text(name.get("use")), 2))
    return human_name(names[0]) if names else human_name(at(value, 0))


def address(value: Any) -> str:
    """An Address on one line."""
    if at(value, "text"):
        return text(value["text"])
    city = " ".join(p for p in (text(at(value, "postalCode")), text(at(value, "city"))) if p)
    last = (text(at(value, "state")), text(at(value, "country")))
    return joined((*(text(part) for part in items(at(value, "line"))), city, *last))


def telecom(value: Any) -> str:
    """A ContactPoint: number or address, and its use."""
    use = joined((text(at(value, "use")), text(at(value, "system"))), " ")
    shown = text(at(value, "value"))
    return f"{shown} ({use})" if shown and use else shown


def identifier(value: Any) -> str:
    """An Identifier: its type and value."""
    kind = concept(at(value, "type")) if at(value, "type") else ""
    return joined((kind, text(at(value, "value"))), " ")


def annotation(value: Any) -> str:
    """An Annotation: who, when, what."""
    who = text(at(value, "authorString")) or text(at(value, "authorReference", "display"))
    said = text(at(value, "text"))
    about = joined((who, moment(at(value, "time"))), ", ")
    return f"{said} ({about})" if said and about else said


def attachment(value: Any) -> str:
    """An Attachment: title, media type, size, where it is; never its data."""
    size = at(value, "size")
    data = at(value, "data")
    if size is None and isinstance(data, str):
        size = len(data) * 3 // 4
    weight = f"{number(size)} bytes" if isinstance(size, int) and not isinstance(size, bool) else ""
    place = "" if data else text(at(value, "url"))
    when = moment(at(value, "creation"))
    return joined((text(at(value, "title")), text(at(value, "contentType")), weight, when, place))


def dosage(value: Any) -> str:
    """A Dosage: the prescriber's text, else what its parts say."""
    if not isinstance(value, dict):
        return text(value)
    if value.get("text"):
        more = text(value.get("patientInstruction"))
        said = text(value["text"])
        return said if more and more in said else joined((said, more), "; ")
    rate = at(value, "doseAndRate", 0)
    dose = quantity(at(rate, "doseQuantity")) or span(at(rate, "doseRange"))
    speed = ratio(at(rate, "rateRatio")) or quantity(at(rate, "rateQuantity"))
    need = value.get("asNeededBoolean") is True
    when_needed = "as needed" if need else concept(value.get("asNeededCodeableConcept"))
    if when_needed and not need:
        when_needed = f"as needed: {when_needed}"
    told = each(concept, value.get("additionalInstruction"))
    most = ratio(value.get("maxDosePerPeriod"))
    return joined(
        (
            dose,
            speed,
            concept(value.get("route")),
            timing(value.get("timing")),
            when_needed,
            told,
            text(value.get("patientInstruction")),
            f"at most {most}" if most else "",
        )
    )


_UNITS = {
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "a": "year",
}


def timing(value: Any) -> str:
    """A Timing: 3 times every 8 hours, for 7 days."""
    repeat = at(value, "repeat")
    shown = concept(at(value, "code")) if at(value, "code") else ""
    times = _between(at(repeat, "frequency"), at(repeat, "frequencyMax"))
    every = _between(at(repeat, "period"), at(repeat, "periodMax"))
    unit = _UNITS.get(text(at(repeat, "periodUnit")), text(at(repeat, "periodUnit")))
    often = ""
    if every and unit:
        often = f"every {unit}" if every == "1" else f"every {every} {unit}s"
        often = f"{times or '1'} {'time' if times in {'', '1'} else 'times'} {often}"
    bounds = at(repeat, "boundsPeriod")
    length = quantity(at(repeat, "boundsDuration")) or span(at(repeat, "boundsRange"))
    limits = period(bounds) if bounds else f"for {length}" if length else ""
    when = each(text, at(repeat, "when")) + each(text, at(repeat, "dayOfWeek"))
    clock = each(text, at(repeat, "timeOfDay"))
    return joined((shown, often, when, clock, limits, each(moment, at(value, "event"))))


def _between(low: Any, high: Any) -> str:
    return joined((number(low), number(high)), " to ")


def reference_text(value: Any) -> str:
    """A Reference by its own words: display, identifier, or the type it points to."""
    if not isinstance(value, dict):
        return text(value)
    if value.get("display"):
        return text(value["display"])
    named = text(value.get("reference"))
    return named or identifier(value.get("identifier")) or text(value.get("type"))


_BY_TYPE: dict[str, Callable[[Any], str]] = {
    "Quantity": quantity,
    "Age": quantity,
    "Duration": quantity,
    "Money": quantity,
    "Count": quantity,
    "Distance": quantity,
    "CodeableConcept": concept,
    "Coding": concept,
    "Range": span,
    "Ratio": ratio,
    "Period": period,
    "Timing": timing,
    "Dosage": dosage,
    "DateTime": moment,
    "Date": moment,
    "Instant": moment,
    "Attachment": attachment,
    "Identifier": identifier,
    "Reference": reference_text,
    "HumanName": human_name,
    "Address": address,
    "ContactPoint": telecom,
    "Annotation": annotation,
    "SampledData": lambda value: joined(
        (
            quantity(at(value, "origin")),
            f"sampled every {number(at(value, 'period'))} ms" if at(value, "period") else "",
        )
    ),
}


def choice(resource: Any, prefix: str) -> str:
    """The one value of an element with a choice of types, such as value[x]."""
    if not isinstance(resource, dict):
        return ""
    for name, value in resource.items():
        kind = name.removeprefix(prefix)
        if name.startswith(prefix) and kind[:1].isupper():
            shown = _BY_TYPE.get(kind, text)(value)
            if shown:
                return shown
    return ""
