"""Every colour of the desktop, by what it is for; no other module holds a hex value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from medrec.domain.categories import Category


class Theme(StrEnum):
    """The three looks; the system chooses unless somebody does."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme as #RRGGBB, named after what they are for."""

    window: str
    rail: str
    surface: str
    raised: str
    sunken: str
    hover: str
    selected: str
    border: str
    border_2: str
    strong: str
    text: str
    text_2: str
    text_3: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    accent_soft: str
    accent_line: str
    accent_text: str
    success: str
    success_soft: str
    success_text: str
    warning: str
    warning_soft: str
    warning_text: str
    danger: str
    danger_hover: str
    on_danger: str
    danger_soft: str
    danger_text: str
    focus: str
    hero: str
    hero_text: str
    hero_2: str
    hero_line: str
    plot_1: str
    plot_2: str
    band_1: str
    band_2: str
    grid: str
    scrim: str
    scrim_opacity: float
    dark: bool


LIGHT = Tokens(
    window="#F4F6F8",
    rail="#ECF0F3",
    surface="#FFFFFF",
    raised="#FFFFFF",
    sunken="#F3F6F8",
    hover="#EDF2F5",
    selected="#DDEDF4",
    border="#DFE5E9",
    border_2="#C6D0D7",
    strong="#7B8995",
    text="#14202B",
    text_2="#43515E",
    text_3="#596774",
    accent="#0B6283",
    accent_hover="#094F6A",
    accent_pressed="#073E54",
    on_accent="#FFFFFF",
    accent_soft="#E1EFF5",
    accent_line="#7FB8CF",
    accent_text="#0A536F",
    success="#1B7A4B",
    success_soft="#E2F3E9",
    success_text="#14603A",
    warning="#A86500",
    warning_soft="#FCF0D8",
    warning_text="#734800",
    danger="#B3261E",
    danger_hover="#8F1D17",
    on_danger="#FFFFFF",
    danger_soft="#FCEAE8",
    danger_text="#98201A",
    focus="#0B6283",
    hero="#0A3A4D",
    hero_text="#FFFFFF",
    hero_2="#B9D9E6",
    hero_line="#2B6580",
    plot_1="#0B6283",
    plot_2="#7A5AA6",
    band_1="#E4F3EA",
    band_2="#E6EFF8",
    grid="#E6EBEE",
    scrim="#101A22",
    scrim_opacity=0.46,
    dark=False,
)

DARK = Tokens(
    window="#0E1419",
    rail="#0A0F13",
    surface="#151D24",
    raised="#1C262F",
    sunken="#111920",
    hover="#1F2A33",
    selected="#14384A",
    border="#26323C",
    border_2="#384753",
    strong="#708190",
    text="#E9EEF2",
    text_2="#B7C3CD",
    text_3="#94A3B0",
    accent="#5FBFE2",
    accent_hover="#86D0EC",
    accent_pressed="#A9DEF2",
    on_accent="#05212D",
    accent_soft="#10303E",
    accent_line="#2F6D88",
    accent_text="#93D6F0",
    success="#5CC98D",
    success_soft="#112E20",
    success_text="#8ADCB0",
    warning="#E5AE4A",
    warning_soft="#33280F",
    warning_text="#F0C675",
    danger="#F0695E",
    danger_hover="#F58B82",
    on_danger="#2B0704",
    danger_soft="#3B1916",
    danger_text="#F8AFA8",
    focus="#5FBFE2",
    hero="#08222E",
    hero_text="#F2F7FA",
    hero_2="#9DC6D8",
    hero_line="#1F4F64",
    plot_1="#5FBFE2",
    plot_2="#C3A6EE",
    band_1="#15372A",
    band_2="#172F47",
    grid="#22303A",
    scrim="#000000",
    scrim_opacity=0.62,
    dark=True,
)

CONTRAST = Tokens(
    window="#000000",
    rail="#000000",
    surface="#000000",
    raised="#000000",
    sunken="#000000",
    hover="#202020",
    selected="#003850",
    border="#8C8C8C",
    border_2="#C8C8C8",
    strong="#FFFFFF",
    text="#FFFFFF",
    text_2="#FFFFFF",
    text_3="#E2E2E2",
    accent="#6FD3FF",
    accent_hover="#A6E4FF",
    accent_pressed="#FFFFFF",
    on_accent="#000000",
    accent_soft="#002230",
    accent_line="#6FD3FF",
    accent_text="#A6E4FF",
    success="#6BEB9A",
    success_soft="#00240F",
    success_text="#9CF5BC",
    warning="#FFD84D",
    warning_soft="#2B2200",
    warning_text="#FFE48A",
    danger="#FF8F86",
    danger_hover="#FFB5AF",
    on_danger="#000000",
    danger_soft="#330600",
    danger_text="#FFB5AF",
    focus="#FFE14D",
    hero="#000000",
    hero_text="#FFFFFF",
    hero_2="#FFFFFF",
    hero_line="#5A5A5A",
    plot_1="#6FD3FF",
    plot_2="#D9BEFF",
    band_1="#0B3A20",
    band_2="#0C2D4A",
    grid="#4A4A4A",
    scrim="#000000",
    scrim_opacity=0.75,
    dark=True,
)

TOKENS: Mapping[Theme, Tokens] = MappingProxyType(
    {Theme.LIGHT: LIGHT, Theme.DARK: DARK, Theme.CONTRAST: CONTRAST}
)


class Family(StrEnum):
    """Categories that share a colour: what a person thinks in first."""

    IDENTITY = "identity"
    PROBLEMS = "problems"
    MEDICATIONS = "medications"
    ALLERGIES = "allergies"
    VITALS = "vitals"
    LABORATORY = "laboratory"
    DOCUMENTS = "documents"
    SENSITIVE = "sensitive"


FAMILY_OF: Mapping[Category, Family] = MappingProxyType(
    {
        Category.IDENTITY: Family.IDENTITY,
        Category.PROBLEMS: Family.PROBLEMS,
        Category.MEDICATIONS: Family.MEDICATIONS,
        Category.ALLERGIES: Family.ALLERGIES,
        Category.IMMUNIZATIONS: Family.ALLERGIES,
        Category.VITALS: Family.VITALS,
        Category.LABORATORY: Family.LABORATORY,
        Category.IMAGING: Family.DOCUMENTS,
        Category.NOTES: Family.DOCUMENTS,
        Category.DOCUMENTS: Family.DOCUMENTS,
        Category.MENTAL: Family.SENSITIVE,
        Category.SEXUAL: Family.SENSITIVE,
        Category.GENETIC: Family.SENSITIVE,
        Category.SUBSTANCE: Family.SENSITIVE,
    }
)


def family_of(category: Category) -> Family:
    """The family of a category."""
    return FAMILY_OF[category]


def members(family: Family) -> tuple[Category, ...]:
    """The categories of a family, in the order of `Category`."""
    return tuple(c for c in Category if FAMILY_OF[c] is family)


_FAMILY_LIGHT: Mapping[Family, tuple[str, str]] = {
    Family.IDENTITY: ("#3B4A53", "#EBEDEE"),
    Family.PROBLEMS: ("#0C8765", "#E7F3F0"),
    Family.MEDICATIONS: ("#2958A1", "#EAEEF6"),
    Family.ALLERGIES: ("#B4600E", "#F8EFE7"),
    Family.VITALS: ("#E5468D", "#FCECF4"),
    Family.LABORATORY: ("#4B0481", "#EDE6F2"),
    Family.DOCUMENTS: ("#674F00", "#F0EDE6"),
    Family.SENSITIVE: ("#B669C8", "#F8F0FA"),
}
_FAMILY_DARK: Mapping[Family, tuple[str, str]] = {
    Family.IDENTITY: ("#B9DEF4", "#2F3C45"),
    Family.PROBLEMS: ("#67C49D", "#223837"),
    Family.MEDICATIONS: ("#3F7EFA", "#1C2D46"),
    Family.ALLERGIES: ("#FE8F2E", "#3A2F26"),
    Family.VITALS: ("#EB335A", "#37212D"),
    Family.LABORATORY: ("#C59DF9", "#313146"),
    Family.DOCUMENTS: ("#FFD770", "#3A3B30"),
    Family.SENSITIVE: ("#BB5AAC", "#30273A"),
}


def family_colours(theme: Theme, family: Family) -> tuple[str, str]:
    """The colours of a family's icon and of the tile under it.

    High contrast takes the icons of the dark set, over a tile of 16 % on its black surface.
    """
    if theme is Theme.LIGHT:
        return _FAMILY_LIGHT[family]
    icon, tile = _FAMILY_DARK[family]
    return (icon, mixed(icon, CONTRAST.surface, 0.16)) if theme is Theme.CONTRAST else (icon, tile)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(colour: str, ground: str, share: float) -> str:
    """A colour laid over a ground with an opacity of `share` (0 to 1)."""
    parts = (
        round(c * share + g * (1 - share))
        for c, g in zip(_channels(colour), _channels(ground), strict=True)
    )
    return "#" + "".join(f"{part:02X}" for part in parts)


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2, 0 (black) to 1 (white)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
