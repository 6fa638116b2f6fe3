"""Minimisation by whole columns against the method that goes state by state, and equal rows against numpy's own."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grammars import alike
from grammars.crawl import _numbered, _reduced, reduce_table


@st.composite
def _automata(draw: st.DrawFn) -> tuple[list[list[int]], list[int]]:
    """Any automaton over two symbols, all of whose states are reached from the first."""
    size = draw(st.integers(1, 12))
    rows = [[draw(st.integers(-1, size - 1)), draw(st.integers(-1, size - 1))] for _ in range(size)]
    for state in range(1, size):
        rows[draw(st.integers(0, state - 1))][draw(st.integers(0, 1))] = state
    return rows, draw(st.lists(st.integers(-1, 1), min_size=size, max_size=size))


@given(_automata())
def test_classes_are_those_of_the_other_method(automaton: tuple[list[list[int]], list[int]]) -> None:
    rows, labels = automaton
    block = alike.equivalence(np.array(rows), np.array(labels))
    assert block is not None
    behaviours = _behaviours(rows, labels)
    for one, mine in zip(block, behaviours, strict=True):
        assert (one < 0) == (mine < 0)
        assert [other == one for other in block] == [other == mine for other in behaviours]


def _behaviours(rows: list[list[int]], labels: list[int]) -> list[int]:
    """Per state a number for the texts that lead from it to each label, below 0 where there are none."""
    found = labels
    for _ in range(len(rows) + 1):
        names: dict[tuple[int, ...], int] = {(-1,) * (len(rows[0]) + 1): -1}
        known = [*found, -1]
        keys = [(labels[state], *(known[target] for target in row)) for state, row in enumerate(rows)]
        found = [names.setdefault(key, len(names)) for key in keys]
    return found


def test_large_automata_come_out_the_same() -> None:
    random = np.random.default_rng(5)
    for size in (200, 1000):
        table = random.integers(-1, size, (size, 3))
        labels = np.where(random.random(size) < 0.05, 0, -1)
        table[:, 2] = np.arange(1, size + 1) % size
        twice = np.vstack([table, np.where(table >= 0, table + size, -1)])
        twice[0, 2] = size + 1
        doubled = np.append(labels, labels)
        found, marks = reduce_table(twice, doubled)
        assert (found.tolist(), marks.tolist()) == _reduced(twice.tolist(), doubled.tolist())


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 1)), min_size=1, max_size=20))
def test_equal_rows(rows: list[tuple[int, int]]) -> None:
    first, kinds = alike.alike(np.array(rows))
    distinct = list(dict.fromkeys(rows))
    assert [rows[place] for place in first] == distinct
    assert [distinct[kind] for kind in kinds] == rows


@given(_automata())
def test_states_are_numbered_as_they_are_met(automaton: tuple[list[list[int]], list[int]]) -> None:
    rows, labels = automaton
    table, marks = alike.numbered(np.array(rows), np.array(labels))
    assert (table.tolist(), marks.tolist()) == _numbered(rows, labels, list(range(len(rows))))
