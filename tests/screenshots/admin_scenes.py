"""The pictures of an administrator's screens."""

from __future__ import annotations

from typing import cast

from medrec.views.admin.identity import IdentityPage
from tests.screenshots.camera import Camera, Scene


async def _document(camera: Camera) -> None:
    """A patient whose identity nobody has confirmed yet, with what the document says."""
    page = cast("IdentityPage", camera.page)
    page.who.set_text(await camera.address("Ngozi Okafor"))
    page.forward.click()
    await camera.calm()
    page.form.family.set_text("Okafor")
    page.form.given.set_text("Ngozi")
    page.form.birth_date.set_text("1991-08-03")
    page.form.id_number.set_text("BK44071200")
    page.form.photo.setChecked(True)


ADMIN = (
    Scene("11-admin-verification", "verification"),
    Scene("12-admin-network-storage", "network"),
    Scene("20-admin-identity-desk", "identity", _document),
    Scene("21-admin-audit-explorer", "audit"),
    Scene("24-security", "security"),
)
