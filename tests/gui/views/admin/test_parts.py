"""The small parts of the administrator's pages, without a network."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from PyQt6.QtCore import QDate, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from medrec.domain.ids import ZERO_ADDRESS, Address
from medrec.services.ledger import FAR, Sieve
from medrec.views.admin.audit_filter import AuditFilter
from medrec.views.admin.checks import CheckCard, Checklist
from medrec.views.admin.facts import Fact, Facts, grouped
from medrec.views.admin.health_parts import FigureCard
from medrec.views.admin.identity_form import ClaimForm
from medrec.views.admin.reason import ReasonDialog
from medrec.views.common.buttons import IconButton
from medrec.views.common.painting import Tone
from medrec.views.common.theme import apply_theme
from medrec.views.common.tokens import Theme
from tests.support.qtest import press_key

ADA = Address("0x" + "ad" * 20)


def test_a_checklist_counts(qtbot: QtBot) -> None:
    checks = Checklist("Before", [("One", "first"), ("Two", "second")])
    qtbot.addWidget(checks)
    heard: list[bool] = []
    checks.changed.connect(heard.append)
    press_key(checks.cards[0], Qt.Key.Key_Space)
    assert (checks.complete, checks._count.text()) == (False, "1 of 2 done")
    checks.cards[1].click()
    assert heard == [False, True]
    checks.clear()
    assert not checks.complete
    assert checks.cards[0].accessibleDescription() == "first"


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("way", list(Qt.LayoutDirection)[:2])
def test_a_check_is_drawn_in_every_look(
    qtbot: QtBot, theme: Theme, way: Qt.LayoutDirection
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    card = CheckCard("The licence", "Searched today")
    qtbot.addWidget(card)
    card.setLayoutDirection(way)
    card.resize(300, 60)
    try:
        apply_theme(app, theme)
        for on, live in ((False, True), (True, True), (True, False), (False, False)):
            card.setChecked(on)
            card.setEnabled(live)
            assert not card.grab().isNull()
    finally:
        apply_theme(app, Theme.LIGHT)


def test_facts_copy_the_whole(qtbot: QtBot) -> None:
    fact = Fact("Address", "0xadad…adad", code=True, copied=ADA, hint=ADA)
    qtbot.addWidget(fact)
    assert fact.value.toolTip() == ADA
    assert fact.accessibleName() == f"Address: {ADA}"
    button = fact.findChild(IconButton)
    assert button is not None
    assert button.accessibleName() == "Copy address"
    button.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == ADA
    facts = Facts()
    qtbot.addWidget(facts)
    facts.show_facts([Fact("A", "1"), Fact("B", "2"), Fact("C", "3")])
    facts.show_facts([Fact("D", "4")])
    assert grouped("0123456789") == "0123 4567 89"


def test_figures_say_their_tone_in_words(qtbot: QtBot) -> None:
    card = FigureCard("blocks", "Block")
    qtbot.addWidget(card)
    card.show_figure("12", "GB", "one is behind", Tone.WARNING)
    assert card.accessibleName() == "Block: 12 GB. one is behind"


def test_the_filter_asks_for_days(qtbot: QtBot) -> None:
    wanted = AuditFilter()
    qtbot.addWidget(wanted)
    wanted.set_people([("Patient A", ADA)], [("Dr. B", ADA)])
    heard: list[Sieve] = []
    wanted.changed.connect(heard.append)
    assert wanted.sieve() == Sieve()
    assert not wanted.clear.isEnabled()
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    wanted.when.setCurrentText("Today")
    assert heard[-1].first == int(midnight.timestamp())
    wanted.when.setCurrentText("Last 7 days")
    assert abs(heard[-1].first - int((midnight - timedelta(days=6)).timestamp())) <= 3_600
    assert heard[-1].last == FAR
    wanted.when.setCurrentText("Between")
    wanted.first.setDate(QDate(2026, 3, 1))
    wanted.last.setDate(QDate(2026, 3, 1))
    one_day = heard[-1]
    assert one_day.last - one_day.first == 86_399
    wanted.patient.setCurrentText("The register")
    assert heard[-1].subject == ZERO_ADDRESS
    wanted.choose(ADA, ADA, "beef")
    assert heard[-1] == Sieve(subject=ADA, actor=ADA, text="beef")
    # Others arrive: who was chosen stays chosen.
    wanted.set_people([("Patient 0", ZERO_ADDRESS), ("Patient A", ADA)], [])
    assert wanted.sieve().subject == ADA
    assert wanted.sieve().actor is None
    assert wanted.clear.isEnabled()
    wanted.clear.click()
    assert heard[-1] == Sieve()


def test_typing_is_heard_when_it_pauses(qtbot: QtBot) -> None:
    wanted = AuditFilter()
    qtbot.addWidget(wanted)
    heard: list[Sieve] = []
    wanted.changed.connect(heard.append)
    for text in ("a", "ab", "abc"):
        wanted.text.setText(text)
    assert heard == []
    with qtbot.waitSignal(wanted.changed, timeout=2_000):
        pass
    assert [sieve.text for sieve in heard] == ["abc"]


def test_the_reason_is_asked_once(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()
    dialog = ReasonDialog(window, "Refuse?", "What happens.", "Refuse")
    given: list[str] = []
    dialog.given.connect(given.append)
    dialog.open()
    assert window.focusWidget() is dialog.reason.editor
    dialog.reason.set_text("  Because.  ")
    assert dialog.reason.error == ""
    dialog.do.click()
    assert given == ["Because."]


def test_the_papers(qtbot: QtBot) -> None:
    form = ClaimForm()
    qtbot.addWidget(form)
    assert form.claim() is None
    assert form.wrong == 4
    form.family.set_text("Kamau")
    form.given.set_text("Njeri")
    form.birth_date.set_text("2999-01-01")
    form.id_number.set_text("BK1")
    assert form.claim() is None
    assert form.birth_date.error == "The date of birth lies in the future."
    form.birth_date.set_text("1991-08-03")
    assert form.claim() is None, "photo and document were not seen"
    form.photo.click()
    form.valid.click()
    claim = form.claim()
    assert claim is not None
    assert (claim.family, claim.birth_date) == ("Kamau", "1991-08-03")
    assert "Kamau" not in repr(claim)
    form.clear()
    assert form.wrong == 0
    assert not form.photo.isChecked()
