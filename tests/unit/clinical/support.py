"""What several tests of clinical contents need."""

from __future__ import annotations

import unicodedata

_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def harmless(line: str) -> bool:
    """Whether a line of text can neither steer a terminal nor turn its direction of writing."""
    return not any(
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _STEERING
        for character in line
    )
