"""Who somebody is: patient, doctor or administrator, as cards of which one is chosen."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from medrec.domain.people import Role
from medrec.views.common import theme
from medrec.views.common.fonts import Type
from medrec.views.common.icons import paint_icon
from medrec.views.common.labels import Label
from medrec.views.common.painting import box, paint_icon_tile


class RoleCard(QAbstractButton):
    """A role: icon, name, and what it is for."""

    def __init__(self, icon: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(20, 72, 20, 18)
        inside.setSpacing(4)
        for label in (
            Label(title, Type.ROW_STRONG),
            Label(text, Type.SMALL, "text_2", wrap=True),
        ):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            inside.addWidget(label)
        inside.addStretch(1)

    def sizeHint(self) -> QSize:
        """As its words need (Qt)."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else QSize(200, 160)

    def hasHeightForWidth(self) -> bool:
        """Narrow, its words take more lines (Qt)."""
        return True

    def heightForWidth(self, a0: int) -> int:
        """As high as its words need (Qt)."""
        layout = self.layout()
        return layout.heightForWidth(a0) if layout is not None else 160

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw edge, icon and mark (Qt)."""
        painter = QPainter(self)
        chosen = self.isChecked()
        fill = "hover" if self.underMouse() and not chosen else "surface"
        edge, width = ("accent", 2.0) if chosen else ("border_2", 1.0)
        box(painter, self.rect(), 10, fill, edge, width)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        tile, mark = QRectF(20, 20, 40, 40), QRectF(self.width() - 34, 16, 18, 18)
        if mirrored:
            tile.moveLeft(self.width() - 60)
            mark.moveLeft(16)
        paint_icon_tile(painter, tile, self._icon, "accent_text", "accent_soft")
        sign, colour = ("circle-check", "accent") if chosen else ("circle", "strong")
        paint_icon(painter, mark, sign, theme.colour(colour).name())
        painter.end()


class RoleChoice(QWidget):
    """The three roles side by side."""

    chosen = pyqtSignal(object)
    """`Role`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = {
            Role.PATIENT: RoleCard(
                "user-round",
                self.tr("Patient"),
                self.tr("Your record is yours: you decide who opens it."),
            ),
            Role.DOCTOR: RoleCard(
                "stethoscope",
                self.tr("Doctor"),
                self.tr("You read and write the records that patients open to you."),
            ),
            Role.ADMINISTRATOR: RoleCard(
                "shield-user",
                self.tr("Administrator"),
                self.tr("You verify doctors and identities, and read no record."),
            ),
        }
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for role, card in self.cards.items():
            self._group.addButton(card, int(role))
            row.addWidget(card, 1)
        self._group.idClicked.connect(lambda number: self.chosen.emit(Role(number)))
        self.choose(Role.PATIENT)

    def role(self) -> Role:
        """The chosen role."""
        return Role(self._group.checkedId())

    def choose(self, role: Role) -> None:
        """Choose a role."""
        self.cards[role].setChecked(True)
        # Tab reaches the chosen one, arrows the others: Qt sees to it only from the first key on.
        for card in self.cards.values():
            tabbed = Qt.FocusPolicy.StrongFocus if card.isChecked() else Qt.FocusPolicy.ClickFocus
            card.setFocusPolicy(tabbed)
