"""QTest as it is: PyQt6's stubs take its static functions for methods."""

from __future__ import annotations

from typing import Any

from PyQt6.QtTest import QTest as _QTest

QTest: Any = _QTest
