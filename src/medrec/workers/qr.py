"""What stands in the QR codes of an image."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage

LARGEST = 4000
"""Pixels of the longer side from which on an image is made smaller first."""


async def texts_in(image: QImage | Path) -> list[str]:
    """The text of each code in an image or in its file; the work is done in a thread.

    A file that is no image holds no code.
    """
    return await asyncio.to_thread(_read, image)


def _read(given: QImage | Path) -> list[str]:
    import zxingcpp

    image = QImage(str(given)) if isinstance(given, Path) else given
    if image.isNull():
        return []
    if max(image.width(), image.height()) > LARGEST:
        image = image.scaled(LARGEST, LARGEST, Qt.AspectRatioMode.KeepAspectRatio)
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    bits = grey.constBits()
    stride = grey.bytesPerLine()
    rows = memoryview(bits.asstring(stride * grey.height())).cast("B", (grey.height(), stride))
    return [found.text for found in zxingcpp.read_barcodes(rows) if found.valid and found.text]
