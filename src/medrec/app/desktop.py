"""Starts the desktop: one Qt application, one loop, one window."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from medrec.app import Place
from medrec.errors import NoDisplay

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication

    from medrec.controllers.desktop import Desktop
    from medrec.store.preferences import Preferences
    from medrec.views.common.entry.opening import OpeningPage
    from medrec.views.common.shell.window import MainWindow

UNSEEN = 1.0
"""Seconds after which the door is made also where the window is not seen."""

UNRESTED = 3.0
"""Seconds after which a network that does not answer holds nothing up."""

_log = logging.getLogger("medrec")


def check_display() -> None:
    """See to it that a window can be opened: Qt would end the process without a word for people.

    Raises:
        NoDisplay.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    display = os.environ.get("DISPLAY", "")
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    if not display:
        raise NoDisplay()
    host, _, number = display.partition(":")
    socket = Path("/tmp/.X11-unix") / f"X{number.partition('.')[0]}"  # noqa: S108 - X11's own place
    if not host and not socket.exists():
        raise NoDisplay()


def run_desktop(place: Place) -> int:
    """Open the desktop; returns the exit status when its window is closed.

    Raises:
        NoDisplay.
    """
    check_display()
    # An exception in a slot would end the process before anything is put away.
    sys.excepthook = _unforeseen
    from medrec.app.pauses import collect_seldom, load_unlooked

    collect_seldom()
    load_unlooked()
    from medrec.workers.loop import WindowLoop

    app = _application()
    loop = WindowLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(_main(app, place))
    return 0


def _application() -> QApplication:
    from PyQt6.QtWidgets import QApplication

    from medrec.views.common.fonts import load_fonts

    app = QApplication(sys.argv[:1])
    app.setApplicationName("MedRec")
    app.setOrganizationName("medrec")
    app.setDesktopFileName("medrec")
    app.setQuitOnLastWindowClosed(False)
    load_fonts()
    return app


async def _main(app: QApplication, place: Place) -> None:
    """First the window, then what is behind it, then the door."""
    from medrec.store.preferences import read_preferences
    from medrec.views.common.shell.window import MainWindow

    preferences = await asyncio.to_thread(read_preferences, place.home)
    _dress(app, preferences)
    window, ended = MainWindow(), asyncio.Event()
    opening = await _show(window, ended)
    await asyncio.to_thread(_load_services)
    if not ended.is_set():
        desktop = _desktop(app, place, window, ended)
        desktop.start(preferences)
        window.drop_widget(opening)
        rested = threading.Event()
        desktop.rested.connect(rested.set)
        threading.Thread(target=warm_up, args=[rested], daemon=True).start()
        await ended.wait()
    window.may_close = True
    window.close()


def _dress(app: QApplication, preferences: Preferences) -> None:
    from medrec.views.common.theme import apply_theme, set_calm
    from medrec.views.common.tokens import Theme

    theme = preferences.theme
    set_calm(preferences.less_motion)
    apply_theme(app, Theme(theme) if theme in set(Theme) else None)


async def _show(window: MainWindow, ended: asyncio.Event) -> OpeningPage:
    """Show the window, with the door's pane in it; returns when it is seen."""
    from medrec.views.common.entry.opening import OpeningPage

    opening, seen = OpeningPage(), asyncio.Event()
    window.show_widget(opening)
    window.painted.connect(seen.set)
    window.closeAsked.connect(ended.set)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    window.show()
    # A window that opens minimised is not painted.
    with suppress(TimeoutError):
        await asyncio.wait_for(seen.wait(), UNSEEN)
    return opening


def _desktop(app: QApplication, place: Place, window: MainWindow, ended: asyncio.Event) -> Desktop:
    """What is behind the window; from now on it is closed in order."""
    from medrec.app.gate import HomeGate
    from medrec.app.pauses import spare_pauses
    from medrec.controllers.desktop import Desktop

    desktop = Desktop(HomeGate(place), window, app)
    spare_pauses(desktop)
    window.closeAsked.disconnect(ended.set)
    desktop.ended.connect(ended.set)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, desktop.quit)
    return desktop


def _load_services() -> None:
    """Import what the door needs of what needs no Qt, in the calling thread."""
    import medrec.chain.network_file
    import medrec.services.network_check
    import medrec.services.new_account  # noqa: F401


def warm_up(rested: threading.Event | None = None) -> None:
    """Load what is slow to load, in the calling thread: until it is needed, nobody waits for it.

    First what the door asks the network with; when the door has ``rested``, or is slow to, what an
    open account needs. The person reads and types meanwhile.
    """
    from medrec.app.pauses import loaded
    from medrec.chain import libraries

    libraries.warm_up().join()
    if rested is not None:
        rested.wait(UNRESTED)
    # No daemon: it loads C code, which must not be cut off in the middle.
    loading = threading.Thread(target=_load_account, name="load-account")
    loading.start()
    loading.join()
    loaded()


def _load_account() -> None:
    """Import the screens of an open account: their modules make no object of Qt's."""
    import medrec.controllers.admin.workspace
    import medrec.controllers.doctor.workspace
    import medrec.controllers.patient.workspace
    import medrec.controllers.workspace  # noqa: F401
    from medrec.views.common import plots

    plots.warm_up()


def _unforeseen(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """A defect in a slot: logged with its trace, and the window stays."""
    if issubclass(kind, KeyboardInterrupt):
        return
    _log.error("A defect in a slot: %s", kind.__name__, exc_info=(kind, error, trace))
