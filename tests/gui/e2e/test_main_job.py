"""The whole main job through the windows, by clicks and keys, on anvil with Kubo and with a folder.

A patient and a doctor make their accounts; the clinic's office verifies the doctor; the doctor
asks, the patient grants; the doctor imports a real file and prescribes; the patient reads; the
doctor amends; the patient sees both versions and who looked; the patient revokes, and what is
written from then on the doctor is refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.gui.e2e.acts import (
    amend_prescription,
    answer_request,
    ask_for_access,
    compare_as_doctor,
    import_file,
    make_account,
    open_chart,
    prescribe,
    read_record,
    register_doctor,
    register_patient,
    revoke,
    see_activity,
    see_versions,
    verify_doctor,
)
from tests.support.devnet import TestNetwork, folder_network, kubo_network, network
from tests.support.window import Window

__all__ = ["folder_network", "kubo_network", "network"]


@dataclass
class Clinic:
    """The windows of three people."""

    network: TestNetwork
    folder: Path
    windows: list[Window] = field(default_factory=list)

    def window(self, home: Path) -> Window:
        """A person's own computer."""
        found = Window(home, self.network.file)
        self.windows.append(found)
        return found


@pytest.fixture
async def clinic(network: TestNetwork, tmp_path: Path, qapp: object) -> AsyncIterator[Clinic]:
    found = Clinic(network, tmp_path)
    yield found
    for window in found.windows:
        await window.close()


async def test_the_main_job_from_end_to_end(clinic: Clinic):
    patient = clinic.window(clinic.folder / "patient")
    doctor = clinic.window(clinic.folder / "doctor")
    office = clinic.window(clinic.network.home)

    await make_account(patient, "Amina Haddad", "patient")
    await register_patient(patient)
    await make_account(doctor, "Lukas Meyer", "doctor")
    await register_doctor(doctor)

    admin = clinic.network.admin
    await office.open()
    await office.sign_in(admin.name, admin.password, admin.key)
    await office.signed_in()
    await verify_doctor(office, "Dr. Lukas Meyer")

    await ask_for_access(doctor, patient.session.me)
    await answer_request(patient, "Dr. Lukas Meyer")
    await open_chart(doctor, "Amina Haddad")

    await import_file(doctor)
    await prescribe(doctor, "Amlodipine 5 mg")
    await read_record(patient, "Amlodipine 5 mg")
    await amend_prescription(doctor, "Amlodipine 5 mg", "Amlodipine 10 mg")
    await see_versions(patient, "Amlodipine 10 mg")
    await compare_as_doctor(doctor, "Amlodipine 10 mg")
    await see_activity(patient, "Dr. Lukas Meyer")

    await revoke(patient, "Dr. Lukas Meyer")
    await open_chart(doctor, "Amina Haddad", refused="Your access to this patient ended")
