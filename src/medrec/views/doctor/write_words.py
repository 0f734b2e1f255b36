"""What the kinds of writing are called, and their icons."""

from __future__ import annotations

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from medrec.clinical.forms import FormKind

_NAMES = {
    FormKind.NOTE: QT_TRANSLATE_NOOP("FormKinds", "Note"),
    FormKind.VITALS: QT_TRANSLATE_NOOP("FormKinds", "Vitals"),
    FormKind.LABORATORY: QT_TRANSLATE_NOOP("FormKinds", "Laboratory"),
    FormKind.PRESCRIPTION: QT_TRANSLATE_NOOP("FormKinds", "Prescription"),
    FormKind.ALLERGY: QT_TRANSLATE_NOOP("FormKinds", "Allergy"),
    FormKind.IMMUNIZATION: QT_TRANSLATE_NOOP("FormKinds", "Immunization"),
    FormKind.PROBLEM: QT_TRANSLATE_NOOP("FormKinds", "Problem"),
    FormKind.DOCUMENT: QT_TRANSLATE_NOOP("FormKinds", "Document"),
}

KIND_ICONS = {
    FormKind.NOTE: "file-text",
    FormKind.VITALS: "heart-pulse",
    FormKind.LABORATORY: "flask-conical",
    FormKind.PRESCRIPTION: "pill",
    FormKind.ALLERGY: "shield-alert",
    FormKind.IMMUNIZATION: "syringe",
    FormKind.PROBLEM: "stethoscope",
    FormKind.DOCUMENT: "paperclip",
}


def kind_name(kind: FormKind) -> str:
    """The name of a kind of writing, to be shown."""
    return QCoreApplication.translate("FormKinds", _NAMES[kind])
