"""Sharing: who can open what, and until when."""

from __future__ import annotations

import time

from PyQt6.QtCore import QAbstractItemModel, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from medrec.models.patient.access import (
    EndedModel,
    RequestsModel,
    SharesBeforeModel,
    SharesModel,
)
from medrec.services.access_overview import Asked, EndedShare, Share
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card, Icon
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider, Page, hbox
from medrec.views.common.row_widgets import RowWidgets
from medrec.views.common.states import Empty, StateStack
from medrec.views.common.theme import ground
from medrec.views.patient.access_before import BeforeCard
from medrec.views.patient.access_rows import (
    LOOKED,
    UNTIL,
    WHAT,
    WHO,
    EndedRow,
    RequestCard,
    ShareRow,
)
from medrec.views.patient.grant import GrantView

NARROW = 1000
"""Width in pixels below which the last look goes into the second line."""


class AccessPage(QWidget):
    """The overview of sharing, and in its place the steps of giving access."""

    giveAsked = pyqtSignal()
    codeAsked = pyqtSignal()
    refused = pyqtSignal(str)
    reviewed = pyqtSignal(str)
    changeAsked = pyqtSignal(str)
    revokeAsked = pyqtSignal(str)
    againAsked = pyqtSignal(str)
    """Each with the doctor's address."""
    revokeBeforeAsked = pyqtSignal(object)
    """With the `ShareBefore`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.overview = SharingView()
        self.grant = GrantView()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.overview)
        self._stack.addWidget(self.grant)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        view = self.overview
        view.give.clicked.connect(self.giveAsked)
        view.stack.acted.connect(self.giveAsked)
        view.code.clicked.connect(self.codeAsked)
        for theirs, ours in (
            (view.refused, self.refused),
            (view.reviewed, self.reviewed),
            (view.changeAsked, self.changeAsked),
            (view.revokeAsked, self.revokeAsked),
            (view.againAsked, self.againAsked),
            (view.before.revoked, self.revokeBeforeAsked),
        ):
            theirs.connect(ours)

    def arrive(self, **facts: object) -> None:
        """Come from elsewhere: ``doctor`` is whose request is to be reviewed."""
        doctor = facts.get("doctor")
        if doctor:
            self.reviewed.emit(str(doctor))

    def show_grant(self, giving: bool) -> None:
        """Show the steps of giving access, or the overview again."""
        self._stack.setCurrentWidget(self.grant if giving else self.overview)
        if giving:
            self.grant.focus_step()
        else:
            self.overview.give.setFocus()

    @property
    def giving(self) -> bool:
        """Whether the steps of giving access are shown."""
        return self._stack.currentWidget() is self.grant


class SharingView(Page):
    """Requests on top, the matrix of who has what until when, what has ended below."""

    refused = pyqtSignal(str)
    reviewed = pyqtSignal(str)
    changeAsked = pyqtSignal(str)
    revokeAsked = pyqtSignal(str)
    againAsked = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.code = Button("", Kind.SECONDARY, "qr-code")
        self.give = Button("", Kind.PRIMARY, "user-plus")
        super().__init__("", "", self.code, self.give, parent=parent)
        self.set_title(self.tr("Sharing"))
        self.set_subtitle(self.tr("Who can open what, and until when. Only you decide."))
        self.code.setText(self.tr("My QR code"))
        self.give.setText(self.tr("Give access"))
        self.requests = RowWidgets(self._request, spacing=12)
        self.shares = RowWidgets(self._share, lines=True)
        self.ended = RowWidgets(self._ended)
        self._none = self._nobody_asks()
        self._running = self._running_card()
        self._over = Card(self.tr("Ended"))
        self._over.body.addWidget(self.ended)
        self.before = BeforeCard()
        for widget in (self._none, self.requests, self._running, self.before, self._over):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.requests.rebuilt.connect(self._count)
        self.shares.rebuilt.connect(self._count)
        self.ended.rebuilt.connect(self._count)
        self._count()

    def set_models(self, shares: SharesModel, requests: RequestsModel, ended: EndedModel) -> None:
        """Show these from now on."""
        self.requests.follow(requests)
        self.shares.follow(shares)
        self.ended.follow(ended)
        self.stack.follow(shares)
        self._requests: QAbstractItemModel = requests
        requests.stateChanged.connect(self._count)
        self._count()

    def set_before(self, model: SharesBeforeModel) -> None:
        """Show what runs in networks of before from now on."""
        self.before.follow(model)

    def _nobody_asks(self) -> QWidget:
        held = QWidget()
        text = Label(self.tr("Nobody asks for access."), Type.SMALL, "text_3")
        row = hbox(Icon("inbox", 16, "text_3"), text, None)
        held.setLayout(row)
        return held

    def _running_card(self) -> Card:
        card = Card(self.tr("Who has access"), look="plain")
        card.head.addWidget(Legend())
        whole = card.layout()
        if whole is not None:
            whole.setContentsMargins(1, 14, 1, 1)
            whole.setSpacing(0)
        card.head.setContentsMargins(19, 0, 19, 12)
        self._head = _Head()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.shares)
        column.addWidget(Divider())
        column.addLayout(self._foot())
        empty = Empty(
            "users",
            self.tr("Nobody has access."),
            self.tr("A doctor appears here when you give access."),
            self.tr("Give access"),
            "user-plus",
        )
        self.stack = StateStack(content, empty=empty)
        card.body.addWidget(self.stack)
        return card

    def _foot(self) -> QHBoxLayout:
        text = self.tr(
            "Each doctor holds sealed keys for the open categories only. "
            "A closed category cannot be decrypted, whatever the program."
        )
        row = hbox(Icon("key-round", 16, "text_3"), Label(text, Type.SMALL, "text_2", wrap=True))
        row.setContentsMargins(19, 12, 19, 12)
        row.setStretch(1, 1)
        return row

    def _request(self, asked: Asked) -> QWidget:
        card = RequestCard(asked)
        card.refused.connect(self.refused)
        card.reviewed.connect(self.reviewed)
        return card

    def _share(self, share: Share) -> QWidget:
        row = ShareRow(share, int(time.time()))
        row.changed.connect(self.changeAsked)
        row.revoked.connect(self.revokeAsked)
        row.set_narrow(self.width() < NARROW)
        return row

    def _ended(self, ended: EndedShare) -> QWidget:
        row = EndedRow(ended)
        row.again.connect(self.againAsked)
        return row

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """With little room a column goes (Qt)."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self._head.set_narrow(narrow)
        self.before.set_narrow(narrow)
        for row in self.shares.widgets:
            if isinstance(row, ShareRow):
                row.set_narrow(narrow)

    def _count(self) -> None:
        requests, shares = len(self.requests.widgets), len(self.shares.widgets)
        self._none.setVisible(requests == 0)
        self.requests.setVisible(requests > 0)
        over = len(self.ended.widgets)
        self._over.setVisible(over > 0)
        self._over.set_note(str(over))
        one = self.tr("1 doctor")
        many = self.tr("{count} doctors").format(count=shares)
        self._running.set_note("" if not shares else one if shares == 1 else many)


class Legend(QWidget):
    """What the tiles of the matrix mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for icon, text in (
            ("eye", self.tr("can read")),
            ("pencil", self.tr("can read and write")),
            ("minus", self.tr("closed")),
        ):
            row.addSpacing(8)
            row.addWidget(Icon(icon, 14, "text_3"))
            row.addWidget(Label(text, Type.SMALL, "text_3"))


class _Head(QWidget):
    """The heads of the columns, in line with the rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "sunken")
        self.setFixedHeight(34)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 16, 0)
        row.setSpacing(12)
        self._labels = []
        for text, width in (
            (self.tr("Doctor"), 32 + 12 + WHO),
            (self.tr("Can open"), WHAT),
            (self.tr("Until"), UNTIL),
            (self.tr("Last looked"), LOOKED),
        ):
            label = Label(text, Type.CAPTION_STRONG, "text_3")
            label.setFixedWidth(width)
            self._labels.append(label)
            row.addWidget(label)
        row.addStretch(1)

    def set_narrow(self, narrow: bool) -> None:
        """Without the last column."""
        self._labels[0].setFixedWidth(32 + 12 + (WHO + 40 if narrow else WHO))
        self._labels[-1].setVisible(not narrow)
