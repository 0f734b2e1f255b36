"""Files that come and go: dropped on a page, asked for, shown inside the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QUrl
from PyQt6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from medrec.views.common import file_dialogs
from medrec.views.common.drop import files_in
from medrec.views.common.file_dialogs import safe_name
from medrec.views.common.file_page import FilePage
from medrec.views.common.viewers.text import TextViewer


def test_only_files_of_this_computer_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.touch()
    data = QMimeData()
    assert files_in(None) == []
    assert files_in(data) == []
    here = QUrl.fromLocalFile
    urls = [here(str(file)), here(str(tmp_path)), here(str(tmp_path / "gone"))]
    data.setUrls([*urls, QUrl("https://example.org/a.txt")])
    assert files_in(data) == [file]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("lab-report.pdf", "lab-report.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\temp\\a?.txt", "C__temp_a_.txt"),
        ("...", "file"),
        ("a\x00b\n.txt", "a_b_.txt"),
    ],
)
def test_a_file_name_of_a_record_leads_nowhere_else(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_file_is_asked_for_without_waiting(qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    saved: list[Path] = []
    many: list[list[Path]] = []
    save = file_dialogs.ask_save(window, "Save", "../a.txt", saved.append)
    assert save.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    save.fileSelected.emit(str(tmp_path / "a.txt"))
    files = file_dialogs.ask_files(window, "Open", many.append)
    files.filesSelected.emit([str(tmp_path / "b.txt")])
    folder = file_dialogs.ask_folder(window, "Where", saved.append)
    folder.fileSelected.emit(str(tmp_path))
    assert saved == [tmp_path / "a.txt", tmp_path]
    assert many == [[tmp_path / "b.txt"]]
    for dialog in (save, files, folder):
        dialog.close()


def test_a_file_is_shown_and_let_go_of(qtbot: QtBot) -> None:
    page = FilePage()
    qtbot.addWidget(page)
    page.show()
    page.show_file("Letter", "remark.txt", "text/plain", b"Seen.")
    assert isinstance(page.viewer, TextViewer)
    assert page.page.title == "remark.txt"
    with qtbot.waitSignal(page.saveRequested) as wanted:
        page.save.click()
    assert wanted.args == ["remark.txt"]
    page.show_file("Letter", "what.xyz", "application/x-unknown", b"\x00\x01\x02")
    assert page.viewer is not None
    assert not isinstance(page.viewer, TextViewer)
    with qtbot.waitSignal(page.backRequested):
        page.back.click()
    page.close_file()
    assert page.viewer is None
