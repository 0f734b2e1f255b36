"""The audit of everybody: its filters, an entry's place, what is verified, and the file."""

from __future__ import annotations

import csv
import io
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from medrec.chain.audit import next_head
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import ZERO_ADDRESS, Address, ChainHead, Digest, TxHash, address_word
from medrec.domain.people import Role
from medrec.errors import AuditBroken, FileExists, FileUnreadable, HistoryForked, NotYours
from medrec.services import ledger
from medrec.services.index import sync
from medrec.services.ledger import Ledger, LedgerRow, Sieve
from medrec.services.tables import csv_of
from tests.support.counting import counted
from tests.support.liar import Lie, lying
from tests.support.world import NOTES, World, write


async def test_filters(world: World) -> None:
    patient, doctor, admin = await world.patient(), await world.doctor(), world.admin
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "one")
    await sync(admin)
    book = await ledger.load(admin)
    assert [row.number for row in book.rows] == list(range(1, len(book.rows) + 1))

    async def found(**wanted: object) -> list[int]:
        rows = await ledger.sieved(book, Sieve(subject=patient.me, **wanted), False)  # type: ignore[arg-type]
        return [row.entry.action for row in rows]

    everything = await found()
    assert everything == [
        Action.PATIENT_REGISTERED,
        Action.RECORD_CREATED,
        Action.ACCESS_GRANTED,
        Action.RECORD_CREATED,
    ]
    # The doctor's own acts, and those that are about the doctor.
    assert await found(actor=doctor.me) == [Action.ACCESS_GRANTED, Action.RECORD_CREATED]
    assert await found(actions=frozenset({Action.ACCESS_GRANTED})) == [Action.ACCESS_GRANTED]
    for text in (written.record.hex(), "0x" + written.record.hex()[:20].upper(), "  "):
        kept = await found(text=text)
        assert Action.RECORD_CREATED in kept
        assert (len(kept) == 1) is bool(text.strip())
    last = book.rows[-1].entry.meta.time
    assert await found(first=last + 1) == []
    assert await found(last=last) == everything
    newest = await ledger.sieved(book, Sieve())
    assert [row.number for row in newest] == sorted((r.number for r in book.rows), reverse=True)
    assert doctor.me in book.people(Role.DOCTOR)
    assert patient.me in book.people(Role.PATIENT)
    (grant,) = await ledger.sieved(book, Sieve(subject=patient.me, actions=frozenset({35})))
    assert (grant.about, grant.record) == (doctor.me, b"")


async def test_the_place_of_an_entry(world: World) -> None:
    patient, admin = await world.patient(), world.admin
    await write(patient, patient.me, "one")
    await sync(admin)
    book = await ledger.load(admin)
    chain = book.chains[patient.me]
    first, middle, last = (book.place(row) for row in chain)
    assert first.before == await admin.chain.genesis_head(patient.me)
    assert (first.after, middle.before) == (middle.this, first.this)
    assert last.after is None
    assert {p.length for p in (first, middle, last)} == {3}
    assert all(p.follows for p in (first, middle, last))
    moved = replace(chain[1], entry=replace(chain[1].entry, digest=Digest(bytes(32))))
    assert not book.place(moved).follows


async def test_only_administrators(world: World) -> None:
    with pytest.raises(NotYours):
        await ledger.load(await world.patient())


async def test_everything_is_verified(world: World) -> None:
    patient, admin = await world.patient(), world.admin
    await sync(admin)
    done = await ledger.verify_all(admin)
    assert done.entries == len((await ledger.load(admin)).rows)
    assert done.head == await admin.chain.audit_head(ZERO_ADDRESS)
    register = await ledger.verify(admin, ZERO_ADDRESS)
    assert register.head == done.head
    assert (await ledger.verify(admin, patient.me)).entries == 2


async def test_what_a_node_leaves_out_is_found(world: World) -> None:
    patient, admin = await world.patient(), world.admin
    await sync(admin)

    async def without(honest: Lie, first: int, last: int) -> list[AuditEntry]:
        found: list[AuditEntry] = await honest(first, last)
        return [e for e in found if e.subject != patient.me]

    liar = replace(admin, chain=lying(admin.chain, entries=without))
    with pytest.raises((AuditBroken, HistoryForked)):
        await ledger.verify_all(liar)
    with pytest.raises((AuditBroken, HistoryForked)):
        await ledger.verify(liar, patient.me)


def invented(number: int) -> LedgerRow:
    who = Address("0x" + f"{number % 97:040x}")
    meta = (Action.CONSULTED << 184) | (1_700_000_000 + number << 144)
    entry = AuditEntry(
        subject=who,
        actor=Address("0x" + f"{number % 31:040x}"),
        ref=address_word(who),
        meta_word=meta,
        digest=Digest(bytes(32)),
        head=ChainHead(bytes(27)),
        block=number,
        log_index=0,
        transaction=TxHash(number.to_bytes(32, "big")),
    )
    return LedgerRow(number, 0, replace(entry, head=next_head(ChainHead(bytes(27)), entry)))


async def test_many_entries_are_sieved_in_one_go_in_a_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book = Ledger(tuple(invented(n) for n in range(1, 50_001)), {}, {}, {})
    looked_at = counted(monkeypatch, Sieve, "takes")
    rows = await ledger.sieved(book, Sieve(text="0x2a", first=1_700_001_000))
    assert rows
    assert looked_at.number == 50_000, "each once"
    assert looked_at.beside, "the loop is free meanwhile"


async def test_the_file(tmp_path: Path) -> None:
    rows = [invented(1), invented(2)]
    path = tmp_path / "audit.csv"
    names = {rows[0].entry.actor: '=HYPERLINK("http://x"), "Eve"\nEvil'}
    await ledger.export(path, rows, names)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfentry,")
    assert data.endswith(b"\r\n")
    read = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["entry"] for row in read] == ["1", "2"]
    assert read[0]["who"] == '\'=HYPERLINK("http://x"), "Eve"\nEvil'
    assert read[1]["who"] == ""
    assert (read[0]["action"], read[0]["time (UTC)"]) == ("consulted", "2023-11-14T22:13:21Z")
    assert read[0]["record"] == rows[0].entry.ref.hex()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExists):
        await ledger.export(path, [], {})
    assert path.read_bytes() == data
    with pytest.raises(FileUnreadable):
        await ledger.export(tmp_path / "none" / "audit.csv", [], {})
    assert [p.name for p in tmp_path.iterdir()] == ["audit.csv"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_a_formula(text: str) -> None:
    read = list(csv.reader(io.StringIO(csv_of(["a"], [[text]]).decode("utf-8-sig"), newline="")))
    assert read[1] == [f"'{text}"]
