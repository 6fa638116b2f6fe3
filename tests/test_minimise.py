"""Minimisation against one that splits all classes by their successors, over and over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammars.crawl import Rows
from grammars.minimise import minimised

Automaton = tuple[Rows, list[int]]


@st.composite
def _automata(draw: st.DrawFn) -> Automaton:
    """Any automaton, most of whose states are reached from the first."""
    size, width = draw(st.integers(1, 12)), draw(st.integers(0, 3))
    rows = [[draw(st.integers(-1, size - 1)) for _ in range(width)] for _ in range(size)]
    for state in range(1, size if width else 1):
        rows[draw(st.integers(0, state - 1))][draw(st.integers(0, width - 1))] = state
    return rows, draw(st.lists(st.integers(-1, 2), min_size=size, max_size=size))


@st.composite
def _chains(draw: st.DrawFn) -> Automaton:
    """States that lead to themselves or to later ones, the last of which accepts and can be reached from all."""
    size = draw(st.integers(1, 12))
    rows = [[draw(st.integers(state, size - 1)) for _ in range(2)] + [size - 1] for state in range(size)]
    labels = draw(st.lists(st.integers(-1, 1), min_size=size - 1, max_size=size - 1))
    return rows, [*labels, 0]


def _behaviours(rows: Rows, labels: list[int]) -> list[int]:
    """Per state a number for the texts that lead from it to each label, below 0 where there are none."""
    found = labels
    for _ in range(len(rows) + 1):
        names: dict[tuple[int, ...], int] = {(-1,) * (len(rows[0]) + 1): -1}
        known = [*found, -1]
        keys = [(labels[state], *(known[target] for target in row)) for state, row in enumerate(rows)]
        found = [names.setdefault(key, len(names)) for key in keys]
    return found


def _quotient(rows: Rows, labels: list[int]) -> Automaton:
    """The classes of equivalent states, numbered as they are met from the first one."""
    classes = [*_behaviours(rows, labels), -1]
    if classes[0] < 0:
        return [], []
    numbers, met, found = {classes[0]: 0, -1: -1}, [0], []
    for state in met:
        for target in rows[state]:
            if classes[target] not in numbers:
                numbers[classes[target]] = len(met)
                met.append(target)
        found.append([numbers[classes[target]] for target in rows[state]])
    return found, [labels[state] for state in met]


def _lists(automaton: Automaton) -> Automaton:
    rows, labels = minimised(*automaton)
    return rows.tolist(), labels.tolist()


@given(_automata() | _chains())
def test_minimal_automata(automaton: Automaton) -> None:
    assert _lists(automaton) == _quotient(*automaton)


@pytest.mark.parametrize("size", [200, 1000])
def test_large_automata(size: int) -> None:
    random = np.random.default_rng(5)
    table = random.integers(-1, size, (size, 3))
    labels = np.where(random.random(size) < 0.05, 0, -1)
    table[:, 2] = np.arange(1, size + 1) % size
    twice = np.vstack([table, np.where(table >= 0, table + size, -1)])
    twice[0, 2] = size + 1
    doubled = np.append(labels, labels).tolist()
    assert _lists((twice.tolist(), doubled)) == _quotient(twice.tolist(), doubled)


def test_long_chains() -> None:
    rows = [[state + 1, -1] for state in range(19_999)] + [[-1, -1]]
    assert _lists((rows, [0] * 20_000)) == (rows, [0] * 20_000)
