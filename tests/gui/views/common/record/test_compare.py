from __future__ import annotations

import json
from dataclasses import replace

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from medrec.models.record_page import ComparePage, VersionContents
from medrec.views.common.buttons import Button
from medrec.views.common.labels import Label
from medrec.views.common.record.compare import VersionsCompare
from medrec.views.common.record.compare_rows import SideRow
from tests.gui.views.common.record.pages import FHIR, VERSIONS, compare_page


def shown(qtbot: QtBot, page: ComparePage) -> VersionsCompare:
    view = VersionsCompare()
    qtbot.addWidget(view)
    view.resize(1000, 800)
    view.show()
    with qtbot.waitSignal(view.rendered, timeout=10_000):
        view.show_page(page)
    return view


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(Label))


def rows(view: VersionsCompare, side: int) -> list[SideRow]:
    return view.sides[side].side.rows


def test_the_changed_row_is_marked_on_the_newer_side(
    qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    view = shown(qtbot, compare_page())
    older, newer = ({row.label: row for row in rows(view, side)} for side in (0, 1))
    assert (older["Potassium"].changed, older["Potassium"].mark) == (True, "")
    assert (newer["Potassium"].changed, newer["Potassium"].mark) == (True, "Changed")
    assert not newer["Glucose"].changed
    qtmodeltester.check(view.sides[0].side)
    index = view.sides[1].side.index([row.label for row in rows(view, 1)].index("Potassium"))
    assert index.data() == "Potassium, 4.4 mmol/L, Changed"


def test_both_sides_have_rows_of_the_same_height(qtbot: QtBot) -> None:
    view = shown(qtbot, compare_page())
    assert view.sides[0].height() == view.sides[1].height()
    assert len(rows(view, 0)) == len(rows(view, 1))


def test_long_words_are_wrapped_and_rows_stay_level(qtbot: QtBot) -> None:
    page = compare_page()
    note = "Slept badly. Headache on Tuesday and Thursday, gone by noon each time. " * 3
    older = replace(page.older, media_type="text/plain", data=b"Slept well.")
    newer = replace(page.newer, media_type="text/plain", data=note.encode())
    view = shown(qtbot, replace(page, older=older, newer=newer))
    first, second = (side.sizeHintForRow(0) for side in view.sides)
    assert first == second > 60
    view.resize(700, 800)
    qtbot.waitUntil(lambda: view.sides[1].sizeHintForRow(0) > second)
    side = view.sides[1]
    qtbot.waitUntil(lambda: side.height() == side.sizeHintForRow(0))


def test_changes_only(qtbot: QtBot) -> None:
    view = shown(qtbot, compare_page())
    view.mode.set_current(1)
    assert [row.label for row in rows(view, 1) if not row.heading] == ["Potassium"]


def test_digest_block_and_what_it_follows_are_told(qtbot: QtBot) -> None:
    told = texts(shown(qtbot, compare_page()))
    for text in ("1,171,902", "1c70 9fe2 … 44a1", "nothing: first version", "version 1, unbroken"):
        assert text in told
    broken = replace(compare_page().newer, unbroken=False)
    assert "not version 1" in texts(shown(qtbot, compare_page(newer=broken)))


def test_the_reason_is_quoted(qtbot: QtBot) -> None:
    assert "“repeated”" in texts(shown(qtbot, compare_page()))


def test_versions_and_files_are_opened_from_here(qtbot: QtBot) -> None:
    view = shown(qtbot, compare_page())
    buttons = [b for b in view.findChildren(Button) if b.text() == "Open"]
    opened: list[tuple[object, ...]] = []
    view.openRequested.connect(lambda *args: opened.append(args))
    view.attachmentOpened.connect(lambda *args: opened.append(args))
    for button in buttons:
        button.click()
    assert opened == [(1,), (1, "lab-report-100.pdf"), (2,)]
    assert "No file here" in texts(view)
    with qtbot.waitSignal(view.backRequested):
        view.back.click()


def test_a_second_comparison_replaces_the_first(qtbot: QtBot) -> None:
    view = shown(qtbot, compare_page())
    same = compare_page(older=replace(compare_page().newer, line=VERSIONS[0], current=False))
    with qtbot.waitSignal(view.rendered):
        view.show_page(same)
    assert not any(row.changed for row in rows(view, 1))
    qtbot.waitUntil(view.mode.isVisible)


def test_large_versions_are_compared_in_a_thread_and_only_changes_shown(qtbot: QtBot) -> None:
    def many(value: int) -> bytes:
        entries = [
            {"resource": {"resourceType": "Condition", "code": {"text": f"C{i}"}}}
            for i in range(600)
        ]
        entries[300]["resource"]["code"]["text"] = f"Changed {value}"  # type: ignore[index]
        return json.dumps(
            {"resourceType": "Bundle", "type": "collection", "entry": entries}
        ).encode()

    page = compare_page(
        older=VersionContents(VERSIONS[0], FHIR, many(1)),
        newer=VersionContents(VERSIONS[1], FHIR, many(2), current=True),
    )
    view = shown(qtbot, page)
    assert view.mode.current == 1
    assert 0 < len(rows(view, 1)) < 20


def test_more_versions_than_two_are_told(qtbot: QtBot) -> None:
    assert "2 of 5 versions" in texts(shown(qtbot, compare_page(versions=5)))


def test_from_right_to_left(qtbot: QtBot) -> None:
    view = shown(qtbot, compare_page())
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert not view.grab().isNull()
