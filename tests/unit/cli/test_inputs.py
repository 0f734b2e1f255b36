"""What a command takes in, and how it refuses what it cannot use."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from medrec.chain.keccak import checksum
from medrec.cli.inputs import address, categories, end_of_day, people_data, record_id
from medrec.domain.categories import GENERAL, GRANTABLE, Category
from medrec.errors import (
    BadAddress,
    BadCategory,
    BadDate,
    BadFields,
    BadRecordId,
    FileUnreadable,
    NotJson,
)

PROPER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
"""An example of EIP-55."""


@pytest.mark.parametrize(
    "text", [PROPER, PROPER.lower(), PROPER[2:], "0X" + PROPER[2:].upper(), f" {PROPER} "]
)
def test_an_address_is_taken_in_every_spelling_without_a_wrong_checksum(text: str) -> None:
    assert address(text) == PROPER == checksum(bytes.fromhex(PROPER[2:]))


@pytest.mark.parametrize(
    "text", ["", "0x", PROPER[:-1], PROPER + "00", PROPER.replace("aA", "Aa"), "0x" + "g" * 40]
)
def test_an_address_with_a_slip_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        address(text)


@pytest.mark.parametrize("text", ["", "ab", "0x" + "00" * 31, "zz" * 32])
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(BadRecordId):
        record_id(text)


def test_lists_of_categories() -> None:
    assert categories("all") == set(GRANTABLE)
    assert categories("general") == set(GENERAL)
    assert categories("Notes, vitals") == {Category.NOTES, Category.VITALS}
    assert categories("identity") == categories("") == categories("none") == frozenset()
    with pytest.raises(BadCategory):
        categories("notes,secrets")


@pytest.mark.parametrize(
    "text",
    ["0001-01-01", "1999-12-31", "10000-01-01", "9999-12-31T23:59:59-12:00", "2027-02-30", "", "x"],
)
def test_an_end_that_is_no_day_to_come_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        end_of_day(text)


def test_the_end_of_a_day_is_where_the_user_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        end = datetime.fromtimestamp(end_of_day("2099-01-31"), UTC)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert end == datetime(2099, 2, 1, 4, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"\xff\xfe\x00", FileUnreadable),
        (b"", NotJson),
        (b'{"given": "A"', NotJson),
        (b"[1]", BadFields),
        (b'{"given": "A", "given": "B"}', BadFields),
        (b"[" * 100_000, BadFields),
        (b'{"given": "\\ud800"}', BadFields),
    ],
)
def test_data_that_is_no_object_is_refused(
    tmp_path: Path, data: bytes, refusal: type[Exception]
) -> None:
    file = tmp_path / "data.json"
    file.write_bytes(data)
    with pytest.raises(refusal):
        people_data(str(file), ["given"])


def test_a_number_of_any_length_is_read(tmp_path: Path) -> None:
    file = tmp_path / "data.json"
    file.write_bytes(b'{"given": ' + b"9" * 5_000 + b"}")
    assert set(people_data(str(file), ["given"])) == {"given"}


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(FileUnreadable):
            people_data(str(path), ["given"])
