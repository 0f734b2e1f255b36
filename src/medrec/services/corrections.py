"""A patient asks the author of a record for a correction.

What a doctor wrote is not the patient's to rewrite, so the wish is a record of its own: a FHIR
Communication in the category of the record that it is about. Whoever may read the one may read the
other, and nobody else learns of either (docs/decisions/0011).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from medrec.clinical import jsontext
from medrec.clinical.patient import URI_SYSTEM
from medrec.clinical.reading import FHIR_JSON
from medrec.domain.ids import Address, RecordId, address_bytes, record_creator
from medrec.domain.times import rfc3339
from medrec.errors import InputRefused, MedRecError, NotRegisteredYet
from medrec.services import origins
from medrec.services.context import Context
from medrec.services.sources import in_memory
from medrec.services.wishes import Facts, Wish, fulfil
from medrec.services.work import Prepared
from medrec.services.writing import Draft, WrittenRecord, prepare_add, written

LONGEST = 4000
"""Characters of what somebody asks for."""

FILE = "correction.json"
KIND = "correction"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a patient asks: in which version of which record, and of whom.

    ``version`` is counted in the network that holds it; ``called`` is the number that people see,
    where that is another one.
    """

    record: RecordId
    version: int
    author: Address
    title: str
    text: str
    called: int = 0


async def ask(context: Context, record: RecordId, version: int, text: str) -> WrittenRecord:
    """Ask the author of a version of one's own record for a correction.

    Without a network it waits.

    Raises:
        InputRefused: nothing is asked for, too much, or the record is one's own to amend.
        NotRegisteredYet, NoSuchRecord, NoSuchVersion, and as `origins.opened` and `add_record`.
    """
    said = text.strip()
    if not said:
        raise InputRefused(what="The correction", why="say what should be corrected.")
    if len(said) > LONGEST:
        raise InputRefused(what="The correction", why=f"it is longer than {LONGEST} characters.")
    if record_creator(record) == address_bytes(context.me):
        raise InputRefused(what="The correction", why="this record is yours: amend it yourself.")
    facts: dict[str, str | int] = {
        "patient": context.me,
        "record": record.hex(),
        "version": version,
        "text": said,
    }
    return written(await fulfil(context, Wish(KIND, "Ask for a correction", facts)))


async def plan_ask(context: Context, facts: Facts) -> Prepared:
    """The job that asks for a correction. Raises as `ask`."""
    record = RecordId(bytes.fromhex(str(facts["record"])))
    if await context.chain.patient(context.me) is None:
        raise NotRegisteredYet(command="patient register")
    placed = await origins.opened(context, context.me, record, int(facts["version"]))
    opened = placed.opened
    asked = Correction(
        record,
        opened.version,
        opened.entry.actor,
        opened.manifest.title[:200],
        str(facts["text"]),
        placed.version,
    )
    part = in_memory(FILE, FHIR_JSON, to_fhir(placed.reader.context, asked))
    title = f"Correction asked for: {asked.title}"
    return await prepare_add(context, context.me, Draft(opened.category, title, (part,)))


def to_fhir(context: Context, asked: Correction) -> bytes:
    """The FHIR R4 Communication of a request, in compact UTF-8 JSON.

    ``context`` is that of the network in which the record lies.
    """
    called = asked.called or asked.version
    resource: dict[str, Any] = {
        "resourceType": "Communication",
        "status": "completed",
        "category": [{"text": "Request for a correction"}],
        "subject": {"identifier": _person(context.me)},
        "topic": {"text": f"Correction of “{asked.title}”, version {called}"},
        "about": [
            {
                "identifier": {"system": _system(context), "value": _version(asked)},
                "display": f"{asked.title}, version {called}",
            }
        ],
        "sent": rfc3339(context.clock.now()),
        "recipient": [{"type": "Practitioner", "identifier": _person(asked.author)}],
        "sender": {"type": "Patient", "identifier": _person(context.me)},
        "payload": [{"contentString": asked.text}],
    }
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()


def from_fhir(data: bytes) -> Correction | None:
    """What a record asks for; None where it is no request for a correction of ours."""
    try:
        value = jsontext.decode(data)
    except MedRecError:
        return None
    if not isinstance(value, dict) or value.get("resourceType") != "Communication":
        return None
    try:
        about, recipient = value["about"][0], value["recipient"][0]["identifier"]["value"]
        record, _, version = about["identifier"]["value"].partition("/")
        return Correction(
            RecordId(bytes.fromhex(record)),
            int(version),
            Address(recipient.removeprefix("ethereum:")),
            about["display"].rsplit(", version ", 1)[0],
            value["payload"][0]["contentString"],
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None


def _person(who: Address) -> dict[str, str]:
    return {"system": URI_SYSTEM, "value": f"ethereum:{who}"}


def _system(context: Context) -> str:
    return f"urn:eip155:{context.network.chain_id}:{context.record_contract}"


def _version(asked: Correction) -> str:
    return f"{asked.record.hex()}/{asked.version}"
