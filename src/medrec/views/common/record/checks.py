"""The four checks of a record in words: the strip that says whether it is what was written."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QCoreApplication

from medrec.models.record_page import Check, CheckName, PageState, RecordPage
from medrec.views.common.verified import VerifiedStrip

_CONTEXT = "RecordChecks"


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def check_name(name: CheckName) -> str:
    """What a check is called."""
    return {
        CheckName.ON_CHAIN: _tr("On the chain"),
        CheckName.CONTENTS: _tr("Contents match"),
        CheckName.SEAL: _tr("Seal intact"),
        CheckName.COMPLETE: _tr("Complete"),
    }[name]


def failed_name(name: CheckName) -> str:
    """What a check is called that failed."""
    return {
        CheckName.ON_CHAIN: _tr("Not on the chain"),
        CheckName.CONTENTS: _tr("Contents changed"),
        CheckName.SEAL: _tr("Seal broken"),
        CheckName.COMPLETE: _tr("Not complete"),
    }[name]


def broken_title(checks: Sequence[Check]) -> str:
    """The sentence for the check that failed."""
    failed = next((check.name for check in checks if check.passed is False), None)
    return {
        CheckName.ON_CHAIN: _tr("Not what the chain says. It is not shown."),
        CheckName.CONTENTS: _tr("The store delivered a changed copy. It is not shown."),
        CheckName.SEAL: _tr("The seal is broken. It is not shown."),
        CheckName.COMPLETE: _tr("Only a part of this record arrived. It is not shown."),
        None: _tr("This record cannot be trusted. It is not shown."),
    }[failed]


def strip_of(page: RecordPage, author: str) -> VerifiedStrip:
    """The strip of a page: green where all checks passed, else an alarm with its sentence."""
    made = [check for check in page.checks if check.passed is not None]
    checks = [(check_name(c.name) if c.passed else failed_name(c.name), c.passed) for c in made]
    if page.state is PageState.BROKEN:
        if all(check.passed for check in made):
            checks = [*checks, (_tr("Does not match"), False)]
        shown = [(name, bool(passed)) for name, passed in checks]
        return VerifiedStrip(page.trouble or broken_title(page.checks), shown)
    title = _tr("Verified: exactly what %1 wrote").replace("%1", author)
    shown = [(name, bool(passed)) for name, passed in checks]
    return VerifiedStrip(title if author else _tr("Verified: exactly what was written"), shown)
