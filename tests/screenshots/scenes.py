"""Which pictures there are: for each account of the demo, its screens in order."""

from __future__ import annotations

from collections.abc import Mapping

from tests.screenshots import admin_scenes, doctor_scenes, patient_scenes
from tests.screenshots.camera import Scene

SCENES: Mapping[str, tuple[Scene, ...]] = {
    "": patient_scenes.DOOR,
    "haddad": patient_scenes.HADDAD,
    "history": patient_scenes.HISTORY,
    "okafor": patient_scenes.OKAFOR,
    "meyer": doctor_scenes.DOCTOR,
    "raman": doctor_scenes.WAITING,
    "admin": admin_scenes.ADMIN,
}
