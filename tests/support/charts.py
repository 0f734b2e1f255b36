"""Charts as data: without a chain, for what shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.clinical.facts import facts_of, merge
from medrec.clinical.patient import Demographics
from medrec.domain.categories import Category, Permission
from medrec.domain.ids import Address, RecordId
from medrec.domain.network import Network, StoreConfig
from medrec.domain.outbox import Job
from medrec.errors import NodeDown
from medrec.models.session import Session
from medrec.services.chart import Chart, ChartRecord
from medrec.services.origins import Missing
from medrec.services.records import RecordRow
from medrec.workers.jobs import Jobs
from tests.support.fake_store import FakeStore

PATIENT = Address("0x" + "11" * 20)
DOCTOR = Address("0x" + "22" * 20)
OTHER = Address("0x" + "33" * 20)
AMINA = Demographics("Amina", "Haddad", "1968-03-14", "female")
DAY = 86_400
BEFORE = Network(
    name="Clinic of before",
    chain_id=1,
    rpc=("http://before",),
    contracts={},
    code_hashes={},
    deployed_at=0,
    verifiers=frozenset(),
    registrars=frozenset(),
    store=StoreConfig("folder", "/before"),
)
MISSING = Missing(BEFORE, NodeDown(url="http://before"))
"""A network of before whose node does not answer."""


class _Context:
    def __init__(self) -> None:
        self.me = DOCTOR
        self.name = self.called = "doctor"
        self.local = FakeStore()


class QuietSession(Session):
    """A session over no network at all: a local store, and names."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        bus = _Bus()
        super().__init__(_Context(), Jobs(), bus)  # type: ignore[arg-type]
        self.bus = bus
        for who, name in ((PATIENT, "Amina Haddad"), (OTHER, "Dr. Raman"), (DOCTOR, "you")):
            self.learn_name(who, name)


class _Bus(QObject):
    changed = pyqtSignal(object, str)


def record(
    number: int,
    title: str = "",
    category: Category = Category.NOTES,
    when: int = 0,
    **more: Any,
) -> ChartRecord:
    """A record with made-up id."""
    row = RecordRow(
        record=RecordId(number.to_bytes(32, "big")),
        category=category,
        title=title or f"Record {number}",
        version=1,
        author=more.pop("author", PATIENT),
        time=when or number * DAY,
        archived=False,
        why="",
    )
    made = ChartRecord(row, "text/plain", when or number * DAY, preview=more.pop("preview", ""))
    return replace(made, **more)


def chart(records: Iterable[ChartRecord] = (), *resources: dict[str, Any], **more: Any) -> Chart:
    """A doctor's view of a chart with the facts of some resources."""
    facts = merge(facts_of(json.dumps(resource).encode()) for resource in resources)
    read = frozenset(Category) - {Category.IDENTITY}
    given: dict[str, Any] = {
        "demographics": AMINA,
        "verified": True,
        "permission": Permission(read, frozenset({Category.NOTES})),
        "until": 1_900_000_000,
        "facts": facts,
    }
    return Chart(PATIENT, records=tuple(records), **{**given, **more})


def condition(what: str, status: str = "active") -> dict[str, Any]:
    """A Condition."""
    return {
        "resourceType": "Condition",
        "code": {"text": what},
        "clinicalStatus": {"coding": [{"code": status}]},
    }


def allergy(what: str, severity: str = "severe") -> dict[str, Any]:
    """An AllergyIntolerance."""
    return {
        "resourceType": "AllergyIntolerance",
        "code": {"text": what},
        "recordedDate": "2003",
        "reaction": [{"manifestation": [{"text": "Anaphylaxis"}], "severity": severity}],
    }


def medicine(what: str, how: str) -> dict[str, Any]:
    """A MedicationRequest."""
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": what},
        "dosageInstruction": [{"text": how}],
    }


def result(name: str, value: float, when: str, high: float = 6.0) -> dict[str, Any]:
    """A laboratory Observation in per cent."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": name, "coding": [{"system": "http://loinc.org", "code": name}]},
        "effectiveDateTime": when,
        "valueQuantity": {"value": value, "unit": "%"},
        "referenceRange": [{"high": {"value": high, "unit": "%"}}],
    }


def pressure(systolic: int, diastolic: int, when: str) -> dict[str, Any]:
    """A blood pressure."""
    parts = (("8480-6", systolic), ("8462-4", diastolic))
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "vital-signs"}]}],
        "code": {"text": "Blood pressure"},
        "effectiveDateTime": when,
        "component": [
            {
                "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
                "valueQuantity": {"value": value, "unit": "mmHg"},
            }
            for code, value in parts
        ],
    }
