"""Equal rows of large tables, found by whole columns at a time.

Rows are compared by sums of their entries times random factors. That equal sums mean equal rows is looked at
afterwards; should it not be so, other factors are taken.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.integer[Any]]


def alike(table: Numbers) -> tuple[Numbers, Numbers]:
    """The places where each kind of row comes first, in order, and per row the number of its kind."""
    seed = 0
    while True:
        first, kinds = _kinds(_sums(table, _factors(table.shape[1], seed)))
        if np.array_equal(table[first[kinds]], table):
            return first, kinds
        seed += 1


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
