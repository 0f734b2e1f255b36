"""A QR code on the screen is read again, in every theme."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medrec.views.common.qr import QrCode
from medrec.views.common.theme import apply_theme
from medrec.views.common.tokens import Theme
from medrec.workers.codes import read_code

TEXT = "ethereum:0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266?medrec=0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("theme", list(Theme))
async def test_a_drawn_code_is_read_again(
    theme: Theme, qtbot: QtBot, qapp: QApplication, tmp_path: Path
):
    apply_theme(qapp, theme)
    try:
        code = QrCode(TEXT)
        qtbot.addWidget(code)
        code.resize(code.sizeHint())
        code.grab().save(str(tmp_path / "code.png"))
        assert await read_code(tmp_path / "code.png") == TEXT
        assert code.accessibleDescription() == TEXT
    finally:
        apply_theme(qapp, Theme.LIGHT)
