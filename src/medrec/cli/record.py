"""`medrec record`: write and read records."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from medrec.cli.inputs import address, category, record_id
from medrec.cli.output import TerminalNotifier, emit, local_time, table, when
from medrec.cli.session import current, names, with_account
from medrec.cli.settings import Group
from medrec.clinical.reading import FHIR_JSON, ClinicalFile, inspect_file, looks_like_json
from medrec.clinical.text import clean
from medrec.crypto.record import PartSource
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address
from medrec.domain.network import Network
from medrec.domain.outbox import Job
from medrec.services import carrying, origins, writing
from medrec.services.context import Context
from medrec.services.origins import Placed, PlacedRow
from medrec.services.reading import OpenedRecord, RecordReader
from medrec.services.saving import refuse_existing, save
from medrec.services.sources import attachments, beginning, from_file, in_memory, read_file
from medrec.services.titles import suggested
from medrec.services.writing import Draft, WrittenRecord

FILE = click.Path(path_type=Path)
Versions = list[tuple[AuditEntry, Network | None]]


@click.group(cls=Group)
def command() -> None:
    """Write and read records."""


@command.command()
@click.argument("patient")
@click.argument("file", type=FILE)
@click.option("--category", "category_name", required=True, help="What the record is about.")
@click.option("--title", help="A title; otherwise one is taken from the file.")
@click.option("--attach", type=FILE, multiple=True, help="A file to attach; may be repeated.")
def add(
    patient: str, file: Path, category_name: str, title: str | None, attach: tuple[Path, ...]
) -> None:
    """Seal a file, store it, and anchor it in the patient's record."""
    who, kind = address(patient), category(category_name)
    main, found, own_title = _checked(file)
    draft = Draft(kind, title or own_title, (main, *attachments(attach)))

    async def work(context: Context) -> WrittenRecord:
        return await writing.add_record(context, who, draft)

    _report(with_account(work), found)


@command.command()
@click.argument("patient")
@click.argument("record")
@click.argument("file", type=FILE)
@click.option("--title", help="A new title; otherwise a chosen one stays.")
@click.option("--attach", type=FILE, multiple=True, help="A file to attach or replace.")
@click.option("--base-version", type=int, help="The version that this one was made from.")
def update(
    patient: str,
    record: str,
    file: Path,
    title: str | None,
    attach: tuple[Path, ...],
    base_version: int | None,
) -> None:
    """Write the next version of a record; its other attachments stay."""
    who, which = address(patient), record_id(record)
    main, found, own_title = _checked(file)
    others = attachments(attach)

    async def work(context: Context) -> WrittenRecord:
        file = (main, others, title, own_title)
        return await carrying.update(context, who, which, file, base_version)

    _report(with_account(work), found)


@command.command("list")
@click.argument("patient")
def list_(patient: str) -> None:
    """The records that you may read."""
    who = address(patient)

    async def work(context: Context) -> tuple[list[PlacedRow], Mapping[Address, str]]:
        found = await origins.listed(context, who)
        return found, await names(context, (placed.row.author for placed in found))

    rows, called = with_account(work)
    documents = [
        {
            "record": row.record.hex(),
            "category": row.category.value,
            "title": row.title,
            "version": placed.before + row.version,
            "author": row.author,
            "time": when(row.time),
        }
        | _origin(placed.origin)
        for placed in rows
        for row in [placed.row]
    ]
    lines = table(
        ["record", "category", "title", "version", "author", "time"],
        [
            [
                row.record.hex(),
                row.category.value,
                row.title or f"({row.why})",
                f"{placed.before + row.version}{' archived' if row.archived else ''}"
                + (f" in {placed.origin.name}" if placed.origin is not None else ""),
                called[row.author],
                local_time(row.time),
            ]
            for placed in rows
            for row in [placed.row]
        ],
    )
    emit(current(), documents, lines or ["Nothing here that you may read."])


@command.command()
@click.argument("patient")
@click.argument("record")
@click.option("--version", type=int, help="Which version; the last one otherwise.")
@click.option("--output", type=FILE, help="Write the file, byte for byte, here.")
def show(patient: str, record: str, version: int | None, output: Path | None) -> None:
    """Show a version; a doctor's look is logged before anything appears."""
    who, which = address(patient), record_id(record)
    if output is not None:
        refuse_existing(output)

    async def work(context: Context) -> tuple[Placed, bytes | None, str]:
        placed = await origins.opened(context, who, which, version)
        author = placed.opened.entry.actor
        called = await names(placed.reader.context, [author])
        return placed, await _main_file(placed.reader, placed.opened, output), called[author]

    placed, data, author = with_account(work)
    _show(placed, data, author, output)


@command.command()
@click.argument("patient")
@click.argument("record")
def history(patient: str, record: str) -> None:
    """Every version of a record."""
    who, which = address(patient), record_id(record)

    async def work(context: Context) -> tuple[Versions, Mapping[Address, str]]:
        found = await origins.history(context, who, which)
        return found, await names(context, (entry.actor for entry, _ in found))

    entries, called = with_account(work)
    emit(
        current(),
        [
            {
                "version": i,
                "author": entry.actor,
                "time": when(entry.meta.time),
                "digest": entry.digest.hex(),
            }
            | _origin(origin)
            for i, (entry, origin) in enumerate(entries, 1)
        ],
        table(
            ["version", "author", "time", "digest"],
            [
                [str(i), called[entry.actor], local_time(entry.meta.time), entry.digest.hex()]
                for i, (entry, _) in enumerate(entries, 1)
            ],
        ),
    )


@command.command()
@click.argument("patient")
@click.argument("record")
@click.option("--reason", required=True, help="Why; sealed to the patient.")
def archive(patient: str, record: str, reason: str) -> None:
    """Archive a record; it stays readable and is not amended any more."""
    who, which = address(patient), record_id(record)

    async def work(context: Context) -> Job:
        return await carrying.archive(context, who, which, reason)

    with_account(work)
    emit(current(), {"record": which.hex(), "archived": True}, ["Archived."])


@command.command("save-attachment")
@click.argument("patient")
@click.argument("record")
@click.argument("name")
@click.option("--output", type=FILE, required=True, help="Where to write it.")
@click.option("--version", type=int, help="Of which version; the last one otherwise.")
def save_attachment(
    patient: str, record: str, name: str, output: Path, version: int | None
) -> None:
    """Write an attachment, byte for byte; a doctor's look is logged first."""
    who, which = address(patient), record_id(record)
    refuse_existing(output)

    async def work(context: Context) -> int:
        placed = await origins.opened(context, who, which, version)
        part = placed.reader.part(placed.opened, name)
        await save(placed.reader.stream(placed.opened, part), output)
        return part.size

    size = with_account(work)
    emit(
        current(),
        {"record": which.hex(), "name": name, "output": str(output), "bytes": size},
        [f"Written to {output} ({size} bytes)."],
    )


async def _main_file(
    reader: RecordReader, opened: OpenedRecord, output: Path | None
) -> bytes | None:
    """Write the record's own file, or read it where it can be shown; else only check its seal."""
    part = opened.manifest.parts[0]
    pieces = reader.stream(opened, part)
    if output is not None:
        await save(pieces, output)
        return None
    if _is_text(part.media_type):
        return b"".join([piece async for piece in pieces])
    async for _ in pieces:
        continue
    return None


def _checked(file: Path) -> tuple[PartSource, ClinicalFile, str]:
    """The record's own file, what it is, and a title; what claims to be FHIR and is not is refused.

    Only what has to be read as a whole lies in memory: JSON, and what comes through a pipe.
    """
    notifier = TerminalNotifier()
    notifier.progress(f"Checking {file.name}")
    try:
        head = beginning(file)
        if head is not None and not looks_like_json(file.name, head):
            found = inspect_file(file.name, head)
            return from_file(file, found.media_type), found, file.name
        data = read_file(file)
        found = inspect_file(file.name, data)
        title = suggested(file.name, found.media_type, data)
        return in_memory(file.name, found.media_type, data), found, title
    finally:
        notifier.clear()


def _report(done: WrittenRecord, found: ClinicalFile) -> None:
    for warning in found.warnings[:5]:
        click.echo(f"Note: {warning}", err=True)
    from medrec.services.results import anchored

    document = anchored(done)
    emit(
        current(),
        document,
        [
            f"Saved as version {done.version} of record {document['record']}.",
            f"Anchored in transaction {document['transaction']}.",
        ],
    )


def _origin(origin: Network | None) -> dict[str, object]:
    return {} if origin is None else {"origin": origin.name}


def _show(placed: Placed, data: bytes | None, author: str, output: Path | None) -> None:
    opened = placed.opened
    parts = [{"name": p.name, "type": p.media_type, "bytes": p.size} for p in opened.manifest.parts]
    document: dict[str, object] = {
        "record": opened.record.hex(),
        "category": opened.category.value,
        "title": opened.manifest.title,
        "version": placed.version,
        "author": opened.entry.actor,
        "time": when(opened.entry.meta.time),
        "digest": opened.entry.digest.hex(),
        "file": parts[0],
        "attachments": parts[1:],
    } | _origin(placed.origin)
    if output is not None:
        document["output"] = str(output)
    lines = [
        clean(opened.manifest.title),
        f"{opened.category.value}, version {placed.version} of {placed.versions}",
        f"written {local_time(opened.entry.meta.time)} by {author}",
    ]
    lines += [
        f"attached: {clean(p.name)} ({p.media_type}, {p.size} bytes)"
        for p in opened.manifest.parts[1:]
    ]
    if placed.origin is not None:
        lines.append(f"from the network of before: {clean(placed.origin.name)}")
    if output is not None:
        lines.append(f"Written to {output}.")
    else:
        lines += ["", *_content(opened, data)]
    emit(current(), document, lines)


def _is_text(media_type: str) -> bool:
    return media_type == FHIR_JSON or media_type.startswith("text/")


def _content(opened: OpenedRecord, data: bytes | None) -> list[str]:
    main = opened.manifest.parts[0]
    if data is None:
        return [f"{clean(main.name)} is {main.media_type}: save it with --output FILE."]
    if main.media_type == FHIR_JSON:
        from medrec.clinical.summary import as_text

        return as_text(data).splitlines()
    return data.decode("utf-8", "replace").replace("\t", "    ").splitlines()
