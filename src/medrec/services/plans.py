"""What may be decided without a network, and how each decision becomes a job."""

from __future__ import annotations

from collections.abc import Mapping

from medrec.services import access, administration, corrections, doctors, patients, writing
from medrec.services.wishes import Plan

PLANS: Mapping[str, Plan] = {
    patients.REGISTER: patients.plan_register,
    patients.UPDATE: patients.plan_update,
    doctors.REGISTER: doctors.plan_register,
    doctors.UPDATE: doctors.plan_update,
    "record-archive": writing.plan_archive,
    "correction": corrections.plan_ask,
    "access-request": access.plan_request,
    "access-withdraw": access.plan_withdraw,
    "access-grant": access.plan_grant,
    "access-decline": access.plan_decline,
    "access-revoke": access.plan_revoke,
    "admin-register": administration.plan_register,
    "doctor-verify": administration.plan_verify,
    "doctor-refuse": administration.plan_refuse,
    "doctor-suspend": administration.plan_suspend,
}
"""By the wish's kind."""
