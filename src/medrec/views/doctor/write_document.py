"""The form for a document: any file, kept byte for byte."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from medrec.clinical.forms import Finding, FormKind
from medrec.domain.imports import FilePreview
from medrec.views.common.fields import Field
from medrec.views.common.file_area import FileArea, size_text
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.doctor.write_form import FormView


class FileField(FileArea):
    """A file as a field: its text is the path."""

    edited = pyqtSignal(str)
    left = pyqtSignal()

    def __init__(self, text: str, hint: str) -> None:
        super().__init__(text, hint)
        self.chosen.connect(self._on_chosen)

    def text(self) -> str:
        """The path, "" for no file."""
        return str(self.path) if self.path is not None else ""

    def set_text(self, text: str) -> None:
        """Show a path; a file that is gone is shown all the same, and refused when it is saved."""
        path = Path(text) if text else None
        self.show_file(path, _detail(path) if path is not None else "")

    def set_error(self, error: str) -> None:
        """Show what is wrong with the file."""
        self.detail.set_colour("danger_text" if error else "text_2")
        if error:
            self.detail.setText(error)
            self.detail.show()

    def set_warning(self, warning: str) -> None:
        """Show what is unusual about the file."""
        if warning:
            self.detail.set_colour("warning_text")
            self.detail.setText(warning)
            self.detail.show()

    def _on_chosen(self, path: Path) -> None:
        self.show_file(path, _detail(path))
        self.edited.emit(str(path))
        self.left.emit()


class DocumentForm(FormView):
    """A file and its title; the category is chosen above."""

    kind = FormKind.DOCUMENT

    looked = pyqtSignal(object)
    """The `Path` of a file that was just chosen, to be looked into."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plain = False
        self.file = FileField(
            self.tr("Drop a file here"),
            self.tr("PDF, image, DICOM, FHIR, or any other file. It is kept byte for byte."),
        )
        self.file.chosen.connect(self._on_file)
        self.title = Field(self.tr("Title"), hint=self.tr("Empty: taken from the file"))
        self.note = Label("", Type.SMALL, "warning_text", wrap=True)
        self.note.hide()
        self.row(("file", self.file))
        self.rows.addWidget(self.note)
        self.row(("title", self.title))
        self.rows.addStretch(1)

    def texts(self) -> dict[str, str]:
        """The fields, and whether a file that is not FHIR is kept as a document."""
        return super().texts() | {"plain": "yes" if self.plain else "no"}

    def own_findings(self) -> tuple[Finding, ...]:
        """Without a file there is no document."""
        path = self.file.path
        if path is None:
            return (Finding("file", self.tr("Choose a file.")),)
        if not path.is_file():
            return (Finding("file", self.tr("The file is no longer there.")),)
        return ()

    def show_preview(self, preview: FilePreview) -> None:
        """Say what the file is; its title is the placeholder."""
        if preview.path != self.file.path:
            return
        kind = preview.resource_type or preview.media_type
        self.file.show_file(preview.path, f"{kind}  ·  {size_text(preview.size)}")
        self.title.editor.setPlaceholderText(preview.title)
        self.plain = preview.refused
        words = ""
        if preview.refused:
            words = self.tr(
                "It is not valid FHIR. It is kept as a document: nothing is read from it."
            )
        elif preview.warnings:
            words = preview.warnings[0]
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def show_error(self, sentence: str) -> None:
        """Say why the file cannot be read."""
        self.file.show_file(None)
        self.file.set_error(sentence)

    @property
    def empty(self) -> bool:
        """Whether there is neither a file nor a title."""
        return self.file.path is None and not self.title.text().strip()

    def _on_file(self, path: Path) -> None:
        self.plain = False
        self.note.hide()
        self.looked.emit(path)


def _detail(path: Path) -> str:
    try:
        return size_text(path.stat().st_size)
    except OSError:
        return ""
