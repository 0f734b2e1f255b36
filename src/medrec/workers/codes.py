"""QR codes out of image files."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PyQt6.QtGui import QImage, QImageReader

from medrec.errors import FileUnreadable

LARGEST = 64 << 20
"""Bytes; a larger file is no photograph of a code."""


async def read_code(path: Path) -> str:
    """The text of the QR code in an image file.

    Raises:
        FileUnreadable: when it is no image, or there is no code, or several, in it.
    """
    return await asyncio.to_thread(_read, path)


def _read(path: Path) -> str:
    import numpy as np
    import zxingcpp

    image = _image(path)
    bits = image.constBits()
    data = b"" if bits is None else bits.asstring(image.sizeInBytes())
    lines = np.frombuffer(data, np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = np.ascontiguousarray(lines[:, : image.width()])
    found = zxingcpp.read_barcodes(pixels, zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    texts = {code.text for code in found if code.valid}
    if not texts:
        raise FileUnreadable(name=path.name, why="there is no QR code to be seen in it.")
    if len(texts) > 1:
        raise FileUnreadable(name=path.name, why="there is more than one QR code in it.")
    return str(texts.pop())


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
    return image.convertToFormat(QImage.Format.Format_Grayscale8)
