"""A note: one Composition whose sections are what was said, found, thought and planned."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from medrec.clinical.forms.base import Checked, Fields, Stamp, Texts
from medrec.clinical.forms.build import (
    LOINC,
    Resource,
    author_of,
    code_of,
    coding,
    concept,
    encode,
    head,
    patient_of,
    words_of,
)
from medrec.clinical.values import at, items

NAME = "note"

KINDS = {
    "11506-3": "Progress note",
    "11488-4": "Consultation note",
    "34109-9": "Note",
    "18842-5": "Discharge summary",
    "57133-1": "Referral note",
}
"""LOINC document types, as a doctor calls them."""

SECTIONS = {
    "subjective": ("61150-9", "Subjective"),
    "objective": ("61149-1", "Objective"),
    "assessment": ("51848-0", "Assessment"),
    "plan": ("18776-5", "Plan of care"),
}
FIELDS = ("title", "kind", "date", *SECTIONS)
_XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class Note:
    """What happened; ``sections`` by field, those that say something."""

    title: str
    kind: str
    date: str
    sections: tuple[tuple[str, str], ...]


def check(texts: Texts, now: datetime) -> Checked[Note]:
    """A note from what was typed."""
    fields = Fields(texts, now)
    kind = fields.choice("kind", KINDS, "11506-3")
    title = fields.line("title", 120)
    date = fields.moment("date")
    written = [(name, fields.paragraph(name)) for name in SECTIONS]
    if not any(fields.raw(name) for name in SECTIONS):
        fields.error("subjective", "Write something in one of the sections.")
    said = tuple((name, words) for name, words in written if words)
    return fields.done(Note(title or KINDS.get(kind, ""), kind, date, said))


def build(note: Note, stamp: Stamp) -> bytes:
    """A Composition that is final."""
    return encode(
        head("Composition", NAME, stamp)
        | {
            "status": "final",
            "type": concept(KINDS[note.kind], coding(LOINC, note.kind, KINDS[note.kind])),
            "subject": patient_of(stamp),
            "date": note.date,
            "author": [author_of(stamp)],
            "title": note.title,
            "section": [_section(name, words) for name, words in note.sections],
        }
    )


def _section(name: str, words: str) -> Resource:
    code, display = SECTIONS[name]
    lines = "<br/>".join(html.escape(line, quote=False) for line in words.split("\n"))
    div = f'<div xmlns="{_XHTML}"><p>{lines}</p></div>'
    return {
        "title": display,
        "code": concept(display, coding(LOINC, code, display)),
        "text": {"status": "additional", "div": div},
    }


def title(note: Note) -> str:
    """What the record is called."""
    return note.title


def read(resource: Any) -> dict[str, str]:
    """The texts of a record that this form wrote."""
    codes = {code: name for name, (code, _) in SECTIONS.items()}
    texts = {
        "title": words_of(at(resource, "title")),
        "kind": code_of(at(resource, "type")),
        "date": words_of(at(resource, "date")),
    }
    for section in items(at(resource, "section")):
        if name := codes.get(code_of(at(section, "code"))):
            div = words_of(at(section, "text", "div"))
            inner = div.partition("<p>")[2].rpartition("</p>")[0]
            texts[name] = html.unescape(inner.replace("<br/>", "\n"))
    return texts
