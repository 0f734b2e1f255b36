"""Check that no module and no function of the program has grown too long to be read at once."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "medrec"
GENERATED = PACKAGE / "chain" / "proxies"
FILE_LINES = 400
FUNCTION_LINES = 40


def function_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines from `def` to the end, without the docstring: explaining costs nothing."""
    last = function.end_lineno or function.lineno
    length = last - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length


def findings(path: Path, text: str) -> Iterator[str]:
    """A sentence for everything in a module that is too long."""
    lines = len(text.splitlines())
    if lines > FILE_LINES:
        yield f"{path}:1: {lines} lines; {FILE_LINES} is the limit"
    for node in ast.walk(ast.parse(text, str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = function_lines(node)
            if length > FUNCTION_LINES:
                yield (
                    f"{path}:{node.lineno}: {node.name} has {length} lines; "
                    f"{FUNCTION_LINES} is the limit"
                )


def main() -> int:
    """Prints what is too long; returns the exit status."""
    found = [
        finding
        for path in sorted(PACKAGE.rglob("*.py"))
        if not path.is_relative_to(GENERATED)
        for finding in findings(
            path.relative_to(ROOT),
            path.read_text(encoding="utf-8"),
        )
    ]
    print("\n".join(found or ["No module and no function is too long."]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
