"""Minimisation by whole columns against the method that goes state by state, and equal rows against numpy's own."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grammars import alike
from grammars.crawl import _reduced, reduce_table


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
    kinds = {tuple(found): number for number, found in enumerate(_behaviours(rows, labels))}
    behaviours = _behaviours(rows, labels)
    for one, mine in zip(block, behaviours, strict=True):
        assert (one == -1) == (max(mine) < 0)
        assert [other == one for other in block] == [other == mine for other in behaviours]
    assert len(kinds) >= len(set(block.tolist()))


def _behaviours(rows: list[list[int]], labels: list[int]) -> list[tuple[int, ...]]:
    """Per state the labels of all texts that are long enough to tell states apart."""
    found = [(label,) for label in labels]
    for _ in range(len(rows)):
        known = [*found, (-1,) * len(found[0])]
        found = [(labels[q], *(x for target in row for x in known[target])) for q, row in enumerate(rows)]
        # What was told apart stays apart under short names; the name of what accepts nothing is below 0.
        names: dict[tuple[int, ...], int] = {}
        found = [
            (-1,) if max(each) < 0 else (names.setdefault(each, len(names)),) for each in found
        ]
        found = [(label, *each) for label, each in zip(labels, found, strict=True)]
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
        assert reduce_table(twice, doubled) == _reduced(twice.tolist(), doubled.tolist())


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 1)), min_size=1, max_size=20))
def test_equal_rows(rows: list[tuple[int, int]]) -> None:
    first, kinds = alike.alike(np.array(rows))
    distinct = list(dict.fromkeys(rows))
    assert [rows[place] for place in first] == distinct
    assert [distinct[kind] for kind in kinds] == rows
