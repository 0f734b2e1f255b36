"""Units as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrec.clinical.facts import facts_of
from medrec.clinical.units import shown_unit
from medrec.clinical.values import quantity


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("mm[Hg]", "mmHg"),
        ("Cel", "°C"),
        ("{beats}/min", "/min"),
        ("kg/m2", "kg/m²"),
        ("kg/m²", "kg/m²"),
        ("mL/min/{1.73_m2}", "mL/min/1.73 m²"),
        ("10*3/uL", "10³/µL"),
        ("10^12/L", "10¹²/L"),
        ("umol/L", "µmol/L"),
        ("ug/kg/min", "µg/kg/min"),
        ("m[IU]/L", "mIU/L"),
        ("[iU]/mL", "IU/mL"),
        ("{score}", "score"),
        ("mg/dL", "mg/dL"),
        ("tablet", "tablet"),
        ("cup", "cup"),
        ("mm", "mm"),
        ("MCM2", "MCM2"),
        ("10", "10"),
        ("", ""),
    ],
)
def test_units(written: str, shown: str) -> None:
    assert shown_unit(written) == shown
    assert shown_unit(shown) == shown


def test_a_quantity_shows_its_unit_readably() -> None:
    assert quantity({"value": Decimal("26.5"), "unit": "kg/m2"}) == "26.5 kg/m²"
    assert quantity({"value": 5, "code": "10*9/L"}) == "5 10⁹/L"


def test_two_spellings_are_one_series() -> None:
    body = b"""{"resourceType": "Bundle", "type": "collection", "entry": [%s, %s]}""" % (
        _weighed(b"2026-01-01", b"kg/m2"),
        _weighed(b"2026-02-01", b"kg/m\xc2\xb2"),
    )
    (series,) = facts_of(body).series
    assert (series.unit, len(series.points)) == ("kg/m²", 2)


def _weighed(day: bytes, unit: bytes) -> bytes:
    return (
        b'{"resource": {"resourceType": "Observation", "status": "final", '
        b'"category": [{"coding": [{"code": "vital-signs"}]}], '
        b'"code": {"coding": [{"system": "http://loinc.org", "code": "39156-5"}]}, '
        b'"effectiveDateTime": "%s", "valueQuantity": {"value": 26.5, "unit": "%s"}}}' % (day, unit)
    )
