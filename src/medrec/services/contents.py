"""Opened versions, kept so that nothing is fetched, opened and checked twice.

In memory for as long as the account is unlocked. A patient's own record is kept in the encrypted
local database as well, so that it can be read without a network; somebody else's never is.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from medrec.crypto.codec import encode
from medrec.crypto.fields import Fields
from medrec.domain.ids import Address, Digest, RecordId
from medrec.services.context import Context
from medrec.services.reading import OpenedRecord, RecordReader

SPACE = "chart"
MOST_KEPT = 8 << 20
"""Bytes of a record's own file that are kept; a longer one is streamed when it is asked for."""
MEMORY = 128 << 20
"""Bytes of all files that one account keeps in memory."""

_FIELDS = ("digest", "title", "created", "note", "name", "type", "size", "data", "whole", "more")


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment's description; ``size`` in bytes."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What one version holds. ``data`` is None where its own file was not read or is too long."""

    digest: Digest
    title: str
    created: int
    note: str
    name: str
    media_type: str
    size: int
    data: bytes | None = field(repr=False)
    attachments: tuple[Attached, ...] = ()


Key = tuple[Address, RecordId, int]


class Shelf:
    """The contents that one unlocked account has opened, the oldest thrown out first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Contents] = OrderedDict()
        self._size = 0
        self.made: dict[tuple[Address, RecordId], tuple[object, Any]] = {}
        """What was made of a record's contents, with what it was made from."""
        self.checked: set[tuple[Address, RecordId, Digest, int]] = set()
        """Versions of carried records that were compared with what they follow, and its length."""

    def find(self, key: Key, digest: Digest) -> Contents | None:
        """The contents of a version, where they are those of the digest."""
        found = self._kept.get(key)
        return found if found is not None and found.digest == digest else None

    def keep(self, key: Key, contents: Contents) -> None:
        """Keep the contents of a version."""
        before = self._kept.pop(key, None)
        self._size -= _weight(before)
        self._kept[key] = contents
        self._size += _weight(contents)
        while self._size > MEMORY:
            _, oldest = self._kept.popitem(last=False)
            self._size -= _weight(oldest)


_shelves: weakref.WeakValueDictionary[int, Shelf] = weakref.WeakValueDictionary()


def shelf(context: Context) -> Shelf:
    """The account's shelf; it goes when the context does."""
    found = _shelves.get(id(context))
    if found is None:
        found = Shelf()
        _shelves[id(context)] = found
        # The finalizer holds the only lasting reference: no context, no shelf.
        weakref.finalize(context, _let_go, found).atexit = False
    return found


def _let_go(kept: Shelf) -> None:
    kept._kept.clear()
    kept.made.clear()
    kept.checked.clear()


def _weight(contents: Contents | None) -> int:
    return 0 if contents is None else len(contents.data or b"") + 1024


async def kept(
    context: Context, patient: Address, record: RecordId, version: int, digest: Digest
) -> Contents | None:
    """The contents of a version that was opened before, or None."""
    key = (patient, record, version)
    found = shelf(context).find(key, digest)
    if found is None and patient == context.me:
        blob = await context.local.get(SPACE, _key(record, version))
        found = _load(blob) if blob is not None else None
        if found is not None and found.digest == digest:
            shelf(context).keep(key, found)
    return found if found is not None and found.digest == digest else None


async def keep(
    context: Context, patient: Address, record: RecordId, version: int, contents: Contents
) -> None:
    """Keep the contents of a version; those of the version before it leave the database."""
    shelf(context).keep((patient, record, version), contents)
    if patient == context.me:
        await context.local.put(SPACE, _key(record, version), _dump(contents))
        await context.local.delete(SPACE, _key(record, version - 1))


async def read_contents(reader: RecordReader, opened: OpenedRecord, whole: bool) -> Contents:
    """The contents of an opened version, with its own file where ``whole`` and not too long.

    Raises:
        As `RecordReader.stream`.
    """
    own, *more = opened.manifest.parts
    data = await reader.part_bytes(opened, own) if whole and own.size <= MOST_KEPT else None
    return Contents(
        digest=opened.entry.digest,
        title=opened.manifest.title,
        created=opened.manifest.created,
        note=opened.manifest.note,
        name=own.name,
        media_type=own.media_type,
        size=own.size,
        data=data,
        attachments=tuple(Attached(p.name, p.media_type, p.size) for p in more),
    )


def _key(record: RecordId, version: int) -> str:
    return f"{record.hex()}:{version}"


def _dump(contents: Contents) -> bytes:
    return encode(
        {
            "v": 1,
            "digest": bytes(contents.digest),
            "title": contents.title,
            "created": contents.created,
            "note": contents.note,
            "name": contents.name,
            "type": contents.media_type,
            "size": contents.size,
            "data": contents.data or b"",
            "whole": contents.data is not None,
            "more": [[a.name, a.media_type, a.size] for a in contents.attachments],
        }
    )


def _load(blob: bytes) -> Contents:
    fields = Fields.decode(blob, _FIELDS, "the kept contents")
    more = []
    for item in fields.items("more"):
        if not isinstance(item, list) or len(item) != 3:
            raise fields.bad("more")
        more.append(Attached(str(item[0]), str(item[1]), int(item[2])))
    return Contents(
        digest=fields.digest("digest"),
        title=fields.text("title"),
        created=fields.integer("created"),
        note=fields.text("note"),
        name=fields.text("name"),
        media_type=fields.text("type"),
        size=fields.integer("size"),
        data=fields.raw("data") if fields.boolean("whole") else None,
        attachments=tuple(more),
    )
