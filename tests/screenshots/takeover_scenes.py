"""The demo's clinic when new contracts take over: before people follow, and after.

These come last: an announcement stands above every page of the old network from then on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from medrec.app import Place, accounts_of, load_network, session
from medrec.cli.demo_clinic import read_plan
from medrec.clinical.patient import Demographics, DoctorProfileFields
from medrec.domain.categories import GENERAL, Permission
from medrec.domain.ids import Address
from medrec.domain.network import StoreConfig
from medrec.errors import NodeDown
from medrec.ipfs.folder import FolderStore
from medrec.services import access, administration, carrying, chart, doctors, patients
from medrec.services.access import GrantDraft
from medrec.services.devnet import Devnet
from medrec.services.sources import in_memory
from medrec.store.demo import DemoPerson, read_demo
from medrec.views.patient.access import AccessPage
from medrec.views.patient.activity import ActivityPage
from medrec.views.patient.records import RecordsPage
from tests.screenshots import doctor_scenes, patient_scenes
from tests.screenshots.camera import Camera, Scene
from tests.support.liar import failing, lying

NEW = "Rivage Clinic, new contracts"
PATIENT, DOCTOR = "haddad", "meyer"
DAYS = 90 * 86_400
CARRIED = "Check-up, again"


class _Quiet:
    """A Notifier that nobody listens to."""

    def progress(self, sentence: str, done: int = 0, total: int = 0) -> None:
        return

    def warn(self, sentence: str) -> None:
        return

    def changed(self, subject: Address, what: str) -> None:
        return


def new_network(home: Path) -> Path:
    """The network file of the new contracts."""
    return home / "after" / "network.toml"


async def take_over(home: Path) -> None:
    """Deploy the new contracts; a patient and a doctor follow, and the doctor writes on."""
    from medrec.chain.deploy import deploy

    people = read_demo(home)
    office = next(name for name, who in people.items() if who.role == "administrator")
    old = Place(home, Devnet(home).network_file)
    before, file = load_network(old), new_network(home)
    file.parent.mkdir()
    store: StoreConfig = FolderStore.create(file.parent / "store")
    secret = people[office]
    wallet = (await accounts_of(old, before).unlock(office, secret.password, secret.key)).wallet
    rpc, me = before.rpc[0], wallet.address
    await deploy(rpc, wallet, me, store, file, NEW, True, lambda _: None, before)
    await _follow(home, people, office)


async def _follow(home: Path, people: Mapping[str, DemoPerson], office: str) -> None:
    place, plan = Place(home, new_network(home)), read_plan()

    def acting(name: str) -> Any:
        person = people[name]
        return session(place, name, person.password, person.key, _Quiet())

    async with acting(PATIENT) as patient:
        await patients.register(patient, Demographics(**plan["patients"][PATIENT]["person"]))
        whose = patient.me
    async with acting(DOCTOR) as doctor:
        await doctors.register(doctor, DoctorProfileFields(**plan["doctors"][DOCTOR]))
        who = doctor.me
    async with acting(office) as clerk:
        await administration.verify_doctor(clerk, who)
    async with acting(PATIENT) as patient:
        permission = Permission(frozenset(GENERAL), frozenset(GENERAL))
        await access.grant(patient, GrantDraft(who, permission, int(time.time()) + DAYS))
    async with acting(DOCTOR) as doctor:
        found = await chart.load(doctor, whose)
        own = next(r.row for r in found.records if r.row.title and "Check-up" in r.row.title)
        text = in_memory("note.txt", "text/plain", b"Seen again. Nothing has changed.\n")
        await carrying.update(doctor, whose, own.record, (text, (), CARRIED, None))


async def _news(camera: Camera) -> None:
    camera.workspace.news.look()


async def _door(camera: Camera) -> None:
    door = camera.desktop.door
    door.sign_in.networkAsked.emit()
    await camera.calm()
    door.network.fileChosen.emit(str(new_network(camera.place.home)))


async def _away(camera: Camera) -> None:
    """The network of before does not answer; the real one does."""
    current = camera.workspace.session
    [there] = current.context.origins
    chain = lying(there.chain, check_network=failing(NodeDown(url="http://10.0.4.7:8545")))
    current.context = replace(current.context, origins=(replace(there, chain=chain),))
    current.changed.emit("")
    if isinstance(camera.page, RecordsPage):
        camera.page.show_list()


async def _versions(camera: Camera) -> None:
    page = cast("RecordsPage", camera.page)
    page.show_list()
    patient_scenes._select(page, CARRIED)
    await camera.calm()
    page.detail.compareRequested.emit(1, 2)


async def _verify(camera: Camera) -> None:
    page = cast("ActivityPage", camera.page)
    page.verifyAsked.emit()
    await camera.calm()
    camera.window.toasts.clear()
    # The oldest rows are those of before.
    page.entries.list.scrollTo(page.entries.list.model().index(5, 0))


async def _revoke_before(camera: Camera) -> None:
    view = cast("AccessPage", camera.page).overview
    view.before.revoked.emit(view.before.rows._shown[0][0])


async def _revoke(camera: Camera) -> None:
    page = cast("AccessPage", camera.page)
    page.revokeAsked.emit(await camera.address("Dr. Lukas Meyer"))


ANNOUNCED: Mapping[str, tuple[Scene, ...]] = {
    "": (Scene("31-network-file-takes-over", prepare=_door),),
    PATIENT: (
        Scene("31-announced", "overview", _news),
        Scene("31-announced-records", "records", kept=False),
    ),
    DOCTOR: (Scene("31-announced-chart", prepare=doctor_scenes.chart("timeline"), kept=False),),
}
"""Still on the old network, after the announcement."""

AFTER: Mapping[str, tuple[Scene, ...]] = {
    PATIENT: (
        Scene("32-before-record", "records", patient_scenes.record("Vitals")),
        Scene("32-before-carried", "records", patient_scenes.record(CARRIED)),
        Scene("32-before-versions", "records", _versions, kept=False),
        Scene("32-before-sharing", "sharing"),
        Scene("32-before-revoke", "sharing", _revoke, kept=False),
        Scene("32-before-revoke-there", "sharing", _revoke_before, kept=False),
        Scene("32-before-activity", "activity", _verify),
        Scene("33-before-away", "records", _away, kept=False),
        Scene("33-before-away-overview", "overview", kept=False),
        Scene("33-before-away-sharing", "sharing", kept=False),
        Scene("33-before-away-activity", "activity", kept=False),
    ),
    DOCTOR: (
        Scene("32-before-patients", "patients", kept=False),
        Scene("32-before-chart", prepare=doctor_scenes.record("Vitals")),
        Scene("33-before-chart-away", prepare=_away, kept=False),
        Scene("33-before-patients-away", "patients", kept=False),
    ),
}
"""On the new network."""
