"""Jobs that could not go on."""

from __future__ import annotations

from medrec.errors.base import MedRecError


class JobError(MedRecError):
    """A job could not go on."""

    template = "It could not go on: {why}"


class NoSuchJob(JobError):
    """No such job in the outbox."""

    template = "There is no job {job} in the outbox."


class CannotCancel(JobError):
    """The transaction was already sent."""

    template = "Job {job} cannot be cancelled: {why}"


class CannotRetry(JobError):
    """The job ended; nothing of it is kept."""

    template = "Job {job} was refused for good and nothing of it waits. Do it again from the start."


class SlotSpoiled(JobError):
    """Somebody who no longer has access still holds the current key of the category."""

    template = (
        "Somebody whose access to {category} has ended still holds its key. Nothing was written: "
        "it can be as soon as the patient's MedRec has been online and changed the key."
    )


class StillWaiting(JobError):
    """Sent but not confirmed in time."""

    template = "It was sent and waits for confirmation."
    next_command = "`medrec outbox list` shows it."


class OutboxBusy(JobError):
    """Another process or task drives the outbox."""

    template = (
        "Another MedRec of this account is sending just now. What you saved waits in the outbox."
    )
    next_command = "`medrec outbox retry` goes on."


class KeptAsDraft(JobError):
    """What was written could not be sent; its text stays on this computer."""

    template = "{why}"


class WaitsInOutbox(JobError):
    """The first part of the way is done; the rest waits for the world."""

    template = "Saved here, not yet shared: {why}"
    next_command = "`medrec outbox retry` goes on."
