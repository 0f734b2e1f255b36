"""The colours keep their distance: the table of the look, computed from the tokens."""

from __future__ import annotations

import itertools
import re
from dataclasses import fields
from pathlib import Path

import pytest

from medrec.domain.categories import Category
from medrec.views.common.tokens import (
    TOKENS,
    Family,
    Theme,
    family_colours,
    family_of,
    luminance,
    members,
    mixed,
    ratio,
)

VIEWS = Path(__file__).resolve().parents[4] / "src" / "medrec" / "views"
STYLE = Path(__file__).resolve().parents[4] / "resources" / "style" / "medrec.qss"

GROUNDS = ("window", "rail", "surface", "raised", "sunken", "hover", "selected")
SOFT = ("accent_soft", "success_soft", "warning_soft", "danger_soft")
# Texts, grounds, the lowest ratio that the look promises for light, dark, contrast.
PAIRS = {
    "text": (("text",), GROUNDS + SOFT, (13.7, 10.6, 12.4)),
    "text-2": (("text_2",), (*GROUNDS, "danger_soft", "success_soft"), (6.7, 6.9, 12.4)),
    "text-3": (("text_3",), GROUNDS, (4.8, 4.7, 9.6)),
    "accent-text": (("accent_text",), (*GROUNDS, "accent_soft"), (7.0, 7.7, 9.0)),
    "success-text": (("success_text",), ("surface", "window", "success_soft"), (6.5, 9.0, 12.8)),
    "warning-text": (("warning_text",), ("surface", "window", "warning_soft"), (7.0, 8.9, 12.5)),
    "danger-text": (
        ("danger_text",),
        ("surface", "window", "raised", "danger_soft"),
        (7.0, 8.5, 10.6),
    ),
    "on-accent": (("on_accent",), ("accent", "accent_hover", "accent_pressed"), (6.7, 7.9, 12.4)),
    "on-danger": (("on_danger",), ("danger", "danger_hover"), (6.5, 6.0, 9.5)),
    "hero": (("hero_2", "hero_text"), ("hero",), (8.1, 8.9, 21.0)),
    "accent": (("accent",), ("window", "rail", "surface"), (5.9, 8.1, 12.4)),
    "states": (("success", "warning", "danger"), ("surface", "window"), (4.2, 5.5, 9.5)),
    "danger": (("danger",), ("danger_soft", "band_1", "band_2"), (5.6, 4.2, 5.8)),
    "strong": (("strong",), ("surface", "window"), (3.3, 4.2, 21.0)),
    "focus": (("focus",), ("window", "surface", "accent_soft"), (5.7, 6.6, 12.6)),
    "plot": (("plot_1",), ("band_1", "surface"), (4.7, 6.2, 7.5)),
    "plot-2": (("plot_2",), ("band_2", "surface"), (4.7, 6.2, 7.5)),
}


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("name", list(PAIRS))
def test_every_pair_keeps_the_ratio_that_the_look_promises(theme: Theme, name: str):
    texts, grounds, lowest = PAIRS[name]
    look = TOKENS[theme]
    found = min(
        ratio(getattr(look, text), getattr(look, ground))
        for text, ground in itertools.product(texts, grounds)
    )
    # The table is rounded to one decimal.
    assert found >= lowest[list(Theme).index(theme)] - 0.06


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
@pytest.mark.parametrize("family", list(Family))
def test_an_icon_is_seen_on_its_tile(theme: Theme, family: Family):
    assert ratio(*family_colours(theme, family)) >= 3.1


def test_high_contrast_takes_the_icons_of_the_dark_set():
    for family in Family:
        icon, tile = family_colours(Theme.CONTRAST, family)
        assert icon == family_colours(Theme.DARK, family)[0]
        assert ratio(icon, tile) >= 3


def test_disabled_text_stays_readable():
    for look in TOKENS.values():
        assert ratio(look.text_3, look.sunken) >= 4.5


def test_every_token_is_a_full_hex_value():
    for look in TOKENS.values():
        for field in fields(look):
            value = getattr(look, field.name)
            if field.type == "str":
                assert re.fullmatch(r"#[0-9A-F]{6}", value), field.name


def test_every_category_belongs_to_one_family():
    assert [c for f in Family for c in members(f)] != []
    assert {c for f in Family for c in members(f)} == set(Category)
    assert sum(len(members(f)) for f in Family) == len(Category)
    assert family_of(Category.IMMUNIZATIONS) is Family.ALLERGIES
    assert family_of(Category.GENETIC) is Family.SENSITIVE


def test_mixing_and_contrast():
    assert mixed("#FFFFFF", "#000000", 0.5) == "#808080"
    assert luminance("#FFFFFF") == pytest.approx(1)
    assert ratio("#000000", "#FFFFFF") == pytest.approx(21)


def test_no_colour_stands_outside_of_the_tokens():
    hexes = re.compile(r"""["']#[0-9a-fA-F]{3,8}["']|QColor\(\s*\d|rgba?\(""")
    wrong = [
        f"{path.name}:{number}"
        for path in VIEWS.rglob("*.py")
        if path.name != "tokens.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if hexes.search(line)
    ]
    assert wrong == []


def test_the_style_sheet_has_neither_colours_nor_fonts_of_its_own():
    text = STYLE.read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[\s;])", text)
    assert "font" not in re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def test_no_view_has_a_style_sheet_of_its_own():
    wrong = [
        path.name
        for path in VIEWS.rglob("*.py")
        if path.name != "theme.py" and ".setStyleSheet(" in path.read_text(encoding="utf-8")
    ]
    assert wrong == []
