from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from medrec.models.record_page import CheckName, PageState, VersionLine, failed
from medrec.views.common.buttons import Button
from medrec.views.common.choices import Combo, SegmentedControl
from medrec.views.common.fhir.lines import LinesView
from medrec.views.common.labels import Label
from medrec.views.common.record.detail import RecordDetail
from medrec.views.common.record.pieces import AttachmentRow, Readers, VersionsBar, kind_text
from medrec.views.common.states import Message, Skeleton
from medrec.views.common.verified import VerifiedStrip
from medrec.views.common.viewers import NotShownView
from medrec.views.common.viewers.base import Viewer
from tests.gui.views.common.record.pages import TESSIER, VERSIONS, record_page
from tests.support.geometry import troubles


def shown(qtbot: QtBot, **changed: object) -> RecordDetail:
    detail = RecordDetail()
    qtbot.addWidget(detail)
    detail.resize(580, 900)
    detail.show_page(record_page(**changed))
    detail.show()
    return detail


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(Label) if label.isVisible())


def button(widget: QWidget, text: str) -> Button:
    found = [b for b in widget.findChildren(Button) if b.text() == text and b.isVisible()]
    assert found, text
    return found[0]


def test_the_page_says_what_is_in_the_record(qtbot: QtBot) -> None:
    detail = shown(qtbot)
    told = texts(detail)
    assert "Metabolic panel" in told
    assert "Laboratory  ·  3 Nov 2026" in told
    assert "repeated" in told
    assert f"Written by {TESSIER}" in told
    lines = detail.findChildren(LinesView)[0]
    assert lines.lines.index(1).data() == "Potassium, 4.4 mmol/L"


def test_the_strip_names_its_four_checks(qtbot: QtBot) -> None:
    (strip,) = shown(qtbot).findChildren(VerifiedStrip)
    assert strip.accessibleName() == (
        f"Verified: exactly what {TESSIER} wrote. "
        "On the chain. Contents match. Seal intact. Complete"
    )


def test_versions_are_chosen_and_compared(qtbot: QtBot) -> None:
    detail = shown(qtbot)
    (segments,) = detail.findChildren(SegmentedControl)
    with qtbot.waitSignal(detail.versionChosen) as chosen:
        segments.set_current(1)
    assert chosen.args == [1]
    with qtbot.waitSignal(detail.compareRequested) as compared:
        button(detail, "Compare").click()
    assert compared.args == [1, 2]


def test_many_versions_are_a_list(qtbot: QtBot) -> None:
    versions = tuple(VersionLine(number, TESSIER, 0) for number in range(1, 8))
    bar = VersionsBar(versions, 5)
    qtbot.addWidget(bar)
    (combo,) = bar.findChildren(Combo)
    assert combo.currentText() == "Version 5"
    with qtbot.waitSignal(bar.chosen) as chosen:
        combo.activated.emit(0)
    assert chosen.args == [7]
    with qtbot.waitSignal(bar.compared) as compared:
        bar.compare.click()
    assert compared.args == [4, 5]


def test_one_version_needs_no_choice(qtbot: QtBot) -> None:
    detail = shown(qtbot, versions=VERSIONS[:1], shown=1)
    assert not detail.findChildren(VersionsBar)


def test_an_old_version_says_that_there_is_a_newer_one(qtbot: QtBot) -> None:
    assert "There is a newer version" in texts(shown(qtbot, shown=1))
    assert "There is a newer version" not in texts(shown(qtbot))


def test_attachments_are_opened_and_saved(qtbot: QtBot) -> None:
    detail = shown(qtbot)
    (row,) = detail.findChildren(AttachmentRow)
    assert "PDF  ·  184 KB  ·  sealed" in texts(row)
    with qtbot.waitSignal(detail.attachmentOpened) as opened:
        row.open.click()
    with qtbot.waitSignal(detail.attachmentSaved) as saved:
        row.save.click()
    assert opened.args == saved.args == ["lab-report-101.pdf"]


def test_the_menu_offers_what_is_allowed(qtbot: QtBot) -> None:
    detail = shown(qtbot)
    signals = {
        "Write a new version": detail.amendRequested,
        "Ask for a correction": detail.correctionRequested,
        "Save the record's file": detail.saveRequested,
        "Archive": detail.archiveRequested,
    }
    assert [action.text() for action in detail.menu.actions()] == list(signals)
    for action in detail.menu.actions():
        with qtbot.waitSignal(signals[action.text()]):
            action.trigger()
    none = {"may_amend": False, "may_archive": False, "may_ask_correction": False}
    detail.show_page(record_page(**none, state=PageState.DENIED))
    assert not detail.menu.actions()


def test_a_failed_check_is_an_alarm_and_hides_the_contents(qtbot: QtBot) -> None:
    checks = failed(CheckName.SEAL)
    detail = shown(qtbot, state=PageState.BROKEN, checks=checks, trouble="The seal is broken.")
    assert not detail.findChildren(LinesView)
    assert not detail.findChildren(AttachmentRow)
    (strip,) = detail.findChildren(VerifiedStrip)
    assert (
        strip.accessibleName() == "The seal is broken.. On the chain. Contents match. Seal broken"
    )
    with qtbot.waitSignal(detail.retried):
        button(detail, "Check again").click()


@pytest.mark.parametrize("at", list(CheckName))
def test_each_failed_check_has_its_sentence(qtbot: QtBot, at: CheckName) -> None:
    detail = shown(qtbot, state=PageState.BROKEN, checks=failed(at))
    (strip,) = detail.findChildren(VerifiedStrip)
    assert "not shown" in strip.accessibleName()


def test_an_alarm_without_a_failed_check_is_an_alarm_all_the_same(qtbot: QtBot) -> None:
    (strip,) = shown(qtbot, state=PageState.BROKEN).findChildren(VerifiedStrip)
    assert "Does not match" in strip.accessibleName()


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (PageState.ARRIVING, "This record is still arriving"),
        (PageState.DENIED, "You may not read this"),
        (PageState.FAILED, "This did not load"),
    ],
)
def test_other_states_say_what_is_the_matter(qtbot: QtBot, state: PageState, title: str) -> None:
    detail = shown(qtbot, state=state, trouble="Why it is so.")
    (message,) = detail.findChildren(Message)
    assert (message.title, message.text) == (title, "Why it is so.")
    assert not detail.findChildren(VerifiedStrip)


def test_loading_shows_where_it_will_be(qtbot: QtBot) -> None:
    assert shown(qtbot, state=PageState.LOADING).findChildren(Skeleton)


def test_other_files_are_shown_by_their_viewers(qtbot: QtBot) -> None:
    detail = shown(qtbot, media_type="text/plain", data=b"Dear colleague", name="letter.txt")
    (editor,) = detail.findChildren(QPlainTextEdit)
    assert editor.toPlainText() == "Dear colleague"


def test_what_cannot_be_shown_can_be_saved(qtbot: QtBot) -> None:
    data = b"PK\x03\x04" + b"\0" * 60
    detail = shown(qtbot, media_type="application/zip", data=data, name="scans.zip")
    (shown_instead,) = detail.findChildren(NotShownView)
    with qtbot.waitSignal(detail.saveRequested):
        shown_instead.button.click()


def test_another_page_of_the_resource_begins_at_its_top(qtbot: QtBot) -> None:
    detail = shown(qtbot)
    detail.resize(580, 400)
    qtbot.wait(50)
    bar = detail._scroller.verticalScrollBar()
    assert bar is not None
    bar.setValue(bar.maximum())
    assert detail.resource is not None
    detail.resource.go("#Potassium")
    assert detail.resource.accessibleName() == "Potassium"
    assert bar.value() <= detail.resource.y()


def test_who_read_it_is_told_after_a_click(qtbot: QtBot) -> None:
    detail = shown(qtbot)
    button(detail, "Read by 2 doctors, 4 times").click()
    assert "Dr. Lukas Meyer" in texts(detail)
    assert "3 times" in texts(detail)


def test_nobody_is_told_of_readers_who_may_not_know(qtbot: QtBot) -> None:
    assert not shown(qtbot, readers=None).findChildren(Readers)
    (readers,) = shown(qtbot, readers=()).findChildren(Readers)
    assert readers.button.text() == "Read by nobody yet"
    assert not readers.button.isEnabled()


def test_the_same_page_again_changes_nothing(qtbot: QtBot) -> None:
    detail = shown(qtbot)
    resource = detail.resource
    detail.show_page(record_page())
    assert detail.resource is resource
    detail.show_page(replace(record_page(), archived=True))
    assert detail.resource is not resource


def test_from_right_to_left(qtbot: QtBot) -> None:
    detail = shown(qtbot)
    detail.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert not detail.grab().isNull()


@pytest.mark.parametrize(
    ("media_type", "text"),
    [("application/pdf", "PDF"), ("image/jpeg", "JPEG"), ("text/plain; charset=utf-8", "Text")],
)
def test_kinds_of_files_in_words(media_type: str, text: str) -> None:
    assert kind_text(media_type) == text


def test_a_file_takes_the_room_that_is_there(qtbot: QtBot) -> None:
    """The page itself scrolls only where even the least height of the file has no room."""
    text = {"media_type": "text/plain", "data": b"word\n" * 400, "attachments": ()}
    detail = shown(qtbot, **text)
    detail.resize(560, 640)
    bar = detail._scroller.verticalScrollBar()
    assert bar is not None
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    assert all(viewer.height() > 330 for viewer in detail.findChildren(Viewer))


def test_a_record_of_before_says_where_it_lies_and_how_it_goes_on(qtbot: QtBot) -> None:
    old = tuple(replace(line, origin="Clinic of before") for line in VERSIONS)
    told = texts(shown(qtbot, versions=old, may_amend=False, may_ask_correction=True))
    assert "From the network before, “Clinic of before”: it lies there as it was written." in told
    assert "A correction is asked for in this network." in told
    told = texts(shown(qtbot, versions=old, may_amend=True))
    assert "A new version of it is written in this network." in told
    told = texts(shown(qtbot, versions=old, may_amend=False, may_ask_correction=False))
    assert "Only its author writes it on; anybody else writes a new record." in told
    # Written on: the first version here names what it follows, those after it nothing.
    carried = (old[0], VERSIONS[1])
    told = texts(shown(qtbot, versions=carried, shown=2))
    assert "Goes on from version 1 in the network before, “Clinic of before”" in told
    told = texts(shown(qtbot, versions=carried, shown=1, may_amend=True))
    assert "it lies there as it was written." in told
    assert "A new version" not in told
    assert "network before" not in texts(shown(qtbot))


@pytest.mark.parametrize("size", [(580, 600), (460, 420)])
def test_text_and_its_checks_lie_below_each_other(qtbot: QtBot, size: tuple[int, int]) -> None:
    """Also below a sentence of several lines, and where there is less room than all of it needs."""
    old = tuple(replace(line, origin="Clinic of before " * 4) for line in VERSIONS)
    detail = shown(qtbot, versions=old, media_type="text/plain", data=b"Seen again.", name="n.txt")
    detail.resize(*size)
    QApplication.processEvents()
    assert troubles(detail) == []
