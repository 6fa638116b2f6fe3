"""Two automata run side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from grammars import automaton_kernels as k
from grammars.alike import Numbers, alike
from grammars.alphabet import Alphabet
from grammars.crawl import assemble, too_large
from grammars.deadline import check
from grammars.dfa import Dfa
from grammars.memo import weighed
from grammars.minimise import minimised

Decide: TypeAlias = Callable[[Numbers, Numbers], Numbers]
"""The labels of pairs of states, given those of the two (-1 for one that is dead)."""

BOTH, EITHER, LEFT = 0b1000, 0b1110, 0b1100
"""Which pairs of states are kept: bit `2 * is_left_alive + is_right_alive` says whether those are."""

ROOM = 1024
"""For so many pairs there is room at first, then for eight times as many, and so on."""

REMEMBERED = 32
"""Of each kind, so many results are kept: the alternatives of a schema ask for the same ones again."""


@weighed(REMEMBERED)
def intersect(left: Dfa, right: Dfa, limit: int) -> Dfa:
    """The texts of both, with the labels of `left`."""
    return product(left, right, BOTH, lambda mine, theirs: np.where(theirs >= 0, mine, -1), limit)


@weighed(REMEMBERED)
def union(left: Dfa, right: Dfa, limit: int) -> Dfa:
    """The texts of either; the label is that of the first automaton that accepts."""
    return product(left, right, EITHER, lambda mine, theirs: np.where(mine >= 0, mine, theirs), limit)


@weighed(REMEMBERED)
def difference(left: Dfa, right: Dfa, limit: int) -> Dfa:
    """The texts of `left` that `right` does not accept, with the labels of `left`."""
    return product(left, right, LEFT, lambda mine, theirs: np.where(theirs >= 0, -1, mine), limit)


def product(left: Dfa, right: Dfa, kept: int, decide: Decide, limit: int) -> Dfa:
    """The minimal automaton of the pairs of states that are `kept`, with the labels that `decide` gives them."""
    start = left.size > 0, right.size > 0
    if not kept >> (2 * start[0] + start[1]) & 1:
        return Dfa.empty()
    cells = _cells(left, right)
    tables = _dense(left, cells[:, 0]), _dense(right, cells[:, 0])
    columns, symbols = alike(np.concatenate(tables).T)
    tables = tables[0][:, columns], tables[1][:, columns]
    pairs, rows = _explore(tables, kept, limit)
    width = right.size + 1
    labels = decide(np.append(left.labels, -1)[pairs // width], np.append(right.labels, -1)[pairs % width])
    alphabet = Alphabet(tuple(map(tuple, cells.tolist())), tuple(symbols.tolist()), (), len(columns))
    return assemble(alphabet, *minimised(rows, labels))


def _cells(left: Dfa, right: Dfa) -> Numbers:
    """Intervals of code points that the edges of neither tell apart."""
    bounds = np.unique(np.concatenate([left.lows, right.lows, left.highs + 1, right.highs + 1]))
    return np.stack([bounds[:-1], bounds[1:] - 1], axis=1)


def _dense(dfa: Dfa, lows: Numbers) -> Numbers:
    """Per state and cell the next state; the number behind the last is that of a dead state, which has a row too."""
    table = np.full((dfa.size + 1, len(lows)), dfa.size, dtype=np.int32)
    first, behind = np.searchsorted(lows, dfa.lows), np.searchsorted(lows, dfa.highs, side="right")
    counts = behind - first
    sources = np.repeat(np.arange(dfa.size), np.diff(dfa.offsets))
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    table[np.repeat(sources, counts), np.repeat(first, counts) + within] = np.repeat(dfa.targets, counts)
    return table


def _explore(tables: tuple[Numbers, Numbers], kept: int, limit: int) -> tuple[Numbers, Numbers]:
    """The pairs reached, as numbers, and per pair and symbol the place of the next one, -1 where there is none."""
    left, right = (np.ascontiguousarray(table, np.int32).reshape(-1) for table in tables)
    (size, symbols), width = tables[0].shape, len(tables[1])
    room = ROOM
    while True:
        check()
        pairs, rows = np.zeros(room, np.int64), np.empty(room * symbols, np.int32)
        slots = np.full(4 * room, -1, np.int32)
        count = k.explore_pairs(left, right, symbols, width, size - 1, kept, slots, pairs, rows)
        if count > limit or (count < 0 and room > limit + symbols):
            raise too_large(limit, max(count, limit + 1))
        if count >= 0:
            return pairs[:count], rows[: count * symbols].reshape(count, symbols)
        room *= 8
