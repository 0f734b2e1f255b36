"""Every common widget in one window, for whoever builds screens or changes the look.

python -m medrec.views.gallery [--theme dark] [--rtl] [--text 1.5] [--screenshot FILE]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLayout, QVBoxLayout, QWidget

from medrec.views.common import theme
from medrec.views.common.fonts import Type, set_text_scale
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider, Scroll, boxed, hbox, vbox
from medrec.views.common.stepper import Stepper
from medrec.views.common.tabs import Tabs
from medrec.views.common.tokens import Theme
from medrec.views.gallery import basics, groups

WIDTH = 1280


def section(column: QVBoxLayout, name: str, content: QLayout | QWidget) -> None:
    """A head with a line, and what stands below it."""
    line = Divider()
    head = hbox(Label(name, Type.SMALL_STRONG, "text_3"), spacing=12)
    head.addWidget(line, 1, Qt.AlignmentFlag.AlignVCenter)
    column.addLayout(
        vbox(head, boxed(content) if isinstance(content, QLayout) else content, spacing=12)
    )


def gallery() -> QWidget:
    """The whole sheet."""
    sheet = QWidget()
    theme.ground(sheet, "window")
    column = QVBoxLayout(sheet)
    column.setContentsMargins(32, 24, 32, 28)
    column.setSpacing(20)
    title = Label("MedRec components", Type.PAGE_TITLE)
    column.addLayout(hbox(title, None, Label(theme.current().value.capitalize(), colour="text_2")))
    tabs = Tabs((("summary", "Summary"), ("timeline", "Timeline"), ("vitals", "Vitals")))
    tabs.set_count("timeline", 64)
    for name, content in (
        ("Colour roles", basics.colours()),
        ("Record categories", basics.families()),
        ("Type", basics.types()),
        ("Buttons", basics.buttons()),
        ("Fields", basics.fields()),
        ("More fields", basics.more_fields()),
        ("Badges, chips, choices", basics.small_things()),
        ("Stepper", Stepper(("Who", "What", "Until when", "Confirm"), 2)),
        ("Tabs", tabs),
        ("Verified badge and network state", groups.checked()),
        ("Checks of a record", groups.strips()),
        ("Alarm panel", groups.alarm()),
        ("Banners", groups.notices()),
        ("Toasts", groups.toasts()),
        ("Pending rows, and lists that load, are empty or fail", groups.lists()),
        ("Access", groups.access()),
        ("Sparkline tiles", groups.sparks()),
    ):
        section(column, name, content)
    column.addStretch(1)
    return sheet


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the sheet, or save a picture of it."""
    parser = argparse.ArgumentParser(prog="medrec.views.gallery", description="Common widgets.")
    parser.add_argument("--theme", choices=[t.value for t in Theme])
    parser.add_argument("--rtl", action="store_true", help="from right to left")
    parser.add_argument("--text", type=float, default=1.0, help="size of the text, 1.5 for 150 %%")
    parser.add_argument("--screenshot", metavar="FILE", help="save a picture and end")
    options = parser.parse_args(arguments)
    if options.screenshot:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    held = QApplication.instance()
    app = held if isinstance(held, QApplication) else QApplication(["medrec-gallery"])
    set_text_scale(options.text)
    theme.apply_theme(app, Theme(options.theme) if options.theme else None)
    if options.rtl:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    sheet = gallery()
    if options.screenshot:
        layout = sheet.layout()
        sheet.resize(WIDTH, layout.totalHeightForWidth(WIDTH) if layout is not None else 1600)
        sheet.show()
        app.processEvents()
        return 0 if sheet.grab().save(options.screenshot) else 1
    window = Scroll(sheet)
    theme.ground(window, "window")
    window.resize(WIDTH + 12, 900)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())


if __name__ == "__main__":
    sys.exit(main())
