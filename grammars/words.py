"""Words of an automaton, short ones first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from grammars.dfa import UNBOUNDED, Dfa

_NICE = ((97, 122), (48, 57), (65, 90), (32, 126))


NO_END = 1 << 62


def short_words(dfa: Dfa, count: int, low: int = 0, high: int = NO_END) -> Iterator[str]:
    """Words of an automaton with a length in `low..high`, short ones first: at least `count`, or all."""
    level = [("", 0)] if dfa.size else []
    found = length = 0
    while level and found < count and length <= high:
        for text, state in level if length >= low else ():
            if dfa.labels[state] >= 0:
                found += 1
                yield text
        level, length = _next_level(dfa, level, count), length + 1


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


def word_count(dfa: Dfa) -> int | None:
    """How many words an automaton has; None for endlessly many."""
    if dfa.is_empty:
        return 0
    if dfa.spans[1][0] == UNBOUNDED:
        return None
    counts: dict[int, int] = {}
    pending = [0]
    while pending:
        state = pending[-1]
        after = [target for _, _, target in dfa.rows[state] if target not in counts]
        if after:
            pending.extend(after)
            continue
        pending.pop()
        longer = sum((high - low + 1) * counts[target] for low, high, target in dfa.rows[state])
        counts[state] = longer + int(dfa.labels[state] >= 0)
    return counts[0]


def _points(low: int, high: int) -> Iterator[int]:
    """The code points of an interval, those that are pleasant to read first."""
    seen: list[tuple[int, int]] = []
    for first, last in (*_NICE, (low, high)):
        for point in range(max(first, low), min(last, high) + 1):
            if not any(a <= point <= b for a, b in seen):
                yield point
        seen.append((first, last))
