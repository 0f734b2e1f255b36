"""Tables filled from the chain: audit entries, checkpoints, and what is remembered."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from medrec.domain.entries import AuditEntry, BlockRef
from medrec.domain.ids import Address, ChainHead
from medrec.store.rows import ENTRY_COLUMNS, entry_of, entry_row

CHECKPOINTS_KEPT = 256
"""Far more than any reorganisation is deep, where a chain ends one block at a time."""

_INSERT_ENTRY = (
    f"INSERT OR REPLACE INTO entries ({ENTRY_COLUMNS}) "  # noqa: S608 - our own constant
    f"VALUES ({', '.join('?' * len(ENTRY_COLUMNS.split(',')))})"
)


def checkpoints(connection: apsw.Connection) -> list[BlockRef]:
    """Newest first."""
    rows = connection.execute("SELECT number, hash, time FROM checkpoints ORDER BY number DESC")
    return [BlockRef(number, hash_, time) for number, hash_, time in rows]


def append_entries(
    connection: apsw.Connection, entries: Sequence[AuditEntry], upto: BlockRef
) -> None:
    """Add entries and the checkpoint; old checkpoints leave."""
    connection.executemany(_INSERT_ENTRY, [entry_row(entry) for entry in entries])
    connection.execute(
        "INSERT OR REPLACE INTO checkpoints (number, hash, time) VALUES (?, ?, ?)",
        (upto.number, upto.hash, upto.time),
    )
    connection.execute(
        "DELETE FROM checkpoints WHERE number NOT IN "
        "(SELECT number FROM checkpoints ORDER BY number DESC LIMIT ?)",
        (CHECKPOINTS_KEPT,),
    )


def roll_back(connection: apsw.Connection, block: int) -> None:
    """Forget checkpoints above ``block`` and every entry above the newest that stays."""
    connection.execute("DELETE FROM checkpoints WHERE number > ?", (block,))
    connection.execute(
        "DELETE FROM entries WHERE block > (SELECT coalesce(max(number), -1) FROM checkpoints)"
    )


def find_entries(
    connection: apsw.Connection,
    subject: Address | None,
    actor: Address | None,
    ref: bytes | None,
    actions: Sequence[int],
) -> list[AuditEntry]:
    """Entries that match everything given, in the order of the chain."""
    wanted: list[tuple[str, list[str | bytes | int]]] = []
    if subject is not None:
        wanted.append(("subject = ?", [subject]))
    if actor is not None:
        wanted.append(("actor = ?", [actor]))
    if ref is not None:
        wanted.append(("ref = ?", [ref]))
    if actions:
        wanted.append((f"action IN ({', '.join('?' * len(actions))})", [int(a) for a in actions]))
    where = " AND ".join(condition for condition, _ in wanted) or "1"
    rows = connection.execute(
        f"SELECT {ENTRY_COLUMNS} FROM entries WHERE {where} "  # noqa: S608 - only placeholders
        "ORDER BY block, log_index",
        [value for _, values in wanted for value in values],
    )
    return [entry_of(row) for row in rows]


def tip(
    connection: apsw.Connection, subject: Address, block: int | None
) -> tuple[int, ChainHead] | None:
    """How many entries a subject has up to a block, and the head after the last of them."""
    limit = (1 << 62) if block is None else block
    row = connection.execute(
        "SELECT count(*) OVER (), head FROM entries WHERE subject = ? AND block <= ? "
        "ORDER BY block DESC, log_index DESC LIMIT 1",
        (subject, limit),
    ).fetchone()
    return None if row is None else (int(row[0]), ChainHead(bytes(row[1])))


def get(connection: apsw.Connection, space: str, key: str) -> bytes | None:
    """A remembered value."""
    value = connection.execute(
        "SELECT value FROM remembered WHERE space = ? AND key = ?", (space, key)
    ).get
    return None if value is None else bytes(value)


def put(connection: apsw.Connection, space: str, key: str, value: bytes) -> None:
    """Remember a value."""
    connection.execute(
        "INSERT OR REPLACE INTO remembered (space, key, value) VALUES (?, ?, ?)",
        (space, key, value),
    )


def delete(connection: apsw.Connection, space: str, key: str) -> None:
    """Forget a value."""
    connection.execute("DELETE FROM remembered WHERE space = ? AND key = ?", (space, key))


def items(connection: apsw.Connection, space: str) -> dict[str, bytes]:
    """Everything remembered in a space, by key."""
    rows = connection.execute(
        "SELECT key, value FROM remembered WHERE space = ? ORDER BY key", (space,)
    )
    return {str(key): bytes(value) for key, value in rows}
