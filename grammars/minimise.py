"""Minimal automata, from tables: dead states are dropped, equivalent ones merged, and those left numbered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grammars import automaton_kernels as k

Table = NDArray[np.int32]


def minimised(rows: ArrayLike, labels: Sequence[int] | NDArray[np.integer[Any]]) -> tuple[Table, Table]:
    """The minimal automaton of a table, `int32[states, symbols]` and `int32[states]`, numbered breadth-first.

    `rows` has per state and symbol the next state, -1 for none; a state with the label -1 does not accept, and those
    with different labels are different. The first state is the start. Nothing is left where nothing is accepted.
    """
    table, marks = np.array(rows, np.int32, order="C"), np.array(labels, np.int32)
    size, width = table.shape
    flat, cells = table.reshape(-1), size * width
    kinds, offsets, met, states, edges = _empty(size, size + 2, size, k.COLUMNS * size, k.COLUMNS * cells)
    numbers = _empty(max(width, int(marks.max(initial=0)) + 2, size))[0]
    if not k.find_classes(flat, width, marks, kinds, offsets, *_empty(cells, cells, cells), numbers, states, edges):
        return table[:0], marks[:0]
    classes = states[k.SET * size : k.FIRST * size]
    written = _empty(cells)[0]
    count = k.write_classes(flat, width, kinds, classes, offsets, met, written)
    return written[: count * width].reshape(count, width), marks[met[:count]]


def _empty(*sizes: int) -> list[Table]:
    return [np.empty(size, np.int32) for size in sizes]
