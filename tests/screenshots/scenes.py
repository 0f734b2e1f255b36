"""Which pictures there are: for each account of the demo, its screens in order."""

from __future__ import annotations

from collections.abc import Mapping

from tests.screenshots import admin_scenes, patient_scenes
from tests.screenshots.camera import Camera, Scene


async def _open_haddad(camera: Camera) -> None:
    address = await camera.address("Amina Haddad")
    camera.workspace.go("chart", patient=address)


SCENES: Mapping[str, tuple[Scene, ...]] = {
    "": patient_scenes.DOOR,
    "haddad": patient_scenes.HADDAD,
    "history": patient_scenes.HISTORY,
    "okafor": patient_scenes.OKAFOR,
    "meyer": (
        Scene("08-doctor-patients", "patients"),
        Scene("09-doctor-chart", "chart", _open_haddad),
        Scene("10-doctor-write", "write"),
        Scene("18-doctor-import-fhir", "import"),
        Scene("19-doctor-requests", "requests"),
    ),
    "admin": admin_scenes.ADMIN,
}
