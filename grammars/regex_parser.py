"""Reads patterns in the flavours of ECMA-262 (JSON Schema) and of Python into `grammars.regex` trees.

The parser is interegular's: its scanning, its grammar of groups and objects. What it takes for granted about leaves is
replaced here, because it enumerates every class character by character, knows neither anchors, nor Unicode escapes
and properties, nor literal braces, and reads only Python's flavour.
"""

from __future__ import annotations

import re
from typing import Any, Literal, NoReturn, TypeAlias

from interegular.patterns import _ParsePattern
from interegular.utils.simple_parser import nomatch

from grammars import charsets
from grammars.charsets import any_case
from grammars.codepoints import NO_POINTS, CodePoints
from grammars.errors import GrammarError, LimitError, UnsupportedError
from grammars.memo import remembered
from grammars.pattern_escapes import ECMA_SYNTAX, PYTHON_SYNTAX, EscapeReader, PatternSyntax
from grammars.regex import ANY_CHAR, EMPTY, END, START, Alternation, Chars, Look, Regex, alternation, concat, repeat

Flavour: TypeAlias = Literal["ecma", "python"]

NESTING_LIMIT = 50
"""How deep groups may nest."""

REPEAT_LIMIT = 1_000_000
"""The greatest count of a repetition."""

_MOST_DIGITS = 18
_SYNTAXES: dict[str, PatternSyntax] = {"ecma": ECMA_SYNTAX, "python": PYTHON_SYNTAX}
_QUANTIFIERS = {
    "ecma": re.compile(r"\*|\+|\?|\{(?P<low>\d+)(?P<more>,(?P<high>\d*))?\}", re.ASCII),
    "python": re.compile(r"\*|\+|\?|\{(?!\})(?P<low>\d*)(?P<more>,(?P<high>\d*))?\}", re.ASCII),
}
_SIMPLE_COUNTS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_FLAGS = re.compile(r"(?P<on>[aiLmsux]*)(?:-(?P<off>[ims]+))?(?P<end>[:)])")
_SURROGATE = re.compile(r"[\ud800-\udfff]|\\(?:u\{0*|u|U0000)(?P<code>[dD][89A-Fa-f][0-9A-Fa-f]{2})\}?")
"""Half of a pair. No text has one, but a range may begin or end with it."""
_NAME = re.compile(r"P?<(?P<name>[\w$]+)>")
_VERBOSE_GAP = re.compile(r"(?:\s|#[^\n]*)*", re.ASCII)
_LINE_START = Alternation((START, Look(Chars(charsets.NEWLINE), behind=True, negative=False)))
_NOT_EMPTY_TEXT = Alternation((Look(ANY_CHAR, True, False), Look(ANY_CHAR, False, False)))
# Before Python 3.14, `\B` did not hold in the empty text; the flavour follows the Python that runs.
_EMPTY_TEXT_LACKS_B = re.search(r"\B", "") is None


@remembered(512)
def parse_pattern(pattern: str, *, flavour: Flavour = "ecma") -> Regex:
    """The regex that `pattern` describes; it may begin anywhere in a text (see `search_language`).

    Raises `GrammarError` for what is no pattern, and for back-references, atomic groups and possessive quantifiers.
    """
    result: Regex = _Parser(pattern, flavour).parse()
    return result


class _Parser(_ParsePattern):  # type: ignore[no-untyped-call]  # interegular has no types
    def __init__(self, data: str, flavour: Flavour) -> None:
        super().__init__(data)
        self.flavour = flavour
        self.escapes = EscapeReader(data, _SYNTAXES[flavour], self._fail)
        self.active: frozenset[str] = frozenset()
        self.depth = 0

    def parse(self) -> Any:
        try:
            regex: Regex = self.pattern()
        except nomatch:
            self._fail("group is not closed", len(self.data))
        if self.index < len(self.data):
            self._fail("unbalanced parenthesis", self.index)
        return regex

    def pattern(self) -> Regex:
        self.depth += 1
        if self.depth > NESTING_LIMIT:
            raise LimitError(
                "groups nested too deeply", found=self.data, limit="nesting", allowed=NESTING_LIMIT, given=self.depth
            )
        active = self.active
        options: list[Regex] = [self.conc()]
        while self.static_b("|"):
            options.append(self.conc())
        self.depth -= 1
        if self.depth:
            self.active = active
        return alternation(*options)

    def conc(self) -> Regex:
        parts: list[Regex] = []
        self._skip_gap()
        while self.index < len(self.data) and self.data[self.index] not in "|)":
            parts.append(self.obj())  # type: ignore[no-untyped-call]  # likewise
            self._skip_gap()
        return concat(*parts)

    def _skip_gap(self) -> None:
        if "x" in self.active:
            gap = _VERBOSE_GAP.match(self.data, self.index)
            self.index = gap.end() if gap else self.index

    def atom(self) -> Regex:
        char = self.data[self.index]
        if self._quantifier() is not None:
            self._fail("nothing to repeat", self.index)
        self.index += 1
        match char:
            case "[":
                return self._chars(self._chargroup())
            case "\\":
                return self._escaped()
            case ".":
                return self._dot()
            case "^":
                return self._anchor(_LINE_START if "m" in self.active else START)
            case "$":
                return self._anchor(self._end())
        return self._chars(CodePoints.of_text(char))

    def _chars(self, points: CodePoints) -> Regex:
        return Chars(any_case(points) if "i" in self.active else points)

    def _dot(self) -> Regex:
        newlines = charsets.ECMA_NEWLINES if self.flavour == "ecma" else charsets.NEWLINE
        return Chars(~(NO_POINTS if "s" in self.active else newlines))

    def _end(self) -> Regex:
        newline = Chars(charsets.NEWLINE)
        if "m" in self.active:
            return alternation(END, Look(newline, behind=False, negative=False))
        if self.flavour == "python":
            return alternation(END, Look(concat(newline, END), behind=False, negative=False))
        return END

    def _anchor(self, regex: Regex) -> Regex:
        if self._quantifier() is not None:
            self._fail("an anchor can not be repeated", self.index)
        return regex

    def _quantifier(self) -> re.Match[str] | None:
        return _QUANTIFIERS[self.flavour].match(self.data, self.index)

    def repetition(self, base: Any) -> Regex:
        self._skip_gap()
        found = self._quantifier()
        if found is None:
            return base  # type: ignore[no-any-return]  # likewise
        start, self.index = self.index, found.end()
        low, high = self._counts(found, start)
        self.static_b("?")
        if self.index < len(self.data) and self.data[self.index] == "+":
            self._fail("possessive quantifiers are not supported", start)
        if self._quantifier() is not None:
            self._fail("multiple repeat", self.index)
        return repeat(base, low, high)

    def _counts(self, found: re.Match[str], start: int) -> tuple[int, int | None]:
        if found[0] in _SIMPLE_COUNTS:
            return _SIMPLE_COUNTS[found[0]]
        low = _count(found["low"])
        high = low if found["more"] is None else _count(found["high"]) if found["high"] else None
        if high is not None and high < low:
            self._fail("the least count of a repetition is greater than its greatest", start)
        if max(low, high or 0) > REPEAT_LIMIT:
            raise LimitError(
                "repetition too long",
                found=found[0],
                limit="repeat",
                allowed=REPEAT_LIMIT,
                given=max(low, high or 0),
            )
        return low, high

    def _escaped(self) -> Regex:
        ahead = self.data[self.index : self.index + 1]
        if ahead in ("b", "B"):
            self.index += 1
            return self._anchor(self._boundary(negative=ahead == "B"))
        if self.flavour == "python" and ahead in ("A", "Z"):
            self.index += 1
            return self._anchor(START if ahead == "A" else END)
        points, self.index = self.escapes.read(self.index, in_class=False, ascii_only="a" in self.active)
        return self._chars(points)

    def _boundary(self, negative: bool) -> Regex:
        word = Chars(self.escapes.word("a" in self.active))
        behind = [Look(word, True, side) for side in (False, True)]
        ahead = [Look(word, False, side) for side in (False, True)]
        sides = alternation(concat(behind[0], ahead[not negative]), concat(behind[1], ahead[negative]))
        lacking = negative and self.flavour == "python" and _EMPTY_TEXT_LACKS_B
        return concat(_NOT_EMPTY_TEXT, sides) if lacking else sides

    def _chargroup(self) -> CodePoints:
        start = self.index - 1
        negated = self.static_b("^")
        points = NO_POINTS
        first = self.flavour == "python"
        while first or not self.static_b("]"):
            if self.index >= len(self.data):
                self._fail("character class is not closed", start)
            points |= self._class_item()
            first = False
        if not negated:
            return points
        return ~(any_case(points) if "i" in self.active else points)

    def _class_item(self) -> CodePoints:
        start = self.index
        low, first = self._class_atom()
        if self.data[self.index : self.index + 1] != "-" or self.data[self.index + 1 : self.index + 2] in ("]", ""):
            return low
        self.index += 1
        high, last = self._class_atom()
        if first is not None and last is not None and first <= last:
            return CodePoints.of([(first, last)])
        if self.flavour == "python" or (first is not None and last is not None):
            self._fail("bad character range", start)
        return low | high | CodePoints.of_text("-")

    def _class_atom(self) -> tuple[CodePoints, int | None]:
        """What one part of a class stands for, and its number if it is one code point: so is half of a pair."""
        start = self.index
        self.index += 1
        points = CodePoints.of_text(self.data[start])
        if self.data[start] == "\\":
            points, self.index = self.escapes.read(self.index, in_class=True, ascii_only="a" in self.active)
        if points:
            return points, points.intervals[0][0] if len(points) == 1 else None
        half = _SURROGATE.fullmatch(self.data, start, self.index)
        return points, None if half is None else ord(half[0]) if len(half[0]) == 1 else int(half["code"], 16)

    def extension_group(self) -> Regex:
        start = self.index - 2
        for opening, behind, negative in (("=", 0, 0), ("!", 0, 1), ("<=", 1, 0), ("<!", 1, 1)):
            if self.static_b(opening):
                body = self._group_body()
                return self.repetition(Look(body, bool(behind), bool(negative)))
        if self.static_b("#"):
            end = self.data.find(")", self.index)
            if end < 0:
                self._fail("comment is not closed", start)
            self.index = end + 1
            return EMPTY
        name = _NAME.match(self.data, self.index)
        if name is None:
            return self._flag_group(start)
        self.index = name.end()
        return self.repetition(self._group_body())

    def _flag_group(self, start: int) -> Regex:
        flags = _FLAGS.match(self.data, self.index)
        if flags is None or "L" in flags["on"]:
            self._unsupported_group(start)
        self.index = flags.end()
        changed = (self.active | set(flags["on"])) - set(flags["off"] or "")
        if flags["end"] == ":":
            outer, self.active = self.active, changed
            body = self._group_body()
            self.active = outer
            return self.repetition(body)
        if start > 0 or flags["off"] or not flags["on"]:
            self._fail("flags for the whole pattern have to stand at its start", start)
        self.active = changed
        return EMPTY

    def _group_body(self) -> Regex:
        body: Regex = self.pattern()
        self.static(")")
        return body

    def _unsupported_group(self, start: int) -> NoReturn:
        ahead = self.data[self.index : self.index + 2]
        kinds = {">": "atomic groups are", "P=": "back-references are", "(": "conditional groups are"}
        for sign, kind in kinds.items():
            if ahead.startswith(sign):
                self._fail(f"{kind} not supported", start)
        self._fail("unknown kind of group", start)

    def _fail(self, what: str, index: int) -> NoReturn:
        kind = UnsupportedError if what.endswith("not supported") else GrammarError
        raise kind(f"{what} in the pattern", where=f"character {index + 1}", found=self.data)


def _count(digits: str) -> int:
    """A count of a repetition, which may be cut to what is far beyond the limit: Python reads only so many digits."""
    return int(digits.lstrip("0")[:_MOST_DIGITS] or 0)
