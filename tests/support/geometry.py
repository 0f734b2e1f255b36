"""What can be measured of a screen: what is cut off, what lies over what, where Tab goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QFontMetricsF
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QLayout,
    QLineEdit,
    QScrollArea,
    QStackedLayout,
    QWidget,
)

from medrec.views.common.focus import focus_first
from medrec.views.common.labels import ElidedLabel
from medrec.views.common.strip import Strip
from tests.support.qtest import QTest

MOST = 400
"""Presses of Tab after which it is taken to go astray."""

ROUNDING = 1
"""Pixels by which a text may be wider than the whole pixels it was given."""


def troubles(root: QWidget) -> list[str]:
    """All that is cut off or lies over something else in a window."""
    found: list[str] = []
    for widget in shown(root):
        found += _cut(widget)
        found += _over_each_other(widget)
        if isinstance(widget, QScrollArea):
            found += _out_of_reach(widget)
    return found


def shown(root: QWidget) -> Iterator[QWidget]:
    """Every widget that is seen, the root first."""
    yield root
    yield from (w for w in root.findChildren(QWidget) if w.isVisible())


def described(widget: QWidget) -> str:
    """A widget as a reader of a failure finds it."""
    text = getattr(widget, "text", lambda: "")()
    parent = widget.parentWidget()
    within = type(parent).__name__ if parent is not None else ""
    return f"{type(widget).__name__} {str(text)[:40]!r} in {within}"


def _cut(widget: QWidget) -> Iterator[str]:
    """A text that needs more room than it has, and cannot be read in another way."""
    if isinstance(widget, ElidedLabel):
        words = widget.fontMetrics().horizontalAdvance(widget.text())
        if words > widget.width() and not widget.toolTip():
            yield f"cut without a tooltip: {described(widget)}"
        return
    if isinstance(widget, QLabel) and widget.wordWrap():
        high = widget.heightForWidth(widget.width())
        if widget.text() and widget.height() + ROUNDING < high:
            yield f"{high - widget.height()} pixels too low: {described(widget)}"
        return
    if isinstance(widget, QLineEdit):
        yield from _placeholder(widget)
        return
    if isinstance(widget, QLabel | QAbstractButton | Strip):
        needed = _needed(widget)
        if widget.width() + ROUNDING < needed.width():
            yield f"{needed.width() - widget.width()} pixels too narrow: {described(widget)}"
        if widget.height() + ROUNDING < needed.height():
            yield f"{needed.height() - widget.height()} pixels too low: {described(widget)}"


def _needed(widget: QWidget) -> QSize:
    if isinstance(widget, QLabel):
        # A label keeps its hint, and a width that was fixed is a part of it.
        words = widget.fontMetrics().horizontalAdvance(widget.text())
        return QSize(words, widget.fontMetrics().height() if words else 0)
    if widget.hasHeightForWidth():
        return QSize(0, widget.heightForWidth(widget.width()))
    least = widget.minimumSizeHint()
    return QSize(widget.sizeHint().width(), least.height() if least.isValid() else 0)


def _placeholder(editor: QLineEdit) -> Iterator[str]:
    words = QFontMetricsF(editor.font()).horizontalAdvance(editor.placeholderText())
    margins = editor.textMargins()
    room = editor.contentsRect().width() - margins.left() - margins.right()
    if not editor.text() and words > room:
        yield f"{words - room:.0f} pixels too narrow for “{editor.placeholderText()}”"


def _over_each_other(widget: QWidget) -> Iterator[str]:
    """Two that the same layout places over each other, or one that it places outside."""
    layout = widget.layout()
    if layout is None:
        return
    placed = [child for child in _placed(layout) if child.isVisible()]
    for number, one in enumerate(placed):
        if not widget.rect().adjusted(-1, -1, 1, 1).contains(one.geometry()):
            yield f"outside of its {type(widget).__name__}: {described(one)}"
        for other in placed[number + 1 :]:
            if one.geometry().intersects(other.geometry()):
                yield f"{described(one)} lies over {described(other)}"


def _placed(layout: QLayout) -> Iterator[QWidget]:
    if isinstance(layout, QStackedLayout):
        return
    for number in range(layout.count()):
        item = layout.itemAt(number)
        assert item is not None
        inner, widget = item.layout(), item.widget()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _placed(inner)


def _out_of_reach(area: QScrollArea) -> Iterator[str]:
    """What is wider than its scroll area, where that does not scroll sideways."""
    content, viewport = area.widget(), area.viewport()
    assert viewport is not None
    still = area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    if content is not None and still and content.width() > viewport.width():
        yield f"{content.width() - viewport.width()} pixels out of reach in {described(area)}"


def focusable(root: QWidget) -> list[QWidget]:
    """Every control that is seen and can be used, whether Tab finds it or not."""
    kinds = (QAbstractButton, QLineEdit, Strip, QAbstractScrollArea)
    return [
        w
        for w in shown(root)
        if isinstance(w, kinds)
        and w.isEnabled()
        and (not isinstance(w, QAbstractScrollArea) or w.focusPolicy() & Qt.FocusPolicy.TabFocus)
    ]


@dataclass
class Walk:
    """Where Tab went: the controls in order, and each step that went back."""

    controls: list[QWidget] = field(default_factory=list)
    back: list[str] = field(default_factory=list)


def tab_round(window: QWidget) -> Walk:
    """Press Tab until it comes round again."""
    walk = Walk()
    at = window.focusWidget() if focus_first(window) else None
    for _ in range(MOST):
        if at is None or any(at is one for one in walk.controls[:-1]):
            break
        # A date takes several presses: day, month, year.
        if not walk.controls or walk.controls[-1] is not at:
            if walk.controls:
                walk.back += _back(walk.controls[-1], at, window)
            walk.controls.append(at)
        QTest.keyClick(at, Qt.Key.Key_Tab)
        at = window.focusWidget()
    return walk


def missed(window: QWidget, walk: Walk) -> list[str]:
    """The controls that Tab never reached; of those that exclude each other it reaches one."""
    groups = {w.parentWidget() for w in walk.controls if _exclusive(w)}
    return [
        described(control)
        for control in focusable(window)
        if control not in walk.controls
        and control.focusProxy() not in walk.controls
        and not (_exclusive(control) and control.parentWidget() in groups)
    ]


def _exclusive(widget: QWidget) -> bool:
    return isinstance(widget, QAbstractButton) and (
        widget.autoExclusive() or widget.group() is not None
    )


def _back(one: QWidget, other: QWidget, window: QWidget) -> Iterator[str]:
    """Whether a step went up within a column, or against the reading within a line.

    Both places are taken after the step: what is around them may have scrolled.
    """
    here, there = _place(one, window), _place(other, window)
    mirrored = QApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
    column = here.left() <= there.right() and there.left() <= here.right()
    line = here.top() <= there.bottom() and there.top() <= here.bottom()
    against = there.left() > here.right() if mirrored else there.right() < here.left()
    if (column and there.bottom() < here.top()) or (line and against):
        yield f"from {described(one)} back to {described(other)}"


def _place(widget: QWidget, root: QWidget) -> QRect:
    return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())
