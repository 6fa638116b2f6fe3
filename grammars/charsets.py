"""Named character classes of the pattern flavours: `\\d`, `\\w`, `\\s`, `.`, Unicode categories, letter case."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache

from grammars.codepoints import ALL_POINTS, NO_POINTS, CodePoints, Interval
from grammars.memo import remembered
from grammars.unicode_data import listed_property

ASCII_DIGITS = CodePoints.of([(0x30, 0x39)])
ASCII_WORD = CodePoints.of([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
ASCII_SPACE = CodePoints.of_text(" \t\n\r\f\v")
NEWLINE = CodePoints.of_text("\n")
ECMA_NEWLINES = CodePoints.of_text("\n\r\u2028\u2029")
ECMA_SPACE = CodePoints.of(
    [(0x09, 0x0D), (0x2000, 0x200A), *((p, p) for p in map(ord, "\x20\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"))]
)

# No character outside these ranges is assigned, apart from the two planes of private use.
_ASSIGNED = ((0, 0x33FFF), (0xE0000, 0xE0FFF))
_PRIVATE = ((0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))


def _assigned_where(holds: Callable[[str], bool]) -> CodePoints:
    points = (point for low, high in _ASSIGNED for point in range(low, high + 1) if holds(chr(point)))
    return CodePoints.of((point, point) for point in points)


@cache
def unicode_digits() -> CodePoints:
    """`\\d` of Python."""
    return _assigned_where(str.isdecimal)


@cache
def unicode_word() -> CodePoints:
    """`\\w` of Python."""
    return _assigned_where(str.isalnum) | CodePoints.of_text("_")


@cache
def unicode_space() -> CodePoints:
    """`\\s` of Python."""
    return _assigned_where(str.isspace)


@cache
def _categories() -> dict[str, CodePoints]:
    """Two-letter general category -> its code points."""
    runs: dict[str, list[Interval]] = {"Co": list(_PRIVATE)}
    start, current = 0, unicodedata.category("\0")
    for low, high in _ASSIGNED:
        for point in range(low, high + 2):
            category = unicodedata.category(chr(point)) if point <= high else ""
            if category != current:
                runs.setdefault(current, []).append((start, point - 1))
                start, current = point, category
    runs.pop("")
    assigned = CodePoints.of(interval for name, found in runs.items() if name != "Cn" for interval in found)
    return {**{name: CodePoints.of(found) for name, found in runs.items()}, "Cn": ~assigned}


_LONG_NAMES = {
    "Other": "C", "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Unassigned": "Cn", "Private_Use": "Co",
    "Surrogate": "Cs", "Letter": "L", "Cased_Letter": "LC", "Lowercase_Letter": "Ll", "Modifier_Letter": "Lm",
    "Other_Letter": "Lo", "Titlecase_Letter": "Lt", "Uppercase_Letter": "Lu", "Mark": "M", "Combining_Mark": "M",
    "Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Nonspacing_Mark": "Mn", "Number": "N", "Decimal_Number": "Nd",
    "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No", "Punctuation": "P", "punct": "P",
    "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd", "Close_Punctuation": "Pe", "Final_Punctuation": "Pf",
    "Initial_Punctuation": "Pi", "Other_Punctuation": "Po", "Open_Punctuation": "Ps", "Symbol": "S",
    "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Math_Symbol": "Sm", "Other_Symbol": "So", "Separator": "Z",
    "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Space_Separator": "Zs",
}  # fmt: skip
_CATEGORY_NAMES = {"C", "L", "LC", "M", "N", "P", "S", "Z", *_LONG_NAMES.values()}
_PROPERTIES: dict[str, Callable[[], CodePoints]] = {
    "Any": lambda: ALL_POINTS,
    "ASCII": lambda: CodePoints.of([(0, 0x7F)]),
    "Assigned": lambda: ~_categories()["Cn"],
}

_SCRIPT_KEYS = {"sc": "sc", "Script": "sc", "scx": "scx", "Script_Extensions": "scx"}


@remembered(256)
def unicode_property(name: str) -> CodePoints | None:
    """What `\\p{name}` stands for: a general category, a script or another property; None when unknown."""
    if name in _PROPERTIES:
        return _PROPERTIES[name]()
    key, equals, value = name.rpartition("=")
    if key in _SCRIPT_KEYS:
        return listed_property(f"{_SCRIPT_KEYS[key]}={value}")
    value = _LONG_NAMES.get(value, value)
    if value not in _CATEGORY_NAMES:
        return None if equals else listed_property(name)
    return _category(value) if key in ("", "gc", "General_Category") else None


def _category(value: str) -> CodePoints:
    wanted = {"Lu", "Ll", "Lt"} if value == "LC" else None
    found = NO_POINTS
    for category, points in _categories().items():
        if category in wanted if wanted else category.startswith(value):
            found |= points
    return found


@cache
def _case_orbits() -> dict[int, str]:
    """Code point -> all characters that differ from it in case only (those for which there are any).

    As Python's `re` has it: characters are the same but for case if a chain of equal upper or lower case joins them.
    """
    orbits: dict[str, set[str]] = {}
    for low, high in _ASSIGNED:
        for char in map(chr, range(low, high + 1)):
            lower, upper = char.lower(), char.upper()
            if lower != char or upper != char:
                _join(orbits, char, lower, upper)
    _join(orbits, "i", "\u0130", "\u0130")
    found = {id(orbit): {char for char in orbit if len(char) == 1} for orbit in orbits.values()}
    return {ord(char): "".join(sorted(orbit)) for orbit in found.values() for char in orbit}


def _join(orbits: dict[str, set[str]], *names: str) -> None:
    joined = set(names).union(*(orbits[name] for name in names if name in orbits))
    for name in joined:
        orbits[name] = joined


def any_case(points: CodePoints) -> CodePoints:
    """`points` with all characters that differ from one of them in case only."""
    added = [ord(other) for point, others in _case_orbits().items() if point in points for other in others]
    return points | CodePoints.of((point, point) for point in added)
