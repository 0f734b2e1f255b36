"""The frame of a page, and shorthands for rows and columns of widgets."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.theme import ground, set_look

MARGIN = 24
WIDEST = 1440
FOOTER = 60
_POLICY = QSizePolicy.Policy


class Divider(QFrame):
    """A line of one pixel."""

    def __init__(self, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "line", "true")
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


def _filled(layout: QBoxLayout, items: tuple[QWidget | QLayout | None, ...]) -> None:
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)


def hbox(*items: QWidget | QLayout | None, spacing: int = 8, margins: int = 0) -> QHBoxLayout:
    """A row; None is a space that stretches."""
    layout = QHBoxLayout()
    layout.setSpacing(spacing)
    layout.setContentsMargins(margins, margins, margins, margins)
    _filled(layout, items)
    return layout


def vbox(*items: QWidget | QLayout | None, spacing: int = 8, margins: int = 0) -> QVBoxLayout:
    """A column; None is a space that stretches."""
    layout = QVBoxLayout()
    layout.setSpacing(spacing)
    layout.setContentsMargins(margins, margins, margins, margins)
    _filled(layout, items)
    return layout


def boxed(layout: QLayout, parent: QWidget | None = None) -> QWidget:
    """A bare widget around a layout, for places that want a widget."""
    held = QWidget(parent)
    held.setLayout(layout)
    return held


def spacer(width: int = 0, height: int = 0) -> QWidget:
    """An empty widget: of a size, or stretching when none is given."""
    held = QWidget()
    if width or height:
        held.setFixedSize(width or 1, height or 1)
    else:
        held.setSizePolicy(_POLICY.Expanding, _POLICY.Expanding)
    return held


def centred(content: QWidget, widest: int = WIDEST) -> QWidget:
    """Content that is at most so wide, in the middle of what is wider."""
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    content.setMaximumWidth(widest)
    content.setSizePolicy(_POLICY.Expanding, content.sizePolicy().verticalPolicy())
    layout.addWidget(content)
    return holder


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


class Flow(QLayout):
    """Puts widgets beside each other and goes to the next line where there is no more room.

    With `centre` the lines stand in the middle of a height that is more than they need.
    """

    def __init__(
        self, *widgets: QWidget, spacing: int = 8, line_spacing: int = 8, centre: bool = False
    ) -> None:
        super().__init__()
        self._centre = centre
        self._items: list[QLayoutItem] = []
        self._line_spacing = line_spacing
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            self.addWidget(widget)

    def addItem(self, item: QLayoutItem | None) -> None:
        if item is not None:
            self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        spare = rect.height() - self.heightForWidth(rect.width()) if self._centre else 0
        self._arrange(rect.adjusted(0, max(spare, 0) // 2, 0, 0), True)

    def sizeHint(self) -> QSize:
        hints = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(h.width() for h in hints) + self.spacing() * max(len(hints) - 1, 0)
        return QSize(width, max((h.height() for h in hints), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        return QSize(
            max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0)
        )

    def _arrange(self, rect: QRect, place: bool) -> int:
        """Lay out, or only count the height that it takes."""
        parent = self.parentWidget()
        mirrored = parent is not None and parent.isRightToLeft()
        x, y = 0, 0
        line: list[tuple[QLayoutItem, QRect]] = []
        high = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().boundedTo(QSize(max(rect.width(), 1), 16777215))
            if line and x + size.width() > rect.width():
                y += self._settle(line, high, place) + self._line_spacing
                x, high, line = 0, 0, []
            left = rect.right() - x - size.width() + 1 if mirrored else rect.left() + x
            line.append((item, QRect(left, rect.top() + y, size.width(), size.height())))
            x += size.width() + self.spacing()
            high = max(high, size.height())
        return y + self._settle(line, high, place)

    def _settle(self, line: list[tuple[QLayoutItem, QRect]], high: int, place: bool) -> int:
        if place:
            for item, rect in line:
                item.setGeometry(rect.translated(0, (high - rect.height()) // 2))
        return high


class Scroll(QScrollArea):
    """Content that scrolls up and down when it has to, on the ground of what is around it."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.setProperty("ground", "none")
        self.setWidget(content)


class Page(QWidget):
    """One screen: the head stays, `body` scrolls, a footer bar of 60 if you set one.

    Put what belongs to the head (banner, tabs, stepper) into `above`; it stays too. With
    `scroll=False` the body fills the rest and its lists scroll by themselves.
    """

    def __init__(
        self,
        title: str,
        subtitle: str = "",
        *actions: QWidget,
        scroll: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        ground(self, "window")
        self.setAccessibleName(title)
        self._title = Label(title, Type.PAGE_TITLE)
        self._subtitle = Label(subtitle, Type.BODY, "text_2", wrap=True, parent=self)
        self._subtitle.setVisible(bool(subtitle))
        self.buttons = hbox(*actions)
        self.lead = hbox(spacing=0)
        words = vbox(self._title, self._subtitle, spacing=2)
        head = hbox(self.lead, words, self.buttons, spacing=0)
        head.setStretch(1, 1)
        head.setAlignment(self.buttons, Qt.AlignmentFlag.AlignVCenter)
        self.above = vbox(spacing=12)
        top = boxed(vbox(head, self.above, spacing=12))
        top.setContentsMargins(0, 0, 0, 0)
        content = QWidget()
        self.body = QVBoxLayout(content)
        self.body.setSpacing(16)
        self._whole = QVBoxLayout(self)
        self._whole.setSpacing(0)
        self._whole.setContentsMargins(0, 0, 0, 0)
        head_frame = boxed(vbox(centred(top)))
        head_frame.setContentsMargins(MARGIN, 20, MARGIN, 12)
        self._whole.addWidget(head_frame)
        self._frame(content, scroll)
        self._footer: QWidget | None = None

    def _frame(self, content: QWidget, scroll: bool) -> None:
        self.body.setContentsMargins(0, 4, 0, 0)
        holder = centred(content)
        holder.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        self.scroller: Scroll | None = Scroll(holder) if scroll else None
        self._whole.addWidget(self.scroller or holder, 1)

    @property
    def title(self) -> str:
        """The title."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Another title."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def set_subtitle(self, subtitle: str) -> None:
        """Another second line, "" for none."""
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))

    def set_lead(self, widget: QWidget) -> None:
        """Put an avatar, a tile or a way back before the title."""
        clear(self.lead)
        self.lead.addWidget(widget)
        self.lead.addSpacing(12)

    def set_footer(self, widget: QWidget | None) -> None:
        """Put a bar below that stays, or take it away."""
        if self._footer is not None:
            self._whole.removeWidget(self._footer)
            self._footer.deleteLater()
            self._footer = None
        if widget is None:
            return
        bar = QFrame(self)
        set_look(bar, "card", "footer")
        bar.setMinimumHeight(FOOTER)
        inner = QHBoxLayout(bar)
        inner.setContentsMargins(MARGIN, 0, MARGIN, 0)
        inner.addWidget(centred(widget))
        self._footer = bar
        self._whole.addWidget(bar)
