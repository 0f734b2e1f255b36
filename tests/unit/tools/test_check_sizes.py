"""The check counts what a reader has to read."""

from pathlib import Path

import pytest

from tools import check_sizes

WHERE = Path("x.py")


def function(lines: int, docstring: str = "") -> str:
    return f"async def f():\n{docstring}" + "    g()\n" * (lines - 1)


@pytest.mark.parametrize("lines", [2, check_sizes.FUNCTION_LINES])
def test_a_function_within_the_limit_is_silent(lines: int) -> None:
    assert list(check_sizes.findings(WHERE, function(lines))) == []


def test_a_longer_function_is_named() -> None:
    [finding] = check_sizes.findings(WHERE, "\n" + function(check_sizes.FUNCTION_LINES + 1))
    assert finding.startswith("x.py:2: f has 41 lines")


def test_a_docstring_is_not_counted() -> None:
    docstring = '    """One.\n\n    Two.\n    """\n'
    text = function(check_sizes.FUNCTION_LINES, docstring)
    assert list(check_sizes.findings(WHERE, text)) == []


def test_a_nested_function_and_a_method_are_seen() -> None:
    body = "            g()\n" * check_sizes.FUNCTION_LINES
    text = f"class A:\n    def f(self):\n        def inner():\n{body}"
    names = [finding.split()[1] for finding in check_sizes.findings(WHERE, text)]
    assert names == ["f", "inner"]


def test_a_long_file_is_named() -> None:
    text = "x = 1\n" * (check_sizes.FILE_LINES + 1)
    assert list(check_sizes.findings(WHERE, text)) == ["x.py:1: 401 lines; 400 is the limit"]
