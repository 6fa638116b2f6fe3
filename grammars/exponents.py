"""Reads a written exponent that has to lie in an interval: the tail of a number's spelling."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from grammars.alphabet import Alphabet
from grammars.codepoints import CodePoints

ALPHABET = Alphabet.of(map(CodePoints.of_text, [*"0123456789", "-", "+", ".", "eE"]))
"""What numbers are written with."""

DIGITS = tuple(members[0] for members in ALPHABET.members[:10])
MINUS, PLUS, POINT, EXPONENT = (members[0] for members in ALPHABET.members[10:])


class Exponent(NamedTuple):
    """After `e`: the exponent lies in `least..greatest`."""

    least: int
    greatest: int


class Leading(NamedTuple):
    """After the sign, and zeros if `started`: the number that follows lies in `least..greatest`, neither below 0."""

    least: int
    greatest: int
    started: bool


class Digits(NamedTuple):
    """After a digit other than 0: `ranges[j]` is where the number of `j` more digits lies, None for nowhere."""

    ranges: tuple[tuple[int, int] | None, ...]


ExponentState: TypeAlias = Exponent | Leading | Digits


def ends(state: ExponentState) -> bool:
    """Whether the exponent may be complete."""
    match state:
        case Exponent():
            return False
        case Leading(least, _, started):
            return started and least == 0
        case Digits(ranges):
            return ranges[0] is not None


@lru_cache(maxsize=4096)
def follow_exponent(state: ExponentState) -> tuple[tuple[int, ExponentState], ...]:
    """All steps, some of them into states that nothing completes."""
    return tuple(_steps(state))


def _steps(state: ExponentState) -> Iterator[tuple[int, ExponentState]]:
    match state:
        case Exponent(least, greatest):
            upwards = Leading(max(least, 0), greatest, False)
            if greatest >= 0:
                yield PLUS, upwards
                yield from _steps(upwards)
            if least <= 0:
                yield MINUS, Leading(max(-greatest, 0), -least, False)
        case Leading(least, greatest, _):
            yield DIGITS[0], Leading(least, greatest, True)
            for digit in range(1, 10):
                yield from _tail(digit, _after_first(least, greatest, digit))
        case Digits(ranges):
            for digit in range(10):
                yield from _tail(digit, _after_digit(ranges, digit))


def _tail(digit: int, ranges: list[tuple[int, int] | None]) -> Iterator[tuple[int, Digits]]:
    while ranges and ranges[-1] is None:
        ranges.pop()
    if ranges:
        yield DIGITS[digit], Digits(tuple(ranges))


def _after_first(least: int, greatest: int, digit: int) -> list[tuple[int, int] | None]:
    return [_clipped(least, greatest, digit, count) for count in range(len(str(greatest)))]


def _after_digit(ranges: tuple[tuple[int, int] | None, ...], digit: int) -> list[tuple[int, int] | None]:
    return [bounds and _clipped(*bounds, digit, count) for count, bounds in enumerate(ranges[1:])]


def _clipped(least: int, greatest: int, digit: int, count: int) -> tuple[int, int] | None:
    """Where `count` more digits may lie when `digit` comes first and all together lie in `least..greatest`."""
    unit = 10**count
    low, high = max(least - digit * unit, 0), min(greatest - digit * unit, unit - 1)
    return (low, high) if low <= high else None
