"""Text from clinical data, made safe to show.

A record must not be able to drive the terminal that shows it: control characters, escape
sequences, unassigned characters and those that turn the direction of writing become a visible
mark (ECMA-48; Unicode TR36 on bidirectional spoofing).
"""

from __future__ import annotations

MARK = "\N{REPLACEMENT CHARACTER}"

# Words in Arabic, Persian, Hebrew and Indic scripts need these; U+00AD is the soft hyphen.
_JOINERS = frozenset("\u00ad\u061c\u200c\u200d\u200e\u200f")


def printable(text: str) -> str:
    """One line as it is, with the replacement character for all that could steer a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _JOINERS else MARK for c in text)


def clean(text: object, longest: int = 0) -> str:
    """One line of ``text`` that is safe on a terminal.

    Line breaks and tabs become spaces, runs of spaces one, what could steer a terminal the
    replacement character. ``longest`` (characters; 0: no limit) cuts it with an ellipsis.
    """
    line = printable(" ".join(str(text).split()))
    if longest and len(line) > longest:
        return line[: longest - 1].rstrip() + "…"
    return line


def clean_lines(text: object) -> list[str]:
    """The lines of ``text``, each as by `clean`, without blank ones at either end."""
    lines = [clean(line) for line in str(text).splitlines()]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines
