"""A patient asks the author of a record for a correction.

What a doctor wrote is not the patient's to rewrite, so the wish is a record of its own: a FHIR
Communication in the category of the record that it is about. Whoever may read the one may read the
other, and nobody else learns of either (docs/decisions/0011).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from medrec.clinical import jsontext
from medrec.clinical.patient import URI_SYSTEM
from medrec.clinical.reading import FHIR_JSON
from medrec.crypto.codec import encode
from medrec.crypto.fields import Fields
from medrec.domain.ids import Address, RecordId, address_bytes, record_creator
from medrec.domain.times import rfc3339
from medrec.errors import (
    ChainRefusal,
    InputRefused,
    MedRecError,
    NetworkError,
    NotRegisteredYet,
    WaitsInOutbox,
)
from medrec.services.context import Context
from medrec.services.reading import RecordReader
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, WrittenRecord, add_record

LONGEST = 4000
"""Characters of what somebody asks for."""

FILE = "correction.json"
SPACE = "corrections"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a patient asks: in which version of which record, and of whom."""

    record: RecordId
    version: int
    author: Address
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that could not be sent yet; ``since`` in Unix seconds."""

    id: str
    record: RecordId
    version: int
    text: str
    since: int


async def ask(context: Context, record: RecordId, version: int, text: str) -> WrittenRecord:
    """Ask the author of a version of one's own record for a correction.

    Raises:
        InputRefused: nothing is asked for, too much, or the record is one's own to amend.
        NotRegisteredYet, NoSuchRecord, NoSuchVersion, and as `RecordReader.read` and `add_record`.
    """
    said = text.strip()
    if not said:
        raise InputRefused(what="The correction", why="say what should be corrected.")
    if len(said) > LONGEST:
        raise InputRefused(what="The correction", why=f"it is longer than {LONGEST} characters.")
    if record_creator(record) == address_bytes(context.me):
        raise InputRefused(what="The correction", why="this record is yours: amend it yourself.")
    if await context.chain.patient(context.me) is None:
        raise NotRegisteredYet(command="patient register")
    opened = await (await RecordReader.open(context, context.me)).read(record, version)
    asked = Correction(
        record, opened.version, opened.entry.actor, opened.manifest.title[:200], said
    )
    part = in_memory(FILE, FHIR_JSON, to_fhir(context, asked))
    title = f"Correction asked for: {asked.title}"
    return await add_record(context, context.me, Draft(opened.category, title, (part,)))


async def ask_or_keep(
    context: Context, record: RecordId, version: int, text: str
) -> WrittenRecord | None:
    """Ask, or keep the request until the network is back: None then; see `send_waiting`.

    Raises:
        As `ask`, but for NetworkError.
    """
    try:
        return await ask(context, record, version, text)
    except NetworkError:
        kept = Waiting(secrets.token_hex(8), record, version, text.strip(), context.clock.now())
        await context.local.put(SPACE, kept.id, _dump(kept))
        return None


async def waiting(context: Context) -> list[Waiting]:
    """The requests that are kept on this computer, oldest first."""
    kept = [_load(name, blob) for name, blob in (await context.local.items(SPACE)).items()]
    return sorted(kept, key=lambda one: (one.since, one.id))


async def send_waiting(context: Context) -> int:
    """Ask for what was kept; returns how many were asked. What is refused is told, not kept.

    Raises:
        NetworkError subclasses: the network is still away; nothing is lost.
    """
    sent = 0
    for one in await waiting(context):
        try:
            await ask(context, one.record, one.version, one.text)
            sent += 1
        except WaitsInOutbox:
            sent += 1
        except (ChainRefusal, InputRefused) as error:
            context.notifier.warn(f"The correction “{one.text[:60]}” was refused. {error.sentence}")
        await context.local.delete(SPACE, one.id)
    return sent


def to_fhir(context: Context, asked: Correction) -> bytes:
    """The FHIR R4 Communication of a request, in compact UTF-8 JSON."""
    resource: dict[str, Any] = {
        "resourceType": "Communication",
        "status": "completed",
        "category": [{"text": "Request for a correction"}],
        "subject": {"identifier": _person(context.me)},
        "topic": {"text": f"Correction of “{asked.title}”, version {asked.version}"},
        "about": [
            {
                "identifier": {"system": _system(context), "value": _version(asked)},
                "display": f"{asked.title}, version {asked.version}",
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


def _dump(one: Waiting) -> bytes:
    return encode(
        {
            "v": 1,
            "record": bytes(one.record),
            "version": one.version,
            "text": one.text,
            "since": one.since,
        }
    )


def _load(name: str, blob: bytes) -> Waiting:
    fields = Fields.decode(blob, ("record", "version", "text", "since"), "the kept correction")
    record = RecordId(fields.raw("record", 32))
    return Waiting(
        name, record, fields.integer("version"), fields.text("text"), fields.integer("since")
    )


def _person(who: Address) -> dict[str, str]:
    return {"system": URI_SYSTEM, "value": f"ethereum:{who}"}


def _system(context: Context) -> str:
    return f"urn:eip155:{context.network.chain_id}:{context.record_contract}"


def _version(asked: Correction) -> str:
    return f"{asked.record.hex()}/{asked.version}"
