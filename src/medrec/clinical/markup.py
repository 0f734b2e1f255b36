"""The narrative of a resource (XHTML) made safe to lay out: words and tables, nothing else."""

from __future__ import annotations

from typing import Any

import nh3

_TAGS = {
    *("p", "div", "span", "br", "hr", "pre", "blockquote", "b", "strong", "i", "em", "u", "s"),
    *("small", "big", "sub", "sup", "code", "tt", "q", "cite", "dfn", "abbr"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "colgroup", "col"),
}
_ATTRIBUTES = {
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
    "li": {"value"},
}
_DROPPED = {"script", "style", "iframe", "object", "svg", "math", "template", "title"}
_LONGEST = 200_000


def safe_markup(div: Any) -> str:
    """``div`` without scripts, styles, images, links and anything that could load from afar.

    Empty where it holds no text. Longer narratives than 200,000 characters end there.
    """
    if not isinstance(div, str):
        return ""
    cleaned: str = nh3.clean(
        div[:_LONGEST],
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        url_schemes=set(),
        link_rel=None,
    )
    return cleaned if nh3.clean(cleaned, tags=set()).strip() else ""
