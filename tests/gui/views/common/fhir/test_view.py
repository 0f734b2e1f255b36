from __future__ import annotations

import base64
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt, QTimer, QUrl
from PyQt6.QtWidgets import QApplication, QTreeView
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from medrec.clinical.page import Flag, Line, Tone
from medrec.errors import NotJson
from medrec.views.common.fhir import ResourceView
from medrec.views.common.fhir import view as view_module
from medrec.views.common.fhir.lines import LinesModel, LinesView
from medrec.views.common.fhir.narrative import Narrative
from medrec.views.common.fhir.parts import FactsView, Link, PartView
from medrec.views.common.fhir.words import fact, people, said, when
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.theme import theme_bus
from tests.support.counting import counted

ROOT = Path(__file__).resolve().parents[5]


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared clinical files (../shared/data) are not on this machine")
    return folder


def encoded(**resource: Any) -> bytes:
    return json.dumps(resource).encode()


def observation(name: str = "Potassium", value: float = 5.6) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": name},
        "effectiveDateTime": "2026-11-03",
        "valueQuantity": {"value": value, "unit": "mmol/L"},
        "referenceRange": [{"high": {"value": 5.1, "unit": "mmol/L"}}],
    }


def bundle(*resources: dict[str, Any]) -> bytes:
    entries = [
        {"fullUrl": f"urn:uuid:{place}", "resource": resource}
        for place, resource in enumerate(resources)
    ]
    return encoded(resourceType="Bundle", type="collection", entry=entries)


def show(qtbot: QtBot, view: ResourceView, data: bytes) -> None:
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.rendered, timeout=10_000):
        view.show_bytes(data)


def texts(view: ResourceView) -> list[str]:
    """Everything that can be read on the page."""
    found = [label.text() for label in view.findChildren(Label)]
    found += [link.text() for link in view.findChildren(Link)]
    for part in view.findChildren(LinesView):
        found += [part.lines.index(i).data() for i in range(part.lines.rowCount())]
    found += [told.toPlainText() for told in view.findChildren(Narrative)]
    return [text for text in found if text]


def test_a_resource_is_a_page(qtbot: QtBot) -> None:
    view = ResourceView()
    show(qtbot, view, encoded(**observation()))
    assert "Potassium" in texts(view)
    assert "Potassium, 5.6 mmol/L, High, range ≤ 5.1, 3 Nov 2026" in texts(view)
    assert view.accessibleName() == "Potassium"


def test_without_a_heading_the_title_is_left_to_others(qtbot: QtBot) -> None:
    view = ResourceView(heading=False, scrolls=False)
    show(qtbot, view, encoded(resourceType="Condition", code={"text": "Asthma"}))
    assert "Asthma" not in [label.text() for label in view.findChildren(Label)]


def test_references_are_followed_and_there_is_a_way_back(qtbot: QtBot) -> None:
    patient = {"resourceType": "Patient", "name": [{"text": "Amina Haddad"}]}
    condition = {
        "resourceType": "Condition",
        "code": {"text": "Asthma"},
        "subject": {"reference": "urn:uuid:0"},
    }
    view = ResourceView()
    show(qtbot, view, bundle(patient, condition))
    listed = next(p for p in view.findChildren(LinesView) if p.lines.lines[0].label == "Asthma")
    listed.show()
    listed.opened.emit(listed.lines.index(0))
    assert view.key == "1"
    link = next(link for link in view.findChildren(Link) if link.isVisibleTo(view))
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert view.key == "0"
    assert view.accessibleName() == "Amina Haddad"
    view.back()
    view.back()
    assert not view.can_go_back
    view.back()
    view.go("no such page")
    assert view.key == ""


def test_enter_follows_a_row(qtbot: QtBot) -> None:
    view = ResourceView()
    show(qtbot, view, bundle(observation()))
    view.show()
    part = view.findChildren(LinesView)[0]
    part.setCurrentIndex(part.lines.index(0))
    qtbot.keyClick(part, Qt.Key.Key_Return)
    assert view.key == "0"


def test_long_lists_are_filled_as_far_as_somebody_looks(qtbot: QtBot) -> None:
    conditions = [{"resourceType": "Condition", "code": {"text": f"C{i}"}} for i in range(150)]
    view = ResourceView()
    show(qtbot, view, bundle(*conditions))
    problems = view.findChildren(LinesView)[0]
    assert problems.lines.rowCount() == 8
    assert problems.lines.hidden == 142
    problems.lines.more()
    assert problems.lines.rowCount() == 68
    problems.lines.more(1000)
    assert problems.lines.hidden == 0
    problems.lines.more()


def test_lines_are_a_sound_model(qtmodeltester: ModelTester) -> None:
    model = LinesModel([Line(f"L{i}", "1") for i in range(20)])
    qtmodeltester.check(model)
    model.more(5)
    qtmodeltester.check(model)


def test_folded_parts_open(qtbot: QtBot) -> None:
    view = ResourceView()
    show(qtbot, view, encoded(**observation()))
    part = next(p for p in view.findChildren(PartView) if p.part.folded)
    assert part.head is not None
    assert not part.findChildren(QTreeView)
    part.head.click()
    (tree,) = part.findChildren(QTreeView)
    model = tree.model()
    assert model is not None
    assert model.rowCount() > 2
    part.head.click()
    assert not tree.isVisibleTo(part)


def test_an_unknown_type_is_a_tree(qtbot: QtBot) -> None:
    view = ResourceView()
    show(qtbot, view, encoded(resourceType="Basic", code={"text": "Referral"}, x={"y": {"z": "1"}}))
    (tree,) = view.findChildren(QTreeView)
    model = tree.model()
    assert model is not None
    assert model.index(0, 1).data() == "Referral"
    assert model.index(0, 0, model.index(1, 0)).data() == "Y"


def test_what_is_no_fhir_is_shown_as_text(qtbot: QtBot) -> None:
    view = ResourceView()
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.failed) as failed:
        view.show_bytes(b'{"resourceType": "Patient"')
    assert isinstance(failed.args[0], NotJson)
    from PyQt6.QtWidgets import QPlainTextEdit

    (editor,) = view.findChildren(QPlainTextEdit)
    assert editor.toPlainText() == '{"resourceType": "Patient"'


def test_a_large_file_that_is_no_fhir(qtbot: QtBot) -> None:
    view = ResourceView()
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.failed, timeout=10_000):
        view.show_bytes(b"{" + b" " * 100_000)


def test_only_the_last_file_is_shown(qtbot: QtBot) -> None:
    view = ResourceView()
    qtbot.addWidget(view)
    view.show_bytes(bundle(*[observation(f"Old {i}") for i in range(500)]))
    show(qtbot, view, encoded(**observation("New")))
    qtbot.wait(200)
    assert view.accessibleName() == "New"
    view.clear()
    assert view.parts() == []


def test_a_file_inside_is_opened_here(qtbot: QtBot) -> None:
    data = base64.b64encode(b"hello").decode()
    attachment = {"contentType": "text/plain", "data": data, "title": "note.txt"}
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [{"attachment": attachment}],
    }
    view = ResourceView()
    show(qtbot, view, encoded(**document))
    with qtbot.waitSignal(view.fileOpened) as opened:
        view.go("!0")
    assert opened.args[0].data == b"hello"
    assert view.can_go_back
    view.back()
    other = ResourceView(own_files=False)
    show(qtbot, other, encoded(**document))
    other.go("!0")
    assert not other.can_go_back


def test_a_narrative_loads_nothing(qtbot: QtBot) -> None:
    told = Narrative("<p>Well</p><img src='http://e.org/a.png'>")
    qtbot.addWidget(told)
    assert told.loadResource(2, QUrl("http://e.org/a.png")) is None
    assert told.loadResource(2, QUrl("file:///etc/passwd")) is None
    told.resize(300, 100)
    theme_bus.changed.emit()
    assert "Well" in told.toPlainText()


def test_dates_are_for_people() -> None:
    assert people("until 2020-04-15, born 1989-05-31") == "until 15 Apr 2020, born 31 May 1989"
    assert people("Severe, until 2015-03") == "Severe, until Mar 2015"
    assert people("2015-03 and 5 mg") == "2015-03 and 5 mg"
    assert fact(Line("Identifier", "2020-04-15")) == "2020-04-15"
    assert fact(Line("Status", "final")) == "Final"
    assert (
        when(Line("Period", when="2020-04-15", until="2020-04-16")) == "15 Apr 2020 – 16 Apr 2020"
    )
    assert when(Line("Period", until="2020-04")) == "until Apr 2020"


def test_a_line_is_said_whole() -> None:
    line = Line("K", "5.6", "mmol/L", Flag("High", Tone.HIGH), "3.5–5.1", "2026-11-03")
    assert said(line) == "K, 5.6 mmol/L, High, range 3.5–5.1, 3 Nov 2026"


def test_facts_with_flags_and_links(qtbot: QtBot) -> None:
    lines = (Line("Patient", "Amina", target="1"), Line("Status", "final", flag=Flag("Stopped")))
    view = FactsView(lines)
    qtbot.addWidget(view)
    (link,) = view.findChildren(Link)
    with qtbot.waitSignal(view.followed) as followed:
        link.click()
    assert followed.args == ["1"]
    view.grab()


def test_from_right_to_left(qtbot: QtBot) -> None:
    view = ResourceView()
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    show(qtbot, view, bundle(observation(), observation("Sodium", 140)))
    view.resize(600, 600)
    assert not view.grab().isNull()


def test_every_file_of_the_shared_data_renders(qtbot: QtBot, shared: Path) -> None:
    view = ResourceView()
    view.resize(600, 700)
    qtbot.addWidget(view)
    files = sorted((shared / "fhir").rglob("*.json"))
    assert files
    for path in files:
        with qtbot.waitSignal(view.rendered, timeout=20_000):
            view.show_bytes(path.read_bytes())
        assert view.document is not None, path
        assert view.parts(), path
        trees = [t for t in view.findChildren(QTreeView) if t.model() and t.model().rowCount()]  # type: ignore[union-attr]
        assert trees or len(texts(view)) > 2, path
        QApplication.sendPostedEvents(None, 52)  # deferred deletes, as the loop would do


def test_a_large_bundle_never_stops_the_window(
    qtbot: QtBot, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = counted(monkeypatch, view_module, "_first_page")
    largest = max((shared / "fhir").rglob("*.json"), key=lambda path: path.stat().st_size)
    view = ResourceView()
    qtbot.addWidget(view)
    view.resize(640, 800)
    view.show()
    seen = [0]
    other = QTimer(view)
    other.timeout.connect(lambda: seen.append(len(view.parts())))
    other.start(0)
    with qtbot.waitSignal(view.rendered, timeout=20_000):
        view.show_bytes(largest.read_bytes())
    other.stop()
    assert reading.number == 1
    assert reading.beside, "it is read in a thread"
    whole = len(view.parts())
    assert whole > 2
    assert {0, 1, 2} < set(seen), "others have their turn between the parts"
    assert max(b - a for a, b in pairwise(seen)) == 1


def test_a_word_without_end_does_not_widen_the_page(qtbot: QtBot) -> None:
    long = "ethereum:0xA38B6634aa8a8bd20E01bE866083A4af78471b0c"
    view = FactsView((Line("Identifier", long), Line("Note", f"See {long}{long} for more")))
    qtbot.addWidget(view)
    assert view.minimumSizeHint().width() < 320
    view.resize(320, 120)
    view.show()
    short = view.findChild(ElidedLabel)
    assert short is not None
    assert (short.text(), short.toolTip()) == (long, long)
