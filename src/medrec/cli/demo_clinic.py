"""The demo's clinic: invented doctors and patients with years of history, on a real devnet.

Who they are and what happened to them stands in resources/demo/clinic.json; days are counted back
from today, so that the history never grows old.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from medrec.app import Place, accounts_of, load_network, session
from medrec.cli.demo_files import find_files
from medrec.clinical import jsontext
from medrec.clinical.forms import FORMS, FormKind, Stamp, instant
from medrec.clinical.overview import patients_of, resources_of
from medrec.clinical.patient import Demographics, DoctorProfileFields, IdentityClaim, from_fhir
from medrec.clinical.reading import FHIR_JSON
from medrec.config import resources_dir
from medrec.domain.categories import Category, Permission
from medrec.domain.ids import Address
from medrec.domain.ports import Notifier
from medrec.errors import DemoFailed, MedRecError
from medrec.services import access, administration, doctors, patients, records, writing
from medrec.services.access import GrantDraft
from medrec.services.context import Context
from medrec.services.devnet import Admin
from medrec.services.sources import attachment, in_memory
from medrec.services.writing import Draft
from medrec.store.demo import DemoPerson, write_demo

DAY = 86_400
LOOKS = 3
_NAMES = ("given", "family")
Tell = Callable[[str], None]


def read_plan() -> Mapping[str, Any]:
    """Who the people are and what happened to them.

    Whoever is ``from_file`` is the person whom the file with a history is about.
    """
    plan: dict[str, Any] = json.loads((resources_dir() / "demo" / "clinic.json").read_bytes())
    for who in plan["patients"].values():
        if who.get("from_file"):
            who["person"] = _person_of(find_files().history) or who["person"]
    return plan


def _person_of(path: Path) -> dict[str, str] | None:
    """Name, birth date and sex of the first Patient in a Bundle; None where they are not whole."""
    bundle = jsontext.decode(path.read_bytes())
    for patient in patients_of(resources_of(bundle)):
        with suppress(MedRecError):
            # Synthea numbers its names to show that they are invented.
            found = asdict(from_fhir(json.dumps(patient, default=str).encode()))
            return {
                name: re.sub(r"\d+", "", value) if name in _NAMES else value
                for name, value in found.items()
            }
    return None


@dataclass
class Clinic:
    """The people of the demo while they are being made."""

    place: Place
    admin: Admin
    notifier: Notifier
    tell: Tell
    plan: Mapping[str, Any] = field(default_factory=read_plan)
    people: dict[str, DemoPerson] = field(default_factory=dict)
    addresses: dict[str, Address] = field(default_factory=dict)

    async def account(self, name: str, label: str, role: str) -> None:
        """An account with secrets of its own."""
        secret = secrets.token_urlsafe(12)
        accounts = accounts_of(self.place, load_network(self.place))
        made = await accounts.create(name, secret)
        self.people[name] = DemoPerson(label, role, secret, made.key)
        self.addresses[name] = made.address

    def acting(self, name: str) -> Any:
        """A session of one of them."""
        person = self.people[name]
        return session(self.place, name, person.password, person.key, self.notifier)


async def fill(place: Place, admin: Admin, notifier: Notifier, tell: Tell) -> None:
    """Make the clinic, and leave the people's secrets where the sign-in screen finds them.

    Raises:
        MedRecError subclasses: whatever the services refuse.
    """
    clinic = Clinic(place, admin, notifier, tell)
    for name, who in clinic.plan["patients"].items():
        await clinic.account(name, f"{who['person']['given']} {who['person']['family']}", "patient")
    for name, who in clinic.plan["doctors"].items():
        await clinic.account(name, f"Dr. {who['given']} {who['family']}", "doctor")
    clinic.people[admin.name] = DemoPerson(
        "Clinic office", "administrator", admin.password, admin.key
    )
    await _register(clinic)
    await _verify(clinic)
    for name in clinic.plan["patients"]:
        await _share(clinic, name)
    for name in clinic.plan["patients"]:
        await _history(clinic, name)
    for name in clinic.plan["patients"]:
        await _own_documents(clinic, name)
    await _look(clinic)
    await _ask(clinic)
    write_demo(place.home, clinic.people)


async def _register(clinic: Clinic) -> None:
    for name, who in clinic.plan["patients"].items():
        clinic.tell(f"{clinic.people[name].label} registers as a patient")
        async with clinic.acting(name) as me:
            await patients.register(me, Demographics(**who["person"]))
    for name, who in clinic.plan["doctors"].items():
        clinic.tell(f"{clinic.people[name].label} registers as a doctor")
        async with clinic.acting(name) as me:
            await doctors.register(me, DoctorProfileFields(**who))


async def _verify(clinic: Clinic) -> None:
    clinic.tell("The clinic office verifies doctors and papers")
    async with clinic.acting(clinic.admin.name) as me:
        for name in clinic.plan["doctors"]:
            if name not in clinic.plan["unverified"]:
                await administration.verify_doctor(me, clinic.addresses[name])
        for name, who in clinic.plan["patients"].items():
            if who["id_number"]:
                person = who["person"]
                claim = IdentityClaim(
                    person["given"], person["family"], person["birth_date"], who["id_number"]
                )
                await administration.verify_identity(me, clinic.addresses[name], claim)


async def _share(clinic: Clinic, patient: str) -> None:
    grants = clinic.plan["patients"][patient]["grants"]
    if not grants:
        return
    clinic.tell(f"{clinic.people[patient].label} gives access")
    async with clinic.acting(patient) as me:
        for given in grants:
            until = int(time.time()) + given["days"] * DAY
            draft = GrantDraft(clinic.addresses[given["doctor"]], _permission(given), until)
            await access.grant(me, draft)


async def _ask(clinic: Clinic) -> None:
    for patient, who in clinic.plan["patients"].items():
        for asked in who["requests"]:
            async with clinic.acting(asked["doctor"]) as me:
                until = int(time.time()) + asked["days"] * DAY
                to = clinic.addresses[patient]
                await access.request(me, to, _permission(asked), until, asked["reason"])


async def _history(clinic: Clinic, patient: str) -> None:
    """Everything that doctors wrote, the oldest first."""
    events = sorted(_events(clinic.plan["patients"][patient]), key=lambda e: -e["days"])
    for doctor in dict.fromkeys(event["by"] for event in events):
        mine = [event for event in events if event["by"] == doctor]
        async with clinic.acting(doctor) as me:
            for number, event in enumerate(mine, 1):
                clinic.tell(
                    f"{clinic.people[doctor].label} writes for {clinic.people[patient].label} "
                    f"({number} of {len(mine)})"
                )
                await _write(clinic, me, patient, event)
    if clinic.plan["patients"][patient].get("from_file"):
        await _import(clinic, patient)


async def _look(clinic: Clinic) -> None:
    """Looks that patients find in their activity: the newest records of whoever shares them."""
    for patient, who in clinic.plan["patients"].items():
        for given in who["grants"]:
            async with clinic.acting(given["doctor"]) as me:
                rows = await records.listed(me, clinic.addresses[patient])
                for row in rows[-LOOKS:]:
                    await records.opened(me, clinic.addresses[patient], row.record)


def _events(who: Mapping[str, Any]) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = list(who["records"])
    for days, systolic, diastolic, pulse, weight in who["pressure"]:
        texts = {"systolic": systolic, "diastolic": diastolic, "pulse": pulse, "weight": weight}
        texts["height"] = who["height"]
        texts["position"] = "sitting-left"
        events.append({"by": "meyer", "form": "vitals", "days": days, "texts": texts})
    laboratory = who.get("laboratory", {"days": [], "tests": []})
    for number, days in enumerate(laboratory["days"]):
        for test in laboratory["tests"]:
            texts = {name: value for name, value in test.items() if name != "values"}
            texts["value"] = test["values"][number]
            events.append({"by": "tessier", "form": "laboratory", "days": days, "texts": texts})
    return events


async def _write(clinic: Clinic, me: Context, patient: str, event: Mapping[str, Any]) -> None:
    form = FORMS[FormKind(event["form"])]
    when = datetime.now(UTC).replace(hour=9, minute=40) - timedelta(days=event["days"])
    texts = {name: _text(str(value), when) for name, value in event["texts"].items()}
    for name in ("measured", "collected", "date"):
        if name in form.fields:
            texts[name] = when.isoformat(timespec="minutes")
    checked = form.check(texts, when + timedelta(minutes=1))
    if checked.value is None:
        why = "; ".join(f"{found.field}: {found.message}" for found in checked.errors)
        raise DemoFailed(why=f"a {form.kind} of {patient} cannot be written: {why}.")
    stamp = Stamp(
        id=str(uuid5(NAMESPACE_URL, f"{patient} {event['days']} {sorted(texts.items())}")),
        written=instant(int(when.timestamp())),
        patient=clinic.addresses[patient],
        patient_name=clinic.people[patient].label,
        author=me.me,
        author_name=clinic.people[event["by"]].label,
    )
    data = form.build(checked.value, stamp)
    part = in_memory(f"{form.kind}.json", FHIR_JSON, data)
    draft = Draft(form.categories[0], form.title(checked.value), (part,))
    await writing.add_record(me, clinic.addresses[patient], draft)


def _text(text: str, when: datetime) -> str:
    """A text of the plan; -42 in a date's place is the day of the event itself."""
    return when.date().isoformat() if text.startswith("-") and text[1:].isdigit() else text


async def _import(clinic: Clinic, patient: str) -> None:
    """A real file from elsewhere, and looks that the patient will find."""
    files, who = find_files(), clinic.addresses[patient]
    clinic.tell(f"Dr. Meyer imports {files.history.name}")
    async with clinic.acting("meyer") as me:
        part = in_memory(files.history.name, FHIR_JSON, files.history.read_bytes())
        draft = Draft(Category.DOCUMENTS, "Record of the former practice", (part,))
        await writing.add_record(me, who, draft)


async def _own_documents(clinic: Clinic, patient: str) -> None:
    if not clinic.plan["patients"][patient].get("attachments"):
        return
    files = find_files()
    clinic.tell(f"{clinic.people[patient].label} adds documents")
    async with clinic.acting(patient) as me:
        diary = in_memory("diary.txt", "text/plain", b"Slept well. No headache this week.\n")
        await writing.add_record(me, me.me, Draft(Category.NOTES, "My diary", (diary,)))
        for path in files.attachments:
            draft = Draft(
                Category.DOCUMENTS, path.stem.replace("-", " ").title(), (attachment(path),)
            )
            await writing.add_record(me, me.me, draft)


def _permission(plan: Mapping[str, Any]) -> Permission:
    return Permission(
        frozenset(map(Category, plan["read"])), frozenset(map(Category, plan["write"]))
    )
