"""What the readers of keywords share: the document and the normal forms found so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from grammars.errors import GrammarError, LimitError
from grammars.json_schema.locate import Locator
from grammars.json_schema.nodes import Json, Node, Rule
from grammars.json_schema.normal_form import Normal
from grammars.json_schema.shapes import Language
from grammars.json_schema.strings import regex_of


class Context(Protocol):
    """What a reader of keywords may ask for."""

    locator: Locator

    def normal(self, node: Node, positive: bool) -> Normal:
        """The normal form of the values valid (or not valid) against a subschema in place."""

    def within(self, node: Node, so_far: Normal) -> Normal:
        """`so_far` and the values valid against a subschema in place."""

    def surely_apart(self, first: Normal, second: Normal) -> bool:
        """Whether no value meets both, as far as that is easily seen."""

    def format_language(self, node: Node, name: str) -> Language | None:
        """The strings of a format; None for one that is not asserted."""


class ReadKeyword(Protocol):
    """Reads one keyword (with those that belong to it) of a node, as an assertion or its negation."""

    def __call__(self, context: Context, node: Node, positive: bool, /) -> Normal:
        """The normal form."""


class ReadWithin(Protocol):
    """Reads one keyword of a node as an assertion beside others."""

    def __call__(self, context: Context, node: Node, so_far: Normal, /) -> Normal:
        """The conjunction of `so_far` and the keyword."""


@dataclass(frozen=True)
class Keyword:
    """A reader of keywords, its turn among those of a schema, and the first and the last draft that know them.

    `within` reads the assertion together with what is known already.
    """

    read: ReadKeyword
    order: int = 1
    since: int = 4
    until: int = 2020
    within: ReadWithin | None = None


def malformed(node: Node, keyword: str, needs: str) -> GrammarError:
    """The error for a keyword whose value is not what it has to be."""
    return GrammarError(f"{keyword} has to be {needs}", node.at(keyword), repr(node.keywords[keyword])[:80])


def check_pattern(pattern: str, node: Node, *steps: str) -> None:
    """Raises for what is not a pattern, with its place in the schema."""
    try:
        regex_of(pattern)
    except GrammarError as error:
        inside = f" ({error.where})" if error.where else ""
        raise replace(error, what=error.what + inside, where=node.at(*steps)) from error


def number_of(node: Node, keyword: str) -> Decimal | None:
    """The number a keyword gives, exactly."""
    value = node.keywords.get(keyword)
    if value is None and keyword not in node.keywords:
        return None
    found = decimal_of(value)
    if found is None:
        raise malformed(node, keyword, "a number")
    return found


def decimal_of(value: Json) -> Decimal | None:
    """A number of a schema as the decimal that was written; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    found = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return found if found.is_finite() else None


MAX_SIZE = 1 << 53
"""The greatest number of things that is told from greater ones."""
MAX_PLACES = 1000
"""How far from its point the digits of a number may lie that is calculated with."""


def check_places(value: Decimal, node: Node, keyword: str) -> None:
    """Raises for a number that would take millions of digits to write down."""
    places = max(abs(value.adjusted()), -int(value.as_tuple().exponent))
    if places > MAX_PLACES:
        what = "this number has too many digits to calculate with"
        raise LimitError(what, node.at(keyword), str(value)[:80], limit="places", allowed=MAX_PLACES, given=places)


def size_of(node: Node, keyword: str, default: int | None = None) -> int | None:
    """The number of things a keyword gives (`3.0` is 3)."""
    value = number_of(node, keyword)
    if value is None:
        return default
    if value < 0 or value != value.to_integral_value():
        raise malformed(node, keyword, "a non-negative integer")
    if value <= MAX_SIZE:
        return int(value)
    if keyword.startswith("max"):
        return MAX_SIZE  # nothing comes near it
    what = "nothing can be so long"
    raise LimitError(
        what,
        node.at(keyword),
        str(value)[:80],
        limit="size",
        allowed=MAX_SIZE,
        given=int(min(value, Decimal(10) ** 30)),
    )


def list_of(node: Node, keyword: str) -> list[Json]:
    """The list a keyword gives."""
    value = node.keywords[keyword]
    if not isinstance(value, list):
        raise malformed(node, keyword, "a list")
    return value


def mapping_of(node: Node, keyword: str) -> dict[str, Json]:
    """The object a keyword gives; nothing where the keyword is missing."""
    value = node.keywords.get(keyword, {})
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise malformed(node, keyword, "an object whose names are texts")
    return value


def names_of(node: Node, *steps: str) -> list[str]:
    """The list of names found at `steps` in a node."""
    value: Json = node.schema
    for step in steps:
        value = value[step]  # type: ignore[index, call-overload]  # steps lead somewhere
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise GrammarError("a list of names is needed", node.at(*steps), repr(value)[:80])
    return [name for name in value if isinstance(name, str)]


def branches(context: Context, node: Node, keyword: str) -> list[Node]:
    """The subschemas that a keyword lists."""
    return [context.locator.child(node, keyword, i) for i in range(len(list_of(node, keyword)))]


def child_rule(context: Context, node: Node, *steps: str | int, positive: bool = True) -> Rule:
    """The rule of a subschema."""
    return context.locator.child_rule(node, *steps, positive=positive)
