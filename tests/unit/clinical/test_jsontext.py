from __future__ import annotations

from decimal import Decimal

import pytest

from medrec.clinical.jsontext import MAX_DEPTH, decode
from medrec.errors import NotFhir, NotJson


def test_decimals_keep_every_digit() -> None:
    value = decode(b'{"a": 4.10, "b": 0.1000000000000000055, "c": 7}')
    assert value == {"a": Decimal("4.10"), "b": Decimal("0.1000000000000000055"), "c": 7}
    assert isinstance(value, dict)
    assert str(value["a"]) == "4.10"


def test_a_very_long_integer_is_kept() -> None:
    digits = "9" * 10_000
    assert decode(digits.encode()) == Decimal(digits)


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert decode(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_a_byte_order_mark_is_passed_over() -> None:
    assert decode(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b'{\n  "a": 1,\n  "b": [1, 2', 3, 13),
        (b"", 1, 1),
        (b'{"a": 1} {"b": 2}', 1, 10),
        (b'{"a":\n NaN}', 2, 2),
        (b'{"NaN": "NaN",\n\n  "b": -Infinity}', 3, 8),
        (b'{\n"a": "\xff"}', 2, 7),
        ('{"é": "'.encode() + b"\xc3", 1, 8),
        (b'{"a": "line\nbreak"}', 1, 12),
        (b"\xff\xfe{\x00", 1, 1),
        (b"{'a': 1}", 1, 2),
        (b'{"a": 01}', 1, 8),
    ],
)
def test_broken_json_is_refused_with_its_place(data: bytes, line: int, column: int) -> None:
    with pytest.raises(NotJson) as refusal:
        decode(data, "chart.json")
    assert (refusal.value.facts["line"], refusal.value.facts["column"]) == (line, column)
    assert refusal.value.sentence.startswith("chart.json is not complete JSON (line ")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"a": 1, "b": {"status": 1, "status": 2}}', "“status” twice"),
        (b"[" * 200_000, "inside each other"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "inside each other"),
        (b"[" * (MAX_DEPTH + 2) + b"1" + b"]" * (MAX_DEPTH + 2), "inside each other"),
        (b"1e99999999999999999999999", "a number without measure"),
        (b'{"a": ["\\ud83d"]}', "half of a character"),
        (b'{"\\udc00": 1}', "half of a character"),
    ],
)
def test_json_no_fhir_reader_accepts(data: bytes, why: str) -> None:
    with pytest.raises(NotFhir, match=why):
        decode(data)


def test_nesting_up_to_the_limit_is_read() -> None:
    value = decode(b"[" * MAX_DEPTH + b"1" + b"]" * MAX_DEPTH)
    for _ in range(MAX_DEPTH):
        assert isinstance(value, list)
        value = value[0]
    assert value == 1


def test_a_name_cannot_drive_the_terminal() -> None:
    with pytest.raises(NotJson) as refusal:
        decode(b"{", "\x1b[2Jchart.json")
    assert "\x1b" not in refusal.value.sentence
