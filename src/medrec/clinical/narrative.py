"""The narrative of a resource (XHTML) as lines of plain text, without anything active."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from medrec.clinical.text import clean

_BREAKS = frozenset(
    {
        "br",
        "div",
        "dd",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ol",
        "p",
        "pre",
        "table",
        "tbody",
        "thead",
        "tr",
        "ul",
        "hr",
        "caption",
        "blockquote",
    }
)
_LONGEST = 200_000
_SILENT = frozenset({"script", "style", "iframe", "object"})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[]]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self.lines.append([])
        elif tag in {"td", "th"} and self.lines[-1]:
            self.lines[-1].append(" | ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKS:
            self.lines.append([])

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.lines[-1].append(data)


def narrative_lines(div: Any, most: int = 40) -> list[str]:
    """The readable lines of ``div``; after ``most`` lines an ellipsis."""
    if not isinstance(div, str):
        return []
    parser = _Text()
    parser.feed(div[:_LONGEST])
    parser.close()
    shown = [line for line in (clean("".join(parts)) for parts in parser.lines) if line]
    return shown if len(shown) <= most else [*shown[:most], "…"]
