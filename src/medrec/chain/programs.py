"""What the keeper of a devnet's node must know of the program that it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Setting:
    """How a node is run: the program, and what of it lies in ``directory``."""

    directory: Path
    program: str
    port: int
    chain_id: int
    block_time: int
    """Seconds between two blocks; 0 makes one for each transaction at once."""


class NodeProgram(Protocol):
    """One kind of node."""

    def __init__(self, setting: Setting) -> None: ...

    def commands(self) -> Iterator[list[str]]:
        """The command lines to try in turn, the one that goes on from the newest state first.

        Where there is none to try (any more), what is known of why is printed.
        """

    def keep(self) -> None:
        """Write down the state, where the program does not do so itself.

        Raises:
            OSError, ValueError: the node did not answer.
        """


Find = Callable[[], str]
"""The path of a kind's program.

Raises:
    ToolMissing.
"""
