"""Sets of Unicode code points as sorted disjoint intervals; surrogates are never members."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

LAST = 0x10FFFF
Interval: TypeAlias = tuple[int, int]

_SURROGATES = (0xD800, 0xDFFF)


def is_text(word: str) -> bool:
    """Whether a string can be written: half of a surrogate pair has no spelling in UTF-8."""
    return word.isascii() or not any("\ud800" <= char <= "\udfff" for char in word)


def _merged(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """The union of `intervals` as ascending intervals that neither overlap nor touch."""
    low, high = -2, -2
    for start, end in sorted(intervals):
        if start > high + 1:
            if low >= 0:
                yield low, high
            low, high = start, end
        elif end > high:
            high = end
    if low >= 0:
        yield low, high


def _without_surrogates(intervals: Iterable[Interval]) -> Iterator[Interval]:
    first, last = _SURROGATES
    for low, high in intervals:
        if high < first or low > last:
            yield low, high
            continue
        if low < first:
            yield low, first - 1
        if high > last:
            yield last + 1, high


@dataclass(frozen=True)
class CodePoints:
    """An immutable set of code points; make one with `CodePoints.of`, which brings intervals into their normal form."""

    intervals: tuple[Interval, ...]

    @staticmethod
    def of(intervals: Iterable[Interval]) -> CodePoints:
        """The union of inclusive intervals, given in any order."""
        valid = [(low, high) for low, high in intervals if low <= high]
        return CodePoints(tuple(_without_surrogates(_merged(valid))))

    @staticmethod
    def of_text(text: str) -> CodePoints:
        """The characters of `text`."""
        return CodePoints.of((ord(char), ord(char)) for char in text)

    @cached_property
    def _lows(self) -> list[int]:
        return [low for low, _ in self.intervals]

    def __contains__(self, point: int) -> bool:
        index = bisect_right(self._lows, point) - 1
        return index >= 0 and point <= self.intervals[index][1]

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.intervals)

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __len__(self) -> int:
        return sum(high - low + 1 for low, high in self.intervals)

    def __or__(self, other: CodePoints) -> CodePoints:
        return CodePoints.of((*self.intervals, *other.intervals))

    def __and__(self, other: CodePoints) -> CodePoints:
        return CodePoints.of(_overlaps(self.intervals, other.intervals))

    def __sub__(self, other: CodePoints) -> CodePoints:
        return self & ~other

    def __invert__(self) -> CodePoints:
        return CodePoints.of(_gaps(self.intervals))


def _overlaps(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> Iterator[Interval]:
    i = j = 0
    while i < len(left) and j < len(right):
        low, high = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if low <= high:
            yield low, high
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1


def _gaps(intervals: tuple[Interval, ...]) -> Iterator[Interval]:
    start = 0
    for low, high in intervals:
        yield start, low - 1
        start = high + 1
    yield start, LAST


NO_POINTS = CodePoints(())
ALL_POINTS = CodePoints.of([(0, LAST)])
