"""The start of the desktop: what is loaded when, and in which thread."""

from __future__ import annotations

import subprocess
import sys

FIRST_PAINT = """
import sys
from medrec.app import desktop
from medrec.app.pauses import collect_seldom
from medrec.store.preferences import Preferences
from medrec.views.common.entry.opening import OpeningPage
from medrec.views.common.shell.window import MainWindow
from medrec.workers.loop import WindowLoop
app = desktop._application()
desktop._dress(app, Preferences())
window = MainWindow()
window.show_widget(OpeningPage())
"""

DOOR = """
desktop._load_services()
from medrec.app.gate import HomeGate
from medrec.controllers.desktop import Desktop
"""

LOADED = "print(*sorted(name for name in sys.modules if name.startswith('medrec.')))"

IN_A_THREAD = """
import gc, threading
from PyQt6.QtCore import QObject, QThread
def objects():
    return [thing for thing in gc.get_objects() if isinstance(thing, QObject)]
assert any(thing is window for thing in objects()), "this sees what there is"
loading = threading.Thread(target=desktop._load_account)
loading.start()
loading.join()
assert "medrec.controllers.patient.workspace" in sys.modules
here = QThread.currentThread()
print(*[type(thing).__name__ for thing in objects() if thing.thread() is not here])
"""


def run(*parts: str) -> set[str]:
    """The words that a program prints, in a process that has loaded nothing yet."""
    done = subprocess.run(
        [sys.executable, "-c", "".join(parts)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_first_paint_waits_for_nothing_that_it_does_not_show():
    loaded = run(FIRST_PAINT, LOADED)
    assert "medrec.views.common.entry.opening" in loaded
    unwanted = ("services", "chain", "crypto", "ipfs", "clinical", "models", "controllers")
    assert not [name for name in loaded if name.split(".")[1] in unwanted]
    parts = ("rail", "topbar", "popovers", "workspace")
    assert not loaded & {f"medrec.views.common.shell.{part}" for part in parts}


def test_the_door_waits_for_no_screen_of_an_open_account():
    loaded = run(FIRST_PAINT, DOOR, LOADED)
    assert "medrec.controllers.entry" in loaded
    assert not loaded & {
        "medrec.chain.gateway",
        "medrec.clinical.forms",
        "medrec.controllers.workspace",
        "medrec.models.session",
        "medrec.services.drafts",
    }


def test_the_screens_of_an_account_may_be_loaded_in_a_thread():
    # An object of Qt's that a module makes would belong to that thread.
    assert run(FIRST_PAINT, IN_A_THREAD) == set()
