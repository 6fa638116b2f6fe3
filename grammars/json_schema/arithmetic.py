"""What can be said about number shapes without an automaton: which numbers have one, and whether any has."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from grammars.json_schema.shapes import Bound, NumberShape

MAX_COUNTED = 4_096
"""Of more numbers within bounds it is not looked at each whether it is taken out: there are at most so many."""


def step_of(shape: NumberShape) -> Fraction | None:
    """The number whose multiples are those that `integer`, `spelled` and the divisors admit; None for all numbers."""
    steps = [Fraction(divisor) for divisor, wanted, _ in shape.multiples if wanted]
    if shape.integer or shape.spelled:
        steps.append(Fraction(1))
    return reduce(common_multiple, steps) if steps else None


def missed_by(shape: NumberShape) -> list[Fraction]:
    """The divisors that numbers of a shape are not multiples of."""
    return sorted({Fraction(divisor) for divisor, wanted, _ in shape.multiples if not wanted})


def has_number(shape: NumberShape) -> bool:
    """Whether there are numbers of a shape."""
    if shape.values is not None:
        return any(accepts(shape, value) for value in shape.values)
    step = step_of(shape)
    if step is not None:
        return _has_multiple(shape, step)
    low, high = shape.low, shape.high
    if low is not None and high is not None and low.value == high.value:
        return accepts(shape, low.value)
    return True


def accepts(shape: NumberShape, value: Decimal) -> bool:
    """Whether a number, in some spelling, has a shape."""
    if shape.integer is not None and shape.integer != _is_whole(value):
        return False
    if (shape.spelled and not _is_whole(value)) or value in shape.excluded:
        return False
    if any((Fraction(value) % Fraction(divisor) == 0) != wanted for divisor, wanted, _ in shape.multiples):
        return False
    above = shape.low is None or value > shape.low.value or (value == shape.low.value and not shape.low.open)
    below = shape.high is None or value < shape.high.value or (value == shape.high.value and not shape.high.open)
    return above and below


def most_numbers(shape: NumberShape) -> int | None:
    """How many numbers of a shape there may be at most; None for endlessly many, or where that is not known."""
    if shape.values is not None:
        return sum(accepts(shape, value) for value in shape.values)
    step = step_of(shape)
    if step is None or shape.low is None or shape.high is None:
        return None
    within = _within(shape.low, shape.high, step)
    return sum(_left(shape, step, within)) if len(within) <= MAX_COUNTED else len(within)


def _has_multiple(shape: NumberShape, step: Fraction) -> bool:
    """Whether n times `step` has the shape for some n; those that are missed are missed at every so many."""
    if 1 in _missed_every(shape, step):
        return False
    if shape.low is None or shape.high is None:
        return True
    # A stretch of missed numbers is far shorter than the least one that they all divide.
    return any(_left(shape, step, _within(shape.low, shape.high, step)))


def _within(low: Bound, high: Bound, step: Fraction) -> range:
    """Each n for which n times `step` is within the bounds."""
    return range(_first(low, step), -_first(_mirrored(high), step) + 1)


def _left(shape: NumberShape, step: Fraction, within: range) -> Iterator[bool]:
    """Of each n whether n times `step` has the shape."""
    excluded = {value / step for value in map(Fraction, shape.excluded)}
    every = _missed_every(shape, step)
    return (n not in excluded and all(n % k for k in every) for n in within)


def _missed_every(shape: NumberShape, step: Fraction) -> set[int]:
    """At every how many multiples of `step` one is missed."""
    missed = missed_by(shape) + ([Fraction(1)] if shape.integer is False else [])
    return {int(common_multiple(step, divisor) / step) for divisor in missed}


def _first(low: Bound, step: Fraction) -> int:
    """The least n for which n times `step` is not below the bound."""
    quotient = Fraction(low.value) / step
    return math.floor(quotient) + 1 if low.open else math.ceil(quotient)


def _mirrored(bound: Bound) -> Bound:
    return Bound(bound.value.copy_negate(), bound.open)


def common_multiple(one: Fraction, other: Fraction) -> Fraction:
    """The least number that is a multiple of both."""
    return Fraction(math.lcm(one.numerator, other.numerator), math.gcd(one.denominator, other.denominator))


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()
