"""Every screen of every role, with the clinic's people and records, in both directions of reading.

At 1280 x 720 and in the smallest window: nothing is cut off, nothing lies over anything else,
nothing is out of reach, the window as a whole does not scroll, and Tab comes to every control as
the screen is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QScrollArea, QWidget

from medrec.app import Place
from medrec.cli.demo_desktop import prepare
from medrec.services.devnet import Devnet
from medrec.views.common.dialogs import Dialog
from medrec.views.common.shell.window import SMALLEST, MainWindow
from tests.screenshots.camera import Camera, Scene
from tests.screenshots.scenes import SCENES
from tests.screenshots.takeover_scenes import AFTER, ANNOUNCED, new_network, take_over
from tests.support.cli import SHARED_DATA
from tests.support.geometry import missed, tab_round, troubles

SIZES = ((1280, 720), SMALLEST)
DIRECTIONS = (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft)
TURNS = 4
"""Turns of the loop in which a window that was resized comes to rest."""
LOOKS = 5
"""How often a window is looked at before what is wrong is said to stay so."""

WITH_FILES = {
    "09-doctor-chart-attachments",
    "18-doctor-import-fhir",
    "25-patient-pdf",
    "26-patient-ecg",
    "27-patient-add-document",
}
"""Scenes that show the clinical files beside a checkout, where there are any."""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo's clinic, running."""
    home = tmp_path_factory.mktemp("clinic") / "home"
    asyncio.run(prepare(home, "folder"))
    yield home
    asyncio.run(Devnet(home).down())


@pytest.fixture
def any_direction(qapp: QApplication) -> Iterator[None]:
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.mark.slow
@pytest.mark.anvil
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("account", [a for a in SCENES if a != "history" or SHARED_DATA.is_dir()])
async def test_every_screen(
    account: str, clinic: Path, qapp: QApplication, any_direction: None
) -> None:
    place = Place(clinic, Devnet(clinic).network_file)
    found = await _measured(qapp, place, {account: SCENES[account]})
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.anvil
@pytest.mark.timeout(1200)
async def test_every_screen_of_a_takeover(
    clinic: Path, qapp: QApplication, any_direction: None
) -> None:
    """After all others: the announcement stands on the old network's pages from then on."""
    await take_over(clinic)
    found = await _measured(qapp, Place(clinic, Devnet(clinic).network_file), ANNOUNCED)
    found += await _measured(qapp, Place(clinic, new_network(clinic)), AFTER)
    assert not found, "\n".join(found)


async def _measured(
    app: QApplication, place: Place, groups: Mapping[str, Sequence[Scene]]
) -> list[str]:
    camera = Camera(app, place)
    await camera.open()
    found: list[str] = []
    for account, scenes in groups.items():
        await camera.sign_in(account)
        for scene in scenes:
            if scene.name in WITH_FILES and not SHARED_DATA.is_dir():
                continue
            await camera.show(scene)
            camera.window.toasts.clear()
            found += [f"{scene.name}: {one}" for one in await _looked_at(camera, scene, app)]
            camera.clear()
    await camera.close()
    return found


async def _looked_at(camera: Camera, scene: Scene, app: QApplication) -> list[str]:
    found: list[str] = []
    for direction in DIRECTIONS:
        app.setLayoutDirection(direction)
        for size in SIZES:
            camera.window.resize(*size)
            for _ in range(TURNS):
                await asyncio.sleep(0.02)
            where = f"{direction.name}, {size[0]} x {size[1]}"
            found += [f"{where}: {one}" for one in await _troubles(camera.window)]
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    return found


async def _troubles(window: MainWindow) -> list[str]:
    """What is wrong with a window at rest: where the machine is busy it comes to rest later."""
    told: list[str] = []
    for _ in range(LOOKS):
        told = [*troubles(window), *_tabbed(window), *_scrolled(window)]
        if not told:
            break
        await asyncio.sleep(0.2)
    return told


def _scrolled(window: MainWindow) -> list[str]:
    """Pages scroll inside; the whole window does only where it is smaller than it may be."""
    area = window.centralWidget()
    assert isinstance(area, QScrollArea)
    bars = (area.verticalScrollBar(), area.horizontalScrollBar())
    more = [bar.maximum() for bar in bars if bar is not None and bar.maximum()]
    return [f"the whole window scrolls by {pixels}" for pixels in more]


def _tabbed(window: QWidget) -> list[str]:
    """Tab goes around in the dialog that is open, else in the window."""
    dialogs = [dialog for dialog in window.findChildren(Dialog) if dialog.isVisible()]
    region = dialogs[-1] if dialogs else window
    walk = tab_round(region)
    lost = [f"Tab does not reach {one}" for one in missed(region, walk)]
    return lost + [f"Tab goes {one}" for one in walk.back]
