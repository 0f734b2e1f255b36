"""Rail, top bar and window: reachable by keyboard, short where it is narrow, with names."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from medrec.views.common.entry.opening import OpeningPage
from medrec.views.common.shell.rail import NARROW, WIDE, Rail
from medrec.views.common.shell.topbar import NetworkState, OutboxState, TopBar
from medrec.views.common.shell.window import SMALLEST, MainWindow
from medrec.views.common.shell.workspace import Workspace

PAGES = [
    ("overview", "Overview", "layout-dashboard"),
    ("records", "Records", "folder-heart"),
    ("sharing", "Sharing", "users"),
]


@pytest.fixture
def workspace(qtbot: QtBot) -> Workspace:
    found = Workspace()
    qtbot.addWidget(found)
    for page in PAGES:
        found.rail.add(*page)
    found.resize(1400, 800)
    found.show()
    qtbot.waitExposed(found)
    return found


def texts(widget: QWidget) -> list[str]:
    """What can be read."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def test_a_page_is_chosen_by_click_and_by_its_number(workspace: Workspace, qtbot: QtBot):
    chosen: list[str] = []
    workspace.rail.chosen.connect(chosen.append)
    qtbot.mouseClick(workspace.rail.items["records"], Qt.MouseButton.LeftButton)
    qtbot.keyClick(workspace, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert chosen == ["records", "sharing"]


def in_window(workspace: Workspace, qtbot: QtBot) -> MainWindow:
    """The workspace as the program shows it."""
    window = MainWindow()
    qtbot.addWidget(window)
    window.show_widget(workspace)
    window.show()
    qtbot.waitExposed(window)
    window.may_close = True
    return window


def test_tab_goes_through_the_rail_as_it_is_read(workspace: Workspace, qtbot: QtBot):
    window = in_window(workspace, qtbot)
    rail = workspace.rail
    controls = [*rail.items.values(), rail.help, rail.lock]
    controls[0].setFocus()
    for expected in controls[1:]:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert window.focusWidget() is expected


def test_a_count_is_said_not_only_painted(workspace: Workspace):
    item = workspace.rail.items["sharing"]
    item.set_count(2)
    assert item.accessibleName() == "Sharing, 2 waiting"
    item.set_count(0)
    assert item.accessibleName() == "Sharing"


def test_a_narrow_window_has_short_bars(workspace: Workspace):
    assert workspace.rail.width() == WIDE
    workspace.set_narrow(True)
    assert workspace.rail.width() == NARROW
    assert workspace.rail.items["records"].toolTip() == "Records"
    workspace.topbar.network.show_state(NetworkState(True, 7, True))
    assert "Verified" not in texts(workspace.topbar.network)
    workspace.set_narrow(False)
    assert "Verified" in texts(workspace.topbar.network)


def test_help_and_lock_by_key(workspace: Workspace, qtbot: QtBot):
    with qtbot.waitSignal(workspace.rail.helpAsked):
        qtbot.keyClick(workspace, Qt.Key.Key_F1)
    with qtbot.waitSignal(workspace.rail.lockAsked):
        qtbot.keyClick(workspace, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def test_search_by_key_and_regions_by_f6(workspace: Workspace, qtbot: QtBot):
    qtbot.keyClick(workspace, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is workspace.topbar.search
    seen = []
    for _ in range(3):
        qtbot.keyClick(workspace, Qt.Key.Key_F6)
        focused = QApplication.focusWidget()
        seen.append(
            next(
                name
                for name in ("rail", "topbar", "pages")
                if getattr(workspace, name).isAncestorOf(focused)
            )
        )
    # There is no page yet: the regions that can take the focus take turns.
    assert seen == ["rail", "topbar", "rail"]


def test_f6_comes_back_to_the_page_that_is_shown(workspace: Workspace, qtbot: QtBot):
    workspace.rail.select("sharing")
    workspace.topbar.search.setFocus()
    qtbot.keyClick(workspace, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is workspace.rail.items["sharing"]


def test_tab_goes_on_to_the_top_bar_and_then_to_the_page(workspace: Workspace, qtbot: QtBot):
    window = in_window(workspace, qtbot)
    page = QPushButton("Save")
    workspace.pages.addWidget(page)
    bar = workspace.topbar
    workspace.rail.lock.setFocus()
    for expected in (bar.search, bar.outbox, bar.network, bar.identity, page):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert window.focusWidget() is expected


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (OutboxState(), "All saved"),
        (OutboxState(done=2, total=5), "Saving 2 of 5"),
        (OutboxState(waiting=2), "2 changes wait"),
        (OutboxState(waiting=1), "1 change waits"),
        (OutboxState(waiting=2, failed=1), "1 not saved"),
    ],
)
def test_the_outbox_in_words(qtbot: QtBot, state: OutboxState, said: str):
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.outbox.show_state(state)
    assert said in texts(bar.outbox)
    assert said in bar.outbox.accessibleName()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (NetworkState(True, 1_204_331, True), "Verified"),
        (NetworkState(True, 1_204_331, False), "Checking"),
        (NetworkState(False, 7, False), "Offline"),
        (NetworkState(True, 7, False, alarm=True), "Does not match"),
    ],
)
@pytest.mark.parametrize("narrow", [False, True])
def test_the_network_in_words(qtbot: QtBot, state: NetworkState, said: str, narrow: bool):
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.set_narrow(narrow)
    bar.network.show_state(state)
    assert said in bar.network.accessibleName()
    wrong = state.alarm or not state.online
    assert (said in texts(bar.network)) is (wrong or not narrow)


def test_who_is_signed_in(qtbot: QtBot):
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.identity.show_person("Dr. Lukas Meyer", "General practice")
    assert texts(bar.identity)[:2] == ["Dr. Lukas Meyer", "General practice"]
    assert "Dr. Lukas Meyer" in bar.identity.accessibleName()


def test_the_rail_is_mirrored_from_right_to_left(qtbot: QtBot):
    rail = Rail()
    qtbot.addWidget(rail)
    item = rail.add(*PAGES[0])
    rail.resize(WIDE, 600)
    rail.select("overview")
    rail.show()
    left = item.grab().toImage()
    rail.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    right = item.grab().toImage()
    bar = left.pixelColor(1, item.height() // 2)
    assert right.pixelColor(item.width() - 2, item.height() // 2) == bar
    assert right.pixelColor(1, item.height() // 2) != bar


def test_the_window_asks_before_it_closes(qtbot: QtBot):
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.closeAsked):
        assert not window.close()
    window.may_close = True
    assert window.close()


def test_a_screen_smaller_than_the_window_leaves_nothing_out_of_reach(qtbot: QtBot):
    """683 x 384 logical pixels: 1366 x 768 at 200 %."""
    window = MainWindow()
    qtbot.addWidget(window)
    made = Workspace()
    for page in PAGES:
        made.rail.add(*page)
    window.show_widget(made)
    window.setMinimumSize(0, 0)
    window.resize(683, 384)
    window.show()
    assert (window.width(), window.height()) == (683, 384)
    lock = made.rail.lock
    made.rail.help.setFocus()
    assert lock.visibleRegion().isEmpty()
    qtbot.keyClick(made.rail.help, Qt.Key.Key_Tab)
    assert window.focusWidget() is lock
    assert not lock.visibleRegion().isEmpty(), "what has the focus is scrolled to"
    assert made.width() == SMALLEST[0]
    area = window.centralWidget()
    assert isinstance(area, QScrollArea)
    for bar in (area.horizontalScrollBar(), area.verticalScrollBar()):
        assert bar is not None
        assert bar.isVisible()
    window.may_close = True


def test_the_window_scrolls_for_no_page_that_would_like_to_be_higher(qtbot: QtBot):
    """Also of one that is not shown: pages scroll inside."""
    window = MainWindow()
    qtbot.addWidget(window)
    hidden = QLabel("A long sentence. " * 3_000)
    hidden.setWordWrap(True)
    window.stack.addWidget(hidden)
    window.show_widget(OpeningPage())
    window.resize(*SMALLEST)
    window.show()
    area = window.centralWidget()
    assert isinstance(area, QScrollArea)
    assert window.stack.size() == area.maximumViewportSize()
    for bar in (area.horizontalScrollBar(), area.verticalScrollBar()):
        assert bar is not None
        assert bar.maximum() == 0
    window.resize(1400, 900)
    assert window.stack.size() == area.maximumViewportSize()
    window.may_close = True


def test_the_window_asks_for_no_more_than_its_screen(qtbot: QtBot, qapp: QApplication):
    window = MainWindow()
    qtbot.addWidget(window)
    screen = qapp.primaryScreen()
    assert screen is not None
    assert window.minimumWidth() == min(SMALLEST[0], screen.availableSize().width())
    assert window.minimumHeight() == min(SMALLEST[1], screen.availableSize().height())
    window.may_close = True


def test_the_window_tells_when_it_is_seen_first(qtbot: QtBot):
    window = MainWindow()
    qtbot.addWidget(window)
    window.show_widget(OpeningPage())
    with qtbot.waitSignal(window.painted):
        window.show()
