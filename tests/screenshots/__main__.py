"""`make screenshots`: a demo clinic in a folder of its own, and every screen, light and dark.

    python -m tests.screenshots [--out DIR] [--home DIR] [--only NAME]

With ``--home`` a clinic that is there already is used and left as it is.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PyQt6.QtWidgets import QApplication

from medrec.app import Place
from medrec.cli.demo_desktop import prepare
from medrec.services.devnet import Devnet
from medrec.views.common.fonts import load_fonts
from medrec.views.common.theme import apply_theme
from medrec.views.common.tokens import Theme
from tests.screenshots.camera import Camera
from tests.screenshots.scenes import SCENES

DEFAULT = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DEFAULT)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    home = chosen.home or Path(tempfile.mkdtemp(prefix="medrec-screenshots-"))
    asyncio.run(prepare(home, "folder"))
    app = QApplication.instance() or QApplication(["medrec"])
    assert isinstance(app, QApplication)
    load_fonts()
    try:
        with qasync.QEventLoop(app) as loop:
            loop.run_until_complete(_take(app, home, chosen.out, lambda n: chosen.only in n))
    finally:
        if chosen.home is None:
            asyncio.run(Devnet(home).down())
            shutil.rmtree(home, ignore_errors=True)


async def _take(app: QApplication, home: Path, out: Path, wanted: Callable[[str], bool]) -> None:
    camera = Camera(app, Place(home, Devnet(home).network_file))
    await camera.open()
    for theme in (Theme.LIGHT, Theme.DARK):
        apply_theme(app, theme)
        camera.folder = out / theme.value
        camera.folder.mkdir(parents=True, exist_ok=True)
        for account, scenes in SCENES.items():
            shown = [scene for scene in scenes if wanted(scene.name)]
            if shown:
                await camera.sign_in(account)
                for scene in shown:
                    await camera.take(scene)
    await camera.close()


if __name__ == "__main__":
    main()
