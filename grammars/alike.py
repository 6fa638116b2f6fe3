"""Equal rows of large tables, and with them the states of large automata that are equivalent: whole columns at a time.

Rows are compared by sums of their entries times random factors. That equal sums mean equal rows is looked at
afterwards; should it not be so, other factors are taken.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grammars.deadline import check

Numbers: TypeAlias = NDArray[np.integer[Any]]

MAX_ROUNDS = 48
"""A long chain of states needs a round for each: then other methods are faster."""


def alike(table: Numbers) -> tuple[Numbers, Numbers]:
    """The places where each kind of row comes first, in order, and per row the number of its kind."""
    seed = 0
    while True:
        first, kinds = _kinds(_sums(table, _factors(table.shape[1], seed)))
        if np.array_equal(table[first[kinds]], table):
            return first, kinds
        seed += 1


def equivalence(table: Numbers, labels: Numbers) -> Numbers | None:
    """Per state the number of its class of equivalent states, -1 for those that nothing completes.

    `table` has per state and symbol the next state, -1 for none. Classes are numbered by their first states. None
    where that would take too many rounds.
    """
    # The last state stands for no next state. It accepts nothing, and so do those that turn out to be like it.
    closed = np.vstack([table, np.full((1, table.shape[1]), -1, dtype=table.dtype)])
    marked = np.append(labels, -1)
    seed = 0
    while True:
        block = _refined(closed, marked, seed)
        if block is None:
            return None
        first = np.unique(block, return_index=True)[1]
        ahead = np.column_stack([marked, block[closed]])
        if np.array_equal(ahead[first[block]], ahead):
            return _without_last(block)
        seed += 1


def _refined(table: Numbers, labels: Numbers, seed: int) -> Numbers | None:
    """Classes split by their successors until nothing changes."""
    factors = _factors(table.shape[1] + 1, seed)
    block = _kinds(labels)[1]
    found = int(block.max()) + 1
    for _ in range(MAX_ROUNDS):
        check()
        sums = _sums(block[table], factors[1:]) + block.astype(np.uint64) * factors[0]
        block = _kinds(sums)[1]
        before, found = found, int(block.max()) + 1
        if found == before:
            return block
    return None


def _factors(width: int, seed: int) -> NDArray[np.uint64]:
    return np.random.default_rng(seed).integers(0, 2**63, width, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


def _sums(table: Numbers, factors: NDArray[np.uint64]) -> Numbers:
    sums: Numbers = table.astype(np.uint64) @ factors
    return sums


def _kinds(values: Numbers) -> tuple[Numbers, Numbers]:
    """The first place of each value, in order, and per place the number of its value among them."""
    _, first, kinds = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    return first[order], places[kinds]


def numbered(table: Numbers, labels: Numbers) -> tuple[Numbers, Numbers]:
    """The states that are reached from the first, in the order in which they are met."""
    # The last entry stands for no next state, which counts as met.
    places = np.append(np.full(len(table), -1), 0)
    order: list[Numbers] = [np.zeros(1, dtype=np.int64)]
    places[0], met = 0, 1
    while len(order[-1]):
        ahead = table[order[-1]].ravel()
        fresh, first = np.unique(ahead[places[ahead] < 0], return_index=True)
        order.append(fresh[np.argsort(first)])
        places[order[-1]] = np.arange(met, met + len(fresh))
        met += len(fresh)
    places[-1] = -1
    reached = np.concatenate(order)
    return places[table[reached]], labels[reached]


def _without_last(block: Numbers) -> Numbers:
    """The classes of all states but the last, those of its class being in none."""
    dead = block[-1]
    kept = block[:-1] - (block[:-1] > dead)
    return np.where(block[:-1] == dead, -1, kept)
