"""`make screenshots`: a demo clinic in a folder of its own, and every screen, light and dark.

    python -m tests.screenshots [--out DIR] [--home DIR] [--only NAME ...]
                                [--theme NAME ...] [--rtl] [--size WIDTHxHEIGHT] [--scale FACTOR]

With ``--home`` a clinic that is there already is used and left as it is. The other options are for
looking: a theme of one's own choice, from right to left, another size of the window in logical
pixels, another scale of the screen. They never write into docs/screenshots.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "--scale" in sys.argv[:-1]:
    # Qt reads it once, when the application is made.
    os.environ["QT_SCALE_FACTOR"] = sys.argv[sys.argv.index("--scale") + 1]

import qasync
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication

from medrec.app import Place
from medrec.cli.demo_desktop import prepare
from medrec.services.devnet import Devnet
from medrec.views.common.fonts import load_fonts
from medrec.views.common.theme import apply_theme, set_calm
from medrec.views.common.tokens import Theme
from tests.screenshots.camera import Camera, Scene
from tests.screenshots.scenes import SCENES
from tests.screenshots.takeover_scenes import AFTER, ANNOUNCED, new_network, take_over

Groups = Mapping[str, Sequence[Scene]]

DEFAULT = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


def main() -> None:
    """Take the pictures."""
    chosen = _options()
    home = chosen.home or Path(tempfile.mkdtemp(prefix="medrec-screenshots-"))
    asyncio.run(prepare(home, "folder"))
    app = QApplication.instance() or QApplication(["medrec"])
    assert isinstance(app, QApplication)
    load_fonts()
    # A caret that blinks is no change of the picture.
    app.setCursorFlashTime(0)
    # Nor is what has half appeared.
    set_calm(True)
    if chosen.rtl:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        with qasync.QEventLoop(app) as loop:
            loop.run_until_complete(_take(app, home, chosen))
    finally:
        if chosen.home is None:
            asyncio.run(Devnet(home).down())
            shutil.rmtree(home, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DEFAULT)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--only", nargs="+", default=[""], help="parts of the names")
    parser.add_argument("--theme", type=Theme, nargs="+", default=[Theme.LIGHT, Theme.DARK])
    parser.add_argument("--rtl", action="store_true")
    parser.add_argument("--size", type=_size)
    parser.add_argument("--scale", type=float, default=1.0)
    chosen = parser.parse_args()
    looked_at = chosen.rtl or chosen.size or chosen.scale != 1 or Theme.CONTRAST in chosen.theme
    if looked_at and chosen.out == DEFAULT:
        parser.error("say --out: only light and dark belong into docs/screenshots")
    return chosen


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


async def _take(app: QApplication, home: Path, chosen: argparse.Namespace) -> None:
    old = Place(home, Devnet(home).network_file)
    await _of(app, old, SCENES, chosen)
    if chosen.home is None and (_chosen(ANNOUNCED, chosen) or _chosen(AFTER, chosen)):
        # A clinic that is left as it is stays on its network.
        await take_over(home)
        await _of(app, old, ANNOUNCED, chosen)
        await _of(app, Place(home, new_network(home)), AFTER, chosen)


def _chosen(groups: Groups, chosen: argparse.Namespace) -> dict[str, list[Scene]]:
    named = {
        account: [
            s
            for s in scenes
            if any(part in s.name for part in chosen.only) and (s.kept or chosen.out != DEFAULT)
        ]
        for account, scenes in groups.items()
    }
    return {account: scenes for account, scenes in named.items() if scenes}


async def _of(app: QApplication, place: Place, groups: Groups, chosen: argparse.Namespace) -> None:
    """The pictures of one network, in each theme."""
    shown = _chosen(groups, chosen)
    for theme in chosen.theme if shown else ():
        apply_theme(app, theme)
        camera = Camera(app, place)
        camera.folder = chosen.out / theme.value
        camera.folder.mkdir(parents=True, exist_ok=True)
        await camera.open()
        for account, scenes in shown.items():
            await camera.sign_in(account)
            for scene in scenes:
                await camera.take(replace(scene, size=chosen.size or scene.size))
        await camera.close()


if __name__ == "__main__":
    main()
