"""Objects of which some members have to be of a kind, as alternatives that the engine can follow.

Such a member has either one of the names that are spoken of, or another key; then the engine counts it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from math import prod
from typing import NamedTuple

from grammars import dfa_ops
from grammars.dfa import Dfa
from grammars.errors import LimitError, UnsupportedError
from grammars.ir import Lexeme
from grammars.json_schema.members import KeyShapes, Table, table_of
from grammars.json_schema.nodes import ANY, NEVER, Rule, join
from grammars.json_schema.objects import ObjectShape, Some, has
from grammars.json_schema.shapes import StringShape
from grammars.json_schema.strings import accepts, few_words, keys_up_to, language, unbounded

MAX_DEMANDS = 4
MANY = 100_000
"""So many keys never run out: an object with as many members would not fit into memory."""
MAX_CHOICES = 1024
"""How many ways there may be to meet several demands with the members that have names."""


class Plain(NamedTuple):
    """Objects of a shape (without `some`) that have a member for each of `counted`: a key and the rule of its value."""

    shape: ObjectShape
    counted: tuple[tuple[Lexeme, Rule], ...] = ()


@dataclass(frozen=True)
class Demand:
    """A member with a key of one class (by its number) and in `key`, whose value meets a rule, is asked for."""

    part: int
    key: Dfa
    value: Rule


def plain_objects(shape: ObjectShape, keys: KeyShapes) -> Iterator[Plain]:
    """The alternatives that a shape with `some` stands for."""
    bare = replace(shape, some=())
    table = table_of(bare, keys)
    choices = [[*_named(some, table, keys), *_other(some, table, keys)] for some in shape.some]
    given = prod(map(len, choices))
    if given > MAX_CHOICES:
        what = "too many choices of members of a kind that have to be there"
        raise LimitError(what, shape.some[0].where, limit="choices", allowed=MAX_CHOICES, given=given)
    for chosen in product(*choices):
        met: ObjectShape | None = bare
        for choice in chosen:
            if isinstance(choice, ObjectShape):
                met = None if met is None else met.meet(choice)
        demands = [choice for choice in chosen if isinstance(choice, Demand)]
        if met is not None:
            yield from (Plain(met, counted) for counted in _counted(demands, table))


def _named(some: Some, table: Table, keys: KeyShapes) -> Iterator[ObjectShape]:
    return (has(name, some.value) for name in table.names if _counts(some, name, keys))


def _counts(some: Some, name: str, keys: KeyShapes) -> bool:
    """Whether a member of that name is one of those meant."""
    if name in some.names or any(language(("pattern", other)).matches(name) >= 0 for other in some.excluded):
        return False
    if some.pattern is not None and language(("pattern", some.pattern)).matches(name) < 0:
        return False
    return some.key == ANY or any(accepts(key, name) for key in keys(some.key))


def _other(some: Some, table: Table, keys: KeyShapes) -> Iterator[ObjectShape | Demand]:
    """Members with keys that are not spoken of; where only few are possible, they are names too."""
    for part, (lexeme, _) in enumerate(table.extras):
        meant = dfa_ops.intersect(_dfa(lexeme), _meant(some, keys))
        words = few_words(meant)
        if words is not None:
            yield from (has(word, some.value) for word in words)
        elif keys_up_to(MANY, replace(lexeme, dfa=meant, without=frozenset())) < MANY:
            problem = "members with keys that may run out would have to be counted"
            advice = "say which members may come (additionalProperties: false)"
            raise UnsupportedError(problem, some.where, "", advice)
        else:
            yield Demand(part, meant, some.value)


def _dfa(lexeme: Lexeme) -> Dfa:
    return dfa_ops.difference(lexeme.dfa, Dfa.of_words(lexeme.without)) if lexeme.without else lexeme.dfa


def _meant(some: Some, keys: KeyShapes) -> Dfa:
    """The keys meant."""
    dfa = Dfa.any_text() if some.pattern is None else language(("pattern", some.pattern))
    for pattern in some.excluded:
        dfa = dfa_ops.difference(dfa, language(("pattern", pattern)))
    if some.key != ANY:
        dfa = dfa_ops.intersect(dfa, dfa_ops.union(*map(_with_lengths, keys(some.key))))
    return dfa_ops.difference(dfa, Dfa.of_words(some.names)) if some.names else dfa


def _with_lengths(shape: StringShape) -> Dfa:
    """The strings of a shape, those of other lengths taken out."""
    if shape.low == 0 and shape.high is None:
        return unbounded(shape)
    most = "" if shape.high is None else str(shape.high)
    return dfa_ops.intersect(unbounded(shape), language(("pattern", rf"^[\s\S]{{{shape.low},{most}}}$")))


def _counted(demands: list[Demand], table: Table) -> Iterator[tuple[tuple[Lexeme, Rule], ...]]:
    """What has to be counted; one member may meet several demands."""
    if len(demands) > MAX_DEMANDS:
        raise LimitError(
            "too many kinds of members have to be there", limit="demands", allowed=MAX_DEMANDS, given=len(demands)
        )
    for groups in _partitions(demands):
        met = [_together(group, table) for group in groups]
        kept = [each for each in met if each is not None]
        if len(kept) == len(groups):
            yield tuple(kept)


def _partitions(demands: list[Demand]) -> Iterator[list[list[Demand]]]:
    if not demands:
        yield []
        return
    first, *rest = demands
    for groups in _partitions(rest):
        yield [[first], *groups]
        yield from ([*groups[:i], [first, *group], *groups[i + 1 :]] for i, group in enumerate(groups))


def _together(group: list[Demand], table: Table) -> tuple[Lexeme, Rule] | None:
    """The key and the rule of one member that meets all demands of a group."""
    lexeme, rule = table.extras[group[0].part]
    if any(demand.part != group[0].part for demand in group):
        return None
    rule = reduce(join, (demand.value for demand in group), rule)
    key = reduce(dfa_ops.intersect, (demand.key for demand in group))
    bounded = dfa_ops.lexeme(key, True, lexeme.min_length, lexeme.max_length)
    return None if rule == NEVER or bounded is None else (bounded, rule)
