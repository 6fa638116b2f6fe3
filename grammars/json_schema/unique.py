"""Arrays whose items all differ, or in which two are equal: the items read so far decide which may come next.

Where an item can have only few values, there is an option for each of them that is left. Any other item is remembered
by the engine, which then asks for what follows its value; a rule excludes the values that were there before.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Protocol

from grammars.deadline import check
from grammars.errors import LimitError
from grammars.ir import Call, Expr, Remember
from grammars.json_schema.counted import Tail
from grammars.json_schema.nodes import ANY, NEVER, Ask, Rule, join
from grammars.json_schema.pairs import Pairs
from grammars.json_schema.shapes import ArrayShape
from grammars.json_schema.values_left import Numbers, ValuesLeft
from grammars.memo import unless_kept_from
from grammars.values import Value, has_parts

MAX_TAILS = 5_000
"""How many sets of values are looked at to find out whether enough different items are left."""


class Values(Numbers, Protocol):
    """What is asked about the values of rules."""

    def few_values(self, rule: Rule) -> frozenset[Value] | None:
        """The values of a rule if there are only few."""

    def only_words(self, rule: Rule) -> list[str] | None:
        """The values of a rule where all of them are texts of a given set, in order."""

    def may_run_out(self, rule: Rule) -> bool:
        """Whether there may be only so many strings, arrays or objects of a rule."""


class Unique:
    """Says how arrays with `uniqueItems` go on."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._decided: dict[ArrayShape, frozenset[Value]] = {}
        self._orders: dict[frozenset[Value], list[Value]] = {}
        self._live: dict[Tail, bool] = {}
        self._pairs = Pairs()
        self._left = ValuesLeft(values)
        self._looked_at = 0

    def words(self, shape: ArrayShape) -> list[str] | None:
        """The items of arrays in which they differ, where all of them are of one set of texts."""
        if not (shape.unique and shape.unique[0]) or shape.counts or shape.prefix or shape.high == 0:
            return None
        return self._values.only_words(shape.rest)

    def options(self, tail: Tail, ask: Ask) -> Iterator[tuple[Expr, Tail | None]]:
        """The next item, each with what follows it; None where the engine asks when it knows the value."""
        if tail.wants_equal:
            yield from self._towards_equal(tail, ask)
            return
        for rule, after in tail.steps():
            for value in self._choices(tail, rule, ask):
                follow = after.with_value(value)
                if self.is_live(follow, ask):
                    yield Call(self._item(rule, value)), follow
            other = self._other(tail, rule, ask)
            if other is not None and self.is_live(after, ask):
                for kept in self._left.sparing(other, after, ask):
                    yield Remember(kept, after, ends=self._values.may_run_out(kept)), None

    def is_live(self, tail: Tail, ask: Ask) -> bool:
        """Whether the array can be ended from here on; `ask` tells whether a rule has a value."""
        self._looked_at = 0
        if len(self._live) > MAX_TAILS:
            self._live.clear()
        return self._lives(tail, ask)

    def _lives(self, tail: Tail, ask: Ask) -> bool:
        found = self._live.get(tail)
        if found is None:
            self._looked_at += 1
            if self._looked_at > MAX_TAILS:
                problem = "too many sets of items to choose from"
                raise LimitError(problem, tail.where, limit="tails", allowed=MAX_TAILS, given=self._looked_at)
            check()
            self._live[tail] = tail.may_end
            with unless_kept_from(self._live, tail):
                found = tail.may_end or self._goes_on(tail, ask)
            self._live[tail] = found
        return found

    def _goes_on(self, tail: Tail, ask: Ask) -> bool:
        if tail.wants_equal:
            return self._can_repeat(tail, ask)
        few = self._values.few_values(tail.shape.rest)
        if few is not None and tail.is_homogeneous:
            left = sum(1 for value in few if value not in tail.seen and ask(self._with(tail.shape.rest, value)))
            return left >= tail.shape.low - tail.read
        if not self._left.suffice(tail, ask):
            return False
        if tail.is_homogeneous and self._other(tail, tail.shape.rest, ask) is not None:
            return True
        return any(self._step_lives(tail, rule, after, ask) for rule, after in tail.steps())

    def _step_lives(self, tail: Tail, rule: Rule, after: Tail, ask: Ask) -> bool:
        if self._other(tail, rule, ask) is not None and self._lives(after, ask):
            return True
        return any(self._lives(after.with_value(value), ask) for value in self._choices(tail, rule, ask))

    def _towards_equal(self, tail: Tail, ask: Ask) -> Iterator[tuple[Expr, Tail | None]]:
        """The next item, where two have to be equal: one that was there before, or one that none before equals."""
        for rule, after in self._pairs.steps(tail, ask):
            again = join(rule, self._values.one_of(tail.seen, True)) if tail.seen else NEVER
            if ask(again):
                yield Call(again), after.with_equal()
            fresh = join(rule, self._values.one_of(tail.seen, False)) if tail.seen else rule
            for partner in self._partners(after, ask):
                if ask(join(fresh, partner)):
                    yield Remember(join(fresh, partner), after, ends=True), None

    def _partners(self, after: Tail, ask: Ask) -> tuple[Rule, ...]:
        """What an item has to be so that two can still be equal behind it: one of some rules."""
        return (ANY,) if self._can_repeat(after, ask) else self._pairs.places(after, ask)

    def _can_repeat(self, tail: Tail, ask: Ask) -> bool:
        """Whether an item can come that equals another one, be that before or also still to come."""
        if self._pairs.exist(tail, ask):
            return True
        if not tail.seen:
            return False
        before = self._values.one_of(tail.seen, True)
        return any(ask(join(rule, before)) for rule in self._pairs.places(tail, ask))

    def _choices(self, tail: Tail, rule: Rule, ask: Ask) -> Iterator[Value]:
        """The values that an item may have and that are told apart one by one."""
        few = self._values.few_values(rule)
        for value in self._ordered(self._told_apart(tail.shape) if few is None else few):
            if value not in tail.seen and ask(self._with(rule, value)):
                yield value

    def _other(self, tail: Tail, rule: Rule, ask: Ask) -> Rule | None:
        """The rule of all other values that an item may have."""
        if self._values.few_values(rule) is not None:
            return None
        gone = self._told_apart(tail.shape) | tail.seen
        other = join(rule, self._values.one_of(gone, False)) if gone else rule
        return other if ask(other) else None

    def _told_apart(self, shape: ArrayShape) -> frozenset[Value]:
        """The values of all items that can have only few, and of those that are counted."""
        if shape not in self._decided:
            counted = (count.rule for count in shape.counts)
            found = [self._values.few_values(rule) for rule in (*shape.prefix, shape.rest, *counted)]
            self._decided[shape] = frozenset(chain.from_iterable(few for few in found if few is not None))
        return self._decided[shape]

    def _ordered(self, values: frozenset[Value]) -> list[Value]:
        """Short values first."""
        if values not in self._orders:
            self._orders[values] = sorted(values, key=_length)
        return self._orders[values]

    def _item(self, rule: Rule, value: Value) -> Rule:
        """The rule of one value: parts come in the order of its schema, and numbers as its draft has them spelled."""
        is_scalar = not has_parts(value) and not isinstance(value, Decimal)
        return self._values.one_of(frozenset({value}), True) if is_scalar else self._with(rule, value)

    def _with(self, rule: Rule, value: Value) -> Rule:
        return join(rule, self._values.one_of(frozenset({value}), True))


def _length(value: Value) -> tuple[int, str]:
    return len(repr(value)), repr(value)
