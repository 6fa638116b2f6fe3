"""The characters that one item of a Python regular expression reads: as `re` itself sees them."""

from __future__ import annotations

import re
import sys
from functools import cache
from typing import Any

from grammars.codepoints import ALL_POINTS, CodePoints
from grammars.memo import remembered

_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
_NEWLINE = CodePoints.of_text("\n")
_CASES = "\u0130\u0131\u017f\u212a"


def points_of(op: str, argument: Any, flags: int) -> CodePoints:
    """The characters read by the item `(op, argument)` of a parsed pattern; not a repetition or a group."""
    if op == "LITERAL":
        return _literal(argument, flags)
    if op == "NOT_LITERAL":
        return ~_literal(argument, flags)
    if op == "ANY":
        return ALL_POINTS if flags & re.DOTALL else ~_NEWLINE
    return _charset(argument, flags)


def _literal(point: int, flags: int) -> CodePoints:
    char = chr(point)
    if not flags & re.IGNORECASE:
        return CodePoints.of_text(char)
    if not char.isascii():
        return _matching(_escaped(point), flags & re.IGNORECASE | flags & re.ASCII)
    pattern = re.compile(re.escape(char), flags & (re.IGNORECASE | re.ASCII))
    return CodePoints.of_text(
        "".join(other for other in {char, char.lower(), char.upper(), *_CASES} if pattern.match(other))
    )


def _charset(items: list[tuple[Any, Any]], flags: int) -> CodePoints:
    negative = bool(items) and str(items[0][0]) == "NEGATE"
    found = CodePoints(())
    for op, argument in items[negative:]:
        found |= _item(str(op), argument, flags)
    return ~found if negative else found


def _item(op: str, argument: Any, flags: int) -> CodePoints:
    relevant = flags & (re.IGNORECASE | re.ASCII)
    if op == "LITERAL":
        return _literal(argument, flags)
    if op == "CATEGORY":
        return _matching(_CATEGORIES[str(argument)], relevant & re.ASCII)
    low, high = argument
    if not flags & re.IGNORECASE:
        return CodePoints.of([(low, high)])
    return _matching(f"[{_escaped(low)}-{_escaped(high)}]", relevant)


def _escaped(point: int) -> str:
    return f"\\U{point:08x}"


@cache
def _every_char() -> str:
    return "".join(map(chr, range(sys.maxunicode + 1)))


@remembered(256)
def _matching(pattern: str, flags: int) -> CodePoints:
    """All characters that `pattern` matches, asked of `re` once."""
    runs = re.finditer(f"(?:{pattern})+", _every_char(), flags)
    return CodePoints.of((run.start(), run.end() - 1) for run in runs)
