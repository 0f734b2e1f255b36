"""A terminal with somebody at it, who waits for a prompt before answering."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.support.cli import MEDREC

PATIENCE = 120
"""Seconds to wait for the next words on the terminal."""


def at_terminal(
    *arguments: str | Path, dialog: Sequence[tuple[str, str]] = (), **environment: str
) -> tuple[int, str]:
    """Run medrec at a terminal; ``dialog`` is what is asked and what is answered, in order.

    Returns the exit status and all that stood on the terminal, without its control sequences.
    """
    ours, theirs = pty.openpty()
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MEDREC_")}
    with subprocess.Popen(
        [MEDREC, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**inherited, **environment},
        start_new_session=True,
    ) as running:
        os.close(theirs)
        shown = b""
        for prompt, answer in dialog:
            shown += _read_until(ours, prompt.encode())
            os.write(ours, f"{answer}\n".encode())
        shown += _read_until(ours, None)
    os.close(ours)
    text = shown.decode()
    return running.returncode, re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)


def _read_until(descriptor: int, prompt: bytes | None) -> bytes:
    """What a terminal gets until a prompt, or until the program at its other end has gone."""
    collected = b""
    while prompt is None or prompt not in collected:
        ready, _, _ = select.select([descriptor], [], [], PATIENCE)
        assert ready, f"waited for {prompt!r} after {collected!r}"
        try:
            piece = os.read(descriptor, 4096)
        except OSError:
            piece = b""
        if not piece:
            assert prompt is None, f"ended before {prompt!r}: {collected!r}"
            break
        collected += piece
    return collected
