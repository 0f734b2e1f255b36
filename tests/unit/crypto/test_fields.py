"""Reading objects field by field."""

from __future__ import annotations

import pytest

from medrec.crypto.codec import Link, encode
from medrec.crypto.fields import Fields
from medrec.domain.cid import Codec, cid_of
from medrec.domain.ids import Epoch
from medrec.errors import BadObject
from tests.unit.crypto.builders import PATIENT

CID = cid_of(b"x", Codec.RAW)
GOOD: dict[str, object] = {
    "n": 7,
    "b": True,
    "raw": bytes(4),
    "text": "é",
    "who": PATIENT,
    "digest": bytes(32),
    "epoch": 0x0001_0002,
    "items": [1],
    "map": {"a": 1},
    "link": Link(CID),
    "none": None,
}


def fields(**changed: object) -> Fields:
    return Fields({**GOOD, **changed}, GOOD.keys(), "the thing")


def test_every_kind_of_field_is_read() -> None:
    good = fields()
    assert good.integer("n") == 7
    assert good.boolean("b") is True
    assert good.raw("raw", 4) == bytes(4)
    assert good.text("text") == "é"
    assert good.address("who") == PATIENT
    assert good.digest("digest") == bytes(32)
    assert good.epoch("epoch") == Epoch(1, 2)
    assert good.items("items") == [1]
    assert good.mapping("map") == {"a": 1}
    assert good.link("link") == CID
    assert good.optional_link("link") == CID
    assert good.optional_link("none") is None
    assert good.value("n") == 7


@pytest.mark.parametrize(
    ("method", "name", "value"),
    [
        ("integer", "n", True),
        ("integer", "n", -1),
        ("integer", "n", "7"),
        ("boolean", "b", 1),
        ("raw", "raw", "text"),
        ("text", "text", b"bytes"),
        ("address", "who", "0x1234"),
        ("address", "who", PATIENT + "\n"),
        ("address", "who", bytes(20)),
        ("digest", "digest", bytes(31)),
        ("epoch", "epoch", 1 << 32),
        ("items", "items", {"a": 1}),
        ("mapping", "map", [1]),
        ("link", "link", CID),
        ("optional_link", "link", CID),
        ("links", "items", [Link(CID), 1]),
    ],
)
def test_a_field_of_another_kind_is_refused(method: str, name: str, value: object) -> None:
    read = getattr(fields(**{name: value}), method)
    with pytest.raises(BadObject, match="the thing"):
        read(name)


@pytest.mark.parametrize("obj", [None, [], {"n": 7}, {**GOOD, "more": 1}])
def test_exactly_the_fields_that_were_agreed(obj: object) -> None:
    with pytest.raises(BadObject):
        Fields(obj, GOOD.keys(), "the thing")


def test_a_newer_version_is_told_apart() -> None:
    with pytest.raises(BadObject, match="version"):
        Fields.decode(encode({"v": 2, "n": 1}), ("n",), "the thing")
    assert Fields.decode(encode({"v": 1, "n": 1}), ("n",), "the thing").integer("n") == 1


def test_bounds_are_inclusive() -> None:
    assert fields().integer("n", 7) == 7
    with pytest.raises(BadObject):
        fields().integer("n", 6)
