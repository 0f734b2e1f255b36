"""The dialog that adds a file as a record: any file, a title, a category."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QWidget

from medrec.domain.categories import GRANTABLE, Category
from medrec.domain.imports import AddDocument, FilePreview
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Icon
from medrec.views.common.dialogs import Dialog
from medrec.views.common.fields import Choice, Field
from medrec.views.common.file_area import FileArea, size_text
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import hbox
from medrec.views.common.record.pieces import kind_text
from medrec.views.common.words import category_name

MOST = 2_000_000_000
"""Bytes of a file; more than this no reader of a record could open."""


class AddDocumentDialog(Dialog):
    """Asks for a file, a title and a category; open it with `open()`.

    `looked` asks the controller to look into a chosen file; it answers with `show_preview` or
    `show_error`. Without an answer the file is added all the same, and checked then.
    """

    added = pyqtSignal(object)
    """`AddDocument`: the person wants it. The dialog has closed."""
    looked = pyqtSignal(object)
    """The `Path` of a file that was just chosen."""

    def __init__(
        self,
        parent: QWidget | None,
        *,
        path: Path | None = None,
        categories: Sequence[Category] = GRANTABLE,
        chosen: Category = Category.DOCUMENTS,
        reader: str = "",
    ) -> None:
        super().__init__(parent, self.tr("Add a document"), width=560)
        self._preview: FilePreview | None = None
        self._categories = tuple(categories)
        self._typed = False
        self.area = FileArea(
            self.tr("Drop a file here"),
            self.tr("FHIR, PDF, image, DICOM, or any other file. It is kept byte for byte."),
        )
        self.area.chosen.connect(self.choose)
        self.title = Field(
            self.tr("Title"), hint=self.tr("What you will look for, such as “Letter of Dr. Meyer”")
        )
        self.title.edited.connect(self._on_title)
        self.category = Choice(
            self.tr("Category"), [(category_name(one), one) for one in categories]
        )
        self.category.set_value(chosen if chosen in categories else categories[0])
        self.category.set_hint(
            reader or self.tr("Whoever may read this category may read the document.")
        )
        self._lay_out()
        self.cancel = self.add_button(Button(self.tr("Cancel"), Kind.SECONDARY))
        self.add = self.add_button(Button(self.tr("Add to the record"), Kind.PRIMARY, "lock"))
        self.cancel.clicked.connect(self.reject)
        self.add.clicked.connect(self._on_add)
        self.first_focus = self.area.button
        if path is not None:
            self.choose(path)

    def _lay_out(self) -> None:
        self.note_icon = Icon("triangle-alert", 16, "warning_text")
        self.note = Label("", Type.SMALL, "warning_text", wrap=True)
        self.note_icon.hide()
        self.note.hide()
        self.body.addWidget(self.area)
        note = hbox(self.note_icon, self.note)
        note.setStretch(1, 1)
        note.setAlignment(self.note_icon, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(note)
        self.body.addWidget(self.title)
        self.body.addWidget(self.category)

    def choose(self, path: Path) -> None:
        """Take a file; its name is the title until another one is typed."""
        self._preview = None
        self._warn("")
        size = _size(path)
        self.area.show_file(path, size_text(size) if size else "")
        if not self._typed:
            self.title.set_text(path.stem)
            self._typed = False
        if size is None or size > MOST:
            self._warn(self.tr("{name} cannot be read.").format(name=path.name))
            self.area.show_file(None)
            return
        self.looked.emit(path)
        self.title.setFocus()

    def show_preview(self, preview: FilePreview) -> None:
        """Tell what the file is; a better title and category are put in."""
        if preview.path != self.area.path:
            return
        self._preview = preview
        kind = preview.resource_type or kind_text(preview.media_type)
        self.area.show_file(preview.path, f"{kind}  ·  {size_text(preview.size)}")
        if not self._typed:
            self.title.set_text(preview.title)
            self._typed = False
        if preview.category in self._categories:
            self.category.set_value(preview.category)
        if preview.refused:
            self._warn(
                self.tr("It is not valid FHIR. It is kept as a document that nothing is read from.")
            )
        elif preview.warnings:
            self._warn(preview.warnings[0])

    def show_error(self, sentence: str) -> None:
        """Tell why the file cannot be read; another one can be chosen."""
        self.area.show_file(None)
        self._warn(sentence)

    def _on_title(self, text: str) -> None:
        self._typed = bool(text.strip())
        self.title.set_error("")

    def _on_add(self) -> None:
        if self.area.path is None:
            self._warn(self.tr("Choose a file first."))
            self.area.setFocus()
            return
        if not self.title.text().strip():
            self.title.set_error(self.tr("Write a title."))
            self.title.setFocus()
            return
        category = self.category.value()
        if not isinstance(category, Category):
            return
        seen = self._preview
        wish = AddDocument(
            self.area.path,
            category,
            self.title.text().strip(),
            digest=seen.digest if seen is not None and not seen.refused else b"",
            plain=seen is not None and seen.refused,
        )
        self.accept()
        self.added.emit(wish)

    def _warn(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))
        self.note_icon.setVisible(bool(sentence))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
