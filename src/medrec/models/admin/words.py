"""What administrators read of people and of entries."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from medrec.domain.entries import Action
from medrec.domain.ids import ZERO_ADDRESS, Address, short_address
from medrec.domain.people import DoctorStatus, Role
from medrec.services.ledger import LedgerRow

_CONTEXT = "Administration"


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


_ACTIONS: dict[int, tuple[str, str]] = {
    Action.USER_REGISTERED: ("user-plus", QT_TRANSLATE_NOOP("Administration", "registered")),
    Action.AUTHENTICATOR_ROTATED: (
        "key-round",
        QT_TRANSLATE_NOOP("Administration", "changed password"),
    ),
    Action.ENCRYPTION_KEY_ROTATED: (
        "key-round",
        QT_TRANSLATE_NOOP("Administration", "changed the key"),
    ),
    Action.VAULT_SET: ("lock", QT_TRANSLATE_NOOP("Administration", "stored the vault")),
    Action.DELEGATE_SET: ("users", QT_TRANSLATE_NOOP("Administration", "named a delegate")),
    Action.USER_DEACTIVATED: ("user-x", QT_TRANSLATE_NOOP("Administration", "left")),
    Action.PATIENT_REGISTERED: ("user-plus", QT_TRANSLATE_NOOP("Administration", "registered")),
    Action.IDENTITY_VERIFIED: ("id-card", QT_TRANSLATE_NOOP("Administration", "verified identity")),
    Action.IDENTITY_RELEASED: ("id-card", QT_TRANSLATE_NOOP("Administration", "released identity")),
    Action.PATIENT_STATUS_CHANGED: (
        "user-cog",
        QT_TRANSLATE_NOOP("Administration", "changed status"),
    ),
    Action.REPLACEMENT_DELAY_SET: ("timer", QT_TRANSLATE_NOOP("Administration", "set the delay")),
    Action.REPLACEMENT_ANNOUNCED: (
        "wallet",
        QT_TRANSLATE_NOOP("Administration", "announced a new wallet"),
    ),
    Action.REPLACEMENT_VETOED: (
        "hand",
        QT_TRANSLATE_NOOP("Administration", "stopped a new wallet"),
    ),
    Action.REPLACEMENT_COMPLETED: (
        "wallet",
        QT_TRANSLATE_NOOP("Administration", "took a new wallet"),
    ),
    Action.RECORD_CREATED: ("pencil", QT_TRANSLATE_NOOP("Administration", "wrote")),
    Action.RECORD_UPDATED: ("pen-line", QT_TRANSLATE_NOOP("Administration", "amended")),
    Action.RECORD_ARCHIVED: ("archive", QT_TRANSLATE_NOOP("Administration", "archived")),
    Action.RECORD_HIDDEN: ("eye-off", QT_TRANSLATE_NOOP("Administration", "hid or showed")),
    Action.RECORD_ANNOTATED: ("square-pen", QT_TRANSLATE_NOOP("Administration", "annotated")),
    Action.DOCTOR_REGISTERED: (
        "stethoscope",
        QT_TRANSLATE_NOOP("Administration", "announced profile"),
    ),
    Action.DOCTOR_STATUS_CHANGED: (
        "badge-check",
        QT_TRANSLATE_NOOP("Administration", "changed a doctor's standing"),
    ),
    Action.ACCESS_REQUESTED: ("inbox", QT_TRANSLATE_NOOP("Administration", "asked for access")),
    Action.REQUEST_WITHDRAWN: ("undo-2", QT_TRANSLATE_NOOP("Administration", "took it back")),
    Action.REQUEST_DECLINED: ("x", QT_TRANSLATE_NOOP("Administration", "declined")),
    Action.ACCESS_GRANTED: ("key", QT_TRANSLATE_NOOP("Administration", "gave access")),
    Action.ACCESS_REVOKED: ("lock", QT_TRANSLATE_NOOP("Administration", "revoked")),
    Action.KEYS_ROTATED: ("refresh-cw", QT_TRANSLATE_NOOP("Administration", "made new keys")),
    Action.BUNDLE_PUBLISHED: ("package", QT_TRANSLATE_NOOP("Administration", "handed out keys")),
    Action.CONSULTED: ("eye", QT_TRANSLATE_NOOP("Administration", "read")),
    Action.RECEIPTS_ANCHORED: ("stamp", QT_TRANSLATE_NOOP("Administration", "anchored receipts")),
    Action.RECEIPT_PROVEN: ("eye", QT_TRANSLATE_NOOP("Administration", "proved a look")),
    Action.RECEIPT_SUBMITTED: ("eye", QT_TRANSLATE_NOOP("Administration", "handed in a look")),
    Action.ACTED_VIA: (
        "arrow-right-left",
        QT_TRANSLATE_NOOP("Administration", "acted for somebody"),
    ),
}

_STANDINGS = {
    DoctorStatus.VERIFIED: QT_TRANSLATE_NOOP("Administration", "verified a doctor"),
    DoctorStatus.SUSPENDED: QT_TRANSLATE_NOOP("Administration", "suspended a doctor"),
    DoctorStatus.REFUSED: QT_TRANSLATE_NOOP("Administration", "refused a doctor"),
}

GROUPS: tuple[tuple[str, frozenset[int]], ...] = (
    (QT_TRANSLATE_NOOP("Administration", "All actions"), frozenset()),
    (QT_TRANSLATE_NOOP("Administration", "Looks"), frozenset({40, 41, 42, 43})),
    (QT_TRANSLATE_NOOP("Administration", "Records"), frozenset({20, 21, 22, 23, 24})),
    (QT_TRANSLATE_NOOP("Administration", "Access and keys"), frozenset(range(32, 39))),
    (QT_TRANSLATE_NOOP("Administration", "Doctors"), frozenset({30, 31})),
    (QT_TRANSLATE_NOOP("Administration", "Identities"), frozenset({10, 11, 12, 13})),
    (
        QT_TRANSLATE_NOOP("Administration", "Accounts"),
        frozenset({1, 2, 3, 4, 5, 6, 14, 15, 16, 17}),
    ),
)
"""Kinds of actions by which entries are looked for; the first stands for all."""


def group_name(place: int) -> str:
    """The name of one of `GROUPS`."""
    return _tr(GROUPS[place][0])


def action_icon(action: int) -> str:
    """The icon of an action."""
    return _ACTIONS.get(action, ("circle-dot", ""))[0]


def did(row: LedgerRow) -> str:
    """What somebody did, to stand behind the name: “gave access”."""
    action, meta = row.entry.action, row.entry.meta
    if action == Action.DOCTOR_STATUS_CHANGED and meta.kind in tuple(_STANDINGS):
        return _tr(_STANDINGS[DoctorStatus(meta.kind)])
    if action in (Action.CONSULTED, Action.RECORD_CREATED, Action.RECORD_UPDATED):
        return f"{_tr(_ACTIONS[action][1])} {what(row)}"
    if action in _ACTIONS:
        return _tr(_ACTIONS[action][1])
    return _tr("did something that this MedRec does not know (%1)").replace("%1", str(action))


def what(row: LedgerRow) -> str:
    """What of the record an entry is about."""
    if not row.record:
        return _tr("the list of records")
    if row.entry.meta.version > 1:
        return _tr("version %1").replace("%1", str(row.entry.meta.version))
    return _tr("a record")


def person(who: Address, names: Mapping[Address, str], roles: Mapping[Address, Role]) -> str:
    """What somebody is called: a vouched name, or the role with the address cut short."""
    if who == ZERO_ADDRESS:
        return _tr("The register")
    name = names.get(who, who)
    if name not in (who, ""):
        return name
    kinds = {
        Role.PATIENT: _tr("Patient %1"),
        Role.DOCTOR: _tr("Doctor %1"),
        Role.ADMINISTRATOR: _tr("Administrator %1"),
        Role.DELEGATE: _tr("Delegate %1"),
    }
    role = roles.get(who)
    return (kinds[role] if role is not None else _tr("Account %1")).replace(
        "%1", short_address(who)
    )


def doctor_title(name: str, address: Address) -> str:
    """A doctor by name, or by address where no name can be read."""
    return name or _tr("Doctor %1").replace("%1", short_address(address))
