"""Deterministic automata over code points."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, count, pairwise
from operator import ne
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grammars.codepoints import ALL_POINTS, is_text

Ints: TypeAlias = NDArray[np.int32]

UNBOUNDED = 2**31 - 1
"""In `Dfa.lengths`: what follows can be as long as one likes."""


@dataclass(frozen=True, eq=False)
class Dfa:
    """A trimmed deterministic automaton over code points; state 0 is the start.

    The edges of state `q` are `offsets[q]..offsets[q + 1]`: disjoint code point intervals `lows..highs` (inclusive,
    ascending) with their `targets`. `labels[q]` is -1 where no text may end, otherwise what was recognised (0 for a
    plain acceptor). Every state is reachable and can reach acceptance; the empty language has no states.

    Two automata are equal when their arrays are. Those that `grammars.dfa_ops` makes are minimal and numbered in
    breadth-first order, so there equal means that the languages (with labels) are equal.
    """

    offsets: Ints
    lows: Ints
    highs: Ints
    targets: Ints
    labels: Ints

    def __post_init__(self) -> None:
        for array in (self.offsets, self.lows, self.highs, self.targets, self.labels):
            array.flags.writeable = False

    @staticmethod
    def empty() -> Dfa:
        """The automaton of no text."""
        return Dfa.of_rows([], [])

    @staticmethod
    def any_text() -> Dfa:
        """The automaton of every text, with one state."""
        return Dfa.of_rows([[(low, high, 0) for low, high in ALL_POINTS]], [0])

    @staticmethod
    def of_rows(rows: list[list[tuple[int, int, int]]], labels: list[int]) -> Dfa:
        """From edges `(low, high, target)` per state, ascending and disjoint."""
        edges = np.array([edge for row in rows for edge in row], dtype=np.int32).reshape(-1, 3)
        offsets = np.cumsum([0] + [len(row) for row in rows], dtype=np.int32)
        lows, highs, targets = (np.ascontiguousarray(edges[:, column]) for column in range(3))
        return Dfa(offsets, lows, highs, targets, np.array(labels, dtype=np.int32))

    @staticmethod
    def of_words(words: Iterable[str]) -> Dfa:
        """The trie of those `words` that are text; the label of a word is its place among them, by code points.

        It is not minimised: the labels at and below every state are a contiguous range.
        """
        ordered = sorted({word for word in words if is_text(word)})
        if not ordered:
            return Dfa.empty()
        return _trie(ordered)

    @cached_property
    def key(self) -> bytes:
        """The content of the arrays: equal for equal automata."""
        header = np.array([self.size, len(self.lows)], dtype=np.int32)
        arrays = (header, self.offsets, self.lows, self.highs, self.targets, self.labels)
        return b"".join(array.tobytes() for array in arrays)

    @cached_property
    def _hash(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dfa) and (self is other or self.key == other.key)

    def __hash__(self) -> int:
        return self._hash

    @property
    def size(self) -> int:
        """The number of states."""
        return len(self.labels)

    @property
    def memory_bytes(self) -> int:
        """What it takes with all that is worked out from it, about: mostly `rows`, whose edges are Python's numbers."""
        return 100 * (len(self.lows) + self.size)

    @property
    def is_empty(self) -> bool:
        """Whether no text is accepted."""
        return self.size == 0

    @cached_property
    def rows(self) -> list[tuple[tuple[int, int, int], ...]]:
        """The edges `(low, high, target)` of every state, as plain tuples.

        Python's collector does not look at tuples of numbers again and again, as it does at lists.
        """
        edges = list(zip(self.lows.tolist(), self.highs.tolist(), self.targets.tolist(), strict=True))
        bounds = self.offsets.tolist()
        return [tuple(edges[start:end]) for start, end in pairwise(bounds)]

    def step(self, state: int, point: int) -> int:
        """The state after reading one code point; -1 where there is none."""
        row = self.rows[state]
        index = bisect_right(row, point, key=lambda edge: edge[0]) - 1
        return row[index][2] if index >= 0 and point <= row[index][1] else -1

    def matches(self, text: str) -> int:
        """The label of `text`, -1 when it is not accepted."""
        state = 0 if self.size and text.startswith(self.prefix) else -1
        for char in text:
            if state < 0:
                return -1
            state = self.step(state, ord(char))
        return int(self.labels[state]) if state >= 0 else -1

    def shortest(self) -> str:
        """A shortest accepted text; the language must not be empty."""
        return self.shortest_from(0)

    def shortest_from(self, state: int) -> str:
        """A shortest text that leads from `state` to acceptance, in printable ASCII where there is a choice."""
        distance = self.distances
        text = ""
        while distance[state]:
            closer = [edge for edge in self.rows[state] if distance[edge[2]] == distance[state] - 1]
            char, state = min(((_nicest(low, high), target) for low, high, target in closer), key=_ugliness)
            text += char
        return text

    @cached_property
    def prefix(self) -> str:
        """What every text begins with."""
        text, state = "", 0
        while self.size and self.labels[state] < 0 and len(self.rows[state]) == 1:
            ((low, high, target),) = self.rows[state]
            if low != high:
                break
            text, state = text + chr(low), target
        return text

    @cached_property
    def distances(self) -> list[int]:
        """For every state the number of code points to the nearest acceptance."""
        return [int(length) for length in _distances(self)]

    @cached_property
    def spans(self) -> tuple[Ints, Ints]:
        """The least and greatest number of code points that may follow, per state (`UNBOUNDED`: any number)."""
        bounds = np.array([self.distances, _greatest(self)], dtype=np.int32)
        bounds.flags.writeable = False
        return bounds[0], bounds[1]

    @cached_property
    def lengths(self) -> tuple[Ints, Ints] | None:
        """`spans`, if for every state all numbers between the least and the greatest are possible as well."""
        return self.spans if _without_gaps(self) else None


def _trie(ordered: list[str]) -> Dfa:
    """Builds the trie of sorted, distinct words along the path of the word before: states in the order of the words.

    So every edge leads to the state after the one that the edge before it leads to; only the sources have to be found.
    """
    path, previous = [0], ""
    ends, tails, forks, firsts = [], [], [], []
    states = 1
    for word in ordered:
        shared = _common_length(previous, word)
        forks.append(path[shared])
        firsts.append(states - 1)
        tails.append(word[shared:])
        path[shared + 1 :] = range(states, states + len(word) - shared)
        states += len(word) - shared
        ends.append(path[-1])
        previous = word
    labels = np.full(states, -1, dtype=np.int32)
    labels[ends] = np.arange(len(ends))
    if states == 1:
        return Dfa.of_rows([[]], [0])
    points = np.frombuffer("".join(tails).encode("utf-32-le"), dtype=np.int32)
    sources = np.arange(states - 1)
    sources[firsts] = forks
    order = np.argsort(sources, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(sources, minlength=states))]).astype(np.int32)
    return Dfa(offsets, points[order], points[order], (order + 1).astype(np.int32), labels)


def _common_length(first: str, second: str) -> int:
    """How many characters two texts begin with together."""
    return len(first) if second.startswith(first) else next(compress(count(), map(ne, first, second)))


_NICE = [*range(ord("a"), ord("z") + 1), *range(ord("0"), ord("9") + 1), *range(ord("A"), ord("Z") + 1)]


def _nicest(low: int, high: int) -> str:
    for point in _NICE:
        if low <= point <= high:
            return chr(point)
    printable = max(low, 0x20)
    return chr(printable if printable <= high else low)


def _ugliness(choice: tuple[str, int]) -> tuple[bool, bool, str, int]:
    char, target = choice
    return not (char.isascii() and char.isprintable()), not char.isalnum(), char, target


def _sources(dfa: Dfa) -> Ints:
    counts = np.diff(dfa.offsets)
    return np.repeat(np.arange(dfa.size, dtype=np.int32), counts)


def _distances(dfa: Dfa) -> Ints:
    distance = np.where(dfa.labels >= 0, 0, -1).astype(np.int32)
    sources = _sources(dfa)
    length = 0
    while (distance < 0).any():
        length += 1
        ahead = sources[distance[dfa.targets] == length - 1]
        distance[ahead[distance[ahead] < 0]] = length
    return distance


def _greatest(dfa: Dfa) -> list[int]:
    """Goes backwards from the states without edges; what is never reached lies before a cycle."""
    before: list[list[int]] = [[] for _ in range(dfa.size)]
    for source, target in zip(_sources(dfa).tolist(), dfa.targets.tolist(), strict=True):
        before[target].append(source)
    open_edges = np.diff(dfa.offsets).tolist()
    longest = [0] * dfa.size
    done = [state for state, count in enumerate(open_edges) if count == 0]
    for state in done:
        for source in before[state]:
            longest[source] = max(longest[source], longest[state] + 1)
            open_edges[source] -= 1
            if open_edges[source] == 0:
                done.append(source)
    return [length if left == 0 else UNBOUNDED for length, left in zip(longest, open_edges, strict=True)]


def _without_gaps(dfa: Dfa) -> bool:
    """Goes backwards through the sets of states that can finish in exactly n code points.

    While the sets differ, some state enters (once, at its least length) or leaves (once, after its greatest); a state
    that comes back has a gap. So the loop ends after at most twice as many rounds as there are states.
    """
    finishing = dfa.labels >= 0
    left = np.zeros(dfa.size, dtype=np.bool_)
    sources = _sources(dfa)
    while True:
        following = np.zeros(dfa.size, dtype=np.bool_)
        following[sources[finishing[dfa.targets]]] = True
        left |= finishing & ~following
        if (following & left).any():
            return False
        if np.array_equal(following, finishing):
            return True
        finishing = following
