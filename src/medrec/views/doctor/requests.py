"""What the doctor asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from medrec.domain.ids import short_address
from medrec.models.doctor.patients import RequestsModel
from medrec.services.my_patients import MyRequest, RequestState
from medrec.views.common import dates
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card, Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import Divider, Page, clear, hbox
from medrec.views.common.states import Empty, StateStack
from medrec.views.common.tiles import Avatar, CategoryTile
from medrec.views.common.tokens import Family, members
from medrec.views.common.words import category_name, family_name
from medrec.views.doctor import words

LATELY = 92 * 86_400
"""Seconds for which an answered request is shown at first."""

_BADGES = {
    RequestState.SENDING: (Tone.ACCENT, "upload"),
    RequestState.NOT_SENT: (Tone.DANGER, "circle-alert"),
    RequestState.OPEN: (Tone.WARNING, "clock"),
    RequestState.GRANTED: (Tone.SUCCESS, "check"),
    RequestState.IN_PART: (Tone.SUCCESS, "check"),
    RequestState.REFUSED: (Tone.NEUTRAL, "x"),
    RequestState.WITHDRAWN: (Tone.NEUTRAL, "undo-2"),
    RequestState.UNANSWERED: (Tone.NEUTRAL, "clock"),
}


class RequestLine(QWidget):
    """One request: whom, what, why, what became of it, and what may be done."""

    acted = pyqtSignal(object)

    def __init__(self, request: MyRequest, now: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.request = request
        name = request.name or short_address(request.patient)
        self.action = Button(self.action_text(), Kind.SECONDARY, size=Size.ROW)
        self.action.setVisible(bool(self.action.text()))
        self.action.setAccessibleName(f"{self.action.text()}, {name}")
        self.action.clicked.connect(lambda: self.acted.emit(request))
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 12, 16, 12)
        row.setSpacing(12)
        row.addWidget(Avatar(request.name or "?", 36))
        row.addWidget(self._who(name), 3)
        row.addWidget(self._what(), 4)
        reason = request.error or (request.asked.reason if request.asked is not None else "")
        colour = "danger_text" if request.error else "text_2"
        row.addWidget(ElidedLabel(reason, Type.SMALL, colour), 5)
        row.addWidget(self._state(now))
        place = QWidget()
        place.setFixedWidth(112)
        inner = QHBoxLayout(place)
        inner.setContentsMargins(4, 0, 0, 0)
        inner.addStretch(1)
        inner.addWidget(self.action)
        row.addWidget(place)
        self.setAccessibleName(f"{name}, {self.state_text()}, {reason}")

    def action_text(self) -> str:
        """What may be done with the request; empty for nothing."""
        return {
            RequestState.SENDING: self.tr("Cancel"),
            RequestState.NOT_SENT: self.tr("Drop"),
            RequestState.OPEN: self.tr("Withdraw"),
            RequestState.GRANTED: self.tr("Chart"),
            RequestState.IN_PART: self.tr("Chart"),
            RequestState.UNANSWERED: self.tr("Ask again"),
            RequestState.WITHDRAWN: self.tr("Ask again"),
        }.get(self.request.state, "")

    def state_text(self) -> str:
        """What became of it, in a word."""
        return {
            RequestState.SENDING: self.tr("Sending"),
            RequestState.NOT_SENT: self.tr("Not sent"),
            RequestState.OPEN: self.tr("Waiting"),
            RequestState.GRANTED: self.tr("Granted"),
            RequestState.IN_PART: self.tr("Granted in part"),
            RequestState.REFUSED: self.tr("Refused"),
            RequestState.WITHDRAWN: self.tr("Withdrawn"),
            RequestState.UNANSWERED: self.tr("Not answered"),
        }[self.request.state]

    def _who(self, name: str) -> QWidget:
        label = ElidedLabel(name, Type.ROW_STRONG)
        known = self.request.name
        second = short_address(self.request.patient) if known else self.tr("Name not known yet")
        below = Label(second, Type.CAPTION, "text_2")
        below.setToolTip(self.request.patient)
        return _two(label, below)

    def _what(self) -> QWidget:
        asked = self.request.asked
        tiles = hbox(spacing=6)
        if asked is None:
            words_ = self.tr("Asked on another computer")
            return _two(Label(words_, Type.SMALL, "text_2"), Label("", Type.CAPTION))
        for family in Family:
            if any(c in asked.permission.read | asked.permission.write for c in members(family)):
                tile = CategoryTile(family, 24)
                writes = any(c in asked.permission.write for c in members(family))
                name = family_name(family)
                both = self.tr("{name}, to write too").format(name=name)
                tile.setToolTip(both if writes else name)
                tiles.addWidget(tile)
        tiles.addStretch(1)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(tiles)
        until = self.tr("until {day}").format(day=dates.day(asked.until))
        column.addWidget(Label(until, Type.CAPTION, "text_2"))
        return holder

    def _state(self, now: int) -> QWidget:
        tone, icon = _BADGES[self.request.state]
        holder = QWidget()
        holder.setFixedWidth(164)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        end = Qt.AlignmentFlag.AlignTrailing
        column.addWidget(Badge(self.state_text(), tone, icon), 0, end)
        column.addWidget(Label(self._when(now), Type.CAPTION, "text_2"), 0, end)
        return holder

    def _when(self, now: int) -> str:
        request = self.request
        if request.answered:
            day = dates.day(request.answered)
            if request.missing:
                names = ", ".join(category_name(c).lower() for c in request.missing[:2])
                more = " …" if len(request.missing) > 2 else ""
                return self.tr("{day}, without {names}").format(day=day, names=names + more)
            return day
        if request.state is RequestState.UNANSWERED and request.asked is not None:
            return self.tr("ended {day}").format(day=dates.day(request.asked.until))
        return self.tr("asked {when}").format(when=words.ago(request.made, now))


class RequestsCard(Card):
    """Requests of one kind, one below the other."""

    acted = pyqtSignal(object)

    def __init__(self, title: str, note: str, none: str, parent: QWidget | None = None) -> None:
        super().__init__(title, note, parent=parent)
        self.set_padding(0, 0)
        self.head.setContentsMargins(20, 12, 20, 12)
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(0)
        self.body.setSpacing(0)
        self._none = none
        self._shown: list[MyRequest] = []
        self.lines: list[RequestLine] = []

    def show_requests(self, requests: Sequence[MyRequest]) -> None:
        """Show these, where they are others than before."""
        if list(requests) == self._shown and self.body.count():
            return
        self._shown = list(requests)
        clear(self.body)
        self.lines = []
        now = words.right_now()
        self.body.addWidget(Divider())
        for place, request in enumerate(requests):
            if place:
                self.body.addWidget(Divider())
            line = RequestLine(request, now)
            line.acted.connect(self.acted)
            self.lines.append(line)
            self.body.addWidget(line)
        if not requests:
            label = Label(self._none, Type.SMALL, "text_3", wrap=True)
            label.setContentsMargins(20, 14, 20, 14)
            self.body.addWidget(label)


class RequestsPage(Page):
    """Open requests, answered ones, and the way to a new one."""

    askRequested = pyqtSignal()
    withdrawRequested = pyqtSignal(object)
    cancelRequested = pyqtSignal(object)
    chartRequested = pyqtSignal(object)
    againRequested = pyqtSignal(object)

    def __init__(self, model: RequestsModel, parent: QWidget | None = None) -> None:
        self.ask = Button("", Kind.PRIMARY, "user-plus")
        super().__init__("", "", self.ask, parent=parent)
        self.set_title(self.tr("Requests"))
        self.set_subtitle(
            self.tr("What you asked for, and what came of it. One open request a patient.")
        )
        self.ask.setText(self.tr("Ask for access"))
        self.ask.clicked.connect(self.askRequested)
        self.model = model
        self._all = False
        self.open = RequestsCard(self.tr("Open"), "", self.tr("Nothing waits for an answer."))
        self.answered = RequestsCard(
            self.tr("Answered"), self.tr("last 3 months"), self.tr("No answers yet.")
        )
        self.earlier = Button(self.tr("Show earlier ones"), Kind.QUIET)
        self.earlier.clicked.connect(self._show_earlier)
        self.stack = StateStack(
            self._content(),
            empty=Empty(
                "inbox",
                self.tr("You have not asked anybody yet"),
                self.tr("What you ask for appears here, with the answer."),
                self.tr("Ask for access"),
                "user-plus",
            ),
        )
        self.stack.acted.connect(self.askRequested)
        self.stack.follow(model)
        self.body.addWidget(self.stack, 1)
        for card in (self.open, self.answered):
            card.acted.connect(self._act)
        model.loaded.connect(self.refresh)
        self.refresh()

    def _content(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.open)
        column.addWidget(self.answered)
        column.addWidget(self.earlier, 0, Qt.AlignmentFlag.AlignLeft)
        note = self.tr(
            "The patient sees your name, specialty, verification and reason."
            " The reason is stored sealed."
        )
        column.addLayout(hbox(Icon("info", 16, "text_3"), Label(note, Type.SMALL, "text_3"), None))
        column.addStretch(1)
        return holder

    def refresh(self) -> None:
        """Show the requests as they are now."""
        since = words.right_now() - LATELY
        answered = self.model.answered
        shown = [r for r in answered if self._all or max(r.answered, r.made) >= since]
        self.open.set_note(str(len(self.model.open)) if self.model.open else "")
        self.open.show_requests(self.model.open)
        self.answered.show_requests(shown)
        self.earlier.setVisible(len(shown) < len(answered))

    def _show_earlier(self) -> None:
        self._all = True
        self.answered.set_note("")
        self.refresh()

    def _act(self, request: MyRequest) -> None:
        if request.state in (RequestState.SENDING, RequestState.NOT_SENT):
            self.cancelRequested.emit(request)
        elif request.state is RequestState.OPEN:
            self.withdrawRequested.emit(request)
        elif request.state in (RequestState.GRANTED, RequestState.IN_PART):
            self.chartRequested.emit(request)
        else:
            self.againRequested.emit(request)


def _two(first: QWidget, second: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addStretch(1)
    column.addWidget(first)
    column.addWidget(second)
    column.addStretch(1)
    return holder
