"""Where a record's bytes come from: files as they are, devices and twins refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from medrec.errors import EmptyFile, FileUnreadable, InputRefused
from medrec.services.sources import HEAD, attachments, beginning, from_file


def test_the_beginning_of_a_file_is_enough_to_know_it(tmp_path: Path) -> None:
    file = tmp_path / "scan.dcm"
    file.write_bytes(bytes(HEAD) + b"rest")
    assert beginning(file) == bytes(HEAD)
    source = from_file(file, "application/dicom")
    assert (source.name, source.size) == ("scan.dcm", HEAD + 4)


def test_a_pipe_is_not_looked_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert beginning(pipe) is None


@pytest.mark.parametrize("path", ["/dev/zero", "/", "/nowhere/at/all"])
def test_what_is_no_file_is_refused(path: str) -> None:
    with pytest.raises(FileUnreadable):
        beginning(Path(path))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.touch()
    with pytest.raises(EmptyFile):
        beginning(file)


def test_attachments_of_one_name_are_refused(tmp_path: Path) -> None:
    twins = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        twins.append(tmp_path / folder / "scan.pdf")
        twins[-1].write_bytes(b"%PDF-")
    assert [part.name for part in attachments(twins[:1])] == ["scan.pdf"]
    with pytest.raises(InputRefused, match="same name"):
        attachments(twins)
