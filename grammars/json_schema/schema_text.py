"""A schema from JSON text, and as JSON text."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

from grammars.errors import GrammarError, LimitError

JsonSchema: TypeAlias = dict[str, Any] | bool
MAX_EXTENT: Final = 1 << 22
"""How many objects and arrays a schema may have, each counted at every place where it stands."""
_DEEP: Final = 200
"""From how many levels on circles are looked for."""
_EXPONENT: Final = 18
"""How many digits of an exponent `decimal` reads."""
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def parse_schema(text: str) -> JsonSchema:
    """The schema that a text spells, its numbers exactly as they are written.

    Raises `GrammarError` for what is no JSON, no schema, or lists a member twice, and `LimitError` for what Python
    can not read.
    """
    try:
        schema = json.loads(text, parse_float=_number, parse_int=_integer, object_pairs_hook=_members)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise GrammarError("the schema is not JSON", place, error.msg) from error
    except RecursionError as error:
        allowed = sys.getrecursionlimit()
        raise LimitError("nested too deeply", "#", limit="recursion", allowed=allowed, given=allowed + 1) from error
    if not isinstance(schema, bool | dict):
        raise GrammarError("a schema has to be an object, true or false", "#", text)
    return schema


@dataclass(frozen=True)
class Written:
    """A schema as JSON text, in which one sees at once what stands nowhere in it; None where there is no such text.

    `dialects` is how many subschemas say in which dialect they are.
    """

    text: str | None = None
    dialects: int = 0

    def has(self, names: Iterable[str]) -> bool:
        """Whether one of some names (in ASCII, without quotes) may stand in it, as a keyword or otherwise."""
        return self.text is None or any(f'"{name}"' in self.text for name in names)

    @property
    def leads_elsewhere(self) -> bool:
        """Whether there may be a reference to another document, or a part in another dialect."""
        return self.text is None or self.dialects > 0 or _ELSEWHERE.search(self.text) is not None


_ELSEWHERE: Final = re.compile(r'"\$(?:ref|dynamicRef|recursiveRef)": (?!"#)')


def write_schema(schema: Any) -> Written:
    """The text of a schema; raises as `check_extent` does."""
    check_extent(schema)
    try:
        text = json.dumps(schema, default=repr, check_circular=False)
    except (RecursionError, TypeError, ValueError):
        return Written()  # what is no JSON is refused with its place where it is read; a number may be too long
    return Written(text, text.count('"$schema"') - (isinstance(schema, dict) and "$schema" in schema))


def check_extent(schema: Any) -> None:
    """Raises where a walk through a schema would not end: `GrammarError` in a circle, else `LimitError`.

    As JSON, an object that stands at two places, which in Python costs nothing, is there twice; where such objects hold
    others, each level doubles them.
    """
    total, level, pending = 0, 0, [schema]
    while pending:
        total, level = total + len(pending), level + 1
        if level == _DEEP or total > MAX_EXTENT:
            _check_circles(schema)
        if total > MAX_EXTENT:
            what, advice = "the schema is too large", "give what stands at several places once, in $defs"
            raise LimitError(what, "#", advice=advice, limit="schema places", allowed=MAX_EXTENT, given=total)
        pending = [each for part in pending for each in _parts(part) if each.__class__ not in _SCALARS]


def _parts(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()


def _check_circles(schema: Any) -> None:
    """Raises for a schema that contains itself, however far inside."""
    around: set[int] = set()
    done: set[int] = set()
    pending = [(schema, False)]
    while pending:
        part, is_left = pending.pop()
        own = id(part)
        if is_left:
            around.remove(own)
            done.add(own)
        elif own in around:
            advice = "a schema that recurs refers to itself by $ref"
            raise GrammarError("the schema contains itself", "#", advice=advice)
        elif isinstance(part, (dict, list, tuple)) and own not in done:
            around.add(own)
            pending.append((part, True))
            pending += ((each, False) for each in _parts(part))


def _number(spelled: str) -> float | Decimal:
    """A float, which JSON has a spelling for, where it means the same number; others are rare."""
    try:
        exact, rounded = Decimal(spelled), float(spelled)
    except InvalidOperation as error:
        what, given = "the exponent of a number is too large", len(spelled.lower().partition("e")[2].lstrip("+-"))
        raise LimitError(what, "#", spelled, limit="exponent digits", allowed=_EXPONENT, given=given) from error
    return rounded if Decimal(repr(rounded)) == exact else exact


def _integer(digits: str) -> int:
    allowed, given = sys.get_int_max_str_digits(), len(digits.lstrip("-"))
    if 0 < allowed < given:
        raise LimitError("an integer has too many digits", "#", digits, limit="digits", allowed=allowed, given=given)
    return int(digits)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in members if names.count(name) > 1)
        raise GrammarError("a name comes twice in an object of the schema", "#", twice, "which of the two is meant?")
    return members
