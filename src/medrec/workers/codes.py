"""QR codes out of images: what stands in them, in a thread of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QImageReader

from medrec.errors import FileUnreadable

LARGEST = 64 << 20
"""Bytes; a larger file is no photograph of a code."""

LONGEST_SIDE = 4000
"""Pixels of the longer side from which on an image is made smaller first."""


async def texts_in(image: QImage | Path) -> list[str]:
    """The text of each QR code in an image or in its file; a file that is no image holds none."""
    return await asyncio.to_thread(_texts_in, image)


async def read_code(path: Path) -> str:
    """The text of the one QR code in an image file.

    Raises:
        FileUnreadable: when it is no image, or there is no code, or several, in it.
    """
    return await asyncio.to_thread(_read, path)


def _texts_in(given: QImage | Path) -> list[str]:
    try:
        image = _image(given) if isinstance(given, Path) else given
    except FileUnreadable:
        return []
    return [] if image.isNull() else _codes(image)


def _read(path: Path) -> str:
    texts = set(_codes(_image(path)))
    if not texts:
        raise FileUnreadable(name=path.name, why="there is no QR code to be seen in it.")
    if len(texts) > 1:
        raise FileUnreadable(name=path.name, why="there is more than one QR code in it.")
    return texts.pop()


def _image(path: Path) -> QImage:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error
    if size > LARGEST:
        raise FileUnreadable(name=path.name, why="it is too large for a picture of a code.")
    image = QImageReader(str(path)).read()
    if image.isNull():
        raise FileUnreadable(name=path.name, why="it is not a picture that MedRec reads.")
    return image


def _codes(image: QImage) -> list[str]:
    import numpy as np
    import zxingcpp

    if max(image.width(), image.height()) > LONGEST_SIDE:
        keep = Qt.AspectRatioMode.KeepAspectRatio
        image = image.scaled(LONGEST_SIDE, LONGEST_SIDE, keep)
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    bits = grey.constBits()
    data = b"" if bits is None else bits.asstring(grey.sizeInBytes())
    lines = np.frombuffer(data, np.uint8).reshape(grey.height(), grey.bytesPerLine())
    pixels = np.ascontiguousarray(lines[:, : grey.width()])
    found = zxingcpp.read_barcodes(pixels, zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [str(code.text) for code in found if code.valid and code.text]
