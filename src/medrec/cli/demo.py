"""`medrec demo`: the whole main job on this machine, told step by step."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click

from medrec.app import Place, accounts_of, load_network, session
from medrec.cli.demo_desktop import open_clinic
from medrec.cli.demo_files import DemoFiles, find_files
from medrec.cli.devnet import start
from medrec.cli.output import TerminalNotifier, local_time
from medrec.cli.session import current
from medrec.cli.settings import Command
from medrec.clinical.patient import Demographics, DoctorProfileFields, IdentityClaim
from medrec.crypto.record import PartSource
from medrec.domain.categories import Category, Permission
from medrec.domain.entries import Action
from medrec.domain.ids import Address, RecordId
from medrec.errors import DemoFailed, MedRecError
from medrec.services import access, administration, audit, doctors, patients, records, writing
from medrec.services.access import GrantDraft
from medrec.services.context import Context
from medrec.services.devnet import Admin, Devnet
from medrec.services.sources import attachment, in_memory
from medrec.services.writing import Draft

PASSWORD = "demo password"  # noqa: S105 - invented people on a chain of their own
DAY = 86_400
SHARED = frozenset({Category.MEDICATIONS, Category.ALLERGIES, Category.VITALS, Category.NOTES})


@click.command(cls=Command)
@click.option("--headless", is_flag=True, help="In the terminal, without the desktop.")
@click.option("--store", type=click.Choice(["kubo", "folder"]), default="kubo")
@click.option("--keep", is_flag=True, help="Leave the network running afterwards.")
def command(headless: bool, store: str, keep: bool) -> None:
    """A clinic with invented people in the desktop, or the whole main job in the terminal."""
    if not headless:
        open_clinic(current().home, store, keep)
        return
    home = current().home or Path(tempfile.mkdtemp(prefix="medrec-demo-"))
    temporary = current().home is None
    try:
        asyncio.run(_run(home, store, keep))
    finally:
        if temporary and not keep:
            shutil.rmtree(home, ignore_errors=True)


@dataclass
class _Story:
    """The people, and the telling."""

    place: Place
    admin: Admin
    files: DemoFiles
    notifier: TerminalNotifier = field(default_factory=TerminalNotifier)
    keys: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, Address] = field(default_factory=dict)
    step: int = 0
    started: float = field(default_factory=time.monotonic)

    def tell(self, sentence: str, *details: str) -> None:
        self.notifier.clear()
        self.step += 1
        click.echo(f"{self.step:2}  {sentence}")
        for detail in details:
            click.echo(f"      {detail}")

    def acting(self, who: str) -> AbstractAsyncContextManager[Context]:
        secret = self.admin.password if who == self.admin.name else PASSWORD
        key = self.admin.key if who == self.admin.name else self.keys[who]
        return session(self.place, who, secret, key, self.notifier)

    async def account(self, who: str) -> None:
        network = load_network(self.place)
        made = await accounts_of(self.place, network).create(who, PASSWORD)
        self.keys[who] = made.key
        self.addresses[who] = made.address


async def _run(home: Path, store: str, keep: bool) -> None:
    notifier = TerminalNotifier()
    click.echo("MedRec, the main job from end to end\n")
    devnet = Devnet(home)
    up = await start(home, store, None, notifier)
    notifier.clear()
    place = Place(home, devnet.network_file)
    story = _Story(place, up.admin, find_files())
    story.tell(f"A network on this machine: an Ethereum node and {up.store}.", *up.notes)
    try:
        await _people(story)
        await _sharing(story)
        record, prescription = await _clinic(story)
        await _at_home(story, record, prescription)
        await _after(story, prescription)
        click.echo(f"\nAll of it took {time.monotonic() - story.started:.0f} seconds.")
        if keep:
            click.echo(f"The network runs on: medrec --home {home} devnet status")
    finally:
        story.notifier.clear()
        if not keep:
            await devnet.down()


async def _people(story: _Story) -> None:
    for who in ("maria", "dr-osei", "dr-lind"):
        await story.account(who)
    async with story.acting("maria") as me:
        data = Demographics("Maria", "Lopez", "1971-05-12", "female", "4 Mill Lane", "+1 555 0100")
        await patients.register(me, data)
    story.tell(
        "Maria Lopez registers as a patient.",
        f"On chain: {story.addresses['maria']}, no name. Her data are sealed.",
    )
    async with story.acting("dr-osei") as me:
        await doctors.register(me, DoctorProfileFields("Ama", "Osei", "Cardiology", "MED-20417"))
    async with story.acting("dr-lind") as me:
        await doctors.register(me, DoctorProfileFields("Jon", "Lind", "Dermatology", "MED-31882"))
    story.tell("Dr Ama Osei and Dr Jon Lind register; nobody has verified them yet.")
    async with story.acting(story.admin.name) as me:
        await administration.verify_doctor(me, story.addresses["dr-osei"])
        await administration.verify_doctor(me, story.addresses["dr-lind"])
        claim = IdentityClaim("Maria", "Lopez", "1971-05-12", "X-4471-220")
        await administration.verify_identity(me, story.addresses["maria"], claim)
    story.tell("The administrator verifies both doctors, and Maria's papers at the desk.")


async def _sharing(story: _Story) -> None:
    until = int(time.time()) + 30 * DAY
    wanted = Permission(SHARED, SHARED)
    async with story.acting("dr-osei") as me:
        await access.request(me, story.addresses["maria"], wanted, until, "High blood pressure")
    story.tell("Dr Osei asks for access; what and why is sealed to Maria.")
    async with story.acting("maria") as me:
        asked = await access.requests(me)
        for row in asked:
            await access.grant(me, GrantDraft(row.doctor, row.request.permission, until))
        rows = await access.listed(me)
    story.tell(
        f"Maria reads “{asked[0].request.reason}” and agrees.",
        *(f"{', '.join(r.permission.names()[0])} until {local_time(r.until)}" for r in rows),
    )


async def _clinic(story: _Story) -> tuple[RecordId, RecordId]:
    files, maria = story.files, story.addresses["maria"]
    async with story.acting("dr-osei") as me:
        source = in_memory(files.history.name, "application/fhir+json", files.history.read_bytes())
        draft = Draft(Category.NOTES, "Record of the former practice", (source,))
        imported = await writing.add_record(me, maria, draft)
        story.tell(
            f"Dr Osei imports {files.history.name}.",
            f"{source.size:,} bytes of FHIR, sealed, stored, anchored",
        )
        first = _prescription(files.prescriptions[0], files.attachments)
        written = await writing.add_record(me, maria, first)
    story.tell(
        "Dr Osei prescribes amlodipine.",
        *(f"attached: {path.name} ({path.stat().st_size:,} bytes)" for path in files.attachments),
    )
    async with story.acting("maria") as me:
        reader, opened = await records.opened(me, maria, imported.record)
        data = await reader.part_bytes(opened, opened.manifest.parts[0])
        if data != files.history.read_bytes():
            raise DemoFailed(why="the file that came back is not the one that went in.")
        reader, opened = await records.opened(me, maria, written.record)
        for part, path in zip(opened.manifest.parts[1:], files.attachments, strict=True):
            if await reader.part_bytes(opened, part) != path.read_bytes():
                raise DemoFailed(why=f"{path.name} came back changed.")
    story.tell("Maria reads both; every file comes back byte for byte.")
    async with story.acting("dr-osei") as me:
        main = _main(files.prescriptions[1])
        draft = await writing.amended(me, maria, written.record, main, (), None)
        await writing.update_record(me, maria, written.record, draft)
    story.tell("Four weeks later Dr Osei raises the dose: version 2; version 1 stays.")
    return imported.record, written.record


async def _at_home(story: _Story, record: RecordId, prescription: RecordId) -> None:
    maria = story.addresses["maria"]
    async with story.acting("maria") as me:
        versions = await records.history(me, maria, prescription)
    story.tell(
        "Maria sees both versions.",
        *(
            f"version {i}, {local_time(e.meta.time)}, digest {e.digest.hex()[:16]}…"
            for i, e in enumerate(versions, 1)
        ),
    )
    async with story.acting("dr-osei") as me:
        await records.opened(me, maria, record)
    async with story.acting("maria") as me:
        verified = await audit.verify(me, maria)
        entries = await audit.listed(me, maria)
        looks = [e for _, e in entries if e.action == Action.CONSULTED]
    story.tell(
        "Dr Osei looks at the imported file. Maria sees that, and the trace is whole.",
        *(f"looked: {e.actor} at {_utc(e.meta.time)}" for e in looks),
        f"{verified.entries} entries recomputed, verified up to block {verified.block}",
    )


async def _after(story: _Story, prescription: RecordId) -> None:
    maria, doctor = story.addresses["maria"], story.addresses["dr-osei"]
    async with story.acting("maria") as me:
        await access.revoke(me, [doctor])
        note = in_memory("diary.txt", "text/plain", b"Felt dizzy in the morning.\n")
        await writing.add_record(me, maria, Draft(Category.NOTES, "My diary", (note,)))
    story.tell(
        "Maria revokes the access and writes in her diary.",
        "What Dr Osei could already read cannot be unread; what is new stays closed.",
    )
    refused = []
    async with story.acting("dr-osei") as me:
        for attempt in (records.listed(me, maria), records.opened(me, maria, prescription)):
            try:
                await attempt
            except MedRecError as error:
                refused.append(error.sentence)
    if len(refused) != 2:
        raise DemoFailed(why="a revoked doctor could still read.")
    story.tell("Dr Osei tries all the same.", *dict.fromkeys(refused))


def _prescription(path: Path, attached: Sequence[Path]) -> Draft:
    parts = (_main(path), *(attachment(p) for p in attached))
    return Draft(Category.MEDICATIONS, "Amlodipine", parts)


def _main(path: Path) -> PartSource:
    return in_memory(path.name, "application/fhir+json", path.read_bytes())


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M:%S UTC")
