"""What the clinic's office is refused."""

from __future__ import annotations

from medrec.errors import IdentityTaken
from medrec.views.admin.identity import DOCUMENT, IdentityPage
from tests.support.refusals import PAPERS, Desk, Nothing, Ward, nothing_waits, refused
from tests.support.window import click, type_into

QUINN = "Quincy"


async def test_an_identity_that_is_another_patients(ward: Ward, desk: Desk):
    window = await desk.sits(ward.network.admin)
    page = await window.go("identity")
    assert isinstance(page, IdentityPage)
    type_into(page.who.editor, ward.quinn.address)
    click(page.forward)
    await window.calm()
    await window.until(lambda: page.step == DOCUMENT)
    typed = {**PAPERS, "given": QUINN}
    for name, text in typed.items():
        type_into(page.form.fields[name].editor, text)
    click(page.form.photo)
    click(page.form.valid)
    click(page.forward)
    nothing = Nothing(ward.network)
    click(page.forward)
    await window.calm()
    await refused(window, IdentityTaken())
    assert page.step == DOCUMENT
    assert {name: page.form.fields[name].text() for name in typed} == typed
    assert nothing.happened()
    await nothing_waits(window)
    # The way on: what is wrong is mended where it stands, and asked again.
    type_into(page.form.fields["id_number"].editor, f"Q {ward.quinn.address[2:10]}")
    click(page.forward)
    click(page.forward)
    await window.calm()
    await window.said("The identity is verified")
    assert not nothing.happened()
    await nothing_waits(window)
