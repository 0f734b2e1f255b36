"""Who may open what: eight tiles in a fixed order, and the same in words."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QCoreApplication, QEvent, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from medrec.domain.categories import GENERAL, Category, Permission
from medrec.views.common import theme
from medrec.views.common.icons import FAMILY_ICONS, paint_icon
from medrec.views.common.matrix_rows import MatrixRows
from medrec.views.common.painting import box
from medrec.views.common.tokens import Family, members
from medrec.views.common.words import category_name, family_name

TILE, GAP, DOT = 26, 8, 14


def _tr(text: str) -> str:
    return QCoreApplication.translate("Matrix", text)


def opened(permission: Permission, family: Family, write: bool = False) -> tuple[int, int]:
    """How many categories of a family are open, of how many. Identity is always open to read."""
    held = members(family)
    if family is Family.IDENTITY:
        return (0 if write else 1), 1
    chosen = permission.write if write else permission.read
    return sum(c in chosen for c in held), len(held)


def _names(categories: Iterable[Category]) -> list[str]:
    """The shortest list of names: a family that is there as a whole counts as one."""
    chosen = set(categories)
    names: list[str] = []
    for family in Family:
        held = members(family)
        there = [c for c in held if c in chosen]
        if len(there) == len(held) and family is not Family.IDENTITY:
            names.append(family_name(family).lower())
        else:
            names += [category_name(c).lower() for c in there if c is not Category.IDENTITY]
    return names


def _read_words(read: frozenset[Category]) -> str:
    grantable = [c for c in Category if c is not Category.IDENTITY]
    closed = [c for c in grantable if c not in read]
    if not closed:
        return _tr("Everything")
    if not set(grantable) & read:
        return _tr("Identity only")
    if set(GENERAL) <= read and not read - set(GENERAL) - {Category.IDENTITY}:
        return _tr("Everything but sensitive")
    names = _names(read)
    missing = _names(closed)
    if len(missing) <= 2 and len(names) > 3:
        return _tr("Everything but {}").format(_tr(" and ").join(missing))
    return _capital(", ".join(names))


def caption(permission: Permission) -> str:
    """In words: "Everything but sensitive; writes problems, vitals"."""
    words = _read_words(permission.read)
    writes = permission.write - {Category.IDENTITY}
    if not writes:
        return words
    if writes == permission.read - {Category.IDENTITY}:
        return _tr("{}; writes all of it").format(words)
    return _tr("{}; writes {}").format(words, ", ".join(_names(writes)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def tile_rects(rect: QRect | QRectF, mirrored: bool = False) -> list[QRectF]:
    """Where the eight tiles lie, from the leading edge of a rectangle."""
    where = QRectF(rect)
    top = where.center().y() - TILE / 2
    rects = []
    for index in range(len(Family)):
        left = index * (TILE + GAP)
        x = where.right() - left - TILE if mirrored else where.left() + left
        rects.append(QRectF(x, top, TILE, TILE))
    return rects


def matrix_width() -> int:
    """How wide the eight tiles are."""
    return len(Family) * TILE + (len(Family) - 1) * GAP + 4


def paint_matrix(painter: QPainter, rect: QRect | QRectF, permission: Permission) -> None:
    """Draw the eight tiles from the leading edge, in the middle of the height."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    mirrored = painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
    for family, tile in zip(Family, tile_rects(rect, mirrored), strict=True):
        read, of = opened(permission, family)
        writes, _ = opened(permission, family, write=True)
        if not read and not writes:
            _paint_closed(painter, tile)
            continue
        paint_open(painter, tile, family, part=read < of, writes=writes > 0)


def paint_open(
    painter: QPainter, tile: QRectF, family: Family, part: bool = False, writes: bool = False
) -> None:
    """An open tile: dashed where only a part is open, with a pencil where it may be written."""
    ink, ground = theme.family_colour(family)
    box(painter, tile, 6, ground)
    if part:
        _dashed(painter, tile, ink)
    side = TILE * 0.58
    icon = QRectF(0, 0, side, side)
    icon.moveCenter(tile.center())
    paint_icon(painter, icon, FAMILY_ICONS[family], ink)
    if writes:
        mirrored = painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = tile.left() - 4 if mirrored else tile.right() - DOT + 4
        dot = QRectF(left, tile.bottom() - DOT + 3, DOT, DOT)
        box(painter, dot.adjusted(-1, -1, 1, 1), DOT / 2 + 1, "surface")
        box(painter, dot, DOT / 2, "accent")
        look = theme.tokens()
        paint_icon(painter, dot.adjusted(3, 3, -3, -3), "pencil", look.on_accent)


def _paint_closed(painter: QPainter, tile: QRectF) -> None:
    _dashed(painter, tile, theme.tokens().border_2)
    middle = tile.center()
    painter.setPen(QPen(theme.colour("text_3"), 1.5))
    painter.drawLine(middle - QPointF(4, 0), middle + QPointF(4, 0))


def _dashed(painter: QPainter, tile: QRectF, colour: str) -> None:
    pen = QPen(QColor(colour), 1)
    pen.setDashPattern([3, 2.5])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(tile.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


def tile_words(permission: Permission, family: Family) -> str:
    """What a tile says: "Sensitive: read 2 of 4, write 1 of 4"."""
    read, of = opened(permission, family)
    writes, _ = opened(permission, family, write=True)
    name = family_name(family)
    if not read and not writes:
        return _tr("{}: closed").format(name)
    words = _tr("read") if read == of else _tr("read {} of {}").format(read, of)
    if writes:
        words += ", "
        words += _tr("write") if writes == of else _tr("write {} of {}").format(writes, of)
    return f"{name}: {words}"


class MatrixTiles(QWidget):
    """The eight tiles as a widget; each says what it is in the tooltip."""

    def __init__(self, permission: Permission, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._permission = permission
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_permission(permission)

    def set_permission(self, permission: Permission) -> None:
        """Show another permission."""
        self._permission = permission
        self.setAccessibleName(caption(permission))
        said = ". ".join(tile_words(permission, family) for family in Family)
        self.setAccessibleDescription(said)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(matrix_width(), TILE + 6)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            tiles = tile_rects(self.rect(), self.isRightToLeft())
            for family, tile in zip(Family, tiles, strict=True):
                if tile.contains(event.pos().toPointF()):
                    QToolTip.showText(event.globalPos(), tile_words(self._permission, family), self)
                    return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        paint_matrix(painter, self.rect(), self._permission)
        painter.end()


class CategoryMatrix(QWidget):
    """A permission: tiles to look at, or rows with checks for each family to choose from."""

    changed = pyqtSignal(object)
    """The Permission that was chosen."""

    def __init__(
        self, permission: Permission, editable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self.rows: MatrixRows | None = None
        self._tiles: MatrixTiles | None = None
        if editable:
            self.rows = MatrixRows(permission)
            self.rows.changed.connect(self.changed)
            whole.addWidget(self.rows)
        else:
            self._tiles = MatrixTiles(permission)
            whole.addWidget(self._tiles)
        self._permission = permission

    @property
    def permission(self) -> Permission:
        """What is shown, or was chosen."""
        return self.rows.permission if self.rows is not None else self._permission

    def set_permission(self, permission: Permission) -> None:
        """Show another permission; says nothing."""
        self._permission = permission
        if self.rows is not None:
            self.rows.set_permission(permission)
        if self._tiles is not None:
            self._tiles.set_permission(permission)
