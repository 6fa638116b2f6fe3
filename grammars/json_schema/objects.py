"""The shape of objects: members by name, by pattern and otherwise, required names, sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from grammars.json_schema.nodes import ANY, Json, Rule, join, left_of
from grammars.json_schema.shapes import least

T = TypeVar("T")
_NOTHING: frozenset[object] = frozenset()


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
        values = _needed(members, _union(self.values, other.values))
        if len(members) + len(values) > 1 and any(_is_impossible(members, values, name) for name in required):
            return None
        return ObjectShape(members, values, required, absent, join(self.key, other.key), low, high, some)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.members, self.values, self.required, self.absent, self.key, self.low, self.high, self.some))

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rules of the values of members, as far as they were asked for."""
        return {}

    @cached_property
    def plain_values(self) -> dict[str, frozenset[object]]:
        """The required members that can have only some plain values, with these."""
        found = {name: left_of(_declared(self.members, self.values, name)) for name in self.required}
        return {name: left for name, left in found.items() if left is not None}

    def is_apart(self, other: ObjectShape) -> bool:
        """Whether a member that both require can not have a plain value for both."""
        theirs = other.plain_values
        return any(name in theirs and left.isdisjoint(theirs[name]) for name, left in self.plain_values.items())

    @cached_property
    def said(self) -> frozenset[object]:
        """All that is asserted but for sizes."""
        absent = ((name, None) for name in self.absent)
        return frozenset((*self.members, *self.values, *self.required, *absent, *self.key, *self.some))

    def covers(self, other: ObjectShape) -> bool:
        """Whether every object of `other` plainly is one of these."""
        within = self.low <= other.low and (self.high is None or (other.high is not None and other.high <= self.high))
        return within and self.said <= other.said

    def names(self) -> list[str]:
        """Every name that something is said about, in the order of the schemas."""
        found: dict[str, None] = {}
        for members in self.members:
            found.update(dict.fromkeys(members.properties))
        found.update(dict.fromkeys(name for name, _ in self.values))
        found.update(dict.fromkeys(self.required))
        found.update(dict.fromkeys(sorted(self.absent)))
        return list(found)


def has(name: str, rule: Rule) -> ObjectShape:
    """The objects with a member of that name whose value meets a rule."""
    return ObjectShape(values=((name, rule),), required=(name,))


def lacks(name: str) -> ObjectShape:
    """The objects without a member of that name."""
    return ObjectShape(absent=frozenset({name}))


def _union(first: tuple[T, ...], second: tuple[T, ...]) -> tuple[T, ...]:
    """What is in either, each once, in order."""
    if not first or first == second:
        return second
    return first if not second else tuple(dict.fromkeys(first + second))


def _is_impossible(members: tuple[Members, ...], values: tuple[tuple[str, Rule], ...], name: str) -> bool:
    """Whether no plain value is left for a member."""
    rules = [part.rule_of(name) for part in members if name in part.properties]
    rules += [rule for other, rule in values if other == name]
    return left_of(rules) == _NOTHING


def _declared(members: tuple[Members, ...], values: tuple[tuple[str, Rule], ...], name: str) -> Iterator[Rule]:
    """What is said about a member by its name."""
    yield from (part.rule_of(name) for part in members if name in part.properties)
    yield from (rule for other, rule in values if other == name)


def _needed(members: tuple[Members, ...], values: tuple[tuple[str, Rule], ...]) -> tuple[tuple[str, Rule], ...]:
    """`values` without the plain values forbidden that are not possible anyway."""
    if not members:
        return values
    return tuple((name, rule) for name, rule in values if not _is_idle(members, name, rule))


def _is_idle(members: tuple[Members, ...], name: str, rule: Rule) -> bool:
    if len(rule) != 1 or rule[0][1] or not rule[0][0].is_only_finite:
        return False
    left = left_of(_declared(members, (), name))
    return left is not None and left.isdisjoint(rule[0][0].finite or ())
