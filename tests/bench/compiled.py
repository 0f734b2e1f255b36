"""Programs are started as an installed one is: its modules are compiled already."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def compiled() -> Iterator[dict[str, str]]:
    """An environment in which the first run of a program compiles its modules for the next.

    A checkout has none where PYTHONDONTWRITEBYTECODE is set, and each start would compile anew.
    """
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory(prefix="medrec-compiled-") as folder:
        yield {**env, "PYTHONPYCACHEPREFIX": folder}
