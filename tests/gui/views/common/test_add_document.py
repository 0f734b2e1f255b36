"""The dialog that adds a file: chosen, named, filed, and never waited for."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medrec.domain.categories import Category
from medrec.domain.imports import AddDocument, EntryState, FilePreview, ImportEntry
from medrec.views.common.add_document import AddDocumentDialog
from medrec.views.common.file_area import FileArea, size_text


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    held = QWidget()
    qtbot.addWidget(held)
    held.resize(900, 700)
    held.show()
    return held


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.7" + b"x" * 2000)
    return path


def opened(window: QWidget, path: Path | None = None) -> tuple[AddDocumentDialog, list[object]]:
    dialog = AddDocumentDialog(window, path=path)
    wishes: list[object] = []
    dialog.added.connect(wishes.append)
    dialog.open()
    return dialog, wishes


def test_a_file_with_its_name_as_title(window: QWidget, letter: Path) -> None:
    dialog, wishes = opened(window, letter)
    assert dialog.title.text() == "letter"
    dialog.category.set_value(Category.IMAGING)
    dialog.add.click()
    assert wishes == [AddDocument(letter, Category.IMAGING, "letter")]
    assert not dialog.isVisible()


def test_a_file_and_a_title_are_asked_for(window: QWidget, letter: Path) -> None:
    dialog, wishes = opened(window)
    dialog.add.click()
    assert dialog.note.text() == "Choose a file first."
    dialog.choose(letter)
    dialog.title.set_text(" ")
    dialog.add.click()
    assert dialog.title.error == "Write a title."
    assert wishes == []
    dialog.cancel.click()
    assert wishes == []


def test_a_preview_names_it_better(window: QWidget, letter: Path) -> None:
    dialog, wishes = opened(window, letter)
    bad = ImportEntry(0, "Condition", "x", "", Category.PROBLEMS, EntryState.REFUSED)
    seen = FilePreview(
        letter, 2008, b"d" * 32, "fhir", "application/fhir+json", "Asthma", Category.PROBLEMS
    )
    dialog.show_preview(seen)
    assert dialog.title.text() == "Asthma"
    assert dialog.category.value() is Category.PROBLEMS
    dialog.title.set_text("My asthma")
    dialog.show_preview(FilePreview(**{**_fields(seen), "entries": (bad,)}))
    assert dialog.title.text() == "My asthma"
    assert "not valid FHIR" in dialog.note.text()
    dialog.add.click()
    assert wishes == [AddDocument(letter, Category.PROBLEMS, "My asthma", plain=True)]


def _fields(preview: FilePreview) -> dict[str, object]:
    return {name: getattr(preview, name) for name in FilePreview.__slots__}


def test_a_file_that_is_gone(window: QWidget, tmp_path: Path) -> None:
    dialog, _ = opened(window, tmp_path / "gone.pdf")
    assert dialog.note.text() == "gone.pdf cannot be read."
    assert dialog.area.path is None


def test_a_file_is_dropped(window: QWidget, letter: Path) -> None:
    area = FileArea(parent=window)
    found: list[object] = []
    area.chosen.connect(found.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(letter))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    area.dropEvent(event)
    assert found == [letter]


@pytest.mark.parametrize(
    ("size", "text"), [(937, "937 bytes"), (12_000, "12 KB"), (2_670_089, "2.7 MB")]
)
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text
