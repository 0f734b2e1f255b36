"""The parts of a page as widgets: facts, results, lists, narrative, tree; folded until wanted."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHeaderView,
    QSizePolicy,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from medrec.clinical.page import Line, Look, Part
from medrec.views.common.badges import Badge
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.fhir.lines import (
    LinesModel,
    LinesView,
    ListDelegate,
    ResultsDelegate,
    ResultsHead,
)
from medrec.views.common.fhir.narrative import Narrative
from medrec.views.common.fhir.words import fact, flag_look, people, words
from medrec.views.common.fonts import Type
from medrec.views.common.icons import paint_icon
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import hbox
from medrec.views.common.painting import paint_text, text_width
from medrec.views.common.theme import colour, set_look, set_type

_LABEL_WIDTH = 128
_FACT = 24
_LONG_WORD = 28
_TREE_ROW, _TREE_MOST = 30, 20
Tree = Callable[[], tuple[Line, ...]]


class PartHead(QAbstractButton):
    """The heading of a part with how many lines it has; a click folds and unfolds it."""

    def __init__(self, title: str, count: int, folded: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = count
        self.setText(title)
        self.setCheckable(True)
        self.setChecked(not folded)
        set_type(self, Type.HEADING)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{title}, {count}" if count else title)

    def sizeHint(self) -> QSize:
        """Qt's question."""
        return QSize(200, max(32, self.fontMetrics().height() + 8))

    def _places(self, widths: list[int]) -> list[QRect]:
        """Where pieces of these widths stand, one after the other from the leading edge."""
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        places, start = [], 0
        for width in widths:
            shown = min(width, max(self.width() - start, 0))
            left = self.width() - start - shown if mirrored else start
            places.append(QRect(left, 0, shown, self.height()))
            start += shown + 8 if shown else 0
        return places

    def paintEvent(self, _: QPaintEvent | None) -> None:
        """Qt's request to draw."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        count = f"{self._count:,}" if self._count else ""
        wide = [text_width(self.text(), Type.HEADING), text_width(count, Type.SMALL), 16]
        title, number, fold = self._places([round(width) + 2 if width else 0 for width in wide])
        paint_text(painter, title, self.text(), Type.HEADING)
        paint_text(painter, number.translated(0, 1), count, Type.SMALL, "text_3")
        closed = "chevron-left" if mirrored else "chevron-right"
        icon = "chevron-down" if self.isChecked() else closed
        spot = QRect(fold.x(), fold.center().y() - 7, 16, 16)
        ink = "text" if self.underMouse() else "text_3"
        paint_icon(painter, spot, icon, colour(ink).name())
        painter.end()


class PartView(QWidget):
    """One part of a page; `followed` brings the target of what somebody wants to see.

    A ``bare`` part has no heading of its own.
    """

    followed = pyqtSignal(str)

    def __init__(self, part: Part, tree: Tree, *, bare: bool = False) -> None:
        super().__init__()
        self.part = part
        self._tree = tree
        self._content: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.head: PartHead | None = None
        title = words(part.title)
        alone = part.look is Look.RESULTS and len(part.lines) == 1
        if title and not alone and not bare:
            self.head = PartHead(title, self._count(), part.folded)
            self.head.toggled.connect(self._toggle)
            self._column.addWidget(self.head)
        if not part.folded:
            self._open()

    def _count(self) -> int:
        return len(self.part.lines) if self.part.look in {Look.LIST, Look.RESULTS} else 0

    def _toggle(self, shown: bool) -> None:
        if shown and self._content is None:
            self._open()
        elif self._content is not None:
            self._content.setVisible(shown)

    def _open(self) -> None:
        self._content = self._make()
        self._column.addWidget(self._content)

    def _make(self) -> QWidget:
        look = self.part.look
        if look is Look.FACTS:
            facts = FactsView(self.part.lines)
            facts.followed.connect(self.followed)
            return facts
        if look is Look.TREE:
            return TreeView(self.part.lines or self._tree(), words(self.part.title))
        frame = QFrame()
        set_look(frame, "card", "plain")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        if look is Look.NARRATIVE:
            self._told(inside)
        if self.part.lines:
            self._listed(inside, results=look is Look.RESULTS)
        return frame

    def _told(self, inside: QVBoxLayout) -> None:
        holder = QWidget()
        margins = QVBoxLayout(holder)
        margins.setContentsMargins(16, 12, 16, 10)
        margins.addWidget(Narrative(self.part.markup))
        inside.addWidget(holder)

    def _listed(self, inside: QVBoxLayout, *, results: bool) -> None:
        lines = self.part.lines
        delegate: ListDelegate | ResultsDelegate = ListDelegate()
        if results:
            delegate = ResultsDelegate(lines)
            inside.addWidget(ResultsHead(delegate))
        model = LinesModel(lines)
        view = LinesView(model, delegate, words(self.part.title))
        view.followed.connect(self.followed)
        inside.addWidget(view)
        if model.hidden:
            inside.addLayout(self._more(model, view))

    def _more(self, model: LinesModel, view: LinesView) -> QVBoxLayout:
        button = Button("", Kind.QUIET, "chevron-down", Size.ROW)

        def name() -> None:
            text = self.tr("Show %n more", "", model.hidden)
            button.setText(text)
            button.setVisible(model.hidden > 0)

        def more() -> None:
            model.more()
            view.updateGeometry()
            name()

        button.clicked.connect(more)
        name()
        row = QVBoxLayout()
        row.setContentsMargins(6, 2, 6, 2)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignLeading)
        return row


class FactsView(QWidget):
    """Labels and values in two columns; what leads somewhere is a link."""

    followed = pyqtSignal(str)

    def __init__(self, lines: tuple[Line, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        last = ""
        for row, line in enumerate(lines):
            text = words(line.label)
            label = Label("" if text == last else text, Type.SMALL, "text_3")
            label.setMinimumWidth(_LABEL_WIDTH)
            label.setContentsMargins(0, 1, 0, 0)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._value(line), row, 1, Qt.AlignmentFlag.AlignTop)
            grid.setRowMinimumHeight(row, _FACT)
            last = text

    def _value(self, line: Line) -> QWidget:
        value = self._shown(line)
        if line.flag is None:
            return value
        holder = QWidget()
        row = hbox(value, Badge(*flag_look(line.flag), small=True), None, spacing=10)
        holder.setLayout(row)
        return holder

    def _shown(self, line: Line) -> QWidget:
        text = fact(line)
        if line.target:
            link = Link(text)
            link.clicked.connect(lambda: self.followed.emit(line.target))
            return link
        if len(text) > _LONG_WORD and " " not in text:
            # Nothing could be wrapped in it: an address, an identifier, a link.
            return ElidedLabel(text, Type.BODY, mode=Qt.TextElideMode.ElideMiddle)
        label = Label(text, Type.BODY, wrap=line.flag is None).selectable()
        # A long word in it is cut rather than the whole page made wider than its place.
        label.setMinimumWidth(min(_LABEL_WIDTH, label.minimumSizeHint().width()))
        return label


class Link(QAbstractButton):
    """Words that lead to another page of the same document."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        set_type(self, Type.BODY)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setToolTip(text)

    def sizeHint(self) -> QSize:
        """Qt's question."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 4, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Qt's question."""
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent | None) -> None:
        """Qt's request to draw."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        held = self.font()
        held.setUnderline(self.underMouse() or self.hasFocus())
        room = self.rect()
        room.setWidth(min(room.width(), self.sizeHint().width()))
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            room.moveRight(self.rect().right())
        paint_text(painter, room, self.text(), held, "accent_text")
        painter.end()


class TreeView(QTreeView):
    """Every element of a resource, indented, for what has no page of its own."""

    def __init__(self, lines: tuple[Line, ...], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name or self.tr("Everything in the file"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(18)
        set_type(self, Type.SMALL)
        self.setModel(_tree_model(lines, self))
        self.expandAll()
        head = self.header()
        if head is not None:
            head.setStretchLastSection(True)
            head.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
            head.resizeSection(0, 240)
        height = max(_TREE_ROW, self.fontMetrics().height() + 12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(min(max(len(lines), 1), _TREE_MOST) * height + 4)


def _tree_model(lines: tuple[Line, ...], parent: QWidget) -> QStandardItemModel:
    model = QStandardItemModel(parent)
    model.setColumnCount(2)
    above: list[QStandardItem] = []
    for line in lines:
        label, value = QStandardItem(words(line.label)), QStandardItem(people(line.value))
        value.setToolTip(line.value)
        label.setAccessibleText(f"{line.label} {line.value}".strip())
        level = min(line.level, len(above))
        del above[level:]
        if above:
            above[-1].appendRow([label, value])
        else:
            model.appendRow([label, value])
        above.append(label)
    return model
