"""Colours, text, buttons, fields and small things."""

from __future__ import annotations

from PyQt6.QtCore import QDate, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QLayout, QWidget

from medrec.domain.categories import Category
from medrec.views.common import theme
from medrec.views.common.badges import Badge, CategoryBadge, Chip, CountPill, Tone
from medrec.views.common.buttons import Button, IconButton, Kind, Size
from medrec.views.common.fields import (
    Check,
    Choice,
    DateField,
    Field,
    FieldKind,
    PasswordField,
    Radio,
    SearchField,
    SegmentedControl,
)
from medrec.views.common.focus import paint_ring
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import boxed, hbox, vbox
from medrec.views.common.painting import box
from medrec.views.common.tiles import CategoryTile
from medrec.views.common.tokens import Family
from medrec.views.common.words import family_name

SWATCHES = (
    "window", "rail", "surface", "sunken", "selected", "border", "strong", "text", "text_2",
    "text_3", "accent", "success", "warning", "danger",
)  # fmt: skip


class Swatch(QWidget):
    """A colour with its edge."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedHeight(40)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        return QSize(76, 40)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), 8, self._name, "border_2")
        painter.end()


class Ringed(QWidget):
    """A widget as it looks when the keyboard has reached it."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(inner)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        paint_ring(painter, QRectF(self.rect()), 10)
        painter.end()


def named(widget: QWidget, name: str) -> QWidget:
    """A widget over its name."""
    label = Label(name, Type.CAPTION, "text_3")
    layout = vbox(spacing=6)
    layout.addWidget(widget, 1, Qt.AlignmentFlag.AlignCenter)
    layout.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
    return boxed(layout)


def spread(*widgets: QWidget) -> QHBoxLayout:
    """Widgets with even spaces between them."""
    row = hbox(spacing=0)
    for index, widget in enumerate(widgets):
        if index:
            row.addStretch(1)
        row.addWidget(widget)
    return row


def colours() -> QLayout:
    """The roles of the theme in force."""
    look = theme.tokens()
    row = hbox(spacing=12)
    for name in SWATCHES:
        value = Label(str(getattr(look, name)), Type.CODE, "text_3")
        row.addLayout(
            vbox(Swatch(name), Label(name.replace("_", "-"), Type.CAPTION_STRONG), value, spacing=2)
        )
    return row


def families() -> QLayout:
    """The families of record categories."""
    cells = []
    for family in Family:
        words = vbox(
            Label(family_name(family), Type.SMALL_STRONG),
            Label(theme.family_colour(family)[0], Type.CODE, "text_3"),
            spacing=1,
        )
        cells.append(boxed(hbox(CategoryTile(family, 36), words, spacing=10)))
    return spread(*cells)


def types() -> QLayout:
    """The roles of text."""
    samples = (
        (Type.FIGURE, "128/82", "Figure 23 / 600"),
        (Type.PAGE_TITLE, "Your record", "Page title 22 / 600"),
        (Type.TITLE, "Dialog title", "Title 18 / 600"),
        (Type.HEADING, "Card title", "Heading 15 / 600"),
        (Type.BODY, "Body text for reading", "Body 14 / 400"),
        (Type.ROW, "Row title", "Row 14 / 500"),
        (Type.SMALL, "Second line", "Small 13 / 400"),
        (Type.CODE, "0x8f3A\N{HORIZONTAL ELLIPSIS}c41E", "Code 13 mono"),
        (Type.ROW, "\u0633\u062c\u0644\u0651\u0643 \u0627\u0644\u0637\u0628\u064a", "Arabic 14"),
    )
    cells = [
        boxed(vbox(None, Label(text, role), Label(name, Type.CAPTION, "text_3"), spacing=2))
        for role, text, name in samples
    ]
    return spread(*cells)


def buttons() -> QLayout:
    """Buttons of every kind and state."""
    states = []
    for name in ("Primary", "Hover", "Pressed"):
        button = Button("Save", Kind.PRIMARY)
        button.shown_state = name.lower()
        states.append(named(button, name))
    off = Button("Save", Kind.PRIMARY)
    off.setEnabled(False)
    busy = Button("Save changes", Kind.PRIMARY)
    busy.set_busy(True, "Saving\N{HORIZONTAL ELLIPSIS}")
    return spread(
        *states,
        named(Ringed(Button("Save", Kind.PRIMARY)), "Focus"),
        named(off, "Disabled"),
        named(busy, "Busy"),
        named(Button("Export", Kind.SECONDARY, "download"), "Secondary"),
        named(Button("All activity", Kind.QUIET), "Quiet"),
        named(Button("Revoke", Kind.DANGER_OUTLINE), "Danger, first"),
        named(Button("Revoke access", Kind.DANGER), "Danger, final"),
        named(Button("Resolve", size=Size.ROW), "Row"),
        named(IconButton("ellipsis", "More"), "Icon"),
    )


def fields() -> QLayout:
    """Fields in their states."""
    plain = Field("Systolic", "Usual 131\N{EN DASH}139", "mmHg")
    unusual = Field("Pulse", "", "bpm")
    wrong = Field("Oxygen saturation", "", "%")
    right = Field("Key", kind=FieldKind.CODE)
    fixed = Field(
        "Body mass index", "Calculated", "kg/m\N{SUPERSCRIPT TWO}", kind=FieldKind.READONLY
    )
    for field, text in ((plain, "128"), (unusual, "188"), (wrong, "108"), (right, "K7QM-2TXD")):
        field.set_text(text)
    fixed.set_text("26.5")
    unusual.set_warning("Unusually high")
    wrong.set_error("Between 50 and 100")
    right.set_success("Key complete")
    choice = Choice("Position", (("Sitting, left arm", 1), ("Lying", 2)), "Choice")
    row = hbox(spacing=16)
    for labelled in (plain, unusual, wrong, right, fixed, choice):
        row.addWidget(labelled, 1)
    return row


def more_fields() -> QLayout:
    """A date, a password, a search, an area."""
    secret = PasswordField("Password")
    secret.set_text("correct horse")
    search = SearchField("Search your record", "Ctrl K")
    area = Field("Note", placeholder="What happened", kind=FieldKind.AREA, rows=2)
    day = DateField("Until", value=QDate(2027, 2, 28))
    return hbox(
        day, secret, boxed(vbox(Label("Search", Type.SMALL_STRONG), search, None)), area, spacing=16
    )


def small_things() -> QLayout:
    """Badges, chips, segments, checks."""
    badges = hbox(
        Badge("Verified", Tone.SUCCESS, "shield-check"),
        Badge("In use", Tone.ACCENT, "circle-check"),
        Badge("Waiting", Tone.WARNING, "clock"),
        Badge("High", Tone.DANGER, "arrow-up"),
        Badge("Low", Tone.DANGER, "arrow-down"),
        Badge("Archived", Tone.NEUTRAL, "archive"),
        Badge("Severe", Tone.DANGER, small=True, filled=True),
        spacing=6,
    )
    every = Chip("All", count=64)
    every.setChecked(True)
    chips = hbox(every, Chip("Vitals", kind=Category.VITALS), CategoryBadge(Family.LABORATORY))
    on, off = Check("Checked"), Check("Not checked")
    on.setChecked(True)
    one, other = Radio("One"), Radio("Other")
    one.setChecked(True)
    segments = SegmentedControl(("Version 2", "Version 1"))
    return vbox(
        hbox(badges, chips, segments, None, spacing=24),
        hbox(on, off, one, other, CountPill(3), None, spacing=16),
        spacing=12,
    )
