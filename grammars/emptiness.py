"""Whether automata have a text in common, found by walking towards one: no automaton is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

from grammars.codepoints import ALL_POINTS
from grammars.deadline import check
from grammars.dfa import Dfa

State: TypeAlias = tuple[int, ...]
Part: TypeAlias = tuple[int, int, State]
"""An interval of characters, and where it leads in each automaton, -1 standing for nowhere."""

MAX_LOOKED_AT = 2_000


def have_text(wanted: Sequence[Dfa], unwanted: Sequence[Dfa], least: int = 0, most: int | None = None) -> bool | None:
    """Whether all of `wanted` and none of `unwanted` accept some text with a length in `least..most`.

    None where too many places would have to be looked at to know.
    """
    if any(dfa.is_empty for dfa in wanted) or not _agree([dfa.prefix for dfa in wanted]):
        return False
    if len(wanted) == 1 and not unwanted and least == 0 and most is None:
        return True
    return _Search(wanted, [dfa for dfa in unwanted if not dfa.is_empty], least, most).run()


def _agree(prefixes: list[str]) -> bool:
    """Whether one text may begin with all of them."""
    longest = max(prefixes, key=len, default="")
    return all(map(longest.startswith, prefixes))


class _Search:
    """Goes to the places first from which the fewest characters are left."""

    def __init__(self, wanted: Sequence[Dfa], unwanted: Sequence[Dfa], least: int, most: int | None) -> None:
        self._wanted = len(wanted)
        self._dfas = [*wanted, *unwanted]
        self._least, self._most = least, most
        self._heap: list[tuple[int, int, int, State]] = []
        self._seen: set[tuple[int, State]] = set()
        self._order = count()

    def run(self) -> bool | None:
        """Whether there is such a text."""
        self._reach(0, (0,) * len(self._dfas))
        while self._heap:
            check()
            _, _, length, state = heappop(self._heap)
            if length >= self._least and self._accepts(state):
                return True
            if len(self._seen) > MAX_LOOKED_AT:
                return None
            for target in self._steps(state):
                self._reach(length + 1, target)
        return False

    def _reach(self, length: int, state: State) -> None:
        left = self._left(state)
        if self._most is not None and length + left > self._most:
            return
        # Without an upper bound, all that counts of a length is whether it is enough.
        key = (length if self._most is not None else min(length, self._least), state)
        if key not in self._seen:
            self._seen.add(key)
            heappush(self._heap, (max(left, self._least - length), next(self._order), length, state))

    def _left(self, state: State) -> int:
        """How many characters there have to be at least."""
        return max((self._dfas[i].distances[state[i]] for i in range(self._wanted)), default=0)

    def _accepts(self, state: State) -> bool:
        ends = [place >= 0 and dfa.labels[place] >= 0 for dfa, place in zip(self._dfas, state, strict=True)]
        return all(ends[: self._wanted]) and not any(ends[self._wanted :])

    def _steps(self, state: State) -> set[State]:
        """Where any character leads."""
        parts: list[Part] = [(low, high, ()) for low, high in ALL_POINTS]
        for index, (dfa, place) in enumerate(zip(self._dfas, state, strict=True)):
            row = dfa.rows[place] if place >= 0 else ()
            parts = list(_refined(parts, row, index >= self._wanted))
        return {target for _, _, target in parts}


def _refined(parts: list[Part], row: tuple[tuple[int, int, int], ...], keeps_gaps: bool) -> Iterator[Part]:
    """The parts, as one more automaton tells them apart; where it leads nowhere, only if that is to be kept."""
    edges = iter(row)
    edge = next(edges, None)
    for first, high, before in parts:
        low = first
        while low <= high:
            while edge is not None and edge[1] < low:
                edge = next(edges, None)
            if edge is None or edge[0] > high:
                if keeps_gaps:
                    yield low, high, (*before, -1)
                break
            if edge[0] > low and keeps_gaps:
                yield low, edge[0] - 1, (*before, -1)
            last = min(high, edge[1])
            yield max(low, edge[0]), last, (*before, edge[2])
            low = last + 1
