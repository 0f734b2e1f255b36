"""Fields say what is wrong below themselves, and nothing jumps."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QDate, QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from medrec.views.common.buttons import IconButton
from medrec.views.common.fields import (
    Check,
    Choice,
    DateField,
    Field,
    FieldKind,
    Option,
    OptionCard,
    PasswordField,
    Radio,
    SearchField,
    SegmentedControl,
)
from medrec.views.common.inputs import LineEdit
from medrec.views.common.layout import vbox


class TestField:
    @pytest.mark.parametrize("kind", list(FieldKind))
    def test_text_goes_in_and_comes_out(self, qtbot: QtBot, kind: FieldKind):
        field = Field("Systolic", "Usual 131", "mmHg", "0", kind)
        qtbot.addWidget(field)
        field.show()
        with qtbot.waitSignal(field.edited) as said:
            field.set_text("128")
        assert field.text() == "128"
        assert said.args == ["128"]
        assert field.editor.accessibleName() == "Systolic"
        field.grab()

    def test_an_error_changes_neither_height_nor_place(self, qtbot: QtBot):
        field = Field("Systolic", "Usual 131")
        qtbot.addWidget(field)
        field.resize(300, 90)
        field.show()
        height, place = field.sizeHint().height(), field.editor.geometry()
        field.set_error("Between 50 and 250")
        assert field.sizeHint().height() == height
        assert field.editor.geometry() == place
        assert field.error == field.editor.accessibleDescription() == "Between 50 and 250"
        assert field.editor.property("state") == "error"
        field.set_error("")
        assert field.error == ""
        assert field.editor.property("state") == ""
        assert field.editor.accessibleDescription() == "Usual 131"

    def test_an_error_weighs_more_than_a_warning(self, qtbot: QtBot):
        field = Field("Pulse")
        qtbot.addWidget(field)
        field.set_warning("Unusually high")
        assert field.editor.accessibleDescription() == "Unusually high"
        field.set_error("A number, please")
        field.set_warning("Unusually high")
        assert field.error == "A number, please"
        field.set_success("Complete")
        assert field.error == ""
        field.set_success("")
        field.set_label("Heart rate")
        assert field.editor.accessibleName() == "Heart rate"

    def test_leaving_is_said(self, qtbot: QtBot):
        window = QWidget()
        qtbot.addWidget(window)
        first, second = Field("One"), Field("Two", kind=FieldKind.AREA)
        window.setLayout(vbox(first, second))
        window.show()
        window.activateWindow()
        qtbot.waitExposed(window)
        first.setFocus()
        qtbot.waitUntil(first.editor.hasFocus)
        with qtbot.waitSignal(first.left):
            qtbot.keyClick(first.editor, Qt.Key.Key_Tab)
        assert second.editor.hasFocus()
        with qtbot.waitSignal(second.left):
            qtbot.keyClick(second.editor, Qt.Key.Key_Tab)

    def test_read_only_cannot_be_typed_into(self, qtbot: QtBot):
        field = Field("Body mass index", kind=FieldKind.READONLY)
        qtbot.addWidget(field)
        field.set_text("26.5")
        qtbot.keyClicks(field.editor, "9")
        assert field.text() == "26.5"

    def test_a_unit_leaves_room(self, qtbot: QtBot):
        edit = LineEdit(unit="mmHg")
        qtbot.addWidget(edit)
        assert edit.textMargins().right() > 20
        edit.set_unit("")
        assert edit.textMargins().right() == 0

    def test_a_password_is_shown_on_request(self, qtbot: QtBot):
        field = PasswordField("Password")
        qtbot.addWidget(field)
        field.show()
        editor = field.editor
        assert isinstance(editor, QLineEdit)
        assert editor.echoMode() is QLineEdit.EchoMode.Password
        eye = field.findChild(IconButton)
        assert eye is not None
        assert eye.accessibleName() == "Show"
        eye.click()
        assert editor.echoMode() is QLineEdit.EchoMode.Normal
        assert eye.accessibleName() == "Hide"
        eye.click()
        assert editor.echoMode() is QLineEdit.EchoMode.Password


class TestSearch:
    def test_it_says_what_to_look_for(self, qtbot: QtBot):
        search = SearchField("Search your record", "Ctrl K")
        qtbot.addWidget(search)
        search.show()
        assert search.accessibleName() == "Search your record"
        assert search.height() == 36 or search.sizeHint().height() >= 36
        with qtbot.waitSignal(search.searched) as said:
            search.setText(" pressure ")
        assert said.args == ["pressure"]
        search.grab()

    def test_its_signs_change_sides_with_the_layout(self, qtbot: QtBot):
        search = SearchField("Search", "Ctrl K")
        qtbot.addWidget(search)
        search.show()
        assert search.textMargins().left() < search.textMargins().right()
        search.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        assert search.textMargins().left() > search.textMargins().right()

    def test_escape_empties_it(self, qtbot: QtBot):
        search = SearchField("Search")
        qtbot.addWidget(search)
        search.setText("pressure")
        qtbot.keyClick(search, Qt.Key.Key_Escape)
        assert search.text() == ""


class TestChoice:
    def test_a_value_is_chosen(self, qtbot: QtBot):
        choice = Choice("Position", (("Sitting", 1), ("Lying", 2)))
        qtbot.addWidget(choice)
        assert choice.value() == 1
        with qtbot.waitSignal(choice.changed) as said:
            choice.set_value(2)
        assert said.args == [2]
        choice.set_items((("Lying", 2), ("Standing", 3)))
        assert choice.value() == 2
        choice.set_value("nothing")
        assert choice.value() is None

    def test_nothing_is_chosen_at_first_if_it_asks(self, qtbot: QtBot):
        choice = Choice("Position", (("Sitting", 1),), placeholder="Choose")
        qtbot.addWidget(choice)
        assert choice.value() is None

    def test_the_wheel_scrolls_the_page_only(self, qtbot: QtBot):
        choice = Choice("Position", (("Sitting", 1), ("Lying", 2)))
        day = DateField("Until", value=QDate(2027, 2, 28))
        for field in (choice, day):
            qtbot.addWidget(field)
            field.show()
            event = QWheelEvent(
                QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120),
                Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(field.editor, event)
        assert choice.value() == 1
        assert day.date() == QDate(2027, 2, 28)

    def test_a_day_within_a_range(self, qtbot: QtBot):
        field = DateField("Until", "At most a year", QDate(2027, 2, 28))
        qtbot.addWidget(field)
        field.set_range(QDate(2027, 1, 1), QDate(2027, 12, 31))
        with qtbot.waitSignal(field.changed):
            field.set_date(QDate(2027, 3, 1))
        field.set_date(QDate(2030, 1, 1))
        assert field.date() == QDate(2027, 12, 31)
        field.grab()


class TestChecks:
    def test_a_check_is_set_by_key(self, qtbot: QtBot):
        check = Check("Remember in the keyring")
        qtbot.addWidget(check)
        check.show()
        with qtbot.waitSignal(check.toggled):
            qtbot.keyClick(check, Qt.Key.Key_Space)
        assert check.isChecked()
        check.grab()
        check.setEnabled(False)
        check.grab()

    def test_radios_exclude_each_other(self, qtbot: QtBot):
        window = QWidget()
        qtbot.addWidget(window)
        one, other = Radio("One"), Radio("Other")
        window.setLayout(vbox(one, other))
        one.setChecked(True)
        other.setChecked(True)
        assert not one.isChecked()
        window.grab()

    def test_cards_exclude_each_other(self, qtbot: QtBot):
        window = QWidget()
        qtbot.addWidget(window)
        cards = [OptionCard(Option(n, f"{n} months", "From today", "clock")) for n in (3, 12)]
        window.setLayout(vbox(*cards))
        window.show()
        qtbot.keyClick(cards[1], Qt.Key.Key_Space)
        assert [card.isChecked() for card in cards] == [False, True]
        assert cards[1].option.value == 12
        window.grab()


class TestSegments:
    def test_arrows_and_clicks_choose(self, qtbot: QtBot):
        control = SegmentedControl(("Table", "Plot"))
        qtbot.addWidget(control)
        control.show()
        with qtbot.waitSignal(control.changed) as said:
            qtbot.keyClick(control, Qt.Key.Key_Right)
        assert said.args == [1]
        assert control.accessibleName() == "Plot"
        qtbot.mouseClick(control, Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
        assert control.current == 0
        qtbot.keyClick(control, Qt.Key.Key_Left)
        assert control.current == 0

    def test_from_right_to_left_the_arrows_turn(self, qtbot: QtBot):
        control = SegmentedControl(("Table", "Plot"))
        qtbot.addWidget(control)
        control.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        qtbot.keyClick(control, Qt.Key.Key_Left)
        assert control.current == 1
        control.grab()

    def test_other_texts(self, qtbot: QtBot):
        control = SegmentedControl(("Version 1",))
        qtbot.addWidget(control)
        control.set_texts(("Version 2", "Version 1"), 1)
        assert control.current == 1
        control.set_current(7)
        assert control.current == 1
