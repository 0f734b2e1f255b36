"""Real clinical files, sealed and opened: byte for byte, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from medrec.crypto.boxes import padme
from medrec.crypto.record import PartSource
from medrec.crypto.sealing import LEAST_STREAM
from tests.unit.crypto.builders import opened, read_part, sealed, w_of

DATA = Path(__file__).parents[4] / "shared" / "data"


@pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real clinical files is not there")
def test_every_real_file_comes_back_byte_for_byte() -> None:
    files = sorted(path for path in DATA.rglob("*") if path.is_file() and path.stat().st_size)
    assert files
    made = sealed(
        *(PartSource(path.name, "", path.stat().st_size, _opener(path)) for path in files)
    )
    parts = opened(made, w_of()).parts
    assert len(parts) == len(files)
    for path, part in zip(files, parts, strict=True):
        data = path.read_bytes()
        assert read_part(part, made.blocks) == data
        assert part.deflated or part.stored == len(data)
        sizes = sum(len(made.blocks[cid]) - 17 for cid in part.blocks)
        assert sizes == max(LEAST_STREAM, padme(part.stored))
        if path.suffix == ".json" and len(data) > 1 << 20:
            assert part.stored < len(data) / 5


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")
