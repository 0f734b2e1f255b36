"""The doctor's patients: who let the doctor read, what, until when."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from medrec.models.doctor.patients import PatientRow, PatientsModel, Shown
from medrec.models.rows import LoadState
from medrec.views.common.badges import Chip
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card, Icon
from medrec.views.common.fonts import Type
from medrec.views.common.inputs import SearchField
from medrec.views.common.labels import Label
from medrec.views.common.layout import Page, hbox
from medrec.views.common.lists import ListView
from medrec.views.common.painting import Tone
from medrec.views.common.record.before import MissingBanner
from medrec.views.common.states import Empty, Message, StateStack
from medrec.views.doctor.patients_rows import PatientDelegate, PatientsHead

UNVERIFIED = frozenset({"DoctorNotVerified", "NotRegisteredYet"})


class PatientsPage(Page):
    """The list, its chips and search; what to open or ask for is told by signals."""

    opened = pyqtSignal(object)
    """The `PatientRow` whose chart is to be opened."""
    askRequested = pyqtSignal()
    importRequested = pyqtSignal()

    def __init__(self, model: PatientsModel, parent: QWidget | None = None) -> None:
        self.bring = Button("", Kind.SECONDARY, "file-input")
        self.ask = Button("", Kind.PRIMARY, "user-plus")
        super().__init__("", "", self.bring, self.ask, scroll=False, parent=parent)
        self.set_title(self.tr("Patients"))
        self.set_subtitle(
            self.tr(
                "People who let you read their record. Access ends by itself on the date shown."
            )
        )
        self.bring.setText(self.tr("Import FHIR"))
        self.ask.setText(self.tr("Ask for access"))
        self.bring.clicked.connect(self.importRequested)
        self.ask.clicked.connect(self.askRequested)
        self.model = model
        self.chips = {shown: Chip("", icon) for shown, icon in _CHIPS.items()}
        self.search = SearchField(self.tr("Find by name or address"))
        self._make_list(model)
        self.either = QStackedWidget()
        self.either.addWidget(self._card())
        self.either.addWidget(self.waits)
        self.missing = MissingBanner()
        self.above.addWidget(self.missing)
        self.body.addWidget(self.either, 1)
        self.stack.follow(model)
        model.counted.connect(self._counted)
        model.stateChanged.connect(self._state)
        model.loaded.connect(self._show_missing)
        self._name_chips()
        self._counted()
        self._state()
        self._show_missing()

    def _make_list(self, model: PatientsModel) -> None:
        self.list = ListView(single=True)
        self.list.setModel(model)
        self.list.setItemDelegate(PatientDelegate(self.list))
        self.list.setAccessibleName(self.tr("Patients"))
        self.list.opened.connect(self._open)
        self.count = Label("", Type.SMALL, "text_2")
        self.stack = StateStack(
            self.list,
            empty=Empty(
                "users",
                self.tr("Nobody has let you read yet"),
                self.tr("Patients appear here when they give you access. You can ask them for it."),
                self.tr("Ask for access"),
                "user-plus",
            ),
        )
        self.stack.acted.connect(self.askRequested)
        self.waits = Message(
            "clock",
            self.tr("You wait to be verified"),
            self.tr(
                "An administrator of your clinic checks your licence. Until then nobody's record"
                " opens to you, and you cannot ask for access."
            ),
            tone=Tone.WARNING,
        )

    def _name_chips(self) -> None:
        names = {
            Shown.ALL: self.tr("All"),
            Shown.SOON: self.tr("Ends soon"),
            Shown.WAITING: self.tr("Waiting"),
            Shown.ENDED: self.tr("Ended"),
        }
        for shown, chip in self.chips.items():
            chip.setText(names[shown])
            chip.clicked.connect(lambda _, shown=shown: self.show_only(shown))
        self.search.textChanged.connect(lambda _: self.show_only(self.model.shown))

    def _card(self) -> Card:
        card = Card()
        card.set_padding(0, 0)
        card.body.setSpacing(0)
        bar = hbox(*self.chips.values(), None, self.search)
        bar.setContentsMargins(16, 10, 16, 10)
        self.search.setFixedWidth(240)
        foot = hbox(
            self.count,
            None,
            Icon("eye", 16, "text_3"),
            Label(
                self.tr("Opening a chart is logged and shown to the patient"), Type.SMALL, "text_3"
            ),
        )
        foot.setContentsMargins(20, 8, 20, 8)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(PatientsHead())
        middle.addWidget(self.stack, 1)
        card.body.addLayout(bar)
        card.body.addLayout(middle, 1)
        card.body.addLayout(foot)
        return card

    def show_only(self, shown: Shown) -> None:
        """Show the patients of one chip, among those the search finds."""
        self.model.show_only(shown, self.search.text())
        self._counted()

    def _counted(self) -> None:
        for shown, chip in self.chips.items():
            chip.set_count(self.model.count(shown))
            chip.setChecked(shown is self.model.shown)
        count = self.model.rowCount()
        one = self.tr("1 patient")
        self.count.setText(one if count == 1 else self.tr("{n} patients").format(n=count))
        filtered = bool(self.model.words) or self.model.shown is not Shown.ALL
        if filtered and self.model.everybody:
            self.stack.set_empty(
                self.tr("Nobody fits"), self.tr("Choose another chip, or search for less."), ""
            )
        else:
            self.stack.set_empty(
                self.tr("Nobody has let you read yet"),
                self.tr("Patients appear here when they give you access. You can ask them for it."),
                self.tr("Ask for access"),
            )

    def _state(self) -> None:
        error = self.model.error
        code = error.code if error is not None and self.model.state is LoadState.FAILED else ""
        unverified = code in UNVERIFIED
        if unverified and error is not None and "suspended" in error.sentence:
            self.waits.set(
                self.tr("You are suspended"),
                self.tr("An administrator has suspended you: no record opens to you for now."),
            )
        self.either.setCurrentIndex(1 if unverified else 0)
        self.ask.setEnabled(not unverified)
        self.bring.setEnabled(not unverified)
        self._counted()

    def _show_missing(self) -> None:
        text = self.tr(
            "Patients who let you read in the network before, “{network}”, may not be listed now."
        )
        self.missing.say(text, self.model.missing)

    def showEvent(self, event: QShowEvent | None) -> None:
        """The list has the keyboard when the page comes (Qt)."""
        super().showEvent(event)
        if self.model.rowCount() and not self.search.hasFocus():
            self.list.setFocus()

    def _open(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if isinstance(row, PatientRow):
            self.opened.emit(row)


_CHIPS = {Shown.ALL: "", Shown.SOON: "clock", Shown.WAITING: "inbox", Shown.ENDED: ""}
