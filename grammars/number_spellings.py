"""The automaton behind `grammars.numbers`: reads a spelling and compares it with the bounds digit by digit.

A value other than 0 is written as 0.s₁s₂s₃… · 10ᵖ with s₁ ≠ 0. Its significant digits are compared with those of a
bound from the left while they are read; the power p is the power q of the mantissa (its digits before the point, or
minus the zeros after it) plus the exponent. So at the end of a mantissa the exponents that keep the value within the
bounds are an interval, which `grammars.exponents` reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from grammars.crawl import crawl
from grammars.dfa import Dfa
from grammars.exponents import (
    ALPHABET,
    DIGITS,
    EXPONENT,
    MINUS,
    POINT,
    Exponent,
    ExponentState,
    ends,
    follow_exponent,
)

# What these mean is said in `grammars.numbers`; FRACTION is what 17 digits, enough for every double, need.
SHIFT = 3
FRACTION = 16
EXACT = 4
SHORT = 2
LONGEST = 24
TAKEN_BACK = 8
MIXED = 3

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


_SMALLEST = Bound((5,), -323, True, True)
_GREATEST = Bound(tuple(map(int, "17976931348623157")), 309, True, False)
_SAFE = 250
"""Any mantissa that may have an exponent at all is a double with this exponent, and with its negative."""


@dataclass(frozen=True)
class Side:
    """The absolute values that may follow a sign: within the bounds, 0 if `zero`, others only if `positive`."""

    low: Bound | None
    high: Bound | None
    zero: bool
    positive: bool

    @cached_property
    def most_digits(self) -> int:
        """How many digits may be before the point where an exponent follows."""
        return max([1, *self._powers]) + SHIFT

    @cached_property
    def most_zeros(self) -> int:
        """How many zeros may come right after the point where an exponent follows."""
        return max([0, *(-power for power in self._powers)]) + SHIFT

    @property
    def _powers(self) -> list[int]:
        return [bound.power for bound in (self.low, self.high) if bound is not None]


WHOLE, POINTED, BROKEN = range(3)
"""Before the point, right after it, and with a digit after it."""


class Mantissa(NamedTuple):
    """How far a mantissa has been read.

    `power` is q above, `low` and `high` compare its digits with the bounds. For integers only, `exact_from` is the
    least exponent that makes the value an integer, and `fraction` the number of digits after the point.
    """

    negative: bool
    part: int
    significant: bool
    power: int
    low: int
    high: int
    exact_from: int
    fraction: int


class Plain(NamedTuple):
    """A mantissa so long that it may not have an exponent, and whose further digits change nothing."""

    part: int


START, SIGN = "start", "sign"
State: TypeAlias = str | Mantissa | Plain | ExponentState


def spellings(positive: Side, negative: Side, integer: bool) -> Dfa:
    """The spellings of the values of both sides."""
    reader = _Reader((positive, negative), integer)
    start: State = START
    return crawl(ALPHABET, start, reader.follow, reader.label)


@dataclass(frozen=True)
class _Reader:
    sides: tuple[Side, Side]
    integer: bool

    def follow(self, state: State) -> Iterator[tuple[int, State]]:
        match state:
            case str():
                yield from self._first(state)
            case Mantissa():
                yield from self._mantissa(state)
            case Plain(part):
                yield from self._plain(part)
            case _:
                yield from follow_exponent(state)

    def label(self, state: State) -> int:
        match state:
            case str():
                accepts = False
            case Mantissa():
                accepts = state.part != POINTED and self._holds(state)
            case Plain(part):
                accepts = part != POINTED
            case _:
                accepts = ends(state)
        return 0 if accepts else -1

    def _first(self, state: str) -> Iterator[tuple[int, State]]:
        if state == START:
            yield MINUS, SIGN
        negative = state == SIGN and self.sides[0] != self.sides[1]
        yield DIGITS[0], Mantissa(negative, WHOLE, False, 0, 0, 0, 0, 0)
        nothing = Mantissa(negative, WHOLE, True, 0, 0, 0, 0, 0)
        for digits in self._alike(nothing)[1:]:
            after = self._whole(nothing, digits[0])
            if after is not None:
                for digit in digits:
                    yield DIGITS[digit], after

    def _plain(self, part: int) -> Iterator[tuple[int, State]]:
        for digit in DIGITS[:1] if self.integer and part != WHOLE else DIGITS:
            yield digit, Plain(part if part == WHOLE else BROKEN)
        if part == WHOLE:
            yield POINT, Plain(POINTED)

    def _mantissa(self, state: Mantissa) -> Iterator[tuple[int, State]]:
        if state.part != WHOLE or state.significant:
            step = self._whole if state.part == WHOLE else self._fraction
            for digits in self._alike(state):
                after = step(state, digits[0])
                if after is not None:
                    for digit in digits:
                        yield DIGITS[digit], after
        if state.part == WHOLE:
            yield POINT, state._replace(part=POINTED)
        if state.part != POINTED:
            exponent = self._exponents(state)
            if exponent.least <= exponent.greatest:
                yield EXPONENT, exponent

    def _alike(self, state: Mantissa) -> list[range]:
        """The digits, grouped by what they lead to."""
        cuts = {0, 1, 10}
        for bound, compared in zip(self._bounds(state), (state.low, state.high), strict=True):
            if bound is not None and 0 <= compared < len(bound.digits):
                cuts |= {bound.digits[compared], bound.digits[compared] + 1}
        return [range(low, high) for low, high in pairwise(sorted(cuts))]

    def _bounds(self, state: Mantissa) -> tuple[Bound | None, Bound | None]:
        """What to compare with; with what a double can hold only where one digit is before the point."""
        side = self.sides[state.negative]
        if state.power != (state.part != WHOLE):
            return side.low, side.high
        return side.low or (None if self.integer else _SMALLEST), side.high or _GREATEST

    def _whole(self, state: Mantissa, digit: int) -> State | None:
        """A digit before the point, not after a zero that stands there alone."""
        side = self.sides[state.negative]
        power = state.power + 1
        if power > side.most_digits:
            return Plain(WHOLE) if side.high is None else None
        if not side.positive or (self.integer and side.high and power > max(side.high.power, TAKEN_BACK)):
            return None
        zeros = self.integer and digit == 0 and 0 < state.power < TAKEN_BACK
        exact_from = max(state.exact_from - 1, -SHIFT) if zeros else 0
        low, high = self._compared(state, digit)
        return Mantissa(state.negative, WHOLE, True, power, low, high, exact_from, 0)

    def _fraction(self, state: Mantissa, digit: int) -> State | None:
        side = self.sides[state.negative]
        if digit == 0 and not state.significant:
            power = max(state.power - 1, -side.most_zeros - 1)
            return state._replace(part=BROKEN, power=power)
        if not side.positive:
            return None
        if self.integer:
            return self._integral_fraction(state, digit)
        if state.power < -side.most_zeros:
            return Plain(BROKEN) if side.low is None else None
        low, high = self._compared(state, digit)
        return Mantissa(state.negative, BROKEN, True, state.power, low, high, 0, 0)

    def _integral_fraction(self, state: Mantissa, digit: int) -> State | None:
        """Digits after the point of a mantissa that an exponent has to make an integer."""
        most = FRACTION if state.power == 1 else SHORT if 0 <= state.power <= MIXED else 0
        count, exact_from = min(state.fraction + 1, most + 1), state.exact_from
        low, high = self._compared(state, digit)
        if digit:
            # Which of many digits is the last one is not worth a state each.
            exact_from = count if count <= EXACT else FRACTION
            if count > most:
                return None
        elif count > EXACT and exact_from > 0:
            exact_from = FRACTION
        after = Mantissa(state.negative, BROKEN, True, state.power, low, high, exact_from, count)
        return after if digit == 0 or self._exponents(after).greatest >= exact_from else None

    def _compared(self, state: Mantissa, digit: int) -> tuple[int, int]:
        low, high = self._bounds(state)
        return low.compare(state.low, digit) if low else 0, high.compare(state.high, digit) if high else 0

    def _exponents(self, state: Mantissa) -> Exponent:
        """The exponents that may follow."""
        side = self.sides[state.negative]
        if not state.significant:
            return Exponent(-999, 999) if side.zero else Exponent(0, -1)
        if abs(state.power) > LONGEST:
            return Exponent(0, -1)
        low = side.low or (_SMALLEST if state.power == 1 and not self.integer else None)
        high = side.high or (_GREATEST if state.power == 1 else None)
        least = low.exponent(state.low, state.power) if low else state.exact_from if self.integer else -_SAFE
        greatest = high.exponent(state.high, state.power) if high else _SAFE
        return Exponent(max(least, state.exact_from) if self.integer else least, greatest)

    def _holds(self, state: Mantissa) -> bool:
        """Whether the value is right without an exponent."""
        side = self.sides[state.negative]
        if not state.significant:
            return side.zero
        above = side.low is None or side.low.exponent(state.low, state.power) <= 0
        below = side.high is None or side.high.exponent(state.high, state.power) >= 0
        return above and below and state.exact_from <= 0
