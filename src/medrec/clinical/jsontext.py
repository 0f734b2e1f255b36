"""Strict JSON (RFC 8259) as FHIR uses it, read without losing a digit.

Python's reader is made stricter: no names twice in one object, no NaN or Infinity, no bytes that
are not UTF-8, a limit on nesting. Decimals become `Decimal` (FHIR: precision is part of the
value, https://hl7.org/fhir/R4/datatypes.html#decimal), never float.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, DecimalException
from typing import Any, NoReturn

from medrec.clinical.text import clean
from medrec.errors import NotFhir, NotJson

Json = dict[str, Any] | list[Any] | str | int | Decimal | bool | None
"""What `decode` gives."""

BOM = b"\xef\xbb\xbf"
BOM_WARNING = "It begins with a byte order mark, which FHIR does not use; it was kept."

MAX_DEPTH = 100
"""Objects and arrays inside each other; the deepest official example has 22."""

_LONGEST_INT = 19
_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)', re.DOTALL)


class _NameTwice(ValueError):
    """An object has the same name twice."""


class _NotANumber(ValueError):
    """NaN or Infinity, which JSON does not have."""


def decode(data: bytes, name: str = "The file") -> Json:
    """The JSON value of ``data``; a byte order mark is passed over.

    Raises:
        NotJson: with line and column (from 1), for text that is cut or is not JSON.
        NotFhir: for JSON that no FHIR reader may accept: a name twice in one object, nesting
            beyond `MAX_DEPTH`, a number that no decimal holds, half of a surrogate pair.
    """
    text = _text(data.removeprefix(BOM), name)
    try:
        value: Json = _DECODER.decode(text)
    except json.JSONDecodeError as cause:
        raise NotJson(name=clean(name), line=cause.lineno, column=cause.colno) from cause
    except _NotANumber as cause:
        line, column = _position(text, _constant_at(text))
        raise NotJson(name=clean(name), line=line, column=column) from cause
    except _NameTwice as cause:
        why = f"one object has the name “{clean(str(cause), 80)}” twice."
        raise NotFhir(name=clean(name), why=why) from cause
    except DecimalException as cause:
        raise NotFhir(name=clean(name), why="it has a number without measure.") from cause
    except RecursionError as cause:
        raise _too_deep(name) from cause
    if _deeper_than(value, MAX_DEPTH):
        raise _too_deep(name)
    if _ESCAPED.search(text) and _has_half_character(value):
        raise NotFhir(name=clean(name), why="it has half of a character, which no text can hold.")
    return value


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as cause:
        before = data[: cause.start].decode("utf-8")
        line, column = _position(before, len(before))
        raise NotJson(name=clean(name), line=line, column=column) from cause


def _position(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _constant_at(text: str) -> int:
    found = (match.start(1) for match in _CONSTANT.finditer(text) if match.group(1))
    return next(found, 0)


def _too_deep(name: str) -> NotFhir:
    why = f"its objects lie inside each other more than {MAX_DEPTH} deep."
    return NotFhir(name=clean(name), why=why)


def _deeper_than(value: Json, limit: int) -> bool:
    level: list[Any] = [value]
    for _ in range(limit + 1):
        level = [child for node in level for child in _children(node) if child]
        if not level:
            return False
    return True


def _has_half_character(value: Json) -> bool:
    waiting: list[Any] = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(node)
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, str) and _SURROGATE.search(node):
            return True
    return False


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return [child for child in node.values() if isinstance(child, dict | list)]
    if isinstance(node, list):
        return [child for child in node if isinstance(child, dict | list)]
    return []


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _NameTwice(next(name for name in names if names.count(name) > 1))
    return found


def _integer(text: str) -> int | Decimal:
    # CPython refuses to convert very long integers; FHIR's own end at 32 bits anyway.
    return int(text) if len(text) <= _LONGEST_INT else Decimal(text)


def _no_constant(text: str) -> NoReturn:
    raise _NotANumber(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_float=Decimal,
    parse_int=_integer,
    parse_constant=_no_constant,
)
