"""Requests on screen: what may be done with each, and what became of it."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medrec.domain.categories import Category, Permission
from medrec.domain.ids import JobId
from medrec.models.doctor.patients import RequestsModel
from medrec.models.rows import LoadState
from medrec.services.asked import Copy
from medrec.services.my_patients import MyRequest, RequestState
from medrec.views.doctor import words
from medrec.views.doctor.requests import RequestsPage
from tests.support.charts import DAY, PATIENT, QuietSession
from tests.support.window import press, texts

READS = Permission(frozenset({Category.NOTES}), frozenset({Category.VITALS}))


def request(state: RequestState, age: int = 2, **more: object) -> MyRequest:
    now = words.right_now()
    asked = Copy(READS, now + 30 * DAY, "First visit", now - age * DAY)
    facts: dict[str, object] = {"name": "Yuki Sato", "asked": asked, **more}
    return MyRequest(PATIENT, state, now - age * DAY, **facts)  # type: ignore[arg-type]


def page(qtbot: QtBot, *requests: MyRequest) -> RequestsPage:
    session = QuietSession()
    model = RequestsModel(session, session)
    made = RequestsPage(model)
    session.setParent(made)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    model.set_rows(requests)
    model.loaded.emit()
    # A widget that joins one that is seen is itself seen at the next turn of the loop.
    QApplication.processEvents()
    return made


@pytest.mark.parametrize(
    ("state", "word", "action", "signal"),
    [
        (RequestState.OPEN, "Waiting", "Withdraw", "withdrawRequested"),
        (RequestState.SENDING, "Sending", "Cancel", "cancelRequested"),
        (RequestState.NOT_SENT, "Not sent", "Drop", "cancelRequested"),
        (RequestState.GRANTED, "Granted", "Chart", "chartRequested"),
        (RequestState.IN_PART, "Granted in part", "Chart", "chartRequested"),
        (RequestState.UNANSWERED, "Not answered", "Ask again", "againRequested"),
        (RequestState.WITHDRAWN, "Withdrawn", "Ask again", "againRequested"),
    ],
)
def test_each_state_says_what_it_is_and_what_may_be_done(
    qtbot: QtBot, state: RequestState, word: str, action: str, signal: str
) -> None:
    one = request(state, job=JobId(1))
    made = page(qtbot, one)
    (line,) = made.open.lines + made.answered.lines
    assert line.state_text() == word
    with qtbot.waitSignal(getattr(made, signal)) as acted:
        press(line, action)
    assert acted.args == [one]


def test_a_refusal_leaves_nothing_to_do(qtbot: QtBot) -> None:
    made = page(qtbot, request(RequestState.REFUSED, answered=words.right_now()))
    assert not made.answered.lines[0].action.isVisibleTo(made)


def test_what_was_left_out_is_named(qtbot: QtBot) -> None:
    given = request(RequestState.IN_PART, answered=words.right_now(), missing=(Category.VITALS,))
    made = page(qtbot, given)
    assert any("without vitals" in text for text in texts(made.answered))


def test_why_it_was_not_sent_is_said(qtbot: QtBot) -> None:
    made = page(qtbot, request(RequestState.NOT_SENT, error="The node refused.", job=JobId(1)))
    assert "The node refused." in made.open.lines[0].accessibleName()


def test_old_answers_wait_behind_a_button(qtbot: QtBot) -> None:
    made = page(qtbot, request(RequestState.REFUSED, 3), request(RequestState.WITHDRAWN, 200))
    assert len(made.answered.lines) == 1
    press(made, "Show earlier ones")
    QApplication.processEvents()
    assert len(made.answered.lines) == 2
    assert not made.earlier.isVisibleTo(made)


def test_asked_on_another_computer(qtbot: QtBot) -> None:
    made = page(qtbot, request(RequestState.OPEN, asked=None, name=""))
    said = texts(made.open)
    assert "Asked on another computer" in said
    assert "Name not known yet" in said


def test_an_empty_list_leads_to_asking(qtbot: QtBot) -> None:
    made = page(qtbot)
    assert made.model.state is LoadState.EMPTY
    with qtbot.waitSignal(made.askRequested):
        made.stack.acted.emit()
