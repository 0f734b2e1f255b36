"""What a draft is, and how it lies in the encrypted database of this computer."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from medrec.clinical.forms import FormKind
from medrec.domain.categories import Category
from medrec.domain.ids import Address, RecordId
from medrec.services.context import Context

SPACE = "drafts"
FILES = "draft files"
"""The bytes of files that wait: the file itself may be gone when they are sent."""

LARGEST = 64_000_000
"""Bytes of a file that is kept with its draft."""


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What somebody is writing about a patient: the texts of a form's fields as typed.

    ``saved`` is in Unix seconds. ``record`` and ``base_version`` name what it amends. ``waiting``
    means that it goes out by itself as soon as it can; ``problem`` is the sentence for which it
    did not. ``resource`` is the id of the FHIR resource, ``written`` its instant, which stays the
    same however often the draft is sent.
    """

    id: str
    patient: Address
    patient_name: str
    author_name: str
    kind: FormKind
    category: Category
    texts: Mapping[str, str] = field(repr=False)
    saved: int = 0
    record: RecordId | None = None
    base_version: int | None = None
    waiting: bool = False
    problem: str = ""
    conflict: bool = False
    resource: str = ""
    written: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not any(words.strip() for words in self.texts.values())

    @property
    def now(self) -> datetime:
        """When it was written, in the time zone of this computer; when it was saved before that."""
        if self.written:
            return datetime.fromisoformat(self.written)
        return datetime.fromtimestamp(self.saved, UTC).astimezone()


def new_id() -> str:
    """A name that no other draft has."""
    return str(uuid.uuid4())


async def save(context: Context, draft: SavedDraft) -> SavedDraft:
    """Keep a draft, over the one of the same id; returns it with the time."""
    kept = replace(draft, saved=context.clock.now(), resource=draft.resource or new_id())
    await context.local.put(SPACE, kept.id, dump(kept))
    return kept


async def restore(context: Context, draft: str) -> SavedDraft | None:
    """A draft by its id; None where there is none."""
    blob = await context.local.get(SPACE, draft)
    return load(blob) if blob is not None else None


async def forget(context: Context, draft: str) -> None:
    """Delete a draft and the file that was kept with it."""
    await context.local.delete(SPACE, draft)
    await context.local.delete(FILES, draft)


async def keep_file(context: Context, draft: SavedDraft) -> bool:
    """Keep the bytes of a draft's file; False where there is none that can be kept."""
    data = await asyncio.to_thread(_small_file, Path(draft.texts.get("file", "")))
    if data is None:
        return False
    await context.local.put(FILES, draft.id, data)
    return True


def _small_file(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if 0 < path.stat().st_size <= LARGEST else None
    except OSError:
        return None


async def kept_file(context: Context, draft: str) -> bytes | None:
    """The bytes that `keep_file` kept."""
    return await context.local.get(FILES, draft)


async def listed(context: Context, patient: Address | None = None) -> list[SavedDraft]:
    """The drafts, all or those about a patient, latest first."""
    rows = [load(blob) for blob in (await context.local.items(SPACE)).values()]
    fitting = [row for row in rows if patient is None or row.patient == patient]
    return sorted(fitting, key=lambda row: (row.saved, row.id), reverse=True)


def dump(draft: SavedDraft) -> bytes:
    """The draft as JSON."""
    record = draft.record.hex() if draft.record is not None else None
    plain = asdict(replace(draft, texts=dict(draft.texts))) | {"v": 1, "record": record}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()


def load(blob: bytes) -> SavedDraft:
    """The draft that `dump` wrote."""
    plain: dict[str, Any] = json.loads(blob)
    plain.pop("v")
    record = plain["record"]
    return SavedDraft(
        **plain
        | {
            "kind": FormKind(plain["kind"]),
            "category": Category(plain["category"]),
            "record": RecordId(bytes.fromhex(record)) if record is not None else None,
        }
    )
