"""Files that are no record: what a doctor reads of them, before and after the file is saved."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from medrec.clinical.reading import inspect_file
from medrec.domain.categories import Category
from medrec.errors import EmptyFile, MedRecError, NotFhir, NotJson
from medrec.views.doctor.import_fhir import ImportPage
from tests.gui.e2e.acts import open_chart
from tests.support.refusals import FHIR, Desk, Nothing, Ward, nothing_waits, refused
from tests.support.window import Window, click, type_into

PATIENT = "Paul Novák"
TITLE = "Letter from elsewhere"


def wrong_with(path: Path, kind: type[MedRecError]) -> MedRecError:
    """What the program itself says of a file."""
    with pytest.raises(kind) as caught:
        inspect_file(path.name, path.read_bytes())
    return caught.value


async def at_the_import(desk: Desk, ward: Ward) -> tuple[Window, ImportPage]:
    """Dora has opened Paul's chart, and the page that imports into it."""
    window = await desk.sits(ward.dora)
    await open_chart(window, PATIENT)
    page = await window.go("import")
    assert isinstance(page, ImportPage)
    return window, page


async def look_at(window: Window, page: ImportPage, path: Path) -> None:
    """A file is dropped on the page."""
    page.chosen.emit(path)
    await window.calm()


async def swapped_and_saved(
    desk: Desk, ward: Ward, tmp_path: Path, content: bytes, kind: type[MedRecError]
) -> None:
    """A good file is looked into; another content stands under its name when it is saved."""
    window, page = await at_the_import(desk, ward)
    path = tmp_path / "from-elsewhere.json"
    shutil.copy(FHIR / "prescription.json", path)
    await look_at(window, page, path)
    type_into(page.title.editor, TITLE)
    page.category.set_value(Category.NOTES)
    if page.whose.doubtful:
        click(page.whose.anyway)
    path.write_bytes(content)
    nothing, known = Nothing(ward.network), ward.network.created(ward.paul)
    click(page.save)
    await window.calm()
    await refused(window, wrong_with(path, kind))
    assert nothing.happened()
    assert (page.title.text(), page.category.value()) == (TITLE, Category.NOTES)
    assert page.area.path == path
    # The file is mended, and the same button saves it, once.
    shutil.copy(FHIR / "prescription.json", path)
    click(page.save)
    await window.calm()
    await window.said("Imported")
    await nothing_waits(window)
    assert len(ward.network.created(ward.paul)) == len(known) + 1


async def test_json_that_is_not_fhir(ward: Ward, desk: Desk):
    window, page = await at_the_import(desk, ward)
    nothing, path = Nothing(ward.network), FHIR / "not-fhir.json"
    await look_at(window, page, path)
    await refused(window, wrong_with(path, NotFhir))
    assert page.area.path == path
    assert page.save.isEnabled()
    assert page.save.text() == "Keep as a document"
    click(page.cancel)
    assert page.preview is None
    assert page.area.isVisible()
    assert nothing.happened()
    await nothing_waits(window)


@pytest.mark.parametrize("name", ["not-fhir.json", "unknown-type.json", "wrong-elements.json"])
async def test_not_fhir_when_it_is_saved(ward: Ward, desk: Desk, tmp_path: Path, name: str):
    await swapped_and_saved(desk, ward, tmp_path, (FHIR / name).read_bytes(), NotFhir)


async def test_truncated_json(ward: Ward, desk: Desk):
    window, page = await at_the_import(desk, ward)
    nothing, path = Nothing(ward.network), FHIR / "truncated.json"
    await look_at(window, page, path)
    await refused(window, wrong_with(path, NotJson))
    assert page.area.path == path
    assert page.save.text() == "Keep as a document"
    await look_at(window, page, FHIR / "prescription.json")
    assert page.save.text() == "Save to the record"
    assert nothing.happened()
    await nothing_waits(window)


async def test_truncated_when_it_is_saved(ward: Ward, desk: Desk, tmp_path: Path):
    await swapped_and_saved(desk, ward, tmp_path, (FHIR / "truncated.json").read_bytes(), NotJson)


async def test_an_empty_file(ward: Ward, desk: Desk, tmp_path: Path):
    window, page = await at_the_import(desk, ward)
    nothing, path = Nothing(ward.network), tmp_path / "nothing.json"
    path.touch()
    await look_at(window, page, path)
    await refused(window, wrong_with(path, EmptyFile))
    assert not page.save.isVisible()
    assert page.area.button.isEnabled()
    await look_at(window, page, FHIR / "prescription.json")
    assert page.save.isVisible()
    assert nothing.happened()
    await nothing_waits(window)


async def test_empty_when_it_is_saved(ward: Ward, desk: Desk, tmp_path: Path):
    await swapped_and_saved(desk, ward, tmp_path, b"", EmptyFile)
