"""Cut the fonts of the desktop into resources/fonts from the variable fonts on PyPI.

Needed only when a font changes; what it writes is committed. Needs `pip`, and fontTools (in the
development dependencies). Inter becomes "MedRec Sans": Qt mixes a system-wide Inter into ours
weight by weight unless the family's name differs. All three fonts stand under the SIL Open Font
License 1.1 without a reserved name; the licence files are copied beside them.

    .venv/bin/python tools/build_fonts.py
"""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

TARGET = Path(__file__).resolve().parents[1] / "resources" / "fonts"
STYLES = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}
LATIN = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x18F, 0x18F), (0x192, 0x192), (0x1A0, 0x1B0), (0x1CD, 0x1DC),
    (0x1E6, 0x1EB), (0x1FC, 0x1FF), (0x218, 0x21B), (0x237, 0x237), (0x259, 0x259), (0x2B0, 0x2DD),
    (0x300, 0x345), (0x370, 0x3FF), (0x400, 0x45F), (0x490, 0x491), (0x1E00, 0x1EFF),
    (0x2000, 0x206F), (0x2070, 0x20BF), (0x2100, 0x214F), (0x2150, 0x215F), (0x2190, 0x21FF),
    (0x2200, 0x22FF), (0x2300, 0x23FF), (0x25A0, 0x25FF), (0x2713, 0x2717), (0x2C60, 0x2C7F),
    (0xFB00, 0xFB04), (0xFEFF, 0xFEFF), (0xFFFD, 0xFFFD),
)  # fmt: skip
ARABIC = (
    (0x20, 0x20), (0xA0, 0xA0), (0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8B4), (0x200C, 0x200F),
    (0x2010, 0x2011), (0x204F, 0x204F), (0x25CC, 0x25CC), (0x2E41, 0x2E41), (0xFB50, 0xFBFF),
    (0xFE70, 0xFEFC),
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A variable font on PyPI and what is cut out of it."""

    package: str
    version: str
    file: str
    family: str
    weights: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]
    features: tuple[str, ...]
    axes: tuple[tuple[str, float], ...] = ()


SOURCES = (
    Source(
        "fontpkg-inter", "4.1.post1", "Inter[opsz,wght].ttf", "MedRec Sans",
        (400, 500, 600, 700), LATIN,
        ("kern", "mark", "mkmk", "ccmp", "locl", "calt", "tnum", "zero", "frac", "case"),
        (("opsz", 14),),
    ),
    Source(
        "fontpkg-noto-sans-arabic", "2.12", "NotoSansArabic[wdth,wght].ttf", "Noto Sans Arabic",
        (400, 500, 600, 700), ARABIC,
        ("kern", "mark", "mkmk", "ccmp", "locl", "init", "medi", "fina", "isol", "rlig", "liga",
         "calt"),
        (("wdth", 100),),
    ),
    Source(
        "fontpkg-jetbrains-mono", "2.211", "JetBrainsMono[wght].ttf", "JetBrains Mono",
        (400, 600), LATIN, ("kern", "mark", "mkmk", "ccmp", "locl", "zero"),
    ),
)  # fmt: skip


def wheel(source: Source, folder: Path) -> Path:
    """Fetch the package of a font."""
    pin = f"{source.package}=={source.version}"
    command = ["pip", "download", "--quiet", "--no-deps", "--dest", str(folder), pin]
    subprocess.run([sys.executable, "-m", *command], check=True)
    return next(folder.glob(f"{source.package.replace('-', '_')}-*.whl"))


def codepoints(ranges: tuple[tuple[int, int], ...]) -> Iterator[int]:
    """Every character of inclusive ranges."""
    for first, last in ranges:
        yield from range(first, last + 1)


def rename(font: TTFont, family: str, weight: int) -> None:
    """One family of four weights, also for programs that know two weights a family."""
    style = STYLES[weight]
    plain = weight in (400, 700)
    postscript = f"{family.replace(' ', '')}-{style}"
    names = {
        1: family if plain else f"{family} {style}",
        2: style if plain else "Regular",
        3: f"MedRec; {postscript}",
        4: f"{family} {style}",
        6: postscript,
        16: family,
        17: style,
    }
    table = font["name"]
    table.names = [n for n in table.names if n.nameID in (0, 5, 8, 9, 11, 13, 14)]
    for name_id, text in names.items():
        table.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0b1100001 | (
        0b100000 if weight == 700 else 0b1000000
    )
    font["head"].macStyle = 1 if weight == 700 else 0
    if "STAT" in font:
        del font["STAT"]


def cut(data: Path, source: Source, weight: int) -> Path:
    """One static weight with the characters that are needed."""
    font = TTFont(data)
    font = instantiateVariableFont(font, {**dict(source.axes), "wght": weight})
    options = Options()
    options.layout_features = list(source.features)
    options.name_IDs = ["*"]
    options.hinting = False
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=set(codepoints(source.ranges)))
    subsetter.subset(font)
    rename(font, source.family, weight)
    path = TARGET / f"{source.family.replace(' ', '')}-{STYLES[weight]}.ttf"
    font.save(path)
    return path


def main() -> None:
    """Fetch, cut, and say what was written."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for source in SOURCES:
            package = source.package.replace("-", "_")
            with zipfile.ZipFile(wheel(source, folder)) as archive:
                archive.extractall(folder)
            licence = TARGET / f"{source.family.replace(' ', '')}-LICENSE.txt"
            licence.write_bytes((folder / package / "LICENSE").read_bytes())
            for weight in source.weights:
                path = cut(folder / package / "files" / source.file, source, weight)
                print(f"{path.name}: {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
