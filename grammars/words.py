"""Words of an automaton, short ones first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from grammars.dfa import UNBOUNDED, Dfa

_NICE = ((97, 122), (48, 57), (65, 90), (32, 126))


NO_END = 1 << 62
MOST_LENGTHS = 10_000
"""Words of more lengths than this are taken to be as many as one likes."""


def short_words(dfa: Dfa, count: int, low: int = 0, high: int = NO_END) -> Iterator[str]:
    """Words of an automaton with a length in `low..high`, short ones first: at least `count`, or all.

    Both bounds at once are for automata that have `lengths`, as with lexemes.
    """
    level = [("", 0)] if dfa.size else []
    found = length = 0
    while level and found < count and length <= high:
        for text, state in level if length >= low else ():
            if dfa.labels[state] >= 0:
                found += 1
                yield text
        length += 1
        level = _next_level(dfa, level, count, low - length, high - length)


def _next_level(dfa: Dfa, level: list[tuple[str, int]], count: int, least: int, most: int) -> list[tuple[str, int]]:
    """The texts that are longer by one code point and may get `least..most` more.

    Only so many of them, those that can end soonest: each is the beginning of a word that is looked for.
    """
    distances, greatest = dfa.distances, dfa.spans[1]
    longer = [
        (text + chr(point), target)
        for text, state in level
        for low, high, target in dfa.rows[state]
        if distances[target] <= most and greatest[target] >= least
        for point in islice(_points(low, high), count)
    ]
    return sorted(longer, key=lambda step: distances[step[1]])[:count]


def words_up_to(most: int, dfa: Dfa, low: int = 0, high: int = NO_END) -> int:
    """How many words with a length in `low..high` an automaton has, or `most` where there are more."""
    if dfa.is_empty or (high == NO_END and dfa.spans[1][0] == UNBOUNDED):
        return 0 if dfa.is_empty else most
    paths, found = {0: 1}, 0
    for length in range(min(high, MOST_LENGTHS) + 1):
        found += sum(count for state, count in paths.items() if dfa.labels[state] >= 0) if length >= low else 0
        if found >= most or not paths:
            return min(found, most)
        longer: dict[int, int] = {}
        for state, count in paths.items():
            for first, last, target in dfa.rows[state]:
                longer[target] = min(longer.get(target, 0) + (last - first + 1) * count, most)
        paths = longer
    return found if high <= MOST_LENGTHS else most


def _points(low: int, high: int) -> Iterator[int]:
    """The code points of an interval, those that are pleasant to read first."""
    seen: list[tuple[int, int]] = []
    for first, last in (*_NICE, (low, high)):
        for point in range(max(first, low), min(last, high) + 1):
            if not any(a <= point <= b for a, b in seen):
                yield point
        seen.append((first, last))
