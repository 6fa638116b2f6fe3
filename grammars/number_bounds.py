"""The bounds that `grammars.number_spellings` compares digits with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

# What these mean is said in `grammars.numbers`.
SHORT = 6
SPARE = 1
SHIFT = 3

LESS, MORE = -1, -2
"""How the digits so far compare; otherwise the number of digits in which they agree with the bound."""


@dataclass(frozen=True)
class Bound:
    """0.digits · 10^power; no zeros at the end.

    Digits equal to an admitted lower bound count as `MORE`, and so do those equal to an upper bound not admitted.
    """

    digits: tuple[int, ...]
    power: int
    inclusive: bool
    lower: bool

    def compare(self, state: int, digit: int) -> int:
        """How the digits compare after one more."""
        if state < 0:
            return state
        if state == len(self.digits):
            return state if digit == 0 else MORE
        if digit != self.digits[state]:
            return LESS if digit < self.digits[state] else MORE
        state += 1
        return MORE if state == len(self.digits) and self.inclusive == self.lower else state

    def exponent(self, state: int, power: int) -> int:
        """The least (or greatest) exponent with which a mantissa of that power keeps to the bound."""
        beyond = state == MORE
        return self.power - power + (not beyond if self.lower else -beyond)


SMALLEST = Bound((5,), -323, True, True)
GREATEST = Bound(tuple(map(int, "17976931348623157")), 309, True, False)
SAFE = 250
"""Any mantissa that may have an exponent at all is a double with this exponent, and with its negative."""


@dataclass(frozen=True)
class Side:
    """The absolute values that may follow a sign: within the bounds, 0 if `zero`, others only if `positive`."""

    low: Bound | None
    high: Bound | None
    zero: bool
    positive: bool

    @cached_property
    def powers(self) -> range:
        """The powers that a mantissa may have where an exponent follows."""
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        if any(abs(bound.power) > SHORT or len(bound.digits) > SHORT for bound in bounds):
            return range(1, 2)
        powers = [bound.power for bound in bounds]
        return range(min([0, *powers]) - SHIFT, max([1, *powers]) + SPARE + 1)

    @cached_property
    def most_zeros(self) -> int:
        """How many zeros after the point make a difference."""
        return max([-self.powers[0], *(-bound.power for bound in (self.low, self.high) if bound is not None)])

    def alike(self, other: Side) -> bool:
        """Whether they differ in no more than the digits of their bounds."""
        return self._shape == other._shape

    @cached_property
    def _shape(self) -> tuple[object, ...]:
        powers = [bound and bound.power for bound in (self.low, self.high)]
        return self.powers, self.most_zeros, *powers, self.zero, self.positive
