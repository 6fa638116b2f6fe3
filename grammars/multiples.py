"""Automata for the spellings of the multiples of a number.

A divisor is c · 10ᵖ, where c is an integer that does not end in 0. A number is written as an integer m, all of its
digits, and a place for the point: m · 10ⁿ, which is a multiple when m · 10ⁿ⁻ᵖ is one of c. So what is remembered of
the digits is their *residue*, m modulo c. Its *level* is the least l for which m · 10ˡ is a multiple of c; where c has
factors that 10 lacks there may be none. Residues that no further digits tell apart are one.

Spellings without an exponent are all known. With an exponent these are: one digit other than 0 before the point, at
most `FRACTION` after it, the last of them not 0 (what ends in 0 would make up for a negative exponent), and a value
that a double can hold. Where more than `FEW` residues differ, nothing with an exponent is among the spellings.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache, partial
from math import gcd
from typing import NamedTuple, TypeAlias

from grammars import dfa_ops
from grammars.crawl import STATE_LIMIT, Rows, crawl, explore
from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.errors import LimitError
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
    ends,
    follow_exponent,
)
from grammars.memo import weighed
from grammars.minimise import minimised
from grammars.numbers import number_dfa
from grammars.regex_parser import parse_pattern

FEW = 100
FRACTION = 16
RESIDUE_LIMIT = 10_000
"""How many residues may be told apart, times the digits that the power of ten makes count."""
_LARGEST_EXPONENT = 999
_RAW_LIMIT = 4 * STATE_LIMIT
"""The parts of a number multiply the residues before equal states are merged."""

_PLAIN = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_SCIENTIFIC = rf"-?[1-9](?:\.[0-9]{{0,{FRACTION - 1}}}[1-9])?[eE][+-]?[0-9]{{1,3}}"


class Residues(NamedTuple):
    """`rows[q][digit]` is what a digit makes of residue `q`, the first being that of 0; `levels` has -1 for none."""

    rows: Rows
    levels: list[int]

    @property
    def memory_bytes(self) -> int:
        """What they take, about: ten edges a residue."""
        return 600 * len(self.levels)


class Divisor(NamedTuple):
    """The residues of c, and the power of ten."""

    residues: Residues
    power: int

    @property
    def memory_bytes(self) -> int:
        """What its residues take, about."""
        return self.residues.memory_bytes

    @property
    def places(self) -> int:
        """How many digits after the point make a difference."""
        return max(-self.power, 0)


@weighed(256)
def multiples_dfa(value: Fraction) -> Dfa:
    """The spellings of the multiples of a finite decimal above 0, all those among `known_spellings`."""
    divisor = _divisor(value)
    start: PlainState = START
    plain = crawl(ALPHABET, start, partial(_plain_steps, divisor), partial(_plain_label, divisor), _RAW_LIMIT)
    if not _has_exponents(divisor):
        return plain
    return dfa_ops.union(plain, _scientific(divisor))


def _scientific(divisor: Divisor) -> Dfa:
    start: ScientificState = START
    return crawl(ALPHABET, start, partial(_scientific_steps, divisor), _scientific_label, _RAW_LIMIT)


def known_spellings(value: Fraction) -> Dfa:
    """The spellings of numbers of which it is known whether they are multiples."""
    return _known() if _has_exponents(_divisor(value)) else _matching(_PLAIN)


@cache
def _known() -> Dfa:
    absolute = number_dfa(exclusive_minimum=0)
    doubles = dfa_ops.concatenate(Dfa.of_words(["", "-"]), absolute)
    return dfa_ops.union(_matching(_PLAIN), dfa_ops.intersect(doubles, _matching(_SCIENTIFIC)))


def _matching(pattern: str) -> Dfa:
    return determinise(parse_pattern(pattern))


def _has_exponents(divisor: Divisor) -> bool:
    return len(divisor.residues.levels) <= FEW


@weighed(256)
def _divisor(value: Fraction) -> Divisor:
    number, power = decimal_of(value)
    if number > RESIDUE_LIMIT:
        raise _too_large(value, number)
    residues = _residues(number)
    needed = len(residues.levels) * (abs(power) + 1)
    if needed > RESIDUE_LIMIT:
        raise _too_large(value, needed)
    return Divisor(residues, power)


def _too_large(value: Fraction, needed: int) -> LimitError:
    advice = "take a divisor with fewer digits, or list the values in an enum"
    return LimitError(
        "too many remainders to tell apart",
        found=str(value),
        advice=advice,
        limit="residues",
        allowed=RESIDUE_LIMIT,
        given=needed,
    )


def decimal_of(value: Fraction) -> tuple[int, int]:
    """c and p, so that the value is c · 10ᵖ."""
    places = 0
    while 10**places % value.denominator:
        places += 1
    number, power = value.numerator * 10**places // value.denominator, -places
    while number % 10 == 0:
        number, power = number // 10, power + 1
    return number, power


@weighed(256)
def _residues(number: int) -> Residues:
    moduli = [number]
    while (smaller := moduli[-1] // gcd(moduli[-1], 10)) < moduli[-1]:
        moduli.append(smaller)

    def follow(residue: int) -> Iterator[tuple[int, int]]:
        return ((digit, (10 * residue + digit) % number) for digit in range(10))

    def level(residue: int) -> int:
        return next((level for level, modulus in enumerate(moduli) if residue % modulus == 0), -1)

    rows, levels = minimised(*explore(10, 0, follow, level))
    return Residues(rows.tolist(), levels.tolist())


WHOLE, ZERO, POINTED, BROKEN = range(4)
"""Before the point, after a zero that stands there alone, right after the point, and with a digit after it."""


class Plain(NamedTuple):
    """How far a number without exponent has been read.

    `places` is the number of digits after the point, or before it of the zeros at the end, which are then not in
    `residue`; of both only as many as make a difference.
    """

    part: int
    residue: int
    places: int


class Mantissa(NamedTuple):
    """How far a mantissa has been read that an exponent has to follow; `complete`: may it follow now?"""

    part: int
    residue: int
    places: int
    complete: bool


START, SIGN = "start", "sign"
PlainState: TypeAlias = str | Plain
ScientificState: TypeAlias = str | Mantissa | ExponentState


def _plain_steps(divisor: Divisor, state: PlainState) -> Iterator[tuple[int, PlainState]]:
    if isinstance(state, str):
        if state == START:
            yield MINUS, SIGN
        yield DIGITS[0], Plain(ZERO, 0, max(divisor.power, 0))
        for digit in range(1, 10):
            yield DIGITS[digit], Plain(WHOLE, divisor.residues.rows[0][digit], 0)
        return
    if state.part == WHOLE:
        for digit in range(10):
            yield DIGITS[digit], _whole(divisor, state, digit)
    elif state.part != ZERO:
        yield from _fraction(divisor, state)
    if state.part in (WHOLE, ZERO) and (divisor.power <= 0 or _plain_label(divisor, state) == 0):
        yield POINT, Plain(POINTED, state.residue, 0)


def _whole(divisor: Divisor, state: Plain, digit: int) -> Plain:
    """A digit before the point; zeros wait for a digit, as long as they may be what the power of ten asks for."""
    rows = divisor.residues.rows
    if digit == 0 and state.places < divisor.power:
        return state._replace(places=state.places + 1)
    residue = state.residue
    if digit == 0:
        return state._replace(residue=rows[residue][0])
    for _ in range(state.places):
        residue = rows[residue][0]
    return Plain(WHOLE, rows[residue][digit], 0)


def _fraction(divisor: Divisor, state: Plain) -> Iterator[tuple[int, Plain]]:
    if state.places == divisor.places:
        yield DIGITS[0], state._replace(part=BROKEN)
        return
    for digit in range(10):
        yield DIGITS[digit], Plain(BROKEN, divisor.residues.rows[state.residue][digit], state.places + 1)


def _plain_label(divisor: Divisor, state: PlainState) -> int:
    if isinstance(state, str) or state.part == POINTED:
        return -1
    level = divisor.residues.levels[state.residue]
    if state.part == BROKEN:
        return 0 if 0 <= level <= divisor.places - state.places else -1
    return 0 if 0 <= level <= divisor.places and state.places == max(divisor.power, 0) else -1


def _scientific_steps(divisor: Divisor, state: ScientificState) -> Iterator[tuple[int, ScientificState]]:
    match state:
        case Mantissa():
            yield from _mantissa_steps(divisor, state)
        case Exponent() | Leading() | Digits():
            for first, last, target in follow_exponent(state):
                yield from ((symbol, target) for symbol in range(first, last + 1))
        case _:
            if state == START:
                yield MINUS, SIGN
            for digit in range(1, 10):
                yield DIGITS[digit], Mantissa(WHOLE, divisor.residues.rows[0][digit], 0, True)


def _mantissa_steps(divisor: Divisor, state: Mantissa) -> Iterator[tuple[int, ScientificState]]:
    residues = divisor.residues
    if state.part == WHOLE:
        yield POINT, Mantissa(BROKEN, state.residue, 0, False)
    elif state.places < FRACTION:
        for digit in range(10):
            yield DIGITS[digit], Mantissa(BROKEN, residues.rows[state.residue][digit], state.places + 1, digit > 0)
    level = residues.levels[state.residue]
    if state.complete and level >= 0:
        least = max(state.places + divisor.power + level, -_LARGEST_EXPONENT)
        if least <= _LARGEST_EXPONENT:
            yield EXPONENT, Exponent(least, _LARGEST_EXPONENT)


def _scientific_label(state: ScientificState) -> int:
    return 0 if not isinstance(state, (str, Mantissa)) and ends(state) else -1
