"""The root of the error tree."""

from __future__ import annotations

from typing import ClassVar


class MedRecError(Exception):
    """The root. ``sentence`` is for people, ``code`` (the class's name) for scripts."""

    template: ClassVar[str] = "Something went wrong."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.template.format(**facts))

    @property
    def sentence(self) -> str:
        """What the user reads."""
        return str(self.args[0])

    @property
    def code(self) -> str:
        """The name that scripts match."""
        return type(self).__name__
