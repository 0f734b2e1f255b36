"""Every refusal that the program owes in a sentence is seen in the window, by a test of its own."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

REFUSALS = (
    "wrong password",
    "wrong 8-character key",
    "not FHIR",
    "truncated JSON",
    "an empty file",
    "a patient registered twice",
    "an identity already taken",
    "a doctor not verified",
    "a doctor suspended",
    "a doctor without grant",
    "a doctor with an expired grant",
    "a doctor with the wrong category",
    "writing after revocation",
    "a prescription amended by the patient",
    "a stale version",
    "an unknown patient",
    "node down",
    "store down",
    "a block that was changed on disk",
    "a network file for another chain",
    "a network file with other code",
)
"""What is refused, as the project lists it."""

SEEN = {
    "wrong password": ("door.test_a_wrong_password", "WrongPasswordOrKey"),
    "wrong 8-character key": ("door.test_a_wrong_8_character_key", "BadKeyFormat"),
    "not FHIR": ("files.test_json_that_is_not_fhir", "NotFhir"),
    "truncated JSON": ("files.test_truncated_json", "NotJson"),
    "an empty file": ("files.test_an_empty_file", "EmptyFile"),
    "a patient registered twice": ("patient.test_a_patient_registered_twice", "PatientExists"),
    "an identity already taken": (
        "office.test_an_identity_that_is_another_patients",
        "IdentityTaken",
    ),
    "a doctor not verified": ("doctor.test_a_doctor_who_is_not_verified", "DoctorNotVerified"),
    "a doctor suspended": (
        "doctor.test_a_doctor_who_is_suspended_while_writing",
        "DoctorNotVerified",
    ),
    "a doctor without grant": ("doctor.test_a_doctor_without_access", "NoAccess"),
    "a doctor with an expired grant": (
        "doctor.test_a_doctor_whose_access_has_expired",
        "AccessEnded",
    ),
    "a doctor with the wrong category": (
        "doctor.test_a_category_that_is_no_longer_shared",
        "CategoryNotShared",
    ),
    "writing after revocation": ("doctor.test_writing_after_the_revocation", "said"),
    "a prescription amended by the patient": (
        "patient.test_a_prescription_amended_by_the_patient",
        "NotTheAuthorsKind",
    ),
    "a stale version": ("doctor.test_a_stale_version", "StaleVersion"),
    "an unknown patient": ("doctor.test_an_unknown_patient", "UnknownPatient"),
    "node down": ("door.test_a_node_that_does_not_answer", "NodeDown"),
    "store down": ("patient.test_a_store_that_is_away", "StoreDown"),
    "a block that was changed on disk": (
        "patient.test_a_block_that_was_changed_on_disk",
        "BlockChanged",
    ),
    "a network file for another chain": (
        "door.test_a_network_file_for_another_chain",
        "WrongChain",
    ),
    "a network file with other code": ("door.test_a_network_file_with_other_code", "WrongCode"),
}
"""Where each is seen: the end of the module's name and the test, and what it must name."""


@pytest.mark.parametrize("refusal", REFUSALS)
def test_it_is_seen_in_the_window_by_a_test_of_its_own(refusal: str):
    where, names = SEEN[refusal]
    module, test = where.split(".")
    function = getattr(import_module(f"tests.gui.e2e.test_refusals_{module}"), test)
    assert inspect.iscoroutinefunction(function)
    assert names in function.__code__.co_names
    assert {"refused", "said"} & set(function.__code__.co_names)


def test_no_two_refusals_share_a_test():
    tests = [where for where, _ in SEEN.values()]
    assert len(set(tests)) == len(tests)
    assert set(SEEN) == set(REFUSALS)
