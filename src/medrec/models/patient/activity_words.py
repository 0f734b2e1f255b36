"""Entries of the trace in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale

from medrec.domain.categories import Category
from medrec.domain.entries import Action
from medrec.domain.ids import Address
from medrec.services.activity import ActivityRow

_CONTEXT = "Activity"

_VERBS = {
    Action.USER_REGISTERED: QT_TRANSLATE_NOOP("Activity", "made the account known"),
    Action.AUTHENTICATOR_ROTATED: QT_TRANSLATE_NOOP("Activity", "changed password and key"),
    Action.ENCRYPTION_KEY_ROTATED: QT_TRANSLATE_NOOP("Activity", "changed the encryption key"),
    Action.VAULT_SET: QT_TRANSLATE_NOOP("Activity", "kept a sealed copy of the account"),
    Action.DELEGATE_SET: QT_TRANSLATE_NOOP("Activity", "named somebody to act"),
    Action.USER_DEACTIVATED: QT_TRANSLATE_NOOP("Activity", "closed the account"),
    Action.PATIENT_REGISTERED: QT_TRANSLATE_NOOP("Activity", "registered"),
    Action.IDENTITY_VERIFIED: QT_TRANSLATE_NOOP("Activity", "verified the identity"),
    Action.IDENTITY_RELEASED: QT_TRANSLATE_NOOP("Activity", "released the identity"),
    Action.PATIENT_STATUS_CHANGED: QT_TRANSLATE_NOOP("Activity", "changed the status"),
    Action.REPLACEMENT_DELAY_SET: QT_TRANSLATE_NOOP("Activity", "set the wait for a new wallet"),
    Action.REPLACEMENT_ANNOUNCED: QT_TRANSLATE_NOOP("Activity", "announced a new wallet"),
    Action.REPLACEMENT_VETOED: QT_TRANSLATE_NOOP("Activity", "stopped the new wallet"),
    Action.REPLACEMENT_COMPLETED: QT_TRANSLATE_NOOP("Activity", "took the new wallet"),
    Action.RECORD_CREATED: QT_TRANSLATE_NOOP("Activity", "wrote"),
    Action.RECORD_UPDATED: QT_TRANSLATE_NOOP("Activity", "amended"),
    Action.RECORD_ARCHIVED: QT_TRANSLATE_NOOP("Activity", "archived"),
    Action.RECORD_HIDDEN: QT_TRANSLATE_NOOP("Activity", "hid"),
    Action.RECORD_ANNOTATED: QT_TRANSLATE_NOOP("Activity", "commented on"),
    Action.DOCTOR_REGISTERED: QT_TRANSLATE_NOOP("Activity", "announced a profile"),
    Action.DOCTOR_STATUS_CHANGED: QT_TRANSLATE_NOOP("Activity", "changed a doctor's standing"),
    Action.ACCESS_REQUESTED: QT_TRANSLATE_NOOP("Activity", "asked for access"),
    Action.REQUEST_WITHDRAWN: QT_TRANSLATE_NOOP("Activity", "withdrew the request"),
    Action.REQUEST_DECLINED: QT_TRANSLATE_NOOP("Activity", "refused access to"),
    Action.ACCESS_GRANTED: QT_TRANSLATE_NOOP("Activity", "gave access to"),
    Action.ACCESS_REVOKED: QT_TRANSLATE_NOOP("Activity", "revoked access of"),
    Action.KEYS_ROTATED: QT_TRANSLATE_NOOP("Activity", "made new keys"),
    Action.BUNDLE_PUBLISHED: QT_TRANSLATE_NOOP("Activity", "handed out new keys"),
    Action.CONSULTED: QT_TRANSLATE_NOOP("Activity", "read"),
    Action.RECEIPTS_ANCHORED: QT_TRANSLATE_NOOP("Activity", "logged looks"),
    Action.RECEIPT_PROVEN: QT_TRANSLATE_NOOP("Activity", "proved a look"),
    Action.RECEIPT_SUBMITTED: QT_TRANSLATE_NOOP("Activity", "logged a look"),
    Action.ACTED_VIA: QT_TRANSLATE_NOOP("Activity", "acted for somebody"),
}

_WHAT = {
    Category.IDENTITY: QT_TRANSLATE_NOOP("Activity", "Personal data"),
    Category.PROBLEMS: QT_TRANSLATE_NOOP("Activity", "Problems"),
    Category.MEDICATIONS: QT_TRANSLATE_NOOP("Activity", "Medications"),
    Category.ALLERGIES: QT_TRANSLATE_NOOP("Activity", "Allergies"),
    Category.IMMUNIZATIONS: QT_TRANSLATE_NOOP("Activity", "Immunizations"),
    Category.VITALS: QT_TRANSLATE_NOOP("Activity", "Vitals"),
    Category.LABORATORY: QT_TRANSLATE_NOOP("Activity", "Laboratory"),
    Category.IMAGING: QT_TRANSLATE_NOOP("Activity", "Imaging"),
    Category.NOTES: QT_TRANSLATE_NOOP("Activity", "Notes"),
    Category.DOCUMENTS: QT_TRANSLATE_NOOP("Activity", "Documents"),
    Category.MENTAL: QT_TRANSLATE_NOOP("Activity", "Mental health"),
    Category.SEXUAL: QT_TRANSLATE_NOOP("Activity", "Sexual health"),
    Category.GENETIC: QT_TRANSLATE_NOOP("Activity", "Genetics"),
    Category.SUBSTANCE: QT_TRANSLATE_NOOP("Activity", "Substance use"),
}


def verb(row: ActivityRow) -> str:
    """What was done: “read”."""
    try:
        text = _VERBS[Action(row.action)]
    except ValueError:
        return QCoreApplication.translate(_CONTEXT, "did something that this MedRec does not know")
    return QCoreApplication.translate(_CONTEXT, text)


def what(row: ActivityRow, names: Mapping[Address, str]) -> str:
    """To what or to whom it was done; empty where the verb says all.

    A record is called by its title where this computer knows it, else by its category.
    """
    if row.category is not None:
        name = row.title or _category(row.category)
        if row.version > 1:
            version = QCoreApplication.translate(_CONTEXT, "version {number}")
            return f"{name}, {version.format(number=row.version)}"
        return name
    if row.action == Action.CONSULTED and row.record is None:
        return QCoreApplication.translate(_CONTEXT, "The list of records")
    if row.about is None:
        return ""
    who = names.get(row.about, row.about)
    if row.action == Action.ACCESS_GRANTED and row.until:
        until = QCoreApplication.translate(_CONTEXT, "{who} until {day}")
        return until.format(who=who, day=day(row.until))
    return who


def sentence(row: ActivityRow, names: Mapping[Address, str]) -> str:
    """An entry as a screen reader says it: “Dr. Priya Raman read HbA1c (laboratory)”."""
    about = what(row, names)
    if row.title and row.category is not None:
        about = f"{about} ({_lower(_category(row.category))})"
    elif row.category is not None or row.action == Action.CONSULTED:
        about = _lower(about)
    said = " ".join(part for part in (names.get(row.actor, row.actor), verb(row), about) if part)
    if row.origin is None:
        return said
    text = QCoreApplication.translate(_CONTEXT, "{what}, in the network before, {name}")
    return text.format(what=said, name=row.origin.name)


def _category(category: Category) -> str:
    return QCoreApplication.translate(_CONTEXT, _WHAT[category])


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def day(seconds: int) -> str:
    """A day as LOOK.md writes it: “31 Dec 2027”; beyond a calendar's reach, the year 9999."""
    try:
        moment = datetime.fromtimestamp(seconds).astimezone()
    except (OverflowError, OSError, ValueError):
        return QCoreApplication.translate(_CONTEXT, "the end of time")
    month = QLocale().monthName(moment.month, QLocale.FormatType.ShortFormat)
    return f"{moment.day} {month} {moment.year}"
