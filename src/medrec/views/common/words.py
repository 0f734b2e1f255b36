"""What categories and families are called."""

from __future__ import annotations

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from medrec.domain.categories import Category
from medrec.views.common.tokens import Family

_CONTEXT = "Categories"

_CATEGORIES = {
    Category.IDENTITY: QT_TRANSLATE_NOOP("Categories", "Identity"),
    Category.PROBLEMS: QT_TRANSLATE_NOOP("Categories", "Problems"),
    Category.MEDICATIONS: QT_TRANSLATE_NOOP("Categories", "Medications"),
    Category.ALLERGIES: QT_TRANSLATE_NOOP("Categories", "Allergies"),
    Category.IMMUNIZATIONS: QT_TRANSLATE_NOOP("Categories", "Immunizations"),
    Category.VITALS: QT_TRANSLATE_NOOP("Categories", "Vitals"),
    Category.LABORATORY: QT_TRANSLATE_NOOP("Categories", "Laboratory"),
    Category.IMAGING: QT_TRANSLATE_NOOP("Categories", "Imaging"),
    Category.NOTES: QT_TRANSLATE_NOOP("Categories", "Notes"),
    Category.DOCUMENTS: QT_TRANSLATE_NOOP("Categories", "Documents"),
    Category.MENTAL: QT_TRANSLATE_NOOP("Categories", "Mental health"),
    Category.SEXUAL: QT_TRANSLATE_NOOP("Categories", "Sexual health"),
    Category.GENETIC: QT_TRANSLATE_NOOP("Categories", "Genetics"),
    Category.SUBSTANCE: QT_TRANSLATE_NOOP("Categories", "Substance use"),
}
_FAMILIES = {
    Family.IDENTITY: QT_TRANSLATE_NOOP("Categories", "Identity"),
    Family.PROBLEMS: QT_TRANSLATE_NOOP("Categories", "Problems"),
    Family.MEDICATIONS: QT_TRANSLATE_NOOP("Categories", "Medications"),
    Family.ALLERGIES: QT_TRANSLATE_NOOP("Categories", "Allergies"),
    Family.VITALS: QT_TRANSLATE_NOOP("Categories", "Vitals"),
    Family.LABORATORY: QT_TRANSLATE_NOOP("Categories", "Laboratory"),
    Family.DOCUMENTS: QT_TRANSLATE_NOOP("Categories", "Documents"),
    Family.SENSITIVE: QT_TRANSLATE_NOOP("Categories", "Sensitive"),
}


def category_name(category: Category) -> str:
    """The name of a category, to be shown."""
    return QCoreApplication.translate(_CONTEXT, _CATEGORIES[category])


def family_name(family: Family) -> str:
    """The name of a family, to be shown."""
    return QCoreApplication.translate(_CONTEXT, _FAMILIES[family])


_TITLES = {
    Family.ALLERGIES: QT_TRANSLATE_NOOP("Categories", "Allergies and immunizations"),
}
_NOTES = {
    Family.IDENTITY: QT_TRANSLATE_NOOP("Categories", "Name, birth date, contact. Always included."),
    Family.PROBLEMS: QT_TRANSLATE_NOOP("Categories", "Diagnoses, operations, visits"),
    Family.MEDICATIONS: QT_TRANSLATE_NOOP("Categories", "Prescriptions, past and present"),
    Family.ALLERGIES: QT_TRANSLATE_NOOP("Categories", "Reactions, vaccines"),
    Family.VITALS: QT_TRANSLATE_NOOP("Categories", "Pressure, pulse, weight"),
    Family.LABORATORY: QT_TRANSLATE_NOOP("Categories", "Blood, urine, other tests"),
    Family.DOCUMENTS: QT_TRANSLATE_NOOP("Categories", "Images, notes, letters"),
    Family.SENSITIVE: QT_TRANSLATE_NOOP("Categories", "Mental, sexual, genetic, substance use"),
}


def family_title(family: Family) -> str:
    """The long name of a family, where there is room for it."""
    return QCoreApplication.translate(_CONTEXT, _TITLES.get(family, _FAMILIES[family]))


def family_note(family: Family) -> str:
    """What a family holds, in a few words."""
    return QCoreApplication.translate(_CONTEXT, _NOTES[family])
