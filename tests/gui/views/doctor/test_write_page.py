"""The page around the forms: kinds, side column, footer, keyboard, both directions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medrec.clinical.forms import FormKind
from medrec.domain.categories import Category
from medrec.domain.ids import Address
from medrec.models.chart import ChartModel
from medrec.models.doctor.current import CurrentPatient
from medrec.models.rows import LoadState
from medrec.services.draft_rows import SavedDraft
from medrec.services.drafts import Theirs
from medrec.views.common.fields import Field
from medrec.views.common.theme import apply_theme
from medrec.views.common.tokens import Theme
from medrec.views.doctor.conflict import ConflictDialog
from medrec.views.doctor.write import ROOMY, WritePage, categories_of
from medrec.views.doctor.write_prescription import PrescriptionForm
from tests.support.charts import PATIENT, QuietSession, allergy, chart


@pytest.fixture
def page(qtbot: QtBot) -> WritePage:
    session = QuietSession()
    current = CurrentPatient(session, session)
    current.patient, current.name = PATIENT, "Amina Haddad"
    current.chart = ChartModel(session, PATIENT, session)
    shown = chart((), allergy("Penicillin", "severe"))
    current.chart.chart, current.chart.state = shown, LoadState.READY
    made = WritePage(current)
    session.setParent(made)
    qtbot.addWidget(made)
    made.set_chosen(True)
    made.show_facts(shown.facts)
    made.show_form(FormKind.VITALS)
    made.resize(1064, 744)
    made.show()
    return made


@pytest.fixture
def themes(qapp: QApplication) -> Iterator[None]:
    yield
    apply_theme(qapp, Theme.LIGHT)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


DRAFT = SavedDraft(
    "1", Address(PATIENT), "Amina Haddad", "", FormKind.NOTE, Category.NOTES, {}, 1_790_000_000
)


def test_kinds_that_may_not_be_written_say_why(page: WritePage) -> None:
    chosen: list[object] = []
    page.kindChosen.connect(chosen.append)
    page.kinds.set_reasons({FormKind.NOTE: "You may not write notes."})
    note = page.kinds.items[FormKind.NOTE]
    assert not note.isEnabled()
    assert note.toolTip() == note.accessibleDescription() == "You may not write notes."
    QTest.mouseClick(page.kinds.items[FormKind.ALLERGY], Qt.MouseButton.LeftButton)
    assert chosen == [FormKind.ALLERGY]
    page.kinds.items[FormKind.ALLERGY].setFocus()
    QTest.keyClick(page.kinds.items[FormKind.ALLERGY], Qt.Key.Key_Down)
    QTest.keyClick(page.kinds.items[FormKind.IMMUNIZATION], Qt.Key.Key_Space)
    assert chosen[-1] is FormKind.IMMUNIZATION


def test_a_narrow_page_keeps_the_last_values_at_hand(page: WritePage) -> None:
    assert page.side.isVisible()
    assert not page.last.isVisible()
    page.resize(ROOMY - 40, 584)
    assert not page.side.isVisible()
    page.last.click()
    popup = page._popup
    assert popup is not None
    assert popup.isVisible()
    assert popup.geometry().right() == page.last.mapToGlobal(page.last.rect().topRight()).x()
    corner, ground = (popup.grab().toImage().pixelColor(at, at).alpha() for at in (0, 12))
    assert (corner, ground) == (0, 255)
    popup.close()


def test_saving_by_keyboard_and_while_it_is_saved(page: WritePage, qtbot: QtBot) -> None:
    asked: list[bool] = []
    page.saveAsked.connect(lambda: asked.append(True))
    QTest.qWaitForWindowActive(page)
    page.form.focus_first()
    QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    page.save.click()
    assert len(asked) == 2
    page.set_busy(True)
    page.save.click()
    assert len(asked) == 2
    assert not page.kinds.isEnabled()
    page.set_busy(False)
    assert page.kinds.isEnabled()


def test_tab_goes_as_one_reads(page: WritePage) -> None:
    QTest.qWaitForWindowActive(page)
    page.show_form(FormKind.LABORATORY)
    page.show_form(FormKind.ALLERGY)
    comment = page.form.fields["comment"]
    assert isinstance(comment, Field)
    comment.editor.setFocus()
    reached = []
    for _ in range(3):
        QTest.keyClick(page.focusWidget() or page, Qt.Key.Key_Tab)
        reached.append(page.focusWidget())
    assert reached == [page.discard, page.keep, page.save]


def test_only_the_form_in_front_is_seen(page: WritePage) -> None:
    page.show_form(FormKind.NOTE)
    page.show_form(FormKind.PRESCRIPTION)
    assert [kind for kind, form in page.forms.items() if form.isVisible()] == [
        FormKind.PRESCRIPTION
    ]
    assert page.known._title.text() == "Taken now"
    form = page.form
    assert isinstance(form, PrescriptionForm)
    form.medicine.set_text("Penicillin V")
    assert form.warning.isVisible()


def test_where_it_is_saved_is_a_choice_where_there_are_several(page: WritePage) -> None:
    page.set_categories([Category.VITALS], Category.VITALS)
    assert not page.category.isVisible()
    page.show_form(FormKind.NOTE)
    page.set_categories(categories_of(FormKind.NOTE), Category.MENTAL)
    assert page.category.isVisible()
    assert page.chosen_category() is Category.MENTAL
    assert Category.IDENTITY not in categories_of(FormKind.DOCUMENT)


def test_drafts_say_what_became_of_them(page: WritePage) -> None:
    opened: list[str] = []
    dropped: list[str] = []
    page.draftOpened.connect(opened.append)
    page.draftDropped.connect(dropped.append)
    page.show_drafts([])
    assert not page.drafts.isVisible()
    waiting = replace(DRAFT, id="2", waiting=True, problem="The node does not answer.")
    refused = replace(DRAFT, id="3", problem="Not saved: Amina ended your access.")
    page.show_drafts([DRAFT, waiting, replace(refused, conflict=True), refused])
    said = [label.text() for label in page.drafts.findChildren(type(page.heading))]
    assert "Saved here, not yet shared" in said
    assert "Not saved: Amina ended your access." in said
    buttons = page.drafts.findChildren(type(page.keep))
    buttons[1].click()
    assert opened == ["2"]


def test_errors_are_counted_in_words(page: WritePage) -> None:
    page.show_wrong(1)
    assert page.wrong.text() == "1 value to correct"
    page.show_wrong(3)
    assert page.wrong.text() == "3 values to correct"
    page.show_wrong(0)
    assert not page.wrong.isVisible()


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("kind", list(FormKind))
def test_every_form_is_drawn_in_every_theme_and_direction(
    page: WritePage, themes: None, qapp: QApplication, theme: Theme, kind: FormKind
) -> None:
    apply_theme(qapp, theme)
    page.show_form(kind)
    assert not page.grab().isNull()
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert not page.grab().isNull()


def test_a_conflict_is_decided_or_left(page: WritePage, qtbot: QtBot) -> None:
    theirs = Theirs(2, "Dr. Okafor", 1_790_000_000, "Vitals", {"pulse": "75"})
    heard: list[str] = []
    for button in ("keep", "mine"):
        dialog = ConflictDialog(page, theirs, [("Pulse", "72", "75"), ("Weight", "70", "70")])
        dialog.keepTheirs.connect(lambda: heard.append("theirs"))
        dialog.editMine.connect(lambda: heard.append("mine"))
        dialog.open()
        getattr(dialog, button).click()
    assert heard == ["theirs", "mine"]
    left = ConflictDialog(page, theirs, [])
    left.open()
    QTest.keyClick(left, Qt.Key.Key_Escape)
    assert heard == ["theirs", "mine"]
