"""The outbox's rows: states by name, defaults, and what never shows."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from medrec.domain.calls import RegisterPatient
from medrec.domain.ids import JobId, TxHash
from medrec.domain.outbox import Job, JobState, SignedTransaction, Step, StepState
from tests.support.local_data import DOCTOR, full_job, signed


def test_names_of_states_are_stored_and_never_change():
    assert [s.value for s in StepState] == ["prepared", "stored", "signed", "confirmed", "done"]
    assert [s.value for s in JobState] == ["pending", "done", "failed", "cancelled", "draft"]


def test_new_step_has_done_nothing_yet():
    step = Step(RegisterPatient())
    assert (step.before, step.after, step.state, step.signed, step.block) == (
        (), (), StepState.PREPARED, None, None,
    )  # fmt: skip


def test_new_job_is_pending_and_shares_nothing():
    one, two = (
        Job(JobId(n), DOCTOR, "record-add", "Add", 1_700_000_000, (Step(RegisterPatient()),))
        for n in (1, 2)
    )
    assert (one.state, one.error, one.error_code, one.attempts) == (JobState.PENDING, "", "", 0)
    one.result["record"] = "00"
    assert two.result == {}


def test_rows_do_not_change_in_place():
    job = full_job()
    with pytest.raises(FrozenInstanceError):
        job.state = JobState.DONE  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        job.steps[0].state = StepState.DONE  # type: ignore[misc]


def test_signed_bytes_are_not_shown():
    """A log with them would let anybody who reads it send the transaction."""
    transaction = SignedTransaction(7, b"\x02\xf8\x99secret", TxHash(bytes(32)))
    assert "secret" not in repr(transaction)
    assert signed(1).raw.hex() not in repr(full_job())
    assert repr(signed(1).raw) not in repr(full_job())
