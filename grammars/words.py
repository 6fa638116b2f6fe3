"""Words of an automaton, short ones first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from grammars.dfa import Dfa

_NICE = ((97, 122), (48, 57), (65, 90), (32, 126))


def short_words(dfa: Dfa, count: int) -> Iterator[str]:
    """Words of an automaton by length: at least `count` of them, or all where there are fewer."""
    level = [("", 0)] if dfa.size else []
    found = 0
    while level and found < count:
        for text, state in level:
            if dfa.labels[state] >= 0:
                found += 1
                yield text
        level = _next_level(dfa, level, count)


def _next_level(dfa: Dfa, level: list[tuple[str, int]], count: int) -> list[tuple[str, int]]:
    """The texts that are longer by one code point; only so many, those that can end soonest."""
    distances = dfa.distances
    longer = [
        (text + chr(point), target)
        for text, state in level
        for low, high, target in dfa.rows[state]
        for point in islice(_points(low, high), count)
    ]
    return sorted(longer, key=lambda step: distances[step[1]])[:count]


def _points(low: int, high: int) -> Iterator[int]:
    """The code points of an interval, those that are pleasant to read first."""
    seen: list[tuple[int, int]] = []
    for first, last in (*_NICE, (low, high)):
        for point in range(max(first, low), min(last, high) + 1):
            if not any(a <= point <= b for a, b in seen):
                yield point
        seen.append((first, last))
