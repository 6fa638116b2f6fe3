"""The automaton behind `grammars.numbers`: reads a spelling and compares it with the bounds digit by digit.

A value other than 0 is written as 0.s₁s₂s₃… · 10ᵖ with s₁ ≠ 0. Its significant digits are compared with those of a
bound from the left while they are read; the power p is the power q of the mantissa (its digits before the point, or
minus the zeros after it) plus the exponent. So at the end of a mantissa the exponents that keep the value within the
bounds are an interval, which `grammars.exponents` reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from grammars.crawl import STATE_LIMIT, Rows, assemble, too_large
from grammars.deadline import check
from grammars.dfa import Dfa
from grammars.exponents import (
    ALPHABET,
    DIGITS,
    EXPONENT,
    MINUS,
    POINT,
    Digits,
    Exponent,
    ExponentState,
    Leading,
    Step,
    ends,
    follow_exponent,
)
from grammars.minimise import minimised
from grammars.number_bounds import GREATEST, LESS, MORE, SAFE, SMALLEST, Bound, Side

# What these mean is said in `grammars.numbers`; FRACTION is what 17 digits, enough for every double, need.
TAKEN_BACK = 2
FRACTION = 16
EXACT = 4

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
    """A mantissa that may not have an exponent, and whose further digits change nothing."""

    part: int


START, SIGN = "start", "sign"
State: TypeAlias = str | Mantissa | Plain | ExponentState
_NONE = Exponent(0, -1)


def spellings(positive: Side, negative: Side, integer: bool) -> Dfa:
    """The spellings of the values of both sides."""
    reader = _Reader((positive, negative), integer, positive.alike(negative))
    return assemble(ALPHABET, *minimised(*_explored(reader)))


def _explored(reader: _Reader) -> tuple[Rows, list[int]]:
    """Rows and labels of all states, numbered as they are found."""
    numbers: dict[State, int] = {START: 0}
    found: list[State] = [START]
    rows: Rows = []
    for state in found:
        check()
        row = [-1] * ALPHABET.size
        for first, last, target in reader.follow(state):
            number = numbers.setdefault(target, len(found))
            if number == len(found):
                found.append(target)
            row[first : last + 1] = [number] * (last + 1 - first)
        if len(found) > STATE_LIMIT:
            raise too_large(STATE_LIMIT, len(found))
        rows.append(row)
    return rows, [reader.label(state) for state in found]


@dataclass(frozen=True)
class _Reader:
    sides: tuple[Side, Side]
    integer: bool
    alike: bool

    def follow(self, state: State) -> Iterable[Step[State]]:
        match state:
            case Mantissa():
                return self._mantissa(state)
            case Exponent() | Leading() | Digits():
                return follow_exponent(state)
            case Plain(part):
                return self._plain(part)
            case _:
                return self._first(state)

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

    def _first(self, state: str) -> Iterator[Step[State]]:
        if state == START:
            yield MINUS, MINUS, SIGN
        negative = state == SIGN and self.sides[0] != self.sides[1]
        yield DIGITS[0], DIGITS[0], Mantissa(negative, WHOLE, False, 0, 0, 0, 0, 0)
        nothing = Mantissa(negative, WHOLE, True, 0, 0, 0, 0, 0)
        yield from self._digits(nothing, 1)

    def _plain(self, part: int) -> Iterator[Step[State]]:
        last = 0 if self.integer and part != WHOLE else 9
        yield DIGITS[0], DIGITS[last], Plain(part if part == WHOLE else BROKEN)
        if part == WHOLE:
            yield POINT, POINT, Plain(POINTED)

    def _mantissa(self, state: Mantissa) -> Iterator[Step[State]]:
        if state.part != WHOLE or state.significant:
            yield from self._digits(state, 0)
        if state.part == WHOLE:
            pointed = self._pointed(state)
            if pointed is not None:
                yield POINT, POINT, pointed
        if state.part != POINTED:
            exponent = self._exponents(state)
            if exponent.least <= exponent.greatest:
                yield EXPONENT, EXPONENT, exponent

    def _pointed(self, state: Mantissa) -> State | None:
        after = Mantissa(state.negative, POINTED, state.significant, state.power, state.low, state.high, 0, 0)
        return self._settled(after) if state.significant else after

    def _digits(self, state: Mantissa, least: int) -> Iterator[Step[State]]:
        """The steps by the digits from `least` on, grouped by how they compare with the bounds."""
        low, high = self._bounds(state)
        cuts = {least, 10} if state.significant and not self.integer else {least, 1, 10}
        for bound, compared in ((low, state.low), (high, state.high)):
            if bound is not None and compared >= 0:
                digit = bound.digits[compared] if compared < len(bound.digits) else 0
                cuts |= {max(digit, least), digit + 1}
        step = self._whole if state.part == WHOLE else self._fraction
        for first, after in pairwise(sorted(cuts)):
            below = low.compare(state.low, first) if low else 0
            above = high.compare(state.high, first) if high else 0
            target = step(state, first, below, above)
            if target is not None:
                yield DIGITS[first], DIGITS[after - 1], target

    def _bounds(self, state: Mantissa) -> tuple[Bound | None, Bound | None]:
        """What to compare with; with what a double can hold only where one digit is before the point."""
        side = self.sides[state.negative]
        if state.power != (state.part != WHOLE):
            return side.low, side.high
        return side.low or (None if self.integer or side.zero else SMALLEST), side.high or GREATEST

    def _whole(self, state: Mantissa, digit: int, low: int, high: int) -> State | None:
        """A digit before the point, not after a zero that stands there alone."""
        side = self.sides[state.negative]
        power = state.power + 1
        if not side.positive:
            return None
        zeros = self.integer and digit == 0 and power in side.powers
        exact_from = max(state.exact_from - 1, -TAKEN_BACK) if zeros else 0
        return self._settled(Mantissa(state.negative, WHOLE, True, power, low, high, exact_from, 0))

    def _fraction(self, state: Mantissa, digit: int, low: int, high: int) -> State | None:
        """A digit after the point, already compared."""
        side = self.sides[state.negative]
        if digit == 0 and not state.significant:
            power = max(state.power - 1, -side.most_zeros - 1)
            return Mantissa(state.negative, BROKEN, False, power, 0, 0, 0, 0)
        if not side.positive:
            return None
        if self.integer:
            return self._integral_fraction(state, digit, low, high)
        return self._settled(Mantissa(state.negative, BROKEN, True, state.power, low, high, 0, 0))

    def _integral_fraction(self, state: Mantissa, digit: int, low: int, high: int) -> State | None:
        """Digits after the point of a mantissa that an exponent has to make an integer."""
        most = self._most_fraction(state)
        count, exact_from = min(state.fraction + 1, most + 1), 0
        if digit or state.exact_from:
            # Which of many digits is the last one is not worth a state each.
            exact_from = count if count <= EXACT else FRACTION
            if count > most:
                return None
        after = Mantissa(state.negative, BROKEN, True, state.power, low, high, exact_from, count)
        return self._settled(after) if exact_from == 0 or self._exponents(after).greatest >= exact_from else None

    def _most_fraction(self, state: Mantissa) -> int:
        high = self.sides[state.negative].high
        if state.power == 1:
            return EXACT if high is not None and high.power <= FRACTION else FRACTION
        return 1 if state.power in {0, 2} and self._scaled(state) else 0

    def _scaled(self, state: Mantissa) -> bool:
        """Whether an exponent may follow, after the point and what is before it."""
        return state.power in self.sides[state.negative].powers

    def _settled(self, state: Mantissa) -> State | None:
        """The same without what no longer matters; None when nothing can complete it."""
        return self._signless(state) if self._scaled(state) else self._unscaled(state)

    def _unscaled(self, state: Mantissa) -> State | None:
        """A mantissa without exponent: after the point its power is that of the value."""
        side = self.sides[state.negative]
        low, high, grows = state.low, state.high, state.part == WHOLE
        if side.low is None or state.power > side.low.power:
            low = MORE
        elif not grows and (state.power < side.low.power or low == LESS):
            return None
        if side.high is None or (not grows and state.power < side.high.power):
            high = LESS
        elif state.power > side.high.power or (not grows and high == MORE):
            return None
        if self.integer and not grows:
            return Plain(state.part) if self._holds(state) else None
        open_ended = side.high is None and (side.low is None or state.power > side.low.power)
        if open_ended if grows else low == MORE and high == LESS:
            return Plain(state.part)
        return self._signless(Mantissa(state.negative, state.part, True, state.power, low, high, state.exact_from, 0))

    def _signless(self, state: Mantissa) -> Mantissa:
        """Without the sign, where both sides go on in the same way."""
        if not (state.negative and self.alike):
            return state
        one, other = self.sides
        if (one.low == other.low or state.low < 0) and (one.high == other.high or state.high < 0):
            return state._replace(negative=False)
        return state

    def _exponents(self, state: Mantissa) -> Exponent:
        """The exponents that may follow."""
        side = self.sides[state.negative]
        if not state.significant:
            return Exponent(-999, 999) if side.zero else _NONE
        if state.power not in side.powers:
            return _NONE
        low, high = side.low, side.high
        if state.power == 1:
            low = low or (None if self.integer or side.zero else SMALLEST)
            high = high or GREATEST
        least = low.exponent(state.low, state.power) if low else -999 if side.zero else -SAFE
        greatest = high.exponent(state.high, state.power) if high else SAFE
        return Exponent(max(least, state.exact_from) if self.integer else least, greatest)

    def _holds(self, state: Mantissa) -> bool:
        """Whether the value is right without an exponent."""
        side = self.sides[state.negative]
        if not state.significant:
            return side.zero
        above = side.low is None or side.low.exponent(state.low, state.power) <= 0
        below = side.high is None or side.high.exponent(state.high, state.power) >= 0
        return above and below and state.exact_from <= 0
