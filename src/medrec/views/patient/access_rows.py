"""The rows of Sharing: a request that waits, a grant that runs, a grant that is over."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from medrec.domain.categories import Category, Permission
from medrec.services.access_overview import Asked, Change, DoctorCard, EndedShare, Share
from medrec.views.common import dates, theme
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card, Icon
from medrec.views.common.fonts import Type
from medrec.views.common.icons import CATEGORY_ICONS, FAMILY_ICONS, paint_icon
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import Divider, Flow, hbox, vbox
from medrec.views.common.matrix import CategoryMatrix, caption
from medrec.views.common.painting import box, paint_text, text_width
from medrec.views.common.tiles import Avatar
from medrec.views.common.tokens import Family, family_of, members
from medrec.views.common.words import category_name, family_name
from medrec.views.patient import access_words as words

WHO, WHAT, UNTIL, LOOKED = 176, 272, 130, 104
"""Widths of the columns of who has access."""

SHORT, WRITTEN = 36, 260
"""Characters from which what may be written is wrapped, and its width in pixels."""


class FamilyTag(QWidget):
    """A family of categories, or one of them, in its tint, with its name."""

    def __init__(self, kind: Family | Category, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if isinstance(kind, Family):
            self._family, self._icon, self._name = kind, FAMILY_ICONS[kind], family_name(kind)
        else:
            self._family, self._icon = family_of(kind), CATEGORY_ICONS[kind]
            self._name = category_name(kind)
        self.setAccessibleName(self._name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Icon and name."""
        return QSize(round(text_width(self._name, Type.SMALL_STRONG)) + 40, 28)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw it (Qt)."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        ink, tile = theme.family_colour(self._family)
        box(painter, self.rect(), 6, tile)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = self.width() - 24 if mirrored else 8
        spot = QRectF(left, self.height() / 2 - 8, 16, 16)
        paint_icon(painter, spot, self._icon, ink)
        inner = self.rect().adjusted(*((8, 0, -30, 0) if mirrored else (30, 0, -6, 0)))
        paint_text(painter, inner, self._name, Type.SMALL_STRONG)
        painter.end()


def kinds(categories: frozenset[Category]) -> list[Family | Category]:
    """Whole families as such, of the others each category; identity is in every grant."""
    found: list[Family | Category] = [Family.IDENTITY]
    for family in Family:
        held = members(family)
        chosen = [category for category in held if category in categories]
        if family is Family.IDENTITY or not chosen:
            continue
        found += [family] if len(chosen) == len(held) else chosen
    return found


class RequestCard(Card):
    """A doctor's request: who, what, until when, why; refused or reviewed."""

    refused = pyqtSignal(str)
    reviewed = pyqtSignal(str)

    def __init__(self, asked: Asked, parent: QWidget | None = None) -> None:
        super().__init__(look="asking", parent=parent)
        doctor = asked.doctor
        title = self.tr("{name} asks for access").format(name=doctor.name)
        self.setAccessibleName(title)
        self.refuse = Button(self.tr("Refuse"), Kind.SECONDARY)
        self.review = Button(self.tr("Review and grant"), Kind.PRIMARY)
        for button, name in ((self.refuse, self.tr("Refuse")), (self.review, self.tr("Review"))):
            button.setAccessibleName(f"{name}: {doctor.name}")
        self.refuse.clicked.connect(lambda: self.refused.emit(doctor.doctor))
        self.review.clicked.connect(lambda: self.reviewed.emit(doctor.doctor))
        self.review.setEnabled(doctor.verified)
        head = hbox(ElidedLabel(title, Type.HEADING), standing(doctor), None, spacing=10)
        second = [
            doctor.specialty,
            self.tr("asked {when}").format(when=words.inside(dates.day_time(asked.at))),
        ]
        below = ElidedLabel("  ·  ".join(part for part in second if part), Type.SMALL, "text_2")
        who = vbox(head, below, spacing=4)
        self.body.addLayout(hbox(Avatar(doctor.name), who, self.refuse, self.review, spacing=14))
        if asked.reason:
            # Why somebody asks is never cut: it is what is decided upon.
            self.body.addWidget(Label(f"“{asked.reason}”", Type.BODY, wrap=True))
        self.body.addLayout(self._wanted(asked))

    def _wanted(self, asked: Asked) -> QHBoxLayout:
        tags = Flow(*(FamilyTag(f) for f in kinds(asked.permission.read)), spacing=6)
        written = words.capital(words.listed(asked.permission.write)) or self.tr("Nothing")
        write = Label(written, Type.ROW, wrap=len(written) > SHORT)
        write.setMinimumWidth(min(round(text_width(written, Type.ROW)) + 4, WRITTEN))
        write.setMaximumWidth(WRITTEN)
        row = hbox(
            _labelled(self.tr("Wants to read"), tags),
            _labelled(self.tr("Wants to write"), hbox(write)),
            Divider(vertical=True),
            _labelled(self.tr("Until"), hbox(Label(dates.day(asked.until), Type.ROW))),
            spacing=24,
        )
        row.setStretch(0, 1)
        return row


class ShareRow(QWidget):
    """A running grant, or one that waits to begin."""

    changed = pyqtSignal(str)
    revoked = pyqtSignal(str)

    def __init__(
        self, share: Share, now: int, parent: QWidget | None = None, changeable: bool = True
    ) -> None:
        super().__init__(parent)
        self.share = share
        self._changeable = changeable
        doctor = share.doctor
        self._second = ElidedLabel("", Type.SMALL, "text_2")
        name = ElidedLabel(doctor.name, Type.ROW_STRONG)
        name.setToolTip(doctor.doctor)
        self._third = ElidedLabel("", Type.SMALL, "text_2")
        self._who = _column(WHO, name, self._second, self._third)
        self._looked = Label(self._last_look(), Type.SMALL, "text_2")
        if share.last_look is not None:
            self._looked.setToolTip(dates.day_time(share.last_look))
        self._looked.setFixedWidth(LOOKED)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 10, 16, 10)
        row.setSpacing(12)
        row.addWidget(Avatar(doctor.name, 32))
        row.addWidget(self._who)
        row.addWidget(self._can_open())
        row.addWidget(self._until(now))
        row.addWidget(self._looked)
        row.addStretch(1)
        self._actions(row)
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """With little room the last look goes below the specialty."""
        self._looked.setVisible(not narrow)
        second, third = self.share.doctor.specialty, ""
        if narrow and self.share.last_look is not None:
            when = words.inside(dates.short(self.share.last_look))
            third = self.tr("Looked {when}").format(when=when)
        if self.share.doctor.suspended:
            second, third = self.tr("Suspended: opens nothing now"), ""
        for line, text in ((self._second, second), (self._third, third)):
            line.setText(text)
            line.setVisible(bool(text))
        self._who.setFixedWidth(WHO + 40 if narrow else WHO)

    def _last_look(self) -> str:
        if self.share.last_look is None:
            return self.tr("Never")
        return words.lately(self.share.last_look)

    def _can_open(self) -> QWidget:
        permission = self.share.permission
        said = caption(permission)
        if self.share.from_today:
            said = self.tr("{what}; from today on only").format(what=said)
        tiles = CategoryMatrix(permission)
        return _column(WHAT, tiles, Label(said, Type.SMALL, "text_2", wrap=True))

    def _until(self, now: int) -> QWidget:
        text, soon = words.left(self.share.until, now)
        second = Label(text, Type.SMALL, "warning_text" if soon else "text_2")
        line = hbox(Icon("clock", 14, "warning_text"), second, None, spacing=6) if soon else second
        return _column(UNTIL, Label(dates.day(self.share.until), Type.ROW), line)

    def _actions(self, row: QHBoxLayout) -> None:
        pending = self.share.pending
        if pending is not None:
            text = self.tr("Revoking") if pending is Change.REVOKE else self.tr("Confirming")
            row.addWidget(Badge(text, Tone.WARNING, "clock"))
            return
        name, doctor = self.share.doctor.name, self.share.doctor.doctor
        self.change = Button(self.tr("Change"), Kind.SECONDARY, size=Size.ROW)
        self.change.setAccessibleName(self.tr("Change the access of {name}").format(name=name))
        self.change.clicked.connect(lambda: self.changed.emit(doctor))
        self.revoke = Button(self.tr("Revoke"), Kind.DANGER_OUTLINE, size=Size.ROW)
        self.revoke.setAccessibleName(self.tr("Revoke the access of {name}").format(name=name))
        self.revoke.clicked.connect(lambda: self.revoked.emit(doctor))
        row.addWidget(self.change)
        self.change.setVisible(self._changeable)
        row.addWidget(self.revoke)


class EndedRow(QWidget):
    """A grant that is over."""

    again = pyqtSignal(str)

    def __init__(self, ended: EndedShare, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        doctor = ended.doctor
        text = self.tr("Revoked by you on {day}") if ended.revoked else self.tr("Ended on {day}")
        name = ElidedLabel(doctor.name, Type.ROW)
        name.setToolTip(doctor.doctor)
        name.setFixedWidth(WHO)
        give = Button(self.tr("Give again"), Kind.QUIET, size=Size.ROW)
        give.setAccessibleName(self.tr("Give access again to {name}").format(name=doctor.name))
        give.clicked.connect(lambda: self.again.emit(doctor.doctor))
        give.setEnabled(doctor.verified)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        row.addWidget(Avatar(doctor.name, 28))
        row.addWidget(name)
        row.addWidget(Label(text.format(day=dates.day(ended.at)), Type.SMALL, "text_2"))
        row.addStretch(1)
        row.addWidget(give)


def standing(doctor: DoctorCard) -> Badge:
    """Whether a verifier vouches for the doctor now."""
    if doctor.verified:
        return Badge(words.tr("Verified doctor"), Tone.SUCCESS, "badge-check")
    if doctor.suspended:
        return Badge(words.tr("Suspended"), Tone.DANGER, "ban")
    return Badge(words.tr("Not verified"), Tone.WARNING, "triangle-alert")


def readable(permission: Permission) -> Permission:
    """With identity, which every grant opens."""
    return Permission(permission.read | {Category.IDENTITY}, permission.write)


def _column(width: int, *items: QWidget | QHBoxLayout) -> QWidget:
    held = QWidget()
    held.setFixedWidth(width)
    layout = QVBoxLayout(held)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(3)
    layout.addStretch(1)
    for item in items:
        if isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)
    layout.addStretch(1)
    return held


def _labelled(label: str, content: QLayout) -> QVBoxLayout:
    return vbox(Label(label, Type.SMALL, "text_2"), content, None, spacing=4)
