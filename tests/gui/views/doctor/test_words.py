"""How the doctor's screens say things."""

from __future__ import annotations

import pytest

from medrec.clinical.facts import Fact
from medrec.views.doctor.words import how_and_since


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (Fact("problem", "Asthma", "Mild", "1999"), "Mild  ·  since 1999"),
        (Fact("allergy", "Latex", "Skin rash", "2015"), "Skin rash  ·  2015"),
        (Fact("medication", "Ramipril", "1 tablet, once a day", ""), "1 tablet, once a day"),
        (
            Fact("medication", "Ramipril", "1 tablet, once a day. In the morning", "2026-05-29"),
            "1 tablet, once a day. In the morning\nsince 29 May 2026",
        ),
        (Fact("problem", "Asthma", "", ""), ""),
    ],
)
def test_how_and_since_when_below_a_fact(fact: Fact, said: str) -> None:
    assert how_and_since(fact) == said
