"""How MedRec looks and moves on this computer: the same for every account."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QWidget

from medrec.views.common import theme
from medrec.views.common.cards import Card
from medrec.views.common.choices import Check, SegmentedControl
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import hbox, vbox
from medrec.views.common.theme import theme_bus

THEMES = ("", "light", "dark", "contrast")


class AppearanceCard(Card):
    """Asks `theme_bus` for another theme and for less motion; shows what is in force."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("AppearanceCard", "Appearance"), parent=parent)
        self._names = (self.tr("System"), self.tr("Light"), self.tr("Dark"), self.tr("Contrast"))
        self.themes = SegmentedControl(self._names)
        self.calm = Check(self.tr("Less motion"))
        note = Label(
            self.tr("Dialogs and news appear at once, and nothing turns."),
            Type.SMALL,
            "text_3",
            wrap=True,
        )
        self.body.addLayout(vbox(Label(self.tr("Theme"), Type.SMALL_STRONG), spacing=6))
        self.body.addLayout(hbox(self.themes, None))
        self.body.addWidget(self.calm)
        self.body.addWidget(note)
        self.themes.changed.connect(lambda index: theme_bus.themeAsked.emit(THEMES[index]))
        self.calm.clicked.connect(theme_bus.calmAsked)
        theme_bus.changed.connect(self._show)
        theme_bus.calmChanged.connect(self._show)
        self._show()

    def _show(self) -> None:
        # Without telling: it follows, it does not ask.
        self.themes.set_texts(self._names, THEMES.index(theme.chosen()))
        self.calm.setChecked(theme.calm())
