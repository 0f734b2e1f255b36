from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.clinical.narrative import narrative_lines
from medrec.clinical.text import clean, clean_lines
from tests.unit.clinical.support import harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("  two\r\n lines\t", "two lines"),
        ("\x1b[2J\x1b]0;owned\x07", "�[2J�]0;owned�"),
        ("\x9b31m", "�31m"),
        ("\u202eevil", "�evil"),
        ("می‌خواهم", "می‌خواهم"),
        ("👩‍⚕️", "👩‍⚕️"),
        ("Núñez 山田 ‎", "Núñez 山田 ‎"),
        ("\ud800", "�"),
    ],
)
def test_what_could_steer_a_terminal_is_marked(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert clean("a" * 20, 10) == "a" * 9 + "…"
    assert clean("a" * 10, 10) == "a" * 10


def test_lines_are_kept_apart() -> None:
    assert clean_lines("\n\n a\n\n\x1b[1mb\n\n") == ["a", "", "�[1mb"]


@given(st.text())
def test_any_text_becomes_harmless_and_stays_so(text: str) -> None:
    once = clean(text)
    assert harmless(once)
    assert clean(once) == once


@pytest.mark.parametrize(
    ("div", "lines"),
    [
        ("<div><p>One</p><p>Two &amp; <b>three</b></p></div>", ["One", "Two & three"]),
        (
            "<div><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table></div>",
            ["A | B", "1 | 2"],
        ),
        ("<div>a<script>alert(1)</script><style>p{}</style>b</div>", ["ab"]),
        ("<div>\x1b[2J</div>", ["�[2J"]),
        ("<div>&#27;[2J</div>", ["[2J"]),
        ("", []),
        (5, []),
        (None, []),
    ],
)
def test_narrative_becomes_plain_lines(div: object, lines: list[str]) -> None:
    assert narrative_lines(div) == lines


def test_a_long_narrative_is_cut() -> None:
    assert narrative_lines("<p>a</p>" * 50, most=3) == ["a", "a", "a", "…"]


@given(st.text(alphabet="<>/&;divpscrtabl #x!-\"'=", max_size=60))
def test_any_markup_gives_harmless_lines(div: str) -> None:
    assert all(map(harmless, narrative_lines(div)))
