"""A permission to choose: a row for each family, opening into its categories."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from medrec.domain.categories import Category, Permission
from medrec.views.common import theme
from medrec.views.common.buttons import IconButton
from medrec.views.common.choices import Check
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider
from medrec.views.common.painting import box
from medrec.views.common.theme import ground
from medrec.views.common.tiles import CategoryTile
from medrec.views.common.tokens import Family, members
from medrec.views.common.words import category_name, family_note, family_title

COLUMN = 72
_NOTE = 84


class PartCheck(Check):
    """A check that can be half: some of what it stands for is chosen."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._part = False
        self.setAccessibleName(name)
        self.setToolTip(name)

    @property
    def part(self) -> bool:
        """Whether only a part is chosen."""
        return self._part

    def set_share(self, chosen: int, of: int) -> None:
        """Show none, a part, or all; says nothing."""
        self.blockSignals(True)
        self.setChecked(chosen == of and of > 0)
        self.blockSignals(False)
        self._part = 0 < chosen < of
        self.update()

    def _mark(self, painter: QPainter, rect: QRectF) -> None:
        if not self._part:
            super()._mark(painter, rect)
            return
        box(painter, rect, 5, "accent")
        bar = QRectF(rect.left() + 4, rect.center().y() - 1, rect.width() - 8, 2)
        painter.fillRect(bar, theme.colour("on_accent"))


class _Line(QWidget):
    """One row: a tile, words, a note, two checks."""

    toggled = pyqtSignal(object, bool, bool)
    """The line's categories, whether it is about writing, on or off."""

    def __init__(
        self, kind: Family | Category, categories: tuple[Category, ...], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.categories = categories
        small = isinstance(kind, Category)
        name = category_name(kind) if isinstance(kind, Category) else family_title(kind)
        row = QHBoxLayout(self)
        high = 6 if small else 8
        row.setContentsMargins(20, high, 20, high)
        row.setSpacing(14)
        if small:
            row.addSpacing(48)
        row.addWidget(CategoryTile(kind, 24 if small else 36))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(Label(name, Type.BODY if small else Type.ROW_STRONG, wrap=True))
        if not isinstance(kind, Category):
            words.addWidget(Label(family_note(kind), Type.SMALL, "text_2", wrap=True))
        row.addLayout(words, 1)
        self.note = Label("", Type.SMALL, "text_3")
        self.note.setMinimumWidth(_NOTE)
        self.note.hide()
        row.addWidget(self.note)
        self.opener = IconButton("chevron-down", self.tr("Show its categories"), 28, parent=self)
        policy = self.opener.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.opener.setSizePolicy(policy)
        self.opener.setVisible(not small and len(categories) > 1)
        row.addWidget(self.opener)
        self.read = PartCheck(self.tr("Read {}").format(name))
        self.write = PartCheck(self.tr("Write {}").format(name))
        for check, write in ((self.read, False), (self.write, True)):
            row.addWidget(_cell(check))
            check.toggled.connect(
                lambda on, write=write: self.toggled.emit(self.categories, write, on)
            )

    def always(self) -> None:
        """Identity goes with every access and is written by the patient alone."""
        self.read.set_share(1, 1)
        self.read.setEnabled(False)
        self.write.hide()

    def show_permission(self, permission: Permission) -> None:
        """Set both checks."""
        of = len(self.categories)
        self.read.set_share(sum(c in permission.read for c in self.categories), of)
        self.write.set_share(sum(c in permission.write for c in self.categories), of)


def _cell(check: Check) -> QWidget:
    cell = QWidget()
    cell.setFixedWidth(COLUMN)
    inner = QHBoxLayout(cell)
    inner.setContentsMargins(0, 0, 0, 0)
    inner.addWidget(check, 0, Qt.AlignmentFlag.AlignCenter)
    return cell


class MatrixRows(QFrame):
    """Families with a check to read and one to write; writing takes reading along."""

    changed = pyqtSignal(object)

    def __init__(self, permission: Permission, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._permission = permission
        self._families: dict[Family, _Line] = {}
        self._parts: dict[Family, list[_Line]] = {}
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._whole.addWidget(self._head())
        for family in Family:
            if family is not Family.IDENTITY:
                self._whole.addWidget(Divider())
            self._add(family)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.set_permission(permission)

    @property
    def permission(self) -> Permission:
        """What is chosen."""
        return self._permission

    def set_permission(self, permission: Permission) -> None:
        """Show a permission; says nothing."""
        self._permission = permission
        for family, line in self._families.items():
            if family is Family.IDENTITY:
                continue
            line.show_permission(permission)
            for part in self._parts.get(family, []):
                part.show_permission(permission)

    def set_notes(self, notes: Mapping[Family, str]) -> None:
        """Say something about families: "14 records"."""
        for family, line in self._families.items():
            note = notes.get(family, "")
            line.note.setText(note)
            line.note.setVisible(bool(note))

    def line(self, family: Family) -> tuple[PartCheck, PartCheck]:
        """The two checks of a family."""
        held = self._families[family]
        return held.read, held.write

    def expand(self, family: Family, shown: bool = True) -> None:
        """Show the categories of a family one by one."""
        for part in self._parts.get(family, []):
            part.setVisible(shown)
        opener = self._families[family].opener
        name = self.tr("Hide its categories") if shown else self.tr("Show its categories")
        opener.set_icon("chevron-up" if shown else "chevron-down", name)

    def _head(self) -> QWidget:
        head = QWidget(self)
        ground(head, "sunken")
        row = QHBoxLayout(head)
        row.setContentsMargins(20, 0, 20, 0)
        row.setSpacing(14)
        head.setMinimumHeight(34)
        row.addWidget(Label(self.tr("Category"), Type.CAPTION_STRONG, "text_3"), 1)
        for text in (self.tr("Read"), self.tr("Write")):
            label = Label(text, Type.CAPTION_STRONG, "text_3")
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setFixedWidth(COLUMN)
            row.addWidget(label)
        return head

    def _add(self, family: Family) -> None:
        held = members(family)
        line = _Line(family, held, self)
        self._families[family] = line
        self._whole.addWidget(line)
        if family is Family.IDENTITY:
            line.always()
            return
        line.toggled.connect(self._toggled)
        if len(held) < 2:
            return
        self._parts[family] = []
        for category in held:
            part = _Line(category, (category,), self)
            part.toggled.connect(self._toggled)
            part.hide()
            self._whole.addWidget(part)
            self._parts[family].append(part)
        line.opener.clicked.connect(lambda: self.expand(family, self._parts[family][0].isHidden()))

    def _toggled(self, categories: tuple[Category, ...], write: bool, on: bool) -> None:
        read, writes = set(self._permission.read), set(self._permission.write)
        if on:
            read |= set(categories)
            writes |= set(categories) if write else set()
        else:
            writes -= set(categories)
            read -= set() if write else set(categories)
        self.set_permission(Permission(frozenset(read), frozenset(writes)))
        self.changed.emit(self._permission)
