"""Arrays and objects that are none of some given ones, as alternatives that exclude each other.

They are told apart item by item, and member by member: the alternatives grow with the size of what is given, where a
product over all of it would grow exponentially.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from grammars.json_schema.nodes import Json, Rule
from grammars.json_schema.objects import ObjectShape, has, lacks
from grammars.json_schema.shapes import ArrayShape
from grammars.values import Value, canonical

OneOf = Callable[[frozenset[Value], bool], Rule]
"""The rule of some values, or of all others."""


def other_arrays(given: Sequence[list[Json]], one_of: OneOf) -> Iterator[ArrayShape]:
    """The arrays that equal none of those given."""
    lengths = sorted({len(items) for items in given})
    for before, after in pairwise([-1, *lengths]):
        if before + 1 < after:
            yield ArrayShape(low=before + 1, high=after - 1)
    yield ArrayShape(low=lengths[-1] + 1)
    for length in lengths:
        alike = [[canonical(item) for item in items] for items in given if len(items) == length]
        yield from _differing(alike, (), length, one_of)


def _differing(given: list[list[Value]], begun: tuple[Rule, ...], length: int, one_of: OneOf) -> Iterator[ArrayShape]:
    """Arrays of a length that begin with items of `given`, and then differ from all of them."""
    index = len(begun)
    if index == length:
        return
    values = dict.fromkeys(items[index] for items in given)
    yield ArrayShape((*begun, one_of(frozenset(values), False)), low=length, high=length)
    for value in values:
        alike = [items for items in given if items[index] == value]
        yield from _differing(alike, (*begun, one_of(frozenset({value}), True)), length, one_of)


def other_objects(given: Sequence[dict[str, Json]], one_of: OneOf) -> Iterator[ObjectShape]:
    """The objects that equal none of those given."""
    members = [{name: canonical(value) for name, value in each.items()} for each in given]
    yield from _unlike(members, ObjectShape(), frozenset(), one_of)


def _unlike(
    given: list[dict[str, Value]], begun: ObjectShape, known: frozenset[str], one_of: OneOf
) -> Iterator[ObjectShape]:
    """Objects of the shape `begun`, which settles the names `known`, that differ from all of `given`."""
    names = [name for members in given for name in members if name not in known]
    if not given:
        yield begun
    elif not names:
        yield from _met(begun, ObjectShape(low=len(begun.required) + 1))
    else:
        yield from _by_name(given, begun, known | {names[0]}, names[0], one_of)


def _by_name(
    given: list[dict[str, Value]], begun: ObjectShape, known: frozenset[str], name: str, one_of: OneOf
) -> Iterator[ObjectShape]:
    values = dict.fromkeys(members[name] for members in given if name in members)
    for shape in _met(begun, lacks(name)):
        yield from _unlike([members for members in given if name not in members], shape, known, one_of)
    for shape in _met(begun, has(name, one_of(frozenset(values), False))):
        yield shape
    for value in values:
        alike = [members for members in given if name in members and members[name] == value]
        for shape in _met(begun, has(name, one_of(frozenset({value}), True))):
            yield from _unlike(alike, shape, known, one_of)


def _met(first: ObjectShape, second: ObjectShape) -> Iterator[ObjectShape]:
    both = first.meet(second)
    if both is not None:
        yield both
