"""What an author wrote stands where the rest of the page stands."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from medrec.views.common.fhir.narrative import Narrative


@pytest.mark.parametrize(
    "direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]
)
def test_latin_words_stand_at_the_leading_edge(qtbot: QtBot, direction: Qt.LayoutDirection) -> None:
    words = Narrative("<p>No complaints.</p>")
    qtbot.addWidget(words)
    words.resize(400, 40)
    words.show()
    words.setLayoutDirection(direction)
    document = words.document()
    assert document is not None
    layout = document.begin().layout()
    assert layout is not None
    line = layout.lineAt(0).naturalTextRect()
    if direction is Qt.LayoutDirection.RightToLeft:
        assert line.right() > words.width() - 8
    else:
        assert line.left() < 8
