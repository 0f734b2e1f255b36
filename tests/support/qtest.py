"""QTest as it is: PyQt6's stubs take its static functions for methods."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest as _QTest
from PyQt6.QtWidgets import QWidget

QTest: Any = _QTest


def press_key(widget: QWidget, key: Qt.Key) -> None:
    """A key, as a person presses it."""
    QTest.keyClick(widget, key)
