"""The page that brings a file into a patient's record: dropped, looked through, saved whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from medrec.clinical.patient import Demographics
from medrec.domain.categories import Category
from medrec.domain.imports import AddDocument, EntryState, FilePreview
from medrec.models.doctor.current import CurrentPatient
from medrec.models.doctor.import_entries import ImportEntries
from medrec.views.common.badges import Chip, Tone
from medrec.views.common.banner import Banner
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card, Icon
from medrec.views.common.drop import DropTarget
from medrec.views.common.fields import Choice, Field
from medrec.views.common.file_area import FileArea, size_text
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import MARGIN, Scroll, boxed, centred, hbox, vbox
from medrec.views.common.lists import ListView
from medrec.views.common.progress import ProgressBar
from medrec.views.common.states import Message, Skeleton
from medrec.views.common.stepper import Stepper
from medrec.views.common.theme import ground, set_look
from medrec.views.common.words import category_name
from medrec.views.doctor.import_parts import EntryDelegate, StateTile, WhoseCard
from medrec.views.doctor.patient_head import NobodyChosen, PatientHead

SIDE = 264


class ImportPage(QWidget):
    """A file, what is in it, whose data it is, and where it goes. It reads nothing by itself."""

    chosen = pyqtSignal(object)
    """The `Path` of a file to look into."""
    cancelAsked = pyqtSignal()
    """Stop looking, or let the file go."""
    saveAsked = pyqtSignal(object)
    """`AddDocument`."""
    arrived = pyqtSignal(object)

    def __init__(self, current: CurrentPatient, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "window")
        self.setAccessibleName(self.tr("Import FHIR"))
        self.current = current
        self.preview: FilePreview | None = None
        self._categories: Sequence[Category] = ()
        self.model = ImportEntries(self)
        self.stepper = Stepper([self.tr("File"), self.tr("Check"), self.tr("Save")])
        self.head = PatientHead(current, self.stepper)
        self.head.logged.hide()
        self.nobody = NobodyChosen()
        self.area = FileArea(
            self.tr("Drop a FHIR file here"),
            self.tr("C-CDA, PDF and images too. The file is kept byte for byte."),
        )
        self.area.chosen.connect(self.chosen)
        self.reading = self._reading()
        self.banner = Banner("", Tone.WARNING)
        self.tiles = self._tiles()
        self.listing = self._listing()
        self.other = Message("file-text", "", "")
        self.skeleton = Skeleton(6, 52)
        self.side = self._side()
        self.body = self._body()
        self.footer = self._footer()
        self._drop = DropTarget(self, self.tr("Look into this file"))
        self._drop.dropped.connect(lambda paths: self.chosen.emit(paths[0]))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for widget, stretch in ((self.nobody, 1), (self.body, 1), (self.footer, 0)):
            whole.addWidget(widget, stretch)
        save = QShortcut(QKeySequence.StandardKey.Save, self)
        save.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save.activated.connect(self._on_save)
        self.set_chosen(False)
        self.clear()

    def _body(self) -> QWidget:
        self.main = vbox(
            self.area,
            self.reading,
            self.banner,
            self.tiles,
            self.listing,
            self.other,
            self.skeleton,
            spacing=12,
        )
        for index in (4, 5, 6):
            self.main.setStretch(index, 1)
        columns = hbox(self.main, self.side, spacing=16)
        columns.setStretch(0, 1)
        whole = vbox(self.head, columns, spacing=12)
        whole.setStretch(1, 1)
        held = centred(boxed(whole))
        held.setContentsMargins(MARGIN, 18, MARGIN, 16)
        return held

    def _reading(self) -> Card:
        card = Card()
        self.bar = ProgressBar()
        self.sentence = Label("", Type.SMALL, "text_2")
        stop = Button(self.tr("Stop"), Kind.SECONDARY, "x")
        stop.clicked.connect(self.cancelAsked)
        lines = vbox(self.sentence, self.bar, spacing=8)
        row = hbox(lines, stop, spacing=16)
        row.setStretch(0, 1)
        card.body.addLayout(row)
        return card

    def _tiles(self) -> QWidget:
        self.counts = {
            EntryState.READY: StateTile(
                "check", "success_text", "success_soft", self.tr("ready"), self.tr("Valid FHIR R4")
            ),
            EntryState.REMARK: StateTile(
                "triangle-alert",
                "warning_text",
                "warning_soft",
                self.tr("with a remark"),
                self.tr("Imperfect, kept as it is"),
            ),
            EntryState.REFUSED: StateTile(
                "circle-x", "danger_text", "danger_soft", self.tr("refused"), self.tr("Not FHIR")
            ),
        }
        row = hbox(*self.counts.values(), spacing=12)
        for index in range(3):
            row.setStretch(index, 1)
        return boxed(row)

    def _listing(self) -> Card:
        card = Card()
        card.set_padding(0, 0)
        card.body.setSpacing(0)
        self.chips = {
            None: Chip(self.tr("All")),
            EntryState.REMARK: Chip(self.tr("Remarks"), "triangle-alert"),
            EntryState.REFUSED: Chip(self.tr("Refused"), "circle-x"),
        }
        for chip in self.chips.values():
            chip.setAutoExclusive(True)
            chip.clicked.connect(lambda _: self._filter())
        self.types = Choice("", [(self.tr("All types"), "")])
        self.types.hide_foot()
        self.types.editor.setAccessibleName(self.tr("Type of resource"))
        self.types.editor.setMinimumWidth(180)
        self.types.changed.connect(lambda _: self._filter())
        head = hbox(*self.chips.values(), None, self.types)
        head.setContentsMargins(16, 10, 16, 10)
        self.list = ListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryDelegate(self.list))
        self.list.setAccessibleName(self.tr("Resources of the file"))
        card.body.addLayout(head)
        card.add_flush(self.list)
        return card

    def _side(self) -> QWidget:
        self.whose = WhoseCard()
        self.save_as = Card(self.tr("Save as"))
        self.title = Field(self.tr("Title"))
        self.category = Choice(self.tr("Category"), [])
        self.category.set_hint(self.tr("Whoever may read this category may read the whole file."))
        self.save_as.body.addWidget(self.title)
        self.save_as.body.addWidget(self.category)
        content = vbox(self.whose, self.save_as, None, spacing=12)
        content.setContentsMargins(0, 0, 2, 0)
        side = Scroll(boxed(content))
        side.setFixedWidth(SIDE)
        return side

    def _footer(self) -> QFrame:
        bar = QFrame(self)
        set_look(bar, "card", "footer")
        bar.setMinimumHeight(60)
        self.promise = ElidedLabel("", Type.SMALL, "text_2")
        self.cancel = Button(self.tr("Cancel"), Kind.QUIET)
        self.save = Button(self.tr("Save to the record"), Kind.PRIMARY, "lock")
        self.cancel.clicked.connect(self.cancelAsked)
        self.save.clicked.connect(self._on_save)
        row = hbox(Icon("eye", 16, "text_2"), self.promise, self.cancel, self.save)
        row.setStretch(1, 1)
        inner = QHBoxLayout(bar)
        inner.setContentsMargins(MARGIN, 0, MARGIN, 0)
        inner.addWidget(centred(boxed(row)))
        self.category.changed.connect(lambda _: self._promise())
        return bar

    def arrive(self, **facts: object) -> None:
        """The page is shown, perhaps with a file (`path`)."""
        self.arrived.emit(facts)

    def set_chosen(self, chosen: bool) -> None:
        """Whether there is a patient whose record the file may go into."""
        self.nobody.setVisible(not chosen)
        self.body.setVisible(chosen)
        self.footer.setVisible(chosen and self.preview is not None)

    def set_categories(self, categories: Sequence[Category]) -> None:
        """Where the doctor may write; none: the file can be looked at and not saved."""
        self._categories = categories
        before = self.category.value()
        self.category.set_items([(category_name(one), one) for one in categories])
        self.category.set_error("" if categories else self._refusal())
        if self.preview is not None and before not in categories:
            self._suggest(self.preview)

    def _refusal(self) -> str:
        return self.tr("You may not write into this record. You may ask for it.")

    def clear(self) -> None:
        """Back to the first step, without a file."""
        self.preview = None
        self.area.show_file(None)
        self.model.set_entries(())
        for widget in (
            self.reading,
            self.banner,
            self.tiles,
            self.listing,
            self.side,
            self.skeleton,
        ):
            widget.hide()
        self.footer.hide()
        self.other.set(
            self.tr("Nothing is read yet"),
            self.tr("What is in the file appears here, resource by resource, before it is saved."),
        )
        self.other.show()
        self.stepper.set_current(0)
        self.set_busy(False)

    def show_reading(self, path: Path) -> None:
        """A file is being looked into."""
        self.clear()
        self.area.show_file(path)
        self.other.hide()
        self.reading.show()
        self.skeleton.show()
        self.show_progress(self.tr("Reading"), 0, 0)

    def show_progress(self, sentence: str, done: int, total: int) -> None:
        """How far the looking is."""
        counted = self.tr("{done} of {total}").format(done=done, total=total) if total else ""
        self.sentence.setText(f"{sentence}  {counted}".strip())
        self.bar.set_progress(done, total)

    def show_error(self, sentence: str) -> None:
        """The file cannot be read."""
        self.clear()
        self.other.set(self.tr("This file cannot be read"), sentence)

    def show_preview(self, preview: FilePreview, patient: Demographics | None) -> None:
        """What is in the file, whose data it is, and where it would go."""
        self.preview = preview
        self.area.show_file(preview.path, self._facts(preview))
        self.reading.hide()
        self.skeleton.hide()
        fhir = bool(preview.entries)
        self._show_entries(preview)
        self.tiles.setVisible(fhir)
        self.listing.setVisible(fhir)
        self.other.setVisible(not fhir)
        if not fhir:
            words = self.tr(
                "It is kept as it is and opened inside MedRec. Nothing is read from it."
            )
            self.other.set(self.tr("A document"), preview.refusal or words)
        self._warn(preview)
        self.whose.setVisible(fhir)
        self.whose.show_preview(preview, patient, self.current.name)
        self.title.set_text(preview.title)
        if isinstance(self.title.editor, QLineEdit):
            self.title.editor.setCursorPosition(0)
        self._suggest(preview)
        self.save.setText(
            self.tr("Keep as a document") if preview.refused else self.tr("Save to the record")
        )
        self.side.show()
        self.footer.show()
        self.stepper.set_current(1)
        self._promise()

    def _suggest(self, preview: FilePreview) -> None:
        """The file's own category, else that of documents, else the first that may be written."""
        for one in (preview.category, Category.DOCUMENTS, *self._categories):
            if one in self._categories:
                self.category.set_value(one)
                return

    def set_busy(self, busy: bool) -> None:
        """While it is being saved nothing else is begun."""
        self.save.set_busy(busy, self.tr("Saving..."))
        self.area.setEnabled(not busy)
        if busy:
            self.stepper.set_current(2)

    def _facts(self, preview: FilePreview) -> str:
        kind = preview.resource_type or preview.media_type
        parts = [f"{kind}, FHIR R4" if preview.resource_type else kind, size_text(preview.size)]
        if preview.entries:
            number = sum(count for _, count in preview.types)
            parts.append(self.tr("%n resource(s)", "", number).replace("(s)", "s" * (number != 1)))
            parts.append(self.tr("read in {n} s").format(n=f"{preview.seconds:.1f}"))
        return "  ·  ".join(parts)

    def _show_entries(self, preview: FilePreview) -> None:
        self.model.set_entries(preview.entries)
        for state, tile in self.counts.items():
            tile.set_count(preview.count(state))
        self.chips[None].set_count(len(preview.entries))
        for state in (EntryState.REMARK, EntryState.REFUSED):
            number = sum(entry.state is state for entry in preview.entries)
            self.chips[state].set_count(number)
            self.chips[state].setEnabled(number > 0)
        self.chips[None].setChecked(True)
        types = [(f"{name} ({count})", name) for name, count in preview.types]
        self.types.set_items([(self.tr("All types"), ""), *types])
        self.types.set_value("")

    def _warn(self, preview: FilePreview) -> None:
        words = preview.warnings[0] if preview.warnings else ""
        if preview.refused:
            words = self.tr(
                "It is not valid FHIR as a whole. You may keep it as a document: its bytes stay as "
                "they are, and nothing is read from it into the chart."
            )
        self.banner.set_text(words)
        self.banner.setVisible(bool(words))

    def _filter(self) -> None:
        state = next((s for s, chip in self.chips.items() if chip.isChecked()), None)
        self.model.filter(state, str(self.types.value() or ""))

    def _promise(self) -> None:
        value = self.category.value()
        if not isinstance(value, Category):
            self.promise.setText(self._refusal())
            return
        name = category_name(value)
        words = self.tr("One record in {category}. {name} sees it, with your name.")
        self.promise.setText(words.format(category=name.lower(), name=self.current.name))

    def _on_save(self) -> None:
        preview, category = self.preview, self.category.value()
        if preview is None or self.save.busy:
            return
        if not isinstance(category, Category):
            words = self.tr("Choose a category.") if self._categories else self._refusal()
            self.category.set_error(words)
            self.category.setFocus()
            return
        if not self.title.text().strip():
            self.title.set_error(self.tr("Write a title."))
            self.title.setFocus()
            return
        if self.whose.doubtful and not self.whose.anyway.isChecked():
            self.whose.set_error(self.tr("Compare first: it may be another person's data."))
            self.whose.anyway.setFocus()
            return
        digest = b"" if preview.refused else preview.digest
        title = self.title.text().strip()
        wish = AddDocument(preview.path, category, title, digest, preview.refused)
        self.saveAsked.emit(wish)
