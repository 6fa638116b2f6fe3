"""Minimal automata, from tables: dead states are dropped, equivalent ones merged, and those left numbered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grammars import automaton_kernels as k
from grammars.deadline import check

Table = NDArray[np.int32]


def minimised(rows: ArrayLike, labels: Sequence[int] | NDArray[np.integer[Any]]) -> tuple[Table, Table]:
    """The minimal automaton of a table, `int32[states, symbols]` and `int32[states]`, numbered breadth-first.

    `rows` has per state and symbol the next state, -1 for none; a state with the label -1 does not accept, and those
    with different labels are different. The first state is the start. Nothing is left where nothing is accepted.
    """
    table, marks = np.array(rows, np.int32, order="C"), np.array(labels, np.int32)
    check()
    (size, width), edges = table.shape, int(np.count_nonzero(table >= 0))
    flat, numbers = table.reshape(-1), _empty(max(width, int(marks.max(initial=0)) + 2))[0]
    kinds, offsets, met, states = _empty(size, size + 2, size, k.COLUMNS * size)
    room = _empty(edges, edges, edges)
    if not k.find_classes(flat, width, marks, kinds, offsets, *room, numbers, states, *_empty(k.COLUMNS * edges)):
        return table[:0], marks[:0]
    classes, written = states[k.SET * size : k.FIRST * size], np.empty_like(flat)
    count = k.write_classes(flat, width, kinds, classes, offsets, met, written)
    return written[: count * width].reshape(count, width), marks[met[:count]]


def _empty(*sizes: int) -> list[Table]:
    return [np.empty(size, np.int32) for size in sizes]
