"""What opens over a page: menus and the calendar of a date."""

from __future__ import annotations

from PyQt6.QtCore import QDate, Qt
from PyQt6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from medrec.views.common.calendar import Calendar
from medrec.views.common.fields import DateField
from medrec.views.common.menu import Menu
from medrec.views.common.theme import tokens


class TestMenu:
    def test_an_ampersand_is_part_of_the_name(self, qtbot: QtBot):
        menu = Menu()
        qtbot.addWidget(menu)
        assert menu.add("Profile & security", lambda: None).text() == "Profile && security"

    def test_a_choice_carries_the_mark(self, qtbot: QtBot):
        menu, done = Menu(), []
        qtbot.addWidget(menu)
        inner = menu.add_menu("Look", "sun-moon")
        light = inner.add_choice("Light", lambda: done.append("light"), True)
        dark = inner.add_choice("Dark", lambda: done.append("dark"), False)
        assert (light.isChecked(), dark.isChecked()) == (True, False)
        dark.trigger()
        assert done == ["dark"]

    def test_an_entry_does_what_it_says(self, qtbot: QtBot):
        menu, done = Menu(), []
        qtbot.addWidget(menu)
        action = menu.add("Archive", lambda: done.append(1), "archive")
        menu.add("Take away", lambda: done.append(2), "trash-2", danger=True).trigger()
        action.trigger()
        assert done == [2, 1]
        assert not action.icon().isNull()
        menu.popup(menu.pos())
        menu.grab()
        menu.close()


class TestCalendar:
    def test_a_field_opens_it(self, qtbot: QtBot):
        field = DateField("Until", value=QDate(2027, 2, 28))
        qtbot.addWidget(field)
        assert isinstance(field.editor.calendarWidget(), Calendar)

    def test_the_chosen_day_is_filled(self, qtbot: QtBot):
        calendar = Calendar()
        qtbot.addWidget(calendar)
        calendar.setSelectedDate(QDate(2027, 2, 10))
        calendar.resize(340, 320)
        calendar.show()
        view = calendar.findChild(QTableView)
        assert view is not None
        cells = [
            view.visualRect(view.model().index(row, column))
            for row in range(1, 7)
            for column in range(7)
            if view.model().index(row, column).data() == 10
        ]
        viewport = view.viewport()
        assert viewport is not None
        image = viewport.grab().toImage()
        middle = cells[0].center()
        edge = image.pixelColor(middle.x() - 12, middle.y()).name().upper()
        assert edge == tokens().accent

    def test_days_out_of_range_and_from_right_to_left(self, qtbot: QtBot):
        calendar = Calendar()
        qtbot.addWidget(calendar)
        calendar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        calendar.setMinimumDate(QDate.currentDate().addDays(-2))
        calendar.setMaximumDate(QDate.currentDate().addDays(3))
        calendar.setSelectedDate(QDate.currentDate().addDays(1))
        calendar.show()
        calendar.grab()
        assert calendar.selectedDate() == QDate.currentDate().addDays(1)
