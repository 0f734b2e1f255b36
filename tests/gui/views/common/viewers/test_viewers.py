from __future__ import annotations

import io
from pathlib import Path

import pytest
from PyQt6.QtCore import QBuffer, QIODevice, QPoint, QSizeF, Qt
from PyQt6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PyQt6.QtPdfWidgets import QPdfView
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medrec.views.common.fhir import ResourceView
from medrec.views.common.viewers import NotShownView, viewer_for
from medrec.views.common.viewers.base import size_text
from medrec.views.common.viewers.dicom import DicomViewer
from medrec.views.common.viewers.image import ImageViewer
from medrec.views.common.viewers.pdf import PdfViewer
from medrec.views.common.viewers.text import TextViewer
from medrec.views.common.viewers.waveform import WaveformView

ROOT = Path(__file__).resolve().parents[5]


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared clinical files (../shared/data) are not on this machine")
    return folder


def png(width: int = 40, height: int = 30) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "PNG")
    return bytes(buffer.data())


def pdf(pages: int = 2) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QSizeF(100, 140), QPageSize.Unit.Millimeter))
    painter = QPainter(writer)
    for page in range(pages):
        if page:
            writer.newPage()
        painter.drawText(200, 400, f"Page {page + 1}")
    painter.end()
    return bytes(buffer.data())


def shown(qtbot: QtBot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    widget.resize(700, 500)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_what_the_bytes_are_decides(qtbot: QtBot) -> None:
    kinds: list[tuple[str, bytes, type[QWidget]]] = [
        ("a.pdf", pdf(), PdfViewer),
        ("a.jpg", png(), ImageViewer),
        ("a.txt", b"Dear colleague", TextViewer),
        ("a.json", b'{"resourceType": "Basic", "code": {"text": "A"}}', ResourceView),
        ("a.zip", b"PK\x03\x04" + b"\0" * 60, NotShownView),
    ]
    for name, data, kind in kinds:
        widget = viewer_for("application/octet-stream", name, data)
        qtbot.addWidget(widget)
        assert isinstance(widget, kind), name


def test_a_pdf_is_shown_zoomed_and_turned(qtbot: QtBot) -> None:
    viewer = PdfViewer(pdf(3), "letter.pdf")
    shown(qtbot, viewer)
    assert viewer.pages == 3
    assert viewer._page.text() == "Page 1 of 3"
    viewer._turn(1)
    qtbot.waitUntil(lambda: viewer._page.text() == "Page 2 of 3")
    viewer._turn(9)
    viewer.zoom(1.25)
    assert viewer.view.zoomMode() is QPdfView.ZoomMode.Custom
    before = viewer.view.zoomFactor()
    viewer.zoom(1.25)
    assert viewer.view.zoomFactor() == pytest.approx(before * 1.25)
    viewer.fit()
    assert viewer.view.zoomMode() is QPdfView.ZoomMode.FitToWidth


def test_a_damaged_pdf_says_so(qtbot: QtBot) -> None:
    viewer = PdfViewer(b"%PDF-1.7 and nothing else", "letter.pdf")
    shown(qtbot, viewer)
    qtbot.waitUntil(lambda: bool(viewer.findChildren(NotShownView)))
    assert "damaged" in viewer.findChildren(NotShownView)[0].text


def test_a_picture_is_fitted_and_zoomed(qtbot: QtBot) -> None:
    viewer = ImageViewer(png(2000, 1000), "photo.png")
    shown(qtbot, viewer)
    qtbot.waitUntil(lambda: viewer._note.text() == "2000 × 1000")
    canvas = viewer.canvas
    fitted = canvas.factor
    assert fitted < 0.5
    canvas.original()
    assert canvas.factor == 1.0
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.factor == pytest.approx(1.25)
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.factor == pytest.approx(fitted)
    viewer.resize(400, 300)
    assert canvas.factor < fitted


def test_a_damaged_picture_says_so(qtbot: QtBot) -> None:
    viewer = ImageViewer(png()[:40], "photo.png")
    shown(qtbot, viewer)
    qtbot.waitUntil(lambda: bool(viewer.findChildren(NotShownView)))


def test_text_is_wrapped_or_not(qtbot: QtBot) -> None:
    viewer = TextViewer("word " * 400, "note.txt")
    shown(qtbot, viewer)
    modes = viewer.editor.LineWrapMode
    assert viewer.editor.lineWrapMode() is modes.WidgetWidth
    viewer._wrap(False)
    assert viewer.editor.lineWrapMode() is modes.NoWrap
    assert viewer.editor.isReadOnly()


def grey_dicom(frames: int) -> bytes:
    import numpy as np
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.PatientName, dataset.PatientBirthDate = "Haddad^Amina", "19680314"
    dataset.Rows = dataset.Columns = 16
    dataset.NumberOfFrames, dataset.SamplesPerPixel = frames, 1
    dataset.PhotometricInterpretation, dataset.PixelRepresentation = "MONOCHROME2", 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.WindowCenter, dataset.WindowWidth = 500, 1000
    dataset.PixelData = np.arange(frames * 256, dtype=np.uint16).tobytes()
    held = io.BytesIO()
    dataset.save_as(held, enforce_file_format=True)
    return held.getvalue()


def opened(qtbot: QtBot, data: bytes) -> DicomViewer:
    viewer = DicomViewer(data, "ct.dcm")
    shown(qtbot, viewer)
    qtbot.waitUntil(lambda: viewer.file is not None, timeout=15_000)
    return viewer


def test_window_and_frames_of_a_dicom(qtbot: QtBot) -> None:
    viewer = opened(qtbot, grey_dicom(4))
    assert viewer.window_level == (500, 1000)
    assert "picture 1 of 4" in viewer._note.text()
    viewer.frames.setValue(2)
    assert "picture 3 of 4" in viewer._note.text()
    viewer.level.setValue(viewer.level.value() + 100)
    assert viewer.window_level[0] < 500
    viewer.window_width.setValue(viewer.window_width.value() + 100)
    assert viewer.window_level[1] < 1000
    viewer.reset()
    assert viewer.window_level == (500, 1000)


def test_the_right_button_drags_the_window(qtbot: QtBot) -> None:
    viewer = opened(qtbot, grey_dicom(1))
    viewport = viewer.canvas.viewport()
    right = Qt.MouseButton.RightButton
    qtbot.mousePress(viewport, right, pos=QPoint(50, 50))
    qtbot.mouseMove(viewport, QPoint(90, 50))
    qtbot.mouseRelease(viewport, right, pos=QPoint(90, 50))
    viewer.drag(0.1, 0.1)
    assert viewer.window_level[1] > 1000


def test_the_tags_give_way_where_it_is_narrow(qtbot: QtBot) -> None:
    viewer = opened(qtbot, grey_dicom(1))
    panel = viewer._panel
    assert panel is not None
    assert panel.isVisible()
    viewer.resize(420, 400)
    assert not panel.isVisible()
    viewer.details.click()
    assert panel.isVisible()


def test_a_damaged_dicom_says_so(qtbot: QtBot) -> None:
    viewer = DicomViewer(b"\0" * 300, "ct.dcm")
    shown(qtbot, viewer)
    qtbot.waitUntil(lambda: bool(viewer.findChildren(NotShownView)), timeout=15_000)
    assert "no DICOM" in viewer.findChildren(NotShownView)[0].text


def test_every_shared_file_is_shown(qtbot: QtBot, shared: Path) -> None:
    for folder in ("attachments", "dicom", "ccda"):
        for path in sorted((shared / folder).iterdir()):
            widget = viewer_for("", path.name, path.read_bytes())
            shown(qtbot, widget)
            if isinstance(widget, DicomViewer):
                qtbot.waitUntil(lambda w=widget: w.file is not None, timeout=15_000)
            assert not isinstance(widget, NotShownView), path
            assert not widget.grab().isNull()
            widget.close()


def test_the_ecg_is_drawn(qtbot: QtBot, shared: Path) -> None:
    viewer = opened(qtbot, (shared / "dicom" / "waveform_ecg.dcm").read_bytes())
    (view,) = viewer.findChildren(WaveformView)
    assert view.area.widget() is not None
    assert view.area.widget().accessibleName().startswith("12 curves over 10.0 seconds: I, II")  # type: ignore[union-attr]
    view.choice.set_current(1)
    assert "1.2 seconds" in view.area.widget().accessibleName()  # type: ignore[union-attr]


def test_nothing_is_written_to_the_disk(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for name, data in (("a.pdf", pdf()), ("a.png", png()), ("a.dcm", grey_dicom(2))):
        shown(qtbot, viewer_for("", name, data))
    qtbot.wait(300)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (12, "12 B"),
        (184_000, "184 KB"),
        (1_250_000, "1.2 MB"),
        (999_900, "1.0 MB"),
        (7e9, "7.0 GB"),
    ],
)
def test_sizes_are_for_people(size: int, text: str) -> None:
    assert size_text(size) == text
