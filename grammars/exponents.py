"""Reads a written exponent that has to lie in an interval: the tail of a number's spelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeAlias, TypeVar

from grammars.alphabet import Alphabet
from grammars.codepoints import CodePoints
from grammars.memo import remembered

ALPHABET = Alphabet.of(map(CodePoints.of_text, [*"0123456789", "-", "+", ".", "eE"]))
"""What numbers are written with; the symbols of the digits follow each other."""

DIGITS = tuple(members[0] for members in ALPHABET.members[:10])
MINUS, PLUS, POINT, EXPONENT = (members[0] for members in ALPHABET.members[10:])


Interval: TypeAlias = tuple[int, int]
Target = TypeVar("Target")
Step: TypeAlias = tuple[int, int, Target]
"""The first and the last of the symbols that are read, and where they lead."""


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

    ranges: tuple[Interval | None, ...]


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


@remembered(4096)
def follow_exponent(state: ExponentState) -> tuple[Step[ExponentState], ...]:
    """All steps, some of them into states that nothing completes."""
    return tuple(_steps(state))


def _steps(state: ExponentState) -> Iterator[Step[ExponentState]]:
    match state:
        case Exponent(least, greatest):
            upwards = Leading(max(least, 0), greatest, False)
            if greatest >= 0:
                yield PLUS, PLUS, upwards
                yield from _steps(upwards)
            if least <= 0:
                yield MINUS, MINUS, Leading(max(-greatest, 0), -least, False)
        case Leading(least, greatest, _):
            yield DIGITS[0], DIGITS[0], Leading(least, greatest, True)
            yield from _tails(1, [_after_first(least, greatest, digit) for digit in range(1, 10)])
        case Digits(ranges):
            yield from _tails(0, [_after_digit(ranges, digit) for digit in range(10)])


def _tails(first: int, tails: list[tuple[Interval | None, ...]]) -> Iterator[Step[Digits]]:
    """The steps by the digits from `first` on, those with the same tail together."""
    for ranges, group in groupby(enumerate(tails, first), key=itemgetter(1)):
        digits = [digit for digit, _ in group]
        if ranges:
            yield DIGITS[digits[0]], DIGITS[digits[-1]], Digits(ranges)


def _trimmed(ranges: Iterable[Interval | None]) -> tuple[Interval | None, ...]:
    kept = list(ranges)
    while kept and kept[-1] is None:
        kept.pop()
    return tuple(kept)


def _after_first(least: int, greatest: int, digit: int) -> tuple[Interval | None, ...]:
    return _trimmed(_clipped(least, greatest, digit, count) for count in range(len(str(greatest))))


def _after_digit(ranges: tuple[Interval | None, ...], digit: int) -> tuple[Interval | None, ...]:
    return _trimmed(bounds and _clipped(*bounds, digit, count) for count, bounds in enumerate(ranges[1:]))


def _clipped(least: int, greatest: int, digit: int, count: int) -> Interval | None:
    """Where `count` more digits may lie when `digit` comes first and all together lie in `least..greatest`."""
    unit = 10**count
    low, high = max(least - digit * unit, 0), min(greatest - digit * unit, unit - 1)
    return (low, high) if low <= high else None
