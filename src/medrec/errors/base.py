"""The root of the error tree."""

from __future__ import annotations

from typing import ClassVar


class MedRecError(Exception):
    """The root. ``sentence`` is for people, ``code`` (the class's name) for scripts.

    ``next_command`` is what somebody at a terminal can type next; a window has buttons for it.
    """

    template: ClassVar[str] = "Something went wrong."
    next_command: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.template.format(**facts))

    @property
    def sentence(self) -> str:
        """What the user reads."""
        return str(self.args[0])

    @property
    def at_terminal(self) -> str:
        """The sentence, and what can be typed next."""
        hint = self.next_command.format(**self.facts)
        return f"{self.sentence} {hint}".rstrip()

    @property
    def code(self) -> str:
        """The name that scripts match."""
        return type(self).__name__
