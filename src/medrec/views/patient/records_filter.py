"""What of the records is shown: chips of families, a year, an author."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QActionGroup, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from medrec.domain.ids import Address
from medrec.models.chart import TimelineFilter, TimelineModel
from medrec.services.names import YOU
from medrec.views.common.badges import Chip
from medrec.views.common.icons import FAMILY_ICONS
from medrec.views.common.layout import Flow
from medrec.views.common.menu import Menu
from medrec.views.common.tokens import Family, members
from medrec.views.common.words import family_name

SHOWN = (
    Family.PROBLEMS,
    Family.MEDICATIONS,
    Family.ALLERGIES,
    Family.VITALS,
    Family.LABORATORY,
    Family.DOCUMENTS,
)
"""Families with a chip; the others are in the menu of “More”."""

OTHERS = tuple(family for family in Family if family not in SHOWN)
COUNTED_FROM = 960
"""Pixels of width from which the chips of families show how many records they have."""


class RecordsFilter(QWidget):
    """One row of chips: a family or all, and a menu of years and authors."""

    changed = pyqtSignal(object)
    """The new `TimelineFilter`."""

    def __init__(self, model: TimelineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._family: Family | None = None
        row = Flow(spacing=8)
        self.setLayout(row)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.all = Chip(self.tr("All"), count=0)
        self.all.clicked.connect(lambda: self.choose(None))
        row.addWidget(self.all)
        self.chips: dict[Family, Chip] = {}
        for family in SHOWN:
            chip = Chip(family_name(family), kind=family)
            chip.clicked.connect(lambda _, family=family: self.choose(family))
            self.chips[family] = chip
            row.addWidget(chip)
        self.more = Chip(self.tr("More"), "sliders-horizontal")
        self.more.clicked.connect(self._open_menu)
        row.addWidget(self.more)
        model.stateChanged.connect(self.refresh)
        model.chart.changed.connect(self.refresh)
        self.refresh()

    @property
    def family(self) -> Family | None:
        """The chosen family; None for all."""
        return self._family

    def choose(self, family: Family | None) -> None:
        """Show the records of one family, or of all; the same one again is all."""
        self._family = None if family is self._family else family
        chosen = frozenset(members(self._family)) if self._family is not None else frozenset()
        self._change(replace(self._model.filter, categories=chosen))

    def set_text(self, text: str) -> None:
        """Show the records that hold all the words."""
        self._change(replace(self._model.filter, text=text.strip()))

    def clear(self) -> None:
        """Show everything."""
        self._family = None
        self._change(TimelineFilter())

    def refresh(self) -> None:
        """Counts and checks of the chips."""
        counts = self._model.counts
        roomy = self.width() >= COUNTED_FROM
        self.all.set_count(self._model.total)
        self.all.setChecked(self._family is None)
        for family, chip in self.chips.items():
            held = sum(counts[category] for category in members(family))
            chip.set_count(held if roomy and held else None)
            chip.setChecked(family is self._family)
        said = self._said()
        self.more.setText(", ".join(said) or self.tr("More"))
        self.more.set_count(None)
        self.more.setChecked(bool(said))

    def menu(self) -> Menu:
        """The other families, years and authors; it deletes itself when it closes."""
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        wanted, counts = self._model.filter, self._model.counts
        for family in OTHERS:
            held = sum(counts[category] for category in members(family))
            name = f"{family_name(family)}  {held}" if held else family_name(family)
            do = partial(self.choose, family)
            menu.add_choice(name, do, family is self._family, FAMILY_ICONS[family])
        years = [(year, str(year)) for year in self._model.years]
        _section(menu, self.tr("Any year"), years, wanted.year, self._set_year)
        authors = [(who, self._named(name)) for who, name in self._model.authors]
        _section(menu, self.tr("Any author"), authors, wanted.author, self._set_author)
        return menu

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Chips lose their counts where there is no room for them (Qt)."""
        super().resizeEvent(event)
        self.refresh()

    def _said(self) -> list[str]:
        wanted = self._model.filter
        said = [family_name(self._family)] if self._family in OTHERS and self._family else []
        if wanted.year is not None:
            said.append(str(wanted.year))
        if wanted.author is not None:
            said.append(self._named(dict(self._model.authors).get(wanted.author, wanted.author)))
        return said

    def _named(self, name: str) -> str:
        return self.tr("You") if name == YOU else name

    def _set_year(self, year: int | None) -> None:
        self._change(replace(self._model.filter, year=year))

    def _set_author(self, author: Address | None) -> None:
        self._change(replace(self._model.filter, author=author))

    def _change(self, wanted: TimelineFilter) -> None:
        self._model.set_filter(wanted)
        self.refresh()
        self.changed.emit(wanted)

    def _open_menu(self) -> None:
        self.refresh()
        self.menu().open_below(self.more)


def _section(
    menu: Menu,
    everything: str,
    choices: Sequence[tuple[Any, str]],
    chosen: Any,
    choose: Callable[[Any], None],
) -> None:
    """Radio items: everything, or one of the choices."""
    menu.addSeparator()
    group = QActionGroup(menu)
    for value, text in [(None, everything), *choices]:
        group.addAction(menu.add_choice(text, partial(choose, value), value == chosen))
