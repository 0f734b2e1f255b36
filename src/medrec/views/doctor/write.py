"""The page on which a doctor writes: kinds at the left, the form, what is known beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from medrec.clinical.facts import Facts
from medrec.clinical.forms import FORMS, FormKind
from medrec.domain.categories import GRANTABLE, Category
from medrec.models.doctor.current import CurrentPatient
from medrec.services.draft_rows import SavedDraft
from medrec.views.common import dates
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card, Icon
from medrec.views.common.fields import Choice, LabelledField
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import MARGIN, Scroll, boxed, centred, hbox, vbox
from medrec.views.common.shell.popovers import Popover
from medrec.views.common.theme import ground, set_look
from medrec.views.common.tiles import CategoryTile
from medrec.views.common.words import category_name
from medrec.views.doctor.patient_head import NobodyChosen, PatientHead
from medrec.views.doctor.write_document import DocumentForm
from medrec.views.doctor.write_fields import CodeField, MomentField
from medrec.views.doctor.write_form import FormView
from medrec.views.doctor.write_kinds import KindsCard
from medrec.views.doctor.write_laboratory import LaboratoryForm
from medrec.views.doctor.write_prescription import PrescriptionForm
from medrec.views.doctor.write_side import DraftsCard, KnownCard, SavingCard
from medrec.views.doctor.write_simple import AllergyForm, ImmunizationForm, NoteForm, ProblemForm
from medrec.views.doctor.write_vitals import VitalsForm
from medrec.views.doctor.write_words import kind_name

SIDE = 232
ROOMY = 1000
"""Width of the page from which on the side column is shown."""

_FORMS: Mapping[FormKind, Callable[[], FormView]] = {
    FormKind.NOTE: NoteForm,
    FormKind.VITALS: VitalsForm,
    FormKind.LABORATORY: LaboratoryForm,
    FormKind.PRESCRIPTION: PrescriptionForm,
    FormKind.ALLERGY: AllergyForm,
    FormKind.IMMUNIZATION: ImmunizationForm,
    FormKind.PROBLEM: ProblemForm,
    FormKind.DOCUMENT: DocumentForm,
}


def categories_of(kind: FormKind) -> tuple[Category, ...]:
    """Where a kind of writing may be saved, the usual one first."""
    if kind is FormKind.DOCUMENT:
        others = [c for c in GRANTABLE if c is not Category.DOCUMENTS]
        return (Category.DOCUMENTS, *others)
    return FORMS[kind].categories


class WritePage(QWidget):
    """Writing about the current patient; it checks nothing and saves nothing by itself.

    ``edited`` comes with every change, ``left`` when a field was left, ``saveAsked`` by the button
    or Ctrl S.
    """

    kindChosen = pyqtSignal(object)
    """`FormKind`."""
    edited = pyqtSignal()
    left = pyqtSignal()
    saveAsked = pyqtSignal()
    keepAsked = pyqtSignal()
    discardAsked = pyqtSignal()
    draftOpened = pyqtSignal(str)
    draftDropped = pyqtSignal(str)
    fileLooked = pyqtSignal(object)
    """The `Path` of a file that was chosen for a document."""
    arrived = pyqtSignal(object)
    """What `arrive` was told, as a dict: `record` and `version` to amend, `draft` to go on."""
    hidden = pyqtSignal()
    """The page went out of sight."""

    def __init__(self, current: CurrentPatient, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "window")
        self.setAccessibleName(self.tr("Write"))
        self.current = current
        self._facts = Facts()
        self.forms: dict[FormKind, FormView] = {}
        self.kind = FormKind.NOTE
        self.head = PatientHead(current)
        self.nobody = NobodyChosen()
        self.kinds = KindsCard()
        self.kinds.chosen.connect(self.kindChosen)
        self.stack = QWidget()
        self._stacked = vbox(spacing=0)
        self.stack.setLayout(self._stacked)
        self.known, self.saving, self.drafts = KnownCard(), SavingCard(), DraftsCard()
        self.drafts.opened.connect(self.draftOpened)
        self.drafts.dropped.connect(self.draftDropped)
        self.side = self._side()
        self._popup: QWidget | None = None
        self.body = self._body()
        self.footer = self._footer()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.nobody, 1)
        whole.addWidget(self.body, 1)
        whole.addWidget(self.footer)
        save = QShortcut(QKeySequence.StandardKey.Save, self)
        save.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save.activated.connect(self.saveAsked)
        self.set_chosen(False)

    def _body(self) -> QWidget:
        columns = hbox(self.kinds, self._form_card(), self.side, spacing=16)
        columns.setStretch(1, 1)
        content = boxed(vbox(self.head, columns, spacing=12))
        content_layout = content.layout()
        if isinstance(content_layout, QVBoxLayout):
            content_layout.setStretch(1, 1)
        held = centred(content)
        held.setContentsMargins(MARGIN, 18, MARGIN, 16)
        return held

    def _form_card(self) -> Card:
        self.card = Card()
        self.card.set_padding(20, 16)
        self.card.body.setSpacing(8)
        self.tile = CategoryTile(Category.NOTES, 36)
        self.heading = Label("", Type.TITLE)
        self.about = ElidedLabel("", Type.SMALL, "text_2")
        self.category = Choice("", [])
        self.category.hide_foot()
        self.category.editor.setAccessibleName(self.tr("Category"))
        self.category.editor.setMinimumWidth(160)
        self.category.changed.connect(self._on_category)
        self.last = Button(self.tr("Last values"), Kind.SECONDARY, "activity", Size.ROW)
        self.last.clicked.connect(self._show_popup)
        words = vbox(self.heading, self.about, spacing=2)
        head = hbox(self.tile, words, self.category, self.last, spacing=12)
        head.setStretch(1, 1)
        self.card.body.addLayout(head)
        self.card.body.addWidget(Scroll(self.stack), 1)
        return self.card

    def _side(self) -> QWidget:
        side = Scroll(boxed(vbox(self.known, self.drafts, self.saving, None, spacing=16)))
        side.setFixedWidth(SIDE)
        return side

    def _footer(self) -> QFrame:
        bar = QFrame(self)
        set_look(bar, "card", "footer")
        bar.setMinimumHeight(60)
        self.wrong_icon = Icon("circle-alert", 16, "danger_text")
        self.wrong = Label("", Type.SMALL_STRONG, "danger_text")
        self.status = ElidedLabel("", Type.SMALL, "text_2")
        self.discard = Button(self.tr("Discard"), Kind.QUIET)
        self.keep = Button(self.tr("Keep as draft"), Kind.SECONDARY)
        self.save = Button(self.tr("Save to the record"), Kind.PRIMARY, "lock")
        self.save.setToolTip(self.tr("Save to the record (Ctrl S)"))
        self.discard.clicked.connect(self.discardAsked)
        self.keep.clicked.connect(self.keepAsked)
        self.save.clicked.connect(self.saveAsked)
        row = hbox(self.wrong_icon, self.wrong, self.status, self.discard, self.keep, self.save)
        row.setStretch(2, 1)
        inner = QHBoxLayout(bar)
        inner.setContentsMargins(MARGIN, 0, MARGIN, 0)
        inner.addWidget(centred(boxed(row)))
        self.show_wrong(0)
        return bar

    def arrive(self, **facts: object) -> None:
        """The page is shown, perhaps for a record to amend or a draft to go on with."""
        self.arrived.emit(facts)

    def set_chosen(self, chosen: bool) -> None:
        """Whether there is a patient to write about."""
        self.nobody.setVisible(not chosen)
        self.body.setVisible(chosen)
        self.footer.setVisible(chosen)
        self.saving.set_patient(self.current.name)

    def show_form(self, kind: FormKind) -> FormView:
        """Bring a form to the front, made on its first visit."""
        if kind not in self.forms:
            self.make_form(kind)
        self.kind = kind
        # A form that is hidden takes no room: only the one in front makes the card scroll.
        for form in self.forms.values():
            form.setVisible(form is self.forms[kind])
        self.kinds.select(kind)
        self.heading.setText(kind_name(kind))
        self.known.show_facts(kind, self._facts)
        return self.forms[kind]

    def make_form(self, kind: FormKind) -> FormView:
        """Make a form that stays behind the one in front."""
        form = _FORMS[kind]()
        form.edited.connect(self.edited)
        form.left.connect(self.left)
        if isinstance(form, DocumentForm):
            form.looked.connect(self.fileLooked)
        form.show_facts(self._facts)
        form.hide()
        self.forms[kind] = form
        self._stacked.addWidget(form)
        self._order(form)
        return form

    def _order(self, form: FormView) -> None:
        """Tab goes from the form to the buttons below it, though those were made before it."""
        last = cast("QWidget", list(form.fields.values())[-1])
        for before, after in (
            (last, self.discard),
            (self.discard, self.keep),
            (self.keep, self.save),
        ):
            QWidget.setTabOrder(before, after)

    def labels(self, kind: FormKind) -> dict[str, str]:
        """What the fields of a form are called, by field."""
        form = self.forms.get(kind) or self.make_form(kind)
        fields = form.fields.items()
        return {n: f.label.text() for n, f in fields if isinstance(f, LabelledField)}

    def shown(self, kind: FormKind, name: str, text: str) -> str:
        """A field's text as people read it: words for codes, days for times."""
        field = self.forms[kind].fields.get(name) if kind in self.forms else None
        if isinstance(field, CodeField):
            return field.words(text)
        return dates.day_time(text) if isinstance(field, MomentField) and text else text

    @property
    def form(self) -> FormView:
        """The form in front."""
        return self.forms[self.kind] if self.kind in self.forms else self.show_form(self.kind)

    def set_categories(self, categories: Sequence[Category], chosen: Category) -> None:
        """Where it may be saved; a choice only where there are several."""
        named = [(category_name(one), one) for one in categories]
        self.category.editor.blockSignals(True)
        self.category.set_items(named)
        self.category.set_value(chosen)
        self.category.editor.blockSignals(False)
        self.category.setVisible(len(named) > 1)
        self.tile.set_kind(chosen)

    def chosen_category(self) -> Category:
        """Where it will be saved."""
        value = self.category.value()
        return value if isinstance(value, Category) else categories_of(self.kind)[0]

    def set_about(self, text: str, heading: str = "") -> None:
        """The line below the name of the form; ``heading`` where something is amended."""
        self.about.setText(text)
        if heading:
            self.heading.setText(heading)

    def show_facts(self, facts: Facts) -> None:
        """Take over what the chart knows."""
        self._facts = facts
        for form in self.forms.values():
            form.show_facts(facts)
        self.known.show_facts(self.kind, facts)

    def show_drafts(self, drafts: Sequence[SavedDraft]) -> None:
        """The drafts about this patient."""
        self.drafts.show_drafts(drafts)

    def show_wrong(self, count: int) -> None:
        """How many values are to be corrected."""
        self.wrong_icon.setVisible(count > 0)
        self.wrong.setVisible(count > 0)
        one, many = self.tr("1 value to correct"), self.tr("{n} values to correct")
        self.wrong.setText(one if count == 1 else many.format(n=count))

    def show_status(self, text: str) -> None:
        """What is to be said about the draft."""
        self.status.setText(text)

    def set_busy(self, busy: bool) -> None:
        """While it is being saved nothing else is begun."""
        self.save.set_busy(busy, self.tr("Saving..."))
        for widget in (self.stack, self.kinds, self.keep, self.discard, self.category):
            widget.setEnabled(not busy)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The side column gives way on narrow pages (Qt)."""
        super().resizeEvent(event)
        roomy = self.width() >= ROOMY
        self.side.setVisible(roomy)
        self.last.setVisible(not roomy)

    def hideEvent(self, event: object) -> None:
        """Somebody went elsewhere: what was typed is to be kept (Qt)."""
        self.hidden.emit()

    def _on_category(self, value: object) -> None:
        if isinstance(value, Category):
            self.tile.set_kind(value)
            self.edited.emit()

    def _show_popup(self) -> None:
        popup, known = Popover(self, SIDE + 40), KnownCard()
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The popover has the ground and the edge.
        known.set_look("bare")
        known.show_facts(self.kind, self._facts)
        popup.setAccessibleName(known.accessibleName())
        popup.body.setContentsMargins(0, 0, 0, 0)
        popup.body.addWidget(known)
        self._popup = popup
        popup.show_below(self.last)
