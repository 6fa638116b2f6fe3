"""The shape of objects: members by name, by pattern and otherwise, required names, sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from grammars.json_schema.nodes import ANY, Json, Rule, join
from grammars.json_schema.shapes import least

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Members:
    """What one schema says about members: `properties`, `patternProperties` and `additionalProperties` together.

    `rule_of` reads the subschema of a declared name when it is asked for. Compared by identity: one per schema.
    """

    properties: Mapping[str, Json]
    rule_of: Callable[[str], Rule]
    patterns: tuple[tuple[str, Rule], ...] = ()
    additional: Rule = ANY


@dataclass(frozen=True)
class Some:
    """At least one member has a key that is none of `names`, not in `excluded`, in `pattern` and in `key`, and a value
    in `value`; the keyword at `where` asked for it."""

    names: frozenset[str]
    excluded: tuple[str, ...]
    pattern: str | None
    key: Rule
    value: Rule
    where: str


@dataclass(frozen=True)
class ObjectShape:
    """Objects: what schemas say about members, names that are required or absent, rule of keys, range of sizes."""

    members: tuple[Members, ...] = ()
    values: tuple[tuple[str, Rule], ...] = ()
    required: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()
    key: Rule = ANY
    low: int = 0
    high: int | None = None
    some: tuple[Some, ...] = ()

    def meet(self, other: ObjectShape) -> ObjectShape | None:
        """The objects in both."""
        required = _union(self.required, other.required)
        absent = self.absent | other.absent
        low, high = max(self.low, other.low), least(self.high, other.high)
        if not absent.isdisjoint(required) or (high is not None and high < max(low, len(required))):
            return None
        members, some = _union(self.members, other.members), _union(self.some, other.some)
        values = _union(self.values, other.values)
        return ObjectShape(members, values, required, absent, join(self.key, other.key), low, high, some)

    def names(self) -> list[str]:
        """Every name that something is said about, in the order of the schemas."""
        found: dict[str, None] = {}
        for members in self.members:
            found.update(dict.fromkeys(members.properties))
        found.update(dict.fromkeys(name for name, _ in self.values))
        found.update(dict.fromkeys(self.required))
        found.update(dict.fromkeys(sorted(self.absent)))
        return list(found)


def _union(first: tuple[T, ...], second: tuple[T, ...]) -> tuple[T, ...]:
    """What is in either, each once, in order."""
    if not first or first == second:
        return second
    return first if not second else tuple(dict.fromkeys(first + second))
