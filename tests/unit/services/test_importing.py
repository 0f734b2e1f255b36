"""Files that become records: what is said of them before, and that their bytes are kept."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from medrec.clinical.apart import Apart
from medrec.clinical.look import Step
from medrec.clinical.reading import FHIR_JSON
from medrec.domain.categories import Category
from medrec.domain.imports import AddDocument, EntryState, Whose
from medrec.errors import EmptyFile, FileUnreadable, NotFhir, NotJson, StaleVersion
from medrec.services import importing, looking
from medrec.services.context import Context
from medrec.services.reading import RecordReader
from medrec.services.records import opened
from tests.support.waiting import until
from tests.support.world import SOMEBODY, Recorder, World

DATA = Path(__file__).parents[2] / "data" / "fhir"
ADA = {
    "resourceType": "Patient",
    "id": "1",
    "name": [{"family": "Lovelace", "given": ["Ada"]}],
    "birthDate": "1985-12-10",
}


def bundle(*resources: object) -> bytes:
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def observation(**more: object) -> dict[str, object]:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "Weight"}} | more


@pytest.fixture
async def reader(world: World) -> Context:
    return await world.person("reader")


async def test_a_bundle_entry_by_entry(reader: Context, tmp_path: Path) -> None:
    path = tmp_path / "visit.json"
    path.write_bytes(
        bundle(
            ADA,
            observation(valueQuantity={"value": 80, "unit": "kg"}),
            observation(valueQuantity={"value": "eighty"}),
            observation(subject={"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}),
        )
    )
    found = await importing.preview(reader, path, SOMEBODY)
    assert found.types == (("Observation", 3), ("Patient", 1))
    assert [found.count(state) for state in EntryState] == [2, 1, 1]
    assert found.refused
    assert found.entries[3].problems[0][0] == "subject"
    bad = next(e for e in found.entries if e.state is EntryState.REFUSED)
    assert bad.index == 2
    assert bad.problems[0][0] == "valueQuantity.value"
    assert found.whose is Whose.SAME
    assert found.size == path.stat().st_size
    assert any("Checking" in said for said in reader.notifier.said)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changed", "whose"),
    [
        ({}, Whose.SAME),
        ({"birthDate": "1985"}, Whose.UNKNOWN),
        ({"birthDate": "1990-01-01"}, Whose.DIFFERENT),
        ({"name": [{"family": "Lovelace", "given": ["Béatrice"]}]}, Whose.DIFFERENT),
        ({"name": [{"family": "LOVELACE", "given": ["Adá", "Maria"]}]}, Whose.SAME),
        ({"name": [{"text": "Ada Byron"}]}, Whose.DIFFERENT),
    ],
)
async def test_whose_data_it_is(
    reader: Context, tmp_path: Path, changed: dict[str, object], whose: Whose
) -> None:
    path = tmp_path / "who.json"
    path.write_bytes(bundle(ADA | changed, observation()))
    assert (await importing.preview(reader, path, SOMEBODY)).whose is whose


async def test_several_people_or_nobody(reader: Context, tmp_path: Path) -> None:
    path = tmp_path / "who.json"
    path.write_bytes(bundle(ADA, ADA | {"birthDate": "1990-01-01"}))
    assert (await importing.preview(reader, path, SOMEBODY)).whose is Whose.SEVERAL
    path.write_bytes(bundle(observation()))
    assert (await importing.preview(reader, path, SOMEBODY)).whose is Whose.UNKNOWN


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("allergy.json", Category.ALLERGIES),
        ("blood-pressure.json", Category.VITALS),
        ("prescription.json", Category.MEDICATIONS),
    ],
)
async def test_a_category_is_suggested(reader: Context, name: str, category: Category) -> None:
    found = await importing.preview(reader, DATA / name)
    assert (found.category, found.refused) == (category, False)
    assert len(found.entries) == 1


@pytest.mark.parametrize(
    "name", ["truncated.json", "not-fhir.json", "unknown-type.json", "wrong-elements.json"]
)
async def test_what_is_not_fhir_is_described_and_not_saved(
    world: World, reader: Context, name: str
) -> None:
    found = await importing.preview(reader, DATA / name)
    assert found.refused
    with pytest.raises(Exception, match=r"FHIR|JSON"):
        await importing.add_file(reader, reader.me, AddDocument(DATA / name, Category.NOTES))


async def test_no_file_and_an_empty_one(reader: Context, tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        await importing.preview(reader, tmp_path / "nothing.json")
    (tmp_path / "empty.json").touch()
    with pytest.raises(EmptyFile):
        await importing.preview(reader, tmp_path / "empty.json")


async def test_other_files_are_documents(reader: Context, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.7 ...")
    found = await importing.preview(reader, path)
    assert (found.kind, found.category, found.title) == ("pdf", Category.DOCUMENTS, "letter")
    assert found.warnings


async def test_a_preview_can_be_cancelled(reader: Context, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(bundle(*[observation() for _ in range(3000)]))
    task = asyncio.ensure_future(importing.preview(reader, path))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_file_is_kept_byte_for_byte(world: World, tmp_path: Path) -> None:
    patient = await world.patient()
    path = tmp_path / "visit.json"
    path.write_bytes(b"  " + bundle(ADA, observation()) + b"\n")
    found = await importing.preview(patient, path)
    order = AddDocument(path, Category.DOCUMENTS, digest=found.digest)
    done = await importing.add_file(patient, patient.me, order)
    reader, record = await opened(patient, patient.me, done.record)
    main = record.manifest.parts[0]
    assert (main.name, main.media_type) == ("visit.json", FHIR_JSON)
    assert record.manifest.title == found.title
    assert await reader.part_bytes(record, main) == path.read_bytes()


async def test_bytes_that_changed_since_the_preview_are_checked_anew(
    world: World, tmp_path: Path
) -> None:
    patient = await world.patient()
    path = tmp_path / "visit.json"
    path.write_bytes(bundle(observation()))
    found = await importing.preview(patient, path)
    path.write_bytes(bundle(observation(valueQuantity={"value": "eighty"})))
    order = AddDocument(path, Category.DOCUMENTS, digest=found.digest)
    with pytest.raises(NotFhir):
        await importing.add_file(patient, patient.me, order)
    done = await importing.add_file(
        patient, patient.me, AddDocument(path, Category.DOCUMENTS, "Odd file", plain=True)
    )
    _, record = await opened(patient, patient.me, done.record)
    assert record.manifest.title == "Odd file"
    assert record.manifest.parts[0].media_type == "application/json"


async def test_a_file_becomes_the_next_version(world: World, tmp_path: Path) -> None:
    patient = await world.patient()
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("one")
    second.write_text("two")
    order = AddDocument(first, Category.DOCUMENTS, "Letter")
    done = await importing.add_file(patient, patient.me, order)
    again = AddDocument(second, Category.DOCUMENTS)
    await importing.amend_with_file(patient, patient.me, done.record, again, 1)
    reader = await RecordReader.open(patient, patient.me)
    record = await reader.read(done.record)
    assert (record.version, record.manifest.title) == (2, "Letter")
    with pytest.raises(StaleVersion):
        await importing.amend_with_file(patient, patient.me, done.record, again, 1)


@pytest.mark.parametrize(("end", "warned"), [(b"%%EOF\n", False), (b"", True)])
async def test_the_end_of_a_long_file_is_looked_at(
    reader: Context, tmp_path: Path, end: bytes, warned: bool
) -> None:
    """A file is longer than the beginning that tells its kind; its end mark is where it ends."""
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"0" * 3_000_000 + end)
    found = await importing.preview(reader, path)
    assert any("end mark" in warning for warning in found.warnings) is warned


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Apart]:
    """Every file is large now; the processes that were started for them."""
    monkeypatch.setattr(looking, "LARGE", 0)
    found: list[Apart] = []
    end = Apart.end

    def noted(child: Apart) -> None:
        found.append(child)
        end(child)

    monkeypatch.setattr(Apart, "end", noted)
    return found


@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
async def test_a_large_file_is_looked_at_apart(
    reader: Context, path: Path, started: list[Apart], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await importing.preview(reader, path, SOMEBODY)
    assert started[0].pid is not None
    with monkeypatch.context() as small:
        small.setattr(looking, "LARGE", 1 << 30)
        assert found == await importing.preview(reader, path, SOMEBODY)


async def test_a_large_file_is_checked_apart(started: list[Apart]) -> None:
    order = AddDocument(Path("cut.json"), Category.NOTES)
    with pytest.raises(NotJson) as refusal:
        await importing.part_of(order, b'{"resourceType": ')
    assert refusal.value.facts == {"name": "cut.json", "line": 1, "column": 18}
    assert started[0].pid is not None
    main, title = await importing.part_of(order, bundle(ADA))
    assert main.media_type == FHIR_JSON
    assert title


async def test_what_a_lost_process_left_is_done_here(
    reader: Context,
    started: list[Apart],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    steps, start = Apart.steps, Apart._start

    def cut(child: Apart) -> list[Step] | None:
        found = steps(child)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        return found

    def stillborn(child: Apart) -> subprocess.Popen[bytes]:
        process = start(child)
        process.kill()
        return process

    path = tmp_path / "visit.json"
    path.write_bytes(bundle(ADA, *[observation() for _ in range(400)]))
    with caplog.at_level("WARNING"):
        with monkeypatch.context() as on_the_way:
            on_the_way.setattr(Apart, "steps", cut)
            found = await importing.preview(reader, path, SOMEBODY)
        monkeypatch.setattr(Apart, "_start", stillborn)
        await importing.part_of(AddDocument(path, Category.NOTES), path.read_bytes())
    assert [record.getMessage() for record in caplog.records] == [
        "The process that looks at files was lost: it is done here",
        "The process that checks files was lost: it is done here",
    ]
    caplog.clear()
    assert len(found.entries) == 401
    assert found.count(EntryState.REFUSED) == 0


async def test_a_cancelled_look_ends_its_process(
    reader: Context, started: list[Apart], tmp_path: Path
) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(bundle(ADA, *[observation() for _ in range(20_000)]))
    told: list[int] = []

    class Notes(Recorder):
        def progress(self, sentence: str, done: int = 0, total: int = 0) -> None:
            told.append(done)

    task = asyncio.create_task(importing.preview(replace(reader, notifier=Notes()), path))
    await until(lambda: any(told))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    pid = started[0].pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
