"""Writing: checks what is typed, keeps drafts, sends them, settles conflicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer

from medrec.clinical.facts import Facts
from medrec.clinical.forms import FORMS, Finding, FormKind, Reopened
from medrec.clinical.problems import Severity
from medrec.controllers.doctor.write_drafts import Drafts
from medrec.controllers.shell import Shell
from medrec.domain.categories import Category
from medrec.domain.ids import Address, RecordId
from medrec.errors import NetworkError
from medrec.models.doctor.current import CurrentPatient
from medrec.models.session import Session
from medrec.services import importing, writing_again
from medrec.services.chart import Chart
from medrec.services.drafts import SavedDraft, draft_for
from medrec.services.writing_again import ToAmend
from medrec.views.common import dates
from medrec.views.common.dialogs import confirm
from medrec.views.common.words import category_name
from medrec.views.doctor.write import WritePage, categories_of
from medrec.views.doctor.write_document import DocumentForm

AUTOSAVE = 5000
"""Milliseconds after a change until the draft is kept."""


class WriteController(QObject):
    """One form of each kind may be open at a time, each with its own draft."""

    def __init__(
        self,
        session: Session,
        page: WritePage,
        shell: Shell,
        current: CurrentPatient,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._page, self._shell, self._current = session, page, shell, current
        self._patient: Address | None = None
        self._name = ""
        self._chart: Chart | None = None
        self._open: dict[FormKind, SavedDraft] = {}
        self._dirty: set[FormKind] = set()
        self._wanted: Mapping[str, object] = {}
        self.drafts = Drafts(session, page, shell, self)
        self.drafts.held = lambda: {draft.id for draft in self._open.values()}
        self.drafts.chosen.connect(self.open_draft)
        self.drafts.sentAway.connect(self._on_sent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AUTOSAVE)
        self._timer.timeout.connect(self.keep_open)
        self._connect()
        self._follow()

    def _connect(self) -> None:
        page = self._page
        page.kindChosen.connect(self.choose)
        page.edited.connect(self._on_edited)
        page.left.connect(self._check)
        page.saveAsked.connect(self.save)
        page.keepAsked.connect(self._keep_and_clear)
        page.discardAsked.connect(self._discard)
        page.draftOpened.connect(self.drafts.open)
        page.draftDropped.connect(self.drafts.drop)
        page.fileLooked.connect(self._look)
        page.arrived.connect(self._arrive)
        page.hidden.connect(self.keep_open)
        page.nobody.chooseRequested.connect(lambda: self._shell.go("patients"))
        self._current.changed.connect(self._follow)

    def choose(self, kind: FormKind) -> None:
        """Bring a kind of writing to the front; what was typed in another one is kept."""
        self.keep_open()
        another = kind is not self._page.kind
        form = self._page.show_form(kind)
        if form.empty and kind not in self._open:
            # The time that an untouched form shows is that of now.
            form.set_texts({})
        self._show_about(usual=another)
        self._check()

    def open_draft(self, draft: SavedDraft) -> None:
        """Go on with a draft; one about somebody else opens that chart first."""
        self.keep_open()
        if draft.patient != self._patient:
            self._wanted = {"draft": draft.id}
            self._current.choose(draft.patient, draft.patient_name)
            return
        self._open[draft.kind] = draft
        form = self._page.show_form(draft.kind)
        form.set_texts(draft.texts)
        self._dirty.discard(draft.kind)
        self._show_about()
        self._check()
        form.focus_first()
        path = draft.texts.get("file", "")
        if isinstance(form, DocumentForm) and path:
            self._look(Path(path))

    def save(self) -> None:
        """Send what is in the form in front, where nothing is wrong with it."""
        page, form = self._page, self._page.form
        if self._patient is None or page.save.busy:
            return
        findings = self._findings()
        if any(found.severity is Severity.ERROR for found in findings):
            form.show_findings(findings, everywhere=True)
            page.show_wrong(form.shown_errors())
            form.focus_first_error()
            return
        draft = self._current_draft()
        if draft is None:
            return
        page.set_busy(True)
        self._timer.stop()
        self.drafts.send(draft)

    def keep_open(self) -> None:
        """Keep what was typed since the last time, in every form."""
        self._timer.stop()
        for kind in list(self._dirty):
            draft = self._drafted(kind)
            if draft is not None:
                self._open[kind] = draft
                self.drafts.keep(draft)
        self._dirty.clear()

    def _follow(self) -> None:
        """Another patient was chosen, or the chart says more."""
        current = self._current
        if current.patient != self._patient:
            self.keep_open()
            self._open.clear()
            self._patient = current.patient
            self._chart = None
            for form in self._page.forms.values():
                form.set_texts({})
            self._page.set_chosen(current.patient is not None)
            self.drafts.follow(current.patient)
            if current.chart is not None:
                current.chart.changed.connect(self._show_chart)
        # What was typed about the one before was kept under that name.
        self._name = current.name
        if current.patient is not None:
            self._show_chart()

    def _show_chart(self) -> None:
        model = self._current.chart
        if model is None or model.patient != self._patient:
            return
        fresh = model.chart is not self._chart
        self._chart = model.chart
        page = self._page
        page.set_chosen(True)
        if fresh:
            page.show_facts(model.chart.facts if model.chart is not None else Facts())
        page.kinds.set_reasons(self._reasons())
        if page.kind not in page.forms or not self._allowed(page.kind):
            page.show_form(next((k for k in FormKind if self._allowed(k)), FormKind.NOTE))
        self._show_about()
        self._check()
        may = any(map(self._allowed, FormKind))
        page.save.setEnabled(may)
        if model.chart is None and model.error is not None:
            page.show_status(model.error.sentence)
        elif model.chart is not None and not may:
            page.show_status(self.tr("You may not write into this record. You may ask for it."))
        if self._wanted:
            self._arrive(self._wanted)

    def _allowed(self, kind: FormKind) -> list[Category]:
        """The categories of a kind that may be written."""
        chart = self._chart
        if self._unknown:
            return list(categories_of(kind))
        if chart is None or chart.permission is None:
            return []
        return [one for one in categories_of(kind) if one in chart.permission.write]

    @property
    def _unknown(self) -> bool:
        """Without a network nobody knows what may be written: it is asked when it is sent."""
        model = self._current.chart
        away = model is not None and isinstance(model.error, NetworkError)
        return self._chart is None and away

    def _reasons(self) -> dict[FormKind, str]:
        model = self._current.chart
        if self._chart is None and not self._unknown:
            error = model.error if model is not None else None
            why = error.sentence if error is not None else self.tr("The chart is being opened.")
            return dict.fromkeys(FormKind, why)
        words = self.tr("You may not write {category} of this patient. You may ask for it.")
        return {
            kind: words.format(category=category_name(categories_of(kind)[0]).lower())
            for kind in FormKind
            if not self._allowed(kind)
        }

    def _show_about(self, *, usual: bool = False) -> None:
        """Say where it will be saved; ``usual``: not where the form before would have been."""
        page, kind = self._page, self._page.kind
        draft = self._open.get(kind)
        allowed = self._allowed(kind) or list(categories_of(kind)[:1])
        chosen = page.chosen_category()
        if draft is not None:
            chosen = draft.category
        elif usual or chosen not in allowed or chosen not in categories_of(kind):
            chosen = allowed[0]
        amending = draft is not None and draft.record is not None
        allowed = [chosen] if amending else allowed
        page.set_categories(allowed, chosen)
        name = category_name(chosen).lower()
        # Where there is a choice it says so itself.
        parts = [] if len(allowed) > 1 else [self.tr("Category {name}").format(name=name)]
        if amending and draft is not None:
            version = (draft.base_version or 1) + 1
            parts.append(self.tr("amends a record, as version {n}").format(n=version))
        elif self._chart is not None and self._chart.until is not None:
            day = dates.day(self._chart.until)
            parts.append(self.tr("you may write until {day}").format(day=day))
        about = "  ·  ".join(parts)
        page.set_about(about[:1].upper() + about[1:])
        page.show_status("")

    def _on_edited(self) -> None:
        self._dirty.add(self._page.kind)
        if not self._timer.isActive():
            self._timer.start()
        self._check()

    def _check(self) -> None:
        form = self._page.form
        form.show_findings(self._findings())
        self._page.show_wrong(form.shown_errors())

    def _findings(self) -> tuple[Finding, ...]:
        page = self._page
        found: tuple[Finding, ...] = ()
        if page.kind in FORMS:
            now = datetime.now().astimezone()
            found = FORMS[page.kind].check(page.form.texts(), now).findings
        return (*found, *page.form.own_findings())

    def _current_draft(self) -> SavedDraft | None:
        kind = self._page.kind
        self._dirty.discard(kind)
        draft = self._drafted(kind)
        if draft is not None:
            self._open[kind] = draft
        return draft

    def _drafted(self, kind: FormKind) -> SavedDraft | None:
        """What stands in a form, as a draft; None where nothing was typed."""
        form = self._page.forms.get(kind)
        if form is None or self._patient is None or (form.empty and kind not in self._open):
            return None
        texts = form.texts()
        before = self._open.get(kind)
        if before is None:
            category = (self._allowed(kind) or list(categories_of(kind)))[0]
            name, author = self._name, self._session.title
            before = draft_for(self._patient, name, author, kind, category, texts)
        if kind is self._page.kind and before.record is None:
            before = replace(before, category=self._page.chosen_category())
        return replace(before, texts=texts, author_name=self._session.title)

    def _on_sent(self, draft: SavedDraft, gone: bool) -> None:
        """A draft was handed over: its form is free again, where it is not to be mended."""
        self._page.set_busy(False)
        held = self._open.get(draft.kind)
        if held is None or held.id != draft.id:
            return
        if gone:
            self._clear(draft.kind)
        else:
            self._open[draft.kind] = draft
            self._check()

    def _clear(self, kind: FormKind) -> None:
        self._open.pop(kind, None)
        self._dirty.discard(kind)
        form = self._page.forms.get(kind)
        if form is not None:
            form.set_texts({})
        self._show_about()
        self._check()
        self.drafts.reload()

    def _keep_and_clear(self) -> None:
        draft = self._current_draft()
        if draft is None:
            self._page.form.focus_first()
            return
        self.drafts.keep(draft)
        self._clear(draft.kind)
        self._shell.toast(
            self.tr("Kept as a draft"), self.tr("On this computer, encrypted."), "neutral"
        )

    def _discard(self) -> None:
        kind = self._page.kind
        draft = self._drafted(kind)
        if draft is None:
            self._clear(kind)
            return
        dialog = confirm(
            self._shell.window,
            self.tr("Discard what you wrote?"),
            self.tr("It was not saved to the record. The draft on this computer goes too."),
            self.tr("Discard"),
            danger=True,
            cancel=self.tr("Keep writing"),
        )
        dialog.accepted.connect(lambda: self._let_go(draft))

    def _let_go(self, draft: SavedDraft) -> None:
        self._clear(draft.kind)
        self.drafts.discard(draft)

    def _look(self, path: Path) -> None:
        """Say what a chosen file is."""
        context = self._session.context
        form = self._page.form
        if not isinstance(form, DocumentForm):
            return
        job = self._session.start(
            self.tr("Looking at {name}").format(name=path.name),
            lambda: importing.preview(context, path),
            quiet=True,
        )
        job.done.connect(form.show_preview)
        job.failed.connect(lambda error: form.show_error(error.sentence))

    def _arrive(self, facts: Mapping[str, object]) -> None:
        """The page was opened for something: a record to amend, or a draft."""
        self._wanted = {}
        patient = facts.get("patient")
        if isinstance(patient, str) and patient != self._current.patient:
            self._current.choose(Address(patient), str(facts.get("name") or ""))
        waits = self._chart is None and not self._unknown
        if self._current.patient is None or (facts and waits):
            self._wanted = facts
            return
        draft, record, kind = facts.get("draft"), facts.get("record"), facts.get("kind")
        if isinstance(draft, str):
            self.drafts.open(draft)
        elif isinstance(record, str | bytes):
            self._amend(record)
        elif isinstance(kind, str) and kind in list(FormKind):
            self.choose(FormKind(kind))

    def _amend(self, record: str | bytes) -> None:
        """Open the last version of a record in its form, or ask for the file that replaces it."""
        which = RecordId(bytes.fromhex(record) if isinstance(record, str) else record)
        context, patient = self._session.context, self._current.patient
        if patient is None:
            return
        job = self._session.start(
            self.tr("Opening the record"),
            lambda: writing_again.to_amend(context, patient, which),
        )
        self._shell.follow(job, on_done=lambda found: self._on_to_amend(patient, found))

    def _on_to_amend(self, patient: Address, found: ToAmend) -> None:
        if self._patient != patient:
            return
        again: Reopened | None = found.form
        kind = again.kind if again is not None else FormKind.DOCUMENT
        texts = dict(again.texts) if again is not None else {"title": found.title}
        name, author = self._name, self._session.title
        fresh = draft_for(patient, name, author, kind, found.category, texts)
        resource = again.stamp.id if again is not None else ""
        self.open_draft(
            replace(fresh, record=found.record, base_version=found.version, resource=resource)
        )
        if again is None:
            self._shell.toast(
                self.tr("Choose the new file"),
                self.tr("“{title}” was not written in a form. A new file becomes its next version.")
                .format(title=found.title),
                "neutral",
            )  # fmt: skip
