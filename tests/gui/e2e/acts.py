"""What people do in the windows, one function an act: found by what is written, clicked, typed."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from PyQt6 import sip
from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QAbstractItemView, QWidget

from medrec.clinical.forms import FormKind
from medrec.domain.categories import GENERAL, Category, Permission
from medrec.domain.people import DoctorStatus, Role
from medrec.views.admin.checks import CheckCard
from medrec.views.common.record.detail import RecordDetail
from medrec.views.common.record.timeline import TimelineView
from medrec.views.doctor.ask import AskDialog
from medrec.views.patient.revoke import RevokeDialog
from tests.support.qtest import QTest
from tests.support.window import Window, click, press, texts, type_into

HERE = Path(__file__).resolve()
BUNDLE = HERE.parents[2] / "data" / "fhir" / "bundle.json"
REAL = HERE.parents[4] / "shared" / "data" / "fhir" / "synthea_r4"
PASSWORD = "correct horse battery"

D = TypeVar("D", bound=QWidget)


def real_bundle() -> Path:
    """A real FHIR file where there is one, else a small one of ours."""
    found = sorted(REAL.glob("*.json"), key=lambda path: path.stat().st_size)
    return found[0] if found else BUNDLE


async def make_account(window: Window, label: str, role: str) -> None:
    """The five steps of a new account, up to the workspace."""
    await window.open()
    door = window.desktop.door
    page = door.sign_in
    click(page.create_first if page.create_first.isVisible() else page.new)
    create = door.creation
    click(create.who.roles.cards[Role[role.upper()]])
    type_into(create.who.name.editor, label)
    click(create.go)
    await window.until(lambda: len(create.words.grid.words()) == 24)
    words = create.words.grid.words()
    click(create.go)
    for place, field in zip(create.check.places, create.check.fields, strict=True):
        type_into(field.editor, words[place - 1])
    click(create.go)
    type_into(create.secret.first.line, PASSWORD)
    type_into(create.secret.second.line, PASSWORD)
    click(create.go)
    assert len(create.key.key.text()) == 9
    click(create.go)
    await window.signed_in()


async def register_patient(window: Window) -> None:
    """The form with a patient's own data."""
    page = window.page
    texts_typed = {"given": "Amina", "family": "Haddad", "birth_date": "1968-03-14"}
    for name, text in texts_typed.items():
        type_into(page.form.texts[name].editor, text)
    page.form.sex.set_value("female")
    click(page.submit)
    await window.until(lambda: window.session.role is Role.PATIENT)
    await window.calm()
    assert window.session.title == "Amina Haddad"


async def register_doctor(window: Window) -> None:
    """The form with a doctor's public profile."""
    page = window.page
    for name, text in {
        "given": "Lukas",
        "family": "Meyer",
        "specialty": "General practice",
        "licence": "GP-20417",
    }.items():
        type_into(page.form.fields[name].editor, text)
    click(page.submit)
    await window.until(lambda: window.session.role is Role.DOCTOR)
    await window.calm()
    assert window.session.status is DoctorStatus.PENDING


def row_index(view: QAbstractItemView, words: str) -> QModelIndex:
    """The row that says these words."""
    model = view.model()
    assert model is not None
    said = [
        str(model.index(n, 0).data(Qt.ItemDataRole.AccessibleTextRole))
        for n in range(model.rowCount())
    ]
    for number, text in enumerate(said):
        if words in text:
            return model.index(number, 0)
    raise AssertionError(f"no row says “{words}”, but: {said}")


async def row_of(window: Window, view: QAbstractItemView, words: str) -> QModelIndex:
    """Wait for the row that says these words."""

    def there() -> bool:
        try:
            return row_index(view, words).isValid()
        except AssertionError:
            return False

    await window.until(there, f"no row says “{words}”")
    return row_index(view, words)


def click_row(view: QAbstractItemView, index: QModelIndex) -> None:
    """Click a row, as far as it can be seen."""
    view.scrollTo(index)
    viewport = view.viewport()
    assert viewport is not None
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())


def open_row(view: QAbstractItemView, index: QModelIndex) -> None:
    """Choose a row and press Enter."""
    click_row(view, index)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Return)


async def dialog_of(window: Window, kind: type[D]) -> D:
    """The dialog of that kind that has opened."""
    await window.until(
        lambda: any(d.isVisible() for d in window.main.findChildren(kind)),
        f"no {kind.__name__} opened; said: {window.news()}",
    )
    return next(d for d in window.main.findChildren(kind) if d.isVisible())


def gone(dialog: QWidget) -> bool:
    """Whether a dialog has closed."""
    return sip.isdeleted(dialog) or not dialog.isVisible()


async def verify_doctor(window: Window, name: str) -> None:
    """The office checks what is to be checked and vouches for the doctor."""
    page = await window.go("verification")
    index = await row_of(window, page.rows, name)
    click_row(page.rows, index)
    await window.calm()
    for card in page.detail.findChildren(CheckCard):
        click(card)
    click(page.detail.verify)
    await window.calm()
    await window.said("verified")


async def ask_for_access(window: Window, patient: str) -> None:
    """The doctor asks the patient behind an address."""
    await window.until(lambda: window.session.status is DoctorStatus.VERIFIED)
    page = await window.go("requests")
    click(page.ask)
    dialog = await dialog_of(window, AskDialog)
    type_into(dialog.who.editor, patient)
    dialog.matrix.set_permission(Permission(frozenset(GENERAL), frozenset(GENERAL)))
    type_into(dialog.reason.editor, "High blood pressure")
    click(dialog.send)
    await window.calm()
    await window.until(lambda: gone(dialog), "the dialog stays")


async def answer_request(window: Window, doctor: str) -> None:
    """The patient reviews the request, lets everything be written too, and grants it."""
    await window.until(lambda: window.workspace.view.rail.items["sharing"].count == 1)
    page = await window.go("sharing")
    await window.until(lambda: "Review and grant" in texts(page))
    press(page, "Review and grant")
    grant = page.grant
    await window.until(lambda: grant.isVisible() and grant.form is not None)
    assert f"To {doctor}, who asked for it" in texts(grant)
    for _ in range(4):
        if not grant.isVisible():
            break
        click(grant.go_on)
        await window.calm()
    await window.until(lambda: not grant.isVisible(), str(texts(grant)))
    await window.calm()
    await window.until(lambda: {doctor, "Revoke"} <= set(texts(page.overview)))


async def open_chart(window: Window, patient: str, refused: str = "") -> None:
    """The doctor opens the patient's chart out of the list, or is told why not."""
    page = await window.go("patients")
    if refused:
        await window.go("chart")
        await window.until(lambda: any(refused in text for text in texts(window.page)))
        return
    index = await row_of(window, page.list, patient)
    open_row(page.list, index)
    await window.calm()
    await window.until(lambda: any(patient in text for text in texts(window.page)))


async def import_file(window: Window) -> None:
    """A file from elsewhere, looked at and kept byte for byte."""
    page = await window.go("import")
    page.chosen.emit(real_bundle())
    await window.calm()
    await window.until(page.save.isVisible)
    page.category.set_value(Category.DOCUMENTS)
    if page.whose.doubtful:
        click(page.whose.anyway)
    click(page.save)
    await window.calm()
    await window.said("Imported")


async def prescribe(window: Window, medicine: str) -> None:
    """A prescription by its form."""
    page = await window.go("write")
    page.kindChosen.emit(FormKind.PRESCRIPTION)
    form = page.forms[FormKind.PRESCRIPTION]
    await window.until(form.isVisible)
    for name, text in {"medicine": medicine, "dose": "1", "times": "1", "days": "30"}.items():
        type_into(form.fields[name].editor, text)
    click(page.save)
    await window.calm()
    await window.said("Saved")


async def read_record(window: Window, title: str) -> None:
    """The patient opens a record and sees that it is verified."""
    page = await window.go("records")
    view = page.findChild(TimelineView)
    click_row(view, await row_of(window, view, title))
    await window.calm()
    detail = page.findChild(RecordDetail)
    await window.until(lambda: any(title in text for text in texts(detail)))
    await window.until(
        lambda: "Seal intact" in texts(detail) or "seal intact" in texts(detail), str(texts(detail))
    )


async def amend_prescription(window: Window, title: str, medicine: str) -> None:
    """The doctor opens the record, amends it in its form and writes another dose."""
    await window.go("chart")
    window.workspace.go("chart", tab="timeline")
    await window.calm()
    view = window.page.findChild(TimelineView)
    click_row(view, await row_of(window, view, title))
    await window.calm()
    detail = window.page.findChild(RecordDetail)

    def offers() -> list[QAction]:
        return [a for a in detail.menu.actions() if a.text() == "Write a new version"]

    await window.until(offers, "amending is not offered")
    offers()[0].trigger()
    await window.calm()
    page = window.page
    form = page.forms[FormKind.PRESCRIPTION]
    await window.until(lambda: form.fields["medicine"].text() == title)
    type_into(form.fields["medicine"].editor, medicine)
    click(page.save)
    await window.calm()
    await window.said("aved")


async def see_versions(window: Window, title: str) -> None:
    """The patient compares both versions."""
    await read_record(window, title)
    press(window.page, "Compare")
    await window.calm()
    compare = window.page.compare
    await window.until(compare.isVisible)
    await window.until(lambda: any(row.changed for row in compare.rows))
    changed = {row.label for row in compare.rows if row.changed}
    assert changed, "nothing is said to have changed"
    assert {"Version 1", "Replaced", "Version 2", "Current"} <= set(texts(compare))


async def compare_as_doctor(window: Window, title: str) -> None:
    """The doctor sets both versions side by side, and opens the first from there."""
    await window.go("chart")
    window.workspace.go("chart", tab="timeline")
    await window.calm()
    view = window.page.findChild(TimelineView)
    QTest.keyClick(view, Qt.Key.Key_Down)
    await window.calm()
    click_row(view, await row_of(window, view, title))
    await window.calm()
    detail = window.page.findChild(RecordDetail)
    await window.until(lambda: "Compare" in texts(detail))
    press(detail, "Compare")
    compare = window.page.compare
    await window.until(lambda: compare.isVisible() and "Version 1" in texts(compare))
    press(compare, "Open Version 1")
    await window.until(lambda: not compare.isVisible() and detail.isVisible())
    await window.until(lambda: detail.page.shown == 1)


async def see_activity(window: Window, doctor: str) -> None:
    """The patient sees who looked, and that nothing is missing."""
    page = await window.go("activity")
    await row_of(window, page.entries.list, doctor)
    await window.until(lambda: any("Verified up to block" in text for text in texts(page)))


async def revoke(window: Window, doctor: str) -> None:
    """The patient ends the access, and reads what that does and does not do."""
    page = await window.go("sharing")
    await window.until(lambda: doctor in texts(page.overview))
    press(page.overview, "Revoke")
    dialog = await dialog_of(window, RevokeDialog)
    assert any("cannot be unread" in text for text in texts(dialog)), texts(dialog)
    click(dialog.revoke)
    await window.calm()
    await window.until(lambda: gone(dialog))
    await window.until(lambda: doctor not in texts(page.overview) or "Revoke" not in texts(page))
