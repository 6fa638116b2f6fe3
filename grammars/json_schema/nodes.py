"""Places in a schema: nodes that know their JSON Pointer, found lazily and only once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias
from urllib.parse import quote, unquote

from grammars.json_schema.dialect import Dialect
from grammars.json_schema.draft import LATEST

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | Decimal | bool | None"


@dataclass(frozen=True, eq=False)
class Resource:
    """A schema with a base URI of its own, against which the references inside are read.

    `at` is the pointer to it: pointers to its parts begin so.
    """

    uri: str
    root: Json
    dialect: Dialect
    at: str = "#"


@dataclass(frozen=True, eq=False)
class Node:
    """A subschema and where it stands: `steps` from `parent`, or the root of its resource. Compared by identity.

    `scope` says what its dynamic references mean where it is reached: for the name of a dynamic anchor, the outermost
    place that has it. `plain_self` is the same subschema without a scope, where this one has a scope.
    """

    schema: Json
    parent: Node | None
    steps: tuple[str | int, ...]
    resource: Resource
    number: int
    scope: Scope = ()
    plain_self: Node | None = None

    def __repr__(self) -> str:
        return f"Node({self.pointer})"

    @property
    def plain(self) -> Node:
        """The same subschema without a scope."""
        return self.plain_self or self

    @property
    def dialect(self) -> Dialect:
        """The dialect in which the subschema is written."""
        return self.resource.dialect

    @property
    def pointer(self) -> str:
        """The JSON Pointer of this node, as a URI fragment (`#/properties/a`), after the URI of another document."""
        texts: list[str] = []
        node: Node | None = self
        while node is not None:
            texts.extend(escape(step) for step in reversed(node.steps))
            node = node.parent
        return "/".join([self.resource.at, *reversed(texts)])

    def at(self, *steps: str | int) -> str:
        """The JSON Pointer of something inside this node."""
        return "/".join([self.pointer, *map(escape, steps)])

    @cached_property
    def keywords(self) -> dict[str, Json]:
        """The keywords of the schema that count in its dialect, with their values; a boolean schema has none."""
        if not isinstance(self.schema, dict):
            return {}
        if "$ref" in self.schema and self.dialect.draft.ref_hides_siblings:
            return {"$ref": self.schema["$ref"]}
        return {key: value for key, value in self.schema.items() if key in self.dialect.keywords}

    @cached_property
    def finite(self) -> frozenset[object] | None:
        """The plain values that `enum` or `const` leave, if they leave no arrays and objects."""
        return plain_values(self.keywords)

    @cached_property
    def is_only_finite(self) -> bool:
        """Whether the node says nothing but `enum` or `const`."""
        return self.finite is not None and len(self.keywords) == 1


def plain_values(keys: dict[str, Json]) -> frozenset[object] | None:
    """The values that `enum` or `const` leave, alike for equal ones, if they leave no arrays and objects."""
    values = [keys["const"]] if "const" in keys else keys.get("enum")
    if not isinstance(values, list) or any(isinstance(value, (list, dict)) for value in values):
        return None
    return frozenset(map(_identity, values))


def _identity(value: Json) -> object:
    """Equal for equal JSON values: 1 is 1.0, and true is not 1."""
    if isinstance(value, float):
        return False, Decimal(repr(value))
    return isinstance(value, bool), value


Scope: TypeAlias = "tuple[tuple[str, Node], ...]"
Obligation: TypeAlias = tuple[Node, bool]
Rule: TypeAlias = tuple[Obligation, ...]
Ask: TypeAlias = Callable[[Rule], bool]
"""Says whether a rule has a value."""

ANY: Rule = ()
"""The rule of all values: no obligation."""

NOWHERE = Resource("", False, Dialect(LATEST, False, frozenset({"enum"})))
NEVER: Rule = ((Node(False, None, (), NOWHERE, -1), True),)
"""The rule of no value."""


def escape(step: str | int) -> str:
    """A step of a JSON Pointer in the form that a URI fragment has."""
    return quote(str(step).replace("~", "~0").replace("/", "~1"), safe="~!$&'()*+,;=:@/?-._", errors="surrogatepass")


def unescape(step: str) -> str:
    """A step of a JSON Pointer from the form that a URI fragment has."""
    return unquote(step, errors="surrogatepass").replace("~1", "/").replace("~0", "~")


def pointer_of(rule: Rule) -> str:
    """The JSON Pointer of the first subschema of a rule."""
    return rule[0][0].pointer if rule else "#"


def join(first: Rule, second: Rule) -> Rule:
    """The rule of the values that meet both; the order of obligations is kept, for the order of members."""
    if not first or first is second:
        return second
    if not second:
        return first
    if NEVER in (first, second):
        return NEVER
    both = tuple(dict.fromkeys(first + second))
    return NEVER if any((node, not positive) in both for node, positive in both) else both


def left_of(rules: Iterable[Rule]) -> frozenset[object] | None:
    """The plain values that are left by the finite ones of some obligations; None if there are no such."""
    left: frozenset[object] | None = None
    gone: set[object] = set()
    for rule in rules:
        for node, positive in rule:
            finite = node.finite
            if finite is None:
                continue
            if positive:
                left = finite if left is None else left & finite
            elif node.is_only_finite:
                gone |= finite
    return None if left is None else left - gone
