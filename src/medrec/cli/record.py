"""`medrec record`: write and read records."""

from __future__ import annotations

from pathlib import Path

import click

from medrec.cli.files import refuse_existing, save
from medrec.cli.inputs import address, category, record_id
from medrec.cli.output import emit, local_time, table, when
from medrec.cli.session import current, with_account
from medrec.cli.settings import Group
from medrec.clinical.reading import ClinicalFile, inspect_file
from medrec.crypto.record import PartSource
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, RecordId
from medrec.domain.outbox import Job
from medrec.services import records, writing
from medrec.services.context import Context
from medrec.services.reading import OpenedRecord, RecordReader
from medrec.services.records import RecordRow
from medrec.services.sources import attachment, in_memory, read_file
from medrec.services.writing import Draft, WrittenRecord

FILE = click.Path(path_type=Path)


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
    main, found = _checked(file)
    others = [attachment(path) for path in attach]
    draft = Draft(kind, title or _title(found, main.name, file), (main, *others))

    async def work(context: Context) -> WrittenRecord:
        return await writing.add_record(context, who, draft)

    _report(with_account(work), found)


@command.command()
@click.argument("patient")
@click.argument("record")
@click.argument("file", type=FILE)
@click.option("--title", help="A new title; otherwise it stays.")
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
    main, found = _checked(file)
    others = [attachment(path) for path in attach]

    async def work(context: Context) -> WrittenRecord:
        draft = await writing.amended(context, who, which, main, others, title)
        return await writing.update_record(context, who, which, draft, base_version)

    _report(with_account(work), found)


@command.command("list")
@click.argument("patient")
def list_(patient: str) -> None:
    """The records that you may read."""
    who = address(patient)

    async def work(context: Context) -> list[RecordRow]:
        return await records.listed(context, who)

    rows = with_account(work)
    documents = [
        {
            "record": row.record.hex(),
            "category": row.category.value,
            "title": row.title,
            "version": row.version,
            "author": row.author,
            "time": when(row.time),
        }
        for row in rows
    ]
    lines = table(
        ["record", "category", "title", "version", "author", "time"],
        [
            [
                row.record.hex(),
                row.category.value,
                _plain(row.title) or f"({row.why})",
                f"{row.version}{' archived' if row.archived else ''}",
                row.author,
                local_time(row.time),
            ]
            for row in rows
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

    async def work(context: Context) -> tuple[OpenedRecord, bytes | None]:
        reader, opened = await records.opened(context, who, which, version)
        part = opened.manifest.parts[0]
        if output is None:
            return opened, await reader.part_bytes(opened, part)
        await save(reader.stream(opened, part), output)
        return opened, None

    opened, data = with_account(work)
    _show(opened, data, output)


@command.command()
@click.argument("patient")
@click.argument("record")
def history(patient: str, record: str) -> None:
    """Every version of a record."""
    who, which = address(patient), record_id(record)

    async def work(context: Context) -> list[AuditEntry]:
        return await records.history(context, who, which)

    entries = with_account(work)
    emit(
        current(),
        [
            {
                "version": i,
                "author": entry.actor,
                "time": when(entry.meta.time),
                "digest": entry.digest.hex(),
            }
            for i, entry in enumerate(entries, 1)
        ],
        table(
            ["version", "author", "time", "digest"],
            [
                [str(i), entry.actor, local_time(entry.meta.time), entry.digest.hex()]
                for i, entry in enumerate(entries, 1)
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
        return await writing.archive_record(context, who, which, reason)

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
        reader, opened = await _opened_with(context, who, which, version, name)
        part = reader.part(opened, name)
        await save(reader.stream(opened, part), output)
        return part.size

    size = with_account(work)
    emit(
        current(),
        {"record": which.hex(), "name": name, "output": str(output), "bytes": size},
        [f"Written to {output} ({size} bytes)."],
    )


async def _opened_with(
    context: Context, who: Address, which: RecordId, version: int | None, name: str
) -> tuple[RecordReader, OpenedRecord]:
    """Open the version; the name is checked before a look is logged for nothing."""
    reader = await RecordReader.open(context, who)
    reader.part(await reader.read(which, version), name)
    return await records.opened(context, who, which, version)


def _checked(file: Path) -> tuple[PartSource, ClinicalFile]:
    """The record's own file, refused where it is empty or claims to be FHIR and is not."""
    data = read_file(file)
    found = inspect_file(file.name, data)
    return in_memory(file.name, found.media_type, data), found


def _title(found: ClinicalFile, name: str, file: Path) -> str:
    if found.resource_type is None:
        return name
    from medrec.clinical.summary import title_of

    return title_of(read_file(file))


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


def _show(opened: OpenedRecord, data: bytes | None, output: Path | None) -> None:
    parts = [{"name": p.name, "type": p.media_type, "bytes": p.size} for p in opened.manifest.parts]
    document: dict[str, object] = {
        "record": opened.record.hex(),
        "category": opened.category.value,
        "title": opened.manifest.title,
        "version": opened.version,
        "author": opened.entry.actor,
        "time": when(opened.entry.meta.time),
        "digest": opened.entry.digest.hex(),
        "file": parts[0],
        "attachments": parts[1:],
    }
    if output is not None:
        document["output"] = str(output)
    lines = [
        f"{_plain(opened.manifest.title)}",
        f"{opened.category.value}, version {opened.version} of {opened.versions}",
        f"written {local_time(opened.entry.meta.time)} by {opened.entry.actor}",
    ]
    lines += [
        f"attached: {_plain(p.name)} ({p.media_type}, {p.size} bytes)"
        for p in opened.manifest.parts[1:]
    ]
    if output is not None:
        lines.append(f"Written to {output}.")
    elif data is not None:
        lines += ["", *_content(opened, data)]
    emit(current(), document, lines)


def _content(opened: OpenedRecord, data: bytes) -> list[str]:
    main = opened.manifest.parts[0]
    if main.media_type == "application/fhir+json":
        from medrec.clinical.summary import as_text

        return as_text(data).splitlines()
    if main.media_type.startswith("text/"):
        return [_plain(line) or "" for line in data.decode("utf-8", "replace").splitlines()]
    return [f"{_plain(main.name)} is {main.media_type}: save it with --output FILE."]


def _plain(text: str | None) -> str | None:
    from medrec.clinical.text import clean

    return None if text is None else clean(text)
