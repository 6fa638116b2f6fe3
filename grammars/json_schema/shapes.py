"""Shapes: conjunctions of assertions about the values of one JSON type, closed under `meet`.

`a.meet(b)` is the shape of the values that have both, or None where that is plainly no value. A shape may still be
empty for deeper reasons; `satisfiable` decides that.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias, TypeVar

from grammars.dfa import Dfa
from grammars.json_schema.nodes import ANY, Rule, join

T = TypeVar("T")

Language: TypeAlias = tuple[str, str | Dfa]
"""A `pattern` or `format` with its value, or a `custom format` with its automaton."""


@dataclass(frozen=True)
class NullShape:
    """The value null."""

    def meet(self, _other: NullShape) -> NullShape:
        """Null is null."""
        return self


@dataclass(frozen=True)
class BoolShape:
    """Some of true and false."""

    values: frozenset[bool] = frozenset({True, False})

    def meet(self, other: BoolShape) -> BoolShape | None:
        """The values in both."""
        values = self.values & other.values
        return BoolShape(values) if values else None


@dataclass(frozen=True)
class Bound:
    """One end of an interval of numbers."""

    value: Decimal
    open: bool = False


@dataclass(frozen=True)
class NumberShape:
    """Numbers of an interval; `integer`, `spelled` and `multiples` say more, None meaning either.

    `spelled` is about the text: without fraction and exponent (what draft 4 calls an integer). Each of `multiples` is
    a divisor, whether the number is a multiple of it, and the place of the keyword.
    """

    low: Bound | None = None
    high: Bound | None = None
    integer: bool | None = None
    spelled: bool | None = None
    values: frozenset[Decimal] | None = None
    excluded: frozenset[Decimal] = frozenset()
    multiples: frozenset[tuple[Decimal, bool, str]] = frozenset()

    def meet(self, other: NumberShape) -> NumberShape | None:
        """The numbers in both."""
        if _differ(self.integer, other.integer) or _differ(self.spelled, other.spelled):
            return None
        low, high = _tighter(self.low, other.low, 1), _tighter(self.high, other.high, -1)
        if low and high and (low.value > high.value or (low.value == high.value and (low.open or high.open))):
            return None
        return NumberShape(
            low,
            high,
            self.integer if other.integer is None else other.integer,
            self.spelled if other.spelled is None else other.spelled,
            _common(self.values, other.values),
            self.excluded | other.excluded,
            self.multiples | other.multiples,
        )


@dataclass(frozen=True)
class StringShape:
    """Strings with a length in a range, of a finite set where `words` is one, in (or not in) named languages.

    Each of `languages` is one of `Language`, and whether the string is to be in it.
    """

    low: int = 0
    high: int | None = None
    words: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()
    languages: frozenset[tuple[Language, bool]] = frozenset()

    @cached_property
    def is_only_words(self) -> bool:
        """Whether all of a finite set have the shape."""
        return self.words is not None and self == StringShape(words=self.words)

    def meet(self, other: StringShape) -> StringShape | None:
        """The strings in both."""
        low, high = max(self.low, other.low), least(self.high, other.high)
        words = _common(self.words, other.words)
        if (high is not None and high < low) or (words is not None and not words):
            return None
        return StringShape(low, high, words, self.excluded | other.excluded, self.languages | other.languages)


@dataclass(frozen=True)
class Count:
    """Between `low` and `high` items from the place `start` on meet `rule`; the keyword at `where` asked for it."""

    rule: Rule
    low: int
    high: int | None
    where: str
    start: int = 0


@dataclass(frozen=True)
class ArrayShape:
    """Arrays: rules of the first items and of the rest, a range of lengths, counts, and whether all items differ."""

    prefix: tuple[Rule, ...] = ()
    rest: Rule = ANY
    low: int = 0
    high: int | None = None
    counts: tuple[Count, ...] = ()
    unique: tuple[bool, str] | None = None

    @cached_property
    def _hash(self) -> int:
        return hash((self.prefix, self.rest, self.low, self.high, self.counts, self.unique))

    def __hash__(self) -> int:
        return self._hash

    def meet(self, other: ArrayShape) -> ArrayShape | None:
        """The arrays in both."""
        low, high = max(self.low, other.low), least(self.high, other.high)
        if (high is not None and high < low) or (self.unique and other.unique and self.unique[0] != other.unique[0]):
            return None
        length = max(len(self.prefix), len(other.prefix))
        prefix = tuple(join(self.item(i), other.item(i)) for i in range(length))
        counts = tuple(dict.fromkeys(self.counts + other.counts))
        return ArrayShape(prefix, join(self.rest, other.rest), low, high, counts, self.unique or other.unique)

    def item(self, index: int) -> Rule:
        """The rule of the item at `index`."""
        return self.prefix[index] if index < len(self.prefix) else self.rest


def least(first: int | None, second: int | None) -> int | None:
    """The smaller of two upper bounds, None being no bound."""
    return second if first is None else first if second is None else min(first, second)


def _differ(first: bool | None, second: bool | None) -> bool:
    return first is not None and second is not None and first != second


def _tighter(first: Bound | None, second: Bound | None, sign: int) -> Bound | None:
    if first is None or second is None:
        return first or second
    if first.value == second.value:
        return first if first.open else second
    return first if (first.value > second.value) == (sign > 0) else second


def _common(first: frozenset[T] | None, second: frozenset[T] | None) -> frozenset[T] | None:
    return second if first is None else first if second is None else first & second
