"""Verification: who waits, who is verified, suspended or refused, and the one looked at."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QShortcut
from PyQt6.QtWidgets import QStyleOptionViewItem, QWidget

from medrec.domain.ids import Address
from medrec.models.admin.verification import VerificationModel
from medrec.models.admin.words import doctor_title
from medrec.services.verification import Candidate, Standing
from medrec.views.admin.doctor_detail import DoctorDetail
from medrec.views.admin.reason import ReasonDialog
from medrec.views.common import dates
from medrec.views.common.cards import Card
from medrec.views.common.choices import SegmentedControl
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Page, hbox
from medrec.views.common.lists import ListView, RowDelegate, is_selected
from medrec.views.common.painting import (
    Tone,
    badge_width,
    paint_avatar,
    paint_badge,
    paint_text,
    text_width,
)
from medrec.views.common.states import Empty, StateStack

_ORDER = (Standing.WAITING, Standing.VERIFIED, Standing.SUSPENDED, Standing.REFUSED)
_LIST = 344
_ALL = 16_777_215
"""Qt's word for no greatest width."""


class DoctorRows(RowDelegate):
    """Avatar, name over specialty; when at the end, “Asked again” below it."""

    def paint_row(
        self, painter: QPainter, rect: QRect, row: Candidate, option: QStyleOptionViewItem
    ) -> None:
        """Draw a doctor."""
        lead, rest = self.split(rect, 36, option)
        title = doctor_title(row.name, row.address)
        spot = QRectF(lead.left(), lead.center().y() - 17, 36, 36)
        paint_avatar(painter, spot, title, is_selected(option))
        when = dates.ago(row.announced)
        badge = self._badge(row)
        room = text_width(when, Type.CAPTION) + 2
        if badge is not None:
            room = max(room, badge_width(badge[0], badge[2], True))
        words, end = self.split_end(rest, round(room) + 2, option)
        self.two_lines(painter, words, title, row.specialty or row.problem, strong=True)
        side = Qt.AlignmentFlag.AlignTrailing
        if badge is None:
            paint_text(painter, end, when, Type.CAPTION, "text_3", side)
            return
        middle = rect.center().y()
        above = QRect(end.left(), middle - 20, end.width(), 18)
        paint_text(painter, above, when, Type.CAPTION, "text_3", side)
        width = badge_width(badge[0], badge[2], True)
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        left = end.left() if mirrored else end.right() - width + 1
        where = QRectF(left, middle + 1, width, 20)
        paint_badge(painter, where, badge[0], badge[1], badge[2], True)

    def _badge(self, row: Candidate) -> tuple[str, Tone, str] | None:
        if row.problem:
            return self.tr("Does not match"), Tone.DANGER, ""
        return (self.tr("Asked again"), Tone.WARNING, "") if row.again else None


class VerificationPage(Page):
    """The queue and the register; says what is wanted, decides nothing."""

    standingChosen = pyqtSignal(object)
    """A `Standing`."""
    verifyAsked = pyqtSignal(object)
    """The `Candidate` as it was looked at."""
    refuseAsked = pyqtSignal(object, str)
    suspendAsked = pyqtSignal(object, str)

    def __init__(self, model: VerificationModel, parent: QWidget | None = None) -> None:
        self.standings = SegmentedControl(["", "", "", ""], _ORDER.index(model.standing))
        super().__init__("", "", self.standings, scroll=False, parent=parent)
        self.set_title(self.tr("Verification"))
        self.set_subtitle(
            self.tr("A verified doctor can ask patients for access. You sign your decision.")
        )
        self.model = model
        self._current: Address | None = None
        self._awaited: Address | None = None
        self.rows = ListView()
        self.rows.setModel(model)
        self.rows.setItemDelegate(DoctorRows(64, line=False))
        self.rows.setAccessibleName(self.tr("Doctors"))
        self.stack = StateStack(self.rows, empty=Empty("badge-check", self.tr("Nobody waits")))
        self._foot = Label("", Type.CAPTION, "text_2")
        self.card = Card()
        self.card.set_padding(1, 8)
        self.card.body.addWidget(self.stack, 1)
        self.card.body.addLayout(hbox(self._foot, margins=12))
        self.detail = DoctorDetail()
        row = hbox(self.card, self.detail, spacing=16)
        row.setStretch(1, 1)
        self.body.addLayout(row, 1)
        self._connect()

    def _connect(self) -> None:
        self.stack.follow(self.model)
        self.standings.changed.connect(lambda place: self.choose(_ORDER[place]))
        self.rows.chosen.connect(lambda _: self._show_current())
        self.model.countsChanged.connect(self._show_counts)
        self.model.loaded.connect(self._settle)
        self.detail.verifyAsked.connect(self._verify)
        self.detail.refuseAsked.connect(self.ask_refusal)
        self.detail.suspendAsked.connect(self.ask_suspension)
        again = QShortcut(Qt.Key.Key_F5, self)
        again.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        again.activated.connect(self.model.reload)
        self._show_counts()
        self._settle()

    def choose(self, standing: Standing) -> None:
        """Show the doctors of a standing."""
        self.standings.set_current(_ORDER.index(standing))
        self._current, self._awaited = None, None
        self.standingChosen.emit(standing)
        self._settle()

    def arrive(self, doctor: Address | None = None, **_facts: object) -> None:
        """Show a doctor, wherever they stand."""
        row = self.model.find(doctor) if doctor is not None else None
        self._awaited = doctor if row is None else None
        if row is not None:
            self.choose(row.standing)
            self._current = row.address
            self._settle()

    def set_busy(self, busy: bool) -> None:
        """Whether a decision is under way."""
        self.detail.set_busy(busy)

    def ask_refusal(
        self, row: Candidate | None = None, said: str = "", wrong: str = ""
    ) -> ReasonDialog | None:
        """Ask why a doctor, or the one looked at, is refused; ``wrong`` says why not so."""
        row = row or self.detail.row
        if row is None:
            return None
        title = self.tr("Refuse %1?").replace("%1", doctor_title(row.name, row.address))
        text = self.tr(
            "The doctor cannot ask patients for access, reads your reason, and may announce a "
            "corrected profile."
        )
        dialog = ReasonDialog(self, title, text, self.tr("Refuse"))
        dialog.given.connect(lambda reason: self.refuseAsked.emit(row, reason))
        dialog.show_again(said, wrong)
        dialog.open()
        return dialog

    def ask_suspension(
        self, row: Candidate | None = None, said: str = "", wrong: str = ""
    ) -> ReasonDialog | None:
        """Ask why a doctor, or the one looked at, is suspended; ``wrong`` says why not so."""
        row = row or self.detail.row
        if row is None:
            return None
        title = self.tr("Suspend %1?").replace("%1", doctor_title(row.name, row.address))
        text = self.tr(
            "From now on: nothing opens for this doctor and nothing can be written. Records that "
            "are there stay. What the doctor could already read cannot be unread. You can "
            "reinstate the doctor later."
        )
        dialog = ReasonDialog(self, title, text, self.tr("Suspend"))
        dialog.given.connect(lambda reason: self.suspendAsked.emit(row, reason))
        dialog.show_again(said, wrong)
        dialog.open()
        return dialog

    def _verify(self) -> None:
        if self.detail.row is not None:
            self.verifyAsked.emit(self.detail.row)

    def _show_counts(self) -> None:
        words = {
            Standing.WAITING: self.tr("Waiting"),
            Standing.VERIFIED: self.tr("Verified"),
            Standing.SUSPENDED: self.tr("Suspended"),
            Standing.REFUSED: self.tr("Refused"),
        }
        texts = [f"{words[standing]}  {self.model.counts[standing]}" for standing in _ORDER]
        self.standings.set_texts(texts, self.standings.current)

    def _settle(self) -> None:
        """Keep, or make, a choice among the rows that are there now."""
        awaited, self._awaited = self._awaited, None
        if awaited is not None:
            if self.model.find(awaited) is None:
                self._awaited = awaited
            else:
                self.arrive(awaited)
                return
        self._say_empty()
        rows = self.model.rows
        place = next((n for n, row in enumerate(rows) if row.address == self._current), 0)
        if rows:
            self.rows.setCurrentIndex(self.model.index(place))
        self._show_current()

    def _show_current(self) -> None:
        row = self.model.row(self.rows.currentIndex()) if self.model.rows else None
        self.detail.setVisible(row is not None)
        self.card.setMaximumWidth(_LIST if row is not None else _ALL)
        self.card.setMinimumWidth(_LIST if row is not None else 0)
        self._foot.setText(self._oldest())
        self._foot.setVisible(bool(self._foot.text()))
        if row is not None:
            self._current = row.address
            by = self.model.decider(row.decision.by) if row.decision is not None else ""
            self.detail.show_doctor(row, by)

    def _oldest(self) -> str:
        if self.model.standing is not Standing.WAITING or not self.model.rows:
            return ""
        when = dates.ago(self.model.rows[0].announced)
        return self.tr("Oldest request: %1. Aim: under 3 days.").replace("%1", when)

    def _say_empty(self) -> None:
        title, text = {
            Standing.WAITING: (
                self.tr("Nobody waits"),
                self.tr("Doctors appear here as soon as they register."),
            ),
            Standing.VERIFIED: (
                self.tr("No verified doctors yet"),
                self.tr("They appear here when you verify them."),
            ),
            Standing.SUSPENDED: (self.tr("Nobody is suspended"), ""),
            Standing.REFUSED: (self.tr("Nobody was refused"), ""),
        }[self.model.standing]
        self.stack.set_empty(title, text)
