"""The root of the error tree."""

from __future__ import annotations

import re
from typing import ClassVar

_LONG = re.compile(r"(?<![\w“])(?:0x[0-9a-fA-F]{40}|[0-9a-f]{64}|baf[a-z2-7]{56})(?![\w”])")
"""An address, a digest, a CID that stands for a thing; what somebody typed stands in quotes."""


class MedRecError(Exception):
    """The root. ``sentence`` is for people, ``code`` (the class's name) for scripts.

    Addresses, digests and CIDs are whole in ``facts`` and at a terminal, where commands want them;
    a sentence has their beginning and end. ``next_command`` is what somebody at a terminal can type
    next; a window has buttons for it.
    """

    template: ClassVar[str] = "Something went wrong."
    next_command: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(_LONG.sub(_short, self.template.format(**facts)))

    @property
    def sentence(self) -> str:
        """What the user reads."""
        return str(self.args[0])

    @property
    def at_terminal(self) -> str:
        """The sentence with whole addresses, and what can be typed next."""
        return f"{self.template} {self.next_command}".format(**self.facts).rstrip()

    @property
    def code(self) -> str:
        """The name that scripts match."""
        return type(self).__name__


def _short(found: re.Match[str]) -> str:
    return f"{found[0][:6]}…{found[0][-4:]}"
