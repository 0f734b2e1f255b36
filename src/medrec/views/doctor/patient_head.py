"""Whose record it is: on every page of a patient, with the allergies always in sight."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from medrec.clinical.facts import Fact
from medrec.domain.categories import Category
from medrec.models.doctor.current import CurrentPatient
from medrec.services.chart import Chart
from medrec.views.common import dates
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.banner import AllergyBanner, AllergyItem, Banner, Severity
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.record.before import MissingBanner
from medrec.views.common.tiles import Avatar
from medrec.views.doctor import words


class PatientHead(QWidget):
    """Name, identity, access, and the allergy banner, which never scrolls away.

    It follows the `CurrentPatient`; put a page's own buttons into ``actions``.
    """

    askRequested = pyqtSignal(object)
    """A category that is closed, which the doctor wants to ask for."""

    def __init__(
        self, current: CurrentPatient, *actions: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._current = current
        self.avatar = Avatar("?", 44)
        self.name = ElidedLabel("", Type.PAGE_TITLE)
        self.identity = Badge(self.tr("Identity verified"), Tone.SUCCESS, "badge-check")
        self.facts = Label("", Type.SMALL, "text_2")
        self.logged = self._logged()
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        for action in actions:
            self.buttons.addWidget(action)
        self.allergies = AllergyBanner()
        self.allergies.asked.connect(lambda: self.askRequested.emit(Category.ALLERGIES))
        self.stale = Banner("", Tone.WARNING, "cloud-off")
        self.stale.hide()
        self.missing = MissingBanner()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addLayout(self._first_row())
        whole.addWidget(self.stale)
        whole.addWidget(self.missing)
        whole.addWidget(self.allergies)
        current.changed.connect(self._follow)
        self._chart: object = None
        self._follow()

    def _logged(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(6)
        row.addWidget(Icon("eye", 16, "text_3"))
        row.addWidget(Label(self.tr("Your looks are logged"), Type.SMALL, "text_3"))
        holder.setToolTip(
            self.tr("The patient sees that you opened the chart, and which records, and when.")
        )
        return holder

    def _first_row(self) -> QHBoxLayout:
        title = QHBoxLayout()
        title.setSpacing(12)
        title.addWidget(self.name)
        title.addWidget(self.identity, 0, Qt.AlignmentFlag.AlignVCenter)
        title.addStretch(1)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addLayout(title)
        lines.addWidget(self.facts)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.avatar)
        row.addLayout(lines, 1)
        row.addWidget(self.logged)
        row.addLayout(self.buttons)
        return row

    def _follow(self) -> None:
        chart = self._current.chart
        if chart is not self._chart and chart is not None:
            chart.changed.connect(self.refresh)
        self._chart = chart
        self.refresh()

    def refresh(self) -> None:
        """Show who is chosen, as far as it is known."""
        model = self._current.chart
        chart = model.chart if model is not None else None
        self.avatar.set_name(self._current.name)
        self.name.setText(self._current.name)
        for widget in (self.avatar, self.facts):
            widget.setToolTip(self._current.patient or "")
        self.identity.setVisible(chart is not None and chart.verified)
        self.facts.setText(self._facts(chart))
        self.logged.setVisible(chart is not None)
        self.allergies.setVisible(chart is not None)
        stale = model is not None and model.stale and chart is not None
        self.stale.setVisible(stale)
        if stale:
            self.stale.set_text(
                self.tr("You are offline. This is the chart as it was when you opened it.")
            )
        self.missing.show_chart(chart)
        if chart is not None:
            self._show_allergies(chart)

    def _facts(self, chart: Chart | None) -> str:
        if chart is None:
            return ""
        parts = []
        if chart.demographics is not None:
            person = chart.demographics
            parts.append(words.sex_and_age(person, words.right_now()))
            parts.append(self.tr("born {day}").format(day=dates.day(person.birth_date)))
        if chart.until is not None:
            parts.append(self.tr("access until {day}").format(day=dates.day(chart.until)))
        return "  ·  ".join(part for part in parts if part)

    def _show_allergies(self, chart: Chart) -> None:
        closed = Category.ALLERGIES in chart.closed
        reviewed = dates.day(chart.allergies_reviewed) if chart.allergies_reviewed else ""
        items = [_item(fact) for fact in chart.facts.allergies if fact.active]
        if items:
            if closed:
                items.append(AllergyItem(self.tr("Others may be closed to you")))
            if chart.missing is not None:
                items.append(AllergyItem(self.tr("Others may not be shown now")))
            self.allergies.set_items(items, reviewed)
        elif closed:
            self.allergies.set_closed()
        elif chart.missing is not None:
            self.allergies.set_missing()
        elif any(fact.kind == "no allergy" for fact in chart.facts.denied):
            self.allergies.set_none(reviewed)
        else:
            self.allergies.set_unknown()


def _item(fact: Fact) -> AllergyItem:
    year = fact.when[:4]
    detail = ", ".join(part for part in (fact.detail.lower(), year) if part)
    severity: Severity = "severe" if fact.critical else _SEVERITIES.get(fact.severity, "")
    return AllergyItem(fact.title, detail, severity)


_SEVERITIES: dict[str, Severity] = {"mild": "mild", "moderate": "moderate", "severe": "severe"}


class NobodyChosen(QWidget):
    """What a page of a patient shows while nobody is chosen."""

    chooseRequested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        go = Button(self.tr("Choose a patient"), Kind.PRIMARY, "users")
        go.clicked.connect(self.chooseRequested)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(Icon("users", 32, "text_3"), 0, Qt.AlignmentFlag.AlignHCenter)
        for text, role, colour in (
            (self.tr("No patient is chosen"), Type.HEADING, "text"),
            (self.tr("Choose one under Patients. Opening a chart is logged."), Type.BODY, "text_2"),
        ):
            label = Label(text, role, colour)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addWidget(go, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
