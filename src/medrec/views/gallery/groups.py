"""What is made of the basics: checks, alarms, lists, access, tiles."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLayout, QWidget

from medrec.domain.categories import GENERAL, Category, Permission
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.banner import AlarmPanel, AllergyBanner, AllergyItem, Banner
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import hbox, vbox
from medrec.views.common.matrix import CategoryMatrix, caption
from medrec.views.common.plots import SparkTile
from medrec.views.common.progress import ProgressBar
from medrec.views.common.states import Message, Skeleton
from medrec.views.common.tiles import Avatar, CategoryTile
from medrec.views.common.toasts import Toast
from medrec.views.common.tokens import Family
from medrec.views.common.verified import (
    ChainRibbon,
    StateDot,
    Verified,
    VerifiedBadge,
    VerifiedStrip,
)
from medrec.views.gallery.basics import spread


def checked() -> QLayout:
    """What was verified, and the network."""
    badges = hbox(
        VerifiedBadge(Verified.YES, "Verified up to block 1,204,331"),
        VerifiedBadge(Verified.CHECKING, "Checking 1,180 of 1,204"),
        VerifiedBadge(Verified.STALE, "Last checked 2 h ago"),
        VerifiedBadge(Verified.NO, "Does not match"),
    )
    dots = hbox(
        StateDot("Block 1,204,331", Tone.SUCCESS),
        StateDot("1 node behind", Tone.WARNING),
        StateDot("No network", Tone.DANGER),
        spacing=20,
    )
    return hbox(badges, None, dots)


def strips() -> QLayout:
    """The checks of a record, whole and broken."""
    words = ("On the chain", "Contents match", "Seal intact", "Complete")
    good = VerifiedStrip("Verified: exactly what Dr. Tessier wrote", [(w, True) for w in words])
    bad = VerifiedStrip(
        "The store delivered a changed copy. It is not shown.", [(w, w != words[1]) for w in words]
    )
    return vbox(hbox(good, bad, spacing=16), ChainRibbon())


def alarm() -> QWidget:
    """An alarm."""
    return AlarmPanel(
        "The history on this network does not match yours",
        "Your computer verified 214 entries. This network shows 210: entries were removed, or it "
        "is not your network. Nothing is lost on your computer. You can read and export; writing "
        "waits.",
        [Button("Ask another node", Kind.PRIMARY), Button("Save a report", icon="download")],
    )


def notices() -> QLayout:
    """Banners, and the three of allergies."""
    items = (
        AllergyItem("Latex", "skin rash", "mild"),
        AllergyItem("Peanut", "hives", "moderate"),
        AllergyItem("Penicillin", "anaphylaxis, 2003", "severe"),
    )
    none, closed = AllergyBanner(reviewed="14 Oct 2026"), AllergyBanner()
    closed.set_closed()
    offline = Banner(
        "2 changes wait on this computer and go out by themselves.",
        Tone.WARNING,
        "wifi-off",
        title="You are offline",
    )
    return vbox(
        AllergyBanner(items, "14 Oct 2026"),
        hbox(none, closed, spacing=16),
        hbox(offline, Banner("Allergies stay closed.", Tone.ACCENT, action="Open"), spacing=16),
        spacing=12,
    )


def toasts() -> QLayout:
    """News."""
    return spread(
        Toast("Saved to your record", "Anchored in block 1,204,331", action="Show"),
        Toast("You are offline", "2 changes wait", Tone.ACCENT, "wifi-off"),
        Toast("Not saved: access ended", "Kept as a draft", Tone.DANGER, action="Open draft"),
    )


def pending(title: str, text: str, share: int, *ends: QWidget) -> Card:
    """A change on its way."""
    card = Card()
    card.set_padding(14, 11)
    row = hbox(CategoryTile(Family.VITALS), spacing=12)
    row.addLayout(vbox(Label(title, Type.ROW), Label(text, Type.SMALL, "text_2"), spacing=2), 1)
    if share:
        bar = ProgressBar()
        bar.set_progress(share, 100)
        row.addWidget(bar, 0, Qt.AlignmentFlag.AlignVCenter)
    for end in ends:
        row.addWidget(end)
    card.body.addLayout(row)
    return card


def lists() -> QLayout:
    """Rows that wait, and what stands in the place of rows."""
    rows = vbox(
        pending("Blood pressure", "Storing, 2 of 3", 62, Badge("Saving", Tone.ACCENT, "upload")),
        pending("Weight", "Waits for 2 blocks", 85, Badge("Confirming", Tone.ACCENT, "clock")),
        pending("Pulse", "Waits for the network", 0, Badge("Waiting", Tone.WARNING, "wifi-off")),
        pending(
            "Temperature", "Somebody wrote a newer version", 0,
            Badge("Conflict", Tone.DANGER, "git-compare"), Button("Resolve", size=Size.ROW),
        ),
    )  # fmt: skip
    row = hbox(spacing=12)
    row.addLayout(rows, 2)
    shown = (
        Skeleton(),
        Message("folder-heart", "No laboratory results yet", "They appear here when a doctor "
                "writes one.", "Add a document", action_icon="plus"),
        Message("wifi-off", "The records did not load", "The store does not answer. Your data is "
                "safe.", "Try again", Tone.DANGER, "refresh-cw"),
    )  # fmt: skip
    for widget in shown:
        card = Card()
        card.set_padding(0, 0)
        card.body.addWidget(widget)
        row.addWidget(card, 1)
    return row


def access() -> QLayout:
    """Permissions to look at and to choose."""
    everything = frozenset(GENERAL)
    some = frozenset({Category.PROBLEMS, Category.VITALS, Category.IMAGING, Category.GENETIC})
    column = vbox(spacing=10)
    for permission in (
        Permission(everything, frozenset({Category.PROBLEMS, Category.VITALS})),
        Permission(some, frozenset({Category.IMAGING})),
    ):
        words = Label(caption(permission), Type.CAPTION, "text_2", wrap=True)
        column.addLayout(vbox(CategoryMatrix(permission), words, spacing=2))
    people = hbox(Avatar("Dr. Lukas Meyer"), Avatar("Amina Haddad"), Avatar("Rivage"), None)
    column.addLayout(people)
    column.addStretch(1)
    rows = CategoryMatrix(Permission(some, frozenset({Category.IMAGING})), editable=True)
    if rows.rows is not None:
        rows.rows.expand(Family.DOCUMENTS)
    card = Card()
    card.set_padding(0, 0)
    card.body.addWidget(rows)
    row = hbox(spacing=24)
    row.addLayout(column, 1)
    row.addWidget(card, 2)
    return row


def sparks() -> QLayout:
    """Tiles of measurements."""
    pressure = SparkTile(Category.VITALS, "Blood pressure")
    falling = (139.0, 142, 138, 136, 139, 133, 134, 131, 128)
    pressure.show_values("128/82", "mmHg", "Today, 09:40", falling, 90, 139)
    sugar = SparkTile(Category.LABORATORY, "HbA1c")
    sugar.show_values("6.8", "%", "3 Nov 2026", (7.3, 7.1, 7, 6.9, 7, 6.8), 4, 6, "high")
    weight = SparkTile(Category.VITALS, "Weight")
    weight.show_values("71.4", "kg", "\N{MINUS SIGN}4.8 kg in 12 months", (76.2, 75, 73, 72, 71.4))
    return hbox(pressure, sugar, weight, spacing=12)
