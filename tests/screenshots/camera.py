"""The program, signed in without hands, and its window as pictures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PyQt6.QtGui import QImage, QPixmap
from PyQt6.QtWidgets import QApplication, QWidget

from medrec.app import Place
from medrec.app.gate import HomeGate
from medrec.controllers.desktop import Desktop
from medrec.controllers.workspace import WorkspaceController
from medrec.domain.ids import Address
from medrec.store.preferences import Preferences
from medrec.views.common.dialogs import Dialog
from medrec.views.common.shell.window import MainWindow

LARGEST = 200_000
"""Bytes of a picture in the repository."""

RARE = 64
"""Colours of a palette that are not among the most frequent ones."""

CALM = 0.4
"""Seconds without a running job after which a screen is taken to be complete."""

PATIENCE = 30.0

Prepare = Callable[["Camera"], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """A picture: its name, the page, what to do there first, and the window's size.

    One that is not ``kept`` is measured and looked at, and lies in no repository.
    """

    name: str
    page: str = ""
    prepare: Prepare | None = None
    size: tuple[int, int] = (1280, 800)
    kept: bool = True


class Camera:
    """One desktop, one account at a time."""

    def __init__(self, app: QApplication, place: Place) -> None:
        self._app = app
        app.setQuitOnLastWindowClosed(False)
        self.place = place
        self._gate = HomeGate(place)
        self.window = MainWindow()
        self.desktop = Desktop(self._gate, self.window, app)
        self.folder = Path()

    @property
    def workspace(self) -> WorkspaceController:
        """The workspace that is shown."""
        assert self.desktop.workspace is not None
        return self.desktop.workspace

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        page = self.workspace.view.pages.currentWidget()
        assert page is not None
        return page

    async def open(self) -> None:
        """Show the door."""
        self.desktop.start(Preferences(lock_minutes=0))
        self.window.show()
        await self.calm()

    async def sign_in(self, account: str) -> None:
        """Open an account of the demo; the door where none is named."""
        if self.desktop.session is not None:
            await self.desktop._leave(locked=False)
        if not account:
            await self.calm()
            return
        secrets = await self._gate.invented(account)
        assert secrets is not None, f"no such person in the demo: {account}"
        opened = await self._gate.unlock(account, *secrets, self.desktop.notifier)
        await self.desktop._enter(opened)
        await self.calm()

    async def address(self, label: str) -> Address:
        """The address of one of the demo's people."""
        for account in await self._gate.accounts():
            if account.label == label and account.address is not None:
                return account.address
        raise AssertionError(f"no such person in the demo: {label}")

    async def take(self, scene: Scene) -> None:
        """One picture."""
        await self.show(scene)
        path = self.folder / f"{scene.name}.png"
        save(await self._at_rest(), path)
        print(f"{path}  {path.stat().st_size:,} bytes", flush=True)
        self.clear()

    async def show(self, scene: Scene) -> None:
        """Bring a scene into the window."""
        self.window.resize(*scene.size)
        if scene.page:
            self.workspace.go(scene.page)
        await self.calm()
        if scene.prepare is not None:
            await scene.prepare(self)
            await self.calm()

    def clear(self) -> None:
        """Close what stands over the page."""
        for dialog in self.window.findChildren(Dialog):
            dialog.reject()
        for child in self._dialogs():
            child.close()
        self.window.toasts.clear()

    async def calm(self) -> None:
        """Wait until nothing runs any more, for a while."""
        begun, since = time.monotonic(), time.monotonic()
        while time.monotonic() - since < CALM:
            await asyncio.sleep(0.05)
            session = self.desktop.session
            running = list(session.jobs.running) if session is not None else []
            if running or self.desktop._jobs.running:
                since = time.monotonic()
            if time.monotonic() - begun > PATIENCE:
                titles = [job.title for job in running]
                raise TimeoutError(f"this never ended: {titles}")

    async def close(self) -> None:
        """Put everything away."""
        await self.desktop._leave(locked=False)
        await self.desktop._jobs.close()
        self.window.may_close = True
        self.window.close()

    async def _at_rest(self) -> QPixmap:
        """The window once two looks at it are the same: what is drawn late is there too."""
        begun, before = time.monotonic(), self.window.grab()
        while time.monotonic() - begun < PATIENCE:
            await asyncio.sleep(CALM)
            now = self.window.grab()
            if now.toImage() == before.toImage():
                break
            before = now
        return before

    def _dialogs(self) -> list[QWidget]:
        return [
            widget
            for widget in self._app.topLevelWidgets()
            if widget.isVisible() and widget is not self.window
        ]


def save(picture: QPixmap, path: Path) -> None:
    """A PNG of at most `LARGEST` bytes: of its 256 most frequent colours where it was larger."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert image.save(str(path), "PNG", 0)
    if path.stat().st_size > LARGEST:
        assert _fewer_colours(image).save(str(path), "PNG", 0)


def _fewer_colours(image: QImage) -> QImage:
    """Each pixel in the nearest of the picture's frequent colours; Qt's own palette is a fixed one.

    Colours are counted in steps of eight, so that a photograph does not crowd out the rest; each
    step stands for the colour that is most frequent in it. The last ones are for what is rare and
    like none of these: the one small icon in a colour of its own.
    """
    bits = image.constBits()
    assert bits is not None
    pixels = np.frombuffer(bits.asstring(image.sizeInBytes()), np.uint32) & 0xFFFFFF
    colours, places, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    apart = np.stack([colours >> 16, colours >> 8 & 0xFF, colours & 0xFF], 1).astype(np.int32)
    frequent = np.argsort(-counts, kind="stable")
    _, first = np.unique(apart[frequent] >> 3, axis=0, return_index=True)
    chosen = list(frequent[np.sort(first)][: 256 - RARE])
    apart_from = np.min([np.abs(apart - apart[one]).sum(1) for one in chosen], axis=0)
    for _ in range(RARE):
        chosen.append(apart_from.argmax())
        apart_from = np.minimum(apart_from, np.abs(apart - apart[chosen[-1]]).sum(1))
    nearest = [np.abs(apart[chosen] - one).sum(1).argmin() for one in apart]
    indexed = np.asarray(nearest, np.uint8)[places.reshape(-1)]
    flat = QImage(
        indexed.tobytes(),
        image.width(),
        image.height(),
        image.width(),
        QImage.Format.Format_Indexed8,
    )
    flat.setColorTable([0xFF000000 | int(colour) for colour in colours[chosen]])
    return flat.copy()
