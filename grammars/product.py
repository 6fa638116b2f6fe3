"""Two automata run side by side, whole frontiers of states at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grammars.alike import Numbers, alike
from grammars.alphabet import Alphabet
from grammars.crawl import assemble, reduce_table, too_large
from grammars.deadline import check
from grammars.dfa import Dfa
from grammars.memo import weighed

Bools: TypeAlias = NDArray[np.bool_]
Keep: TypeAlias = Callable[[Bools, Bools], Bools]
"""Which pairs of states are kept, given which of the two are alive."""
Decide: TypeAlias = Callable[[Numbers, Numbers], Numbers]
"""The labels of pairs of states, given those of the two (-1 for one that is dead)."""


REMEMBERED = 32
"""Of each kind, so many results are kept: the alternatives of a schema ask for the same ones again."""


@weighed(REMEMBERED)
def intersect(left: Dfa, right: Dfa, limit: int) -> Dfa:
    """The texts of both, with the labels of `left`."""
    return product(left, right, np.logical_and, lambda mine, theirs: np.where(theirs >= 0, mine, -1), limit)


@weighed(REMEMBERED)
def union(left: Dfa, right: Dfa, limit: int) -> Dfa:
    """The texts of either; the label is that of the first automaton that accepts."""
    return product(left, right, np.logical_or, lambda mine, theirs: np.where(mine >= 0, mine, theirs), limit)


@weighed(REMEMBERED)
def difference(left: Dfa, right: Dfa, limit: int) -> Dfa:
    """The texts of `left` that `right` does not accept, with the labels of `left`."""
    return product(left, right, lambda mine, _theirs: mine, lambda mine, theirs: np.where(theirs >= 0, -1, mine), limit)


def product(left: Dfa, right: Dfa, keep: Keep, decide: Decide, limit: int) -> Dfa:
    """The minimal automaton of the pairs of states that `keep` keeps, with the labels that `decide` gives them."""
    cells = _cells(left, right)
    tables = _dense(left, cells[:, 0]), _dense(right, cells[:, 0])
    columns, symbols = alike(np.concatenate(tables).T)
    tables = tables[0][:, columns], tables[1][:, columns]
    pairs, rows = _explore(tables, _start(left, right), keep, limit)
    if not len(pairs):
        return Dfa.empty()
    width = right.size + 1
    labels = decide(np.append(left.labels, -1)[pairs // width], np.append(right.labels, -1)[pairs % width])
    alphabet = Alphabet(tuple(map(tuple, cells.tolist())), tuple(symbols.tolist()), (), len(columns))
    return assemble(alphabet, *reduce_table(rows, labels))


def _start(left: Dfa, right: Dfa) -> int:
    return (0 if left.size else left.size) * (right.size + 1) + (0 if right.size else right.size)


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


def _explore(tables: tuple[Numbers, Numbers], start: int, keep: Keep, limit: int) -> tuple[Numbers, Numbers]:
    """The pairs reached, as numbers, and per pair and symbol the place of the next one, -1 where there is none."""
    left, right = tables
    dead, width = len(left) - 1, len(right)
    alive = keep(np.array([start // width != dead]), np.array([start % width != width - 1]))
    frontier = np.array([start])[alive]
    found, reached = [frontier], []
    known = np.zeros(len(left) * width, dtype=np.bool_)
    known[frontier] = True
    total = len(frontier)
    while len(frontier):
        check()
        ones, others = left[frontier // width], right[frontier % width]
        ahead = np.where(keep(ones != dead, others != width - 1), ones.astype(np.int64) * width + others, -1)
        reached.append(ahead)
        frontier = np.unique(ahead[ahead >= 0])
        frontier = frontier[~known[frontier]]
        known[frontier] = True
        found.append(frontier)
        total += len(frontier)
        if total > limit:
            raise too_large(limit, total)
    pairs = np.concatenate(found)
    return pairs, _placed(pairs, np.concatenate(reached)) if reached else pairs


def _placed(pairs: Numbers, rows: Numbers) -> Numbers:
    order = np.argsort(pairs)
    places = order[np.searchsorted(pairs, rows, sorter=order).clip(max=len(pairs) - 1)]
    return np.where(rows >= 0, places, -1)
