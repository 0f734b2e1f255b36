"""Units as people read them. UCUM (https://ucum.org) is written for programs: mm[Hg], 10*3/uL."""

from __future__ import annotations

import re

_ONE_SPELLING = {
    "mm[Hg]": "mmHg",
    "mm Hg": "mmHg",
    "Cel": "°C",
    "degrees C": "°C",
    "{beats}/min": "/min",
    "beats/min": "/min",
    "beats/minute": "/min",
    "{breaths}/min": "/min",
    "breaths/min": "/min",
    "breaths/minute": "/min",
    "bpm": "/min",
    "1/min": "/min",
    "percent": "%",
}

_REMARK = re.compile(r"\{([^{}]*)\}")
_INTERNATIONAL = re.compile(r"\[(?:i|I)U\]")
_MICRO = re.compile(r"(?<![A-Za-z])u(?=(?:mol|g|L|l|m|s|U|IU|Eq|kat|V)\b)")
_TEN = re.compile(r"\b10[*^](-?\d{1,2})(?!\d)")
_POWER = re.compile(r"\b([cdm]?m)([23])\b")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def shown_unit(unit: str) -> str:
    """A unit as people write it: mmHg, kg/m², 10³/µL; what is not known stays as it is.

    It is also the one spelling for one unit, so that a series is not torn apart by spelling.
    """
    known = _ONE_SPELLING.get(unit)
    if known is not None:
        return known
    plain = _INTERNATIONAL.sub("IU", _REMARK.sub(lambda m: m[1].replace("_", " "), unit))
    plain = _TEN.sub(lambda m: "10" + m[1].translate(_RAISED), _MICRO.sub("µ", plain))
    return _POWER.sub(lambda m: m[1] + m[2].translate(_RAISED), plain)
