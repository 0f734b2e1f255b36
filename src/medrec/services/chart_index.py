"""The list of one's own records as it was read last: what is shown while the network is away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medrec.crypto.codec import encode
from medrec.crypto.fields import Fields
from medrec.domain.categories import Category
from medrec.domain.ids import Digest, RecordId
from medrec.errors import IntegrityError
from medrec.services.contents import SPACE, Contents, kept
from medrec.services.context import Context
from medrec.services.records import RecordRow

_INDEX = "index"
_ROW = ("record", "category", "title", "version", "author", "time", "archived", "why", "digest")

Rows = Sequence[tuple[RecordRow, Contents | None]]
"""Rows with the contents of their last versions, where those could be opened."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """One's own records as they were at ``at`` (Unix seconds)."""

    rows: Rows
    at: int
    verified: bool


async def remember(
    context: Context,
    rows: Rows,
    digests: dict[RecordId, Digest],
    verified: bool,
) -> None:
    """Keep the list of one's own records; their contents are kept already."""
    listed = [_dump_row(row, digests.get(row.record)) for row, _ in rows]
    plain = {"v": 1, "at": await context.time(), "verified": verified, "rows": listed}
    await context.local.put(SPACE, _INDEX, encode(plain))


async def known_titles(context: Context) -> dict[RecordId, str]:
    """The titles of one's own records as the chart last opened them on this computer."""
    index = await _kept_index(context)
    if index is None:
        return {}
    return {row.record: row.title for row, _ in index[0] if row.title}


async def _kept_index(
    context: Context,
) -> tuple[list[tuple[RecordRow, Digest | None]], int, bool] | None:
    """The kept list of one's own records, when it was made, and whether one was verified."""
    blob = await context.local.get(SPACE, _INDEX)
    if blob is None:
        return None
    try:
        fields = Fields.decode(blob, ("at", "verified", "rows"), "the kept chart")
        pairs = [_load_row(item) for item in fields.items("rows")]
        return pairs, fields.integer("at"), fields.boolean("verified")
    except IntegrityError:
        return None


async def remembered(context: Context) -> Remembered | None:
    """One's own records as they were when the network last answered; None before that."""
    index = await _kept_index(context)
    if index is None:
        return None
    pairs, at, verified = index
    rows: list[tuple[RecordRow, Contents | None]] = []
    for row, digest in pairs:
        found = None
        if digest is not None:
            found = await kept(context, context.me, row.record, row.version, digest)
        rows.append((row, found))
    return Remembered(rows, at, verified)


def _dump_row(row: RecordRow, digest: Digest | None) -> dict[str, object]:
    return {
        "v": 1,
        "record": bytes(row.record),
        "category": row.category.value,
        "title": row.title,
        "version": row.version,
        "author": row.author,
        "time": row.time,
        "archived": row.archived,
        "why": row.why,
        "digest": bytes(digest) if digest is not None else None,
    }


def _load_row(item: object) -> tuple[RecordRow, Digest | None]:
    fields = Fields(item, {*_ROW, "v"}, "a kept row")
    row = RecordRow(
        record=RecordId(fields.raw("record", 32)),
        category=Category(fields.text("category")),
        title=None if fields.value("title") is None else fields.text("title"),
        version=fields.integer("version"),
        author=fields.address("author"),
        time=fields.integer("time"),
        archived=fields.boolean("archived"),
        why=fields.text("why"),
    )
    return row, None if fields.value("digest") is None else fields.digest("digest")
