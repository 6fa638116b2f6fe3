"""The one way automata are made: explore states on demand, drop dead ones, merge equal ones, number the rest."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

import numpy as np

from grammars.alike import Numbers, equivalence, numbered
from grammars.alphabet import Alphabet
from grammars.deadline import check
from grammars.dfa import Dfa
from grammars.errors import LimitError
from grammars.fold import fold

STATE_LIMIT = 20_000
"""How many states an automaton may have while it is built, unless the caller says otherwise."""

LARGE = 200
"""Automata of so many states are minimised by whole columns, smaller ones state by state."""

State = TypeVar("State", bound=Hashable)
Rows: TypeAlias = list[list[int]]
"""Per state and symbol the next state, -1 where there is none."""


def crawl(
    alphabet: Alphabet,
    initial: State,
    follow: Callable[[State], Iterable[tuple[int, State]]],
    label: Callable[[State], int],
    limit: int = STATE_LIMIT,
) -> Dfa:
    """The minimal automaton of everything that `follow` leads to from `initial`.

    `follow(state)` gives `(symbol, next state)` pairs over `alphabet`, each symbol at most once; `label(state)` is -1
    where a text may not end. States are any hashable values.
    """
    rows, labels = explore(alphabet.size, initial, follow, label, limit)
    if len(rows) < LARGE:
        return assemble(alphabet, *_reduced(rows, labels))
    return assemble(alphabet, *reduce_table(np.array(rows), np.array(labels)))


def explore(
    width: int,
    initial: State,
    follow: Callable[[State], Iterable[tuple[int, State]]],
    label: Callable[[State], int],
    limit: int = STATE_LIMIT,
) -> tuple[Rows, list[int]]:
    """Rows and labels of all states that `follow` reaches, numbered as they are found."""
    numbers = {initial: 0}
    found = [initial]
    rows: Rows = []
    for state in found:
        check()
        row = [-1] * width
        for symbol, target in follow(state):
            number = numbers.setdefault(target, len(found))
            if number == len(found):
                found.append(target)
            row[symbol] = number
        if len(found) > limit:
            raise too_large(limit, len(found))
        rows.append(row)
    return rows, [label(state) for state in found]


def too_large(allowed: int, given: int) -> LimitError:
    """The error for an automaton with too many states."""
    return LimitError("automaton too large", limit="states", allowed=allowed, given=given)


def reduce_rows(rows: Rows, labels: list[int]) -> tuple[Rows, list[int]]:
    """The minimal automaton, numbered breadth-first from the start; no rows when nothing is accepted."""
    if len(rows) < LARGE:
        return _reduced(rows, labels)
    table, marks = reduce_table(np.array(rows), np.array(labels))
    return table.tolist(), marks.tolist()


def reduce_table(table: Numbers, labels: Numbers) -> tuple[Numbers, Numbers]:
    """The same for tables."""
    block = equivalence(table, labels) if len(table) >= LARGE else None
    if block is None:
        rows, marks = _reduced(table.tolist(), labels.tolist())
        return np.array(rows, dtype=np.int64), np.array(marks, dtype=np.int64)
    if block[0] < 0:
        return table[:0], labels[:0]
    kept, first = np.unique(block, return_index=True)
    first = first[kept >= 0]
    return numbered(np.append(block, -1)[table[first]], labels[first])


def _reduced(rows: Rows, labels: list[int]) -> tuple[Rows, list[int]]:
    before = _sources(rows)
    block = fold(rows, labels, before)
    if block is None:
        alive = _alive(before, labels)
        if not all(alive):
            rows = [[target if target >= 0 and alive[target] else -1 for target in row] for row in rows]
        block = _equivalence(rows, labels) if alive[0] else [-1]
    return ([], []) if block[0] < 0 else _numbered(rows, labels, block)


def _sources(rows: Rows) -> list[list[int]]:
    """Per state the states from which it is reached."""
    before: list[list[int]] = [[] for _ in rows]
    for state, row in enumerate(rows):
        for target in set(row):
            if target >= 0:
                before[target].append(state)
    return before


def _alive(before: list[list[int]], labels: list[int]) -> list[bool]:
    """Whether a state that accepts can be reached."""
    alive = [label >= 0 for label in labels]
    pending = [state for state, ends in enumerate(alive) if ends]
    while pending:
        for state in before[pending.pop()]:
            if not alive[state]:
                alive[state] = True
                pending.append(state)
    return alive


_FEW_ROUNDS = 8
_CHEAP_STEPS = 5_000


def _equivalence(rows: Rows, labels: list[int]) -> list[int]:
    """Per state the number of its class of equivalent states.

    Splitting all classes by their successors (Moore) settles usual patterns in a few cheap rounds; long chains would
    need as many rounds as they are long, so what is not settled by then goes to Hopcroft's algorithm.
    """
    block, count = _classes(labels)
    if not rows[0]:
        return block
    successors: list[Callable[[Sequence[int]], Any]] = [itemgetter(*row) for row in rows]
    for _ in range(_FEW_ROUNDS + _CHEAP_STEPS // len(rows)):
        # Index -1 (no next state) reads this last entry.
        check()
        block.append(-1)
        block, refined = _classes([(block[state], get(block)) for state, get in enumerate(successors)])
        if refined == count:
            return block
        count = refined
    return _hopcroft(rows, block, count)


def _classes(values: Sequence[Hashable]) -> tuple[list[int], int]:
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(value, len(numbers)) for value in values], len(numbers)


def _hopcroft(rows: Rows, block: list[int], count: int) -> list[int]:
    members: list[set[int]] = [set() for _ in range(count)]
    for state, index in enumerate(block):
        members[index].add(state)
    before = _predecessors(rows)
    pending = {(index, symbol) for index in range(count) for symbol in range(len(rows[0]))}
    while pending:
        check()
        index, symbol = pending.pop()
        into = before[symbol]
        leading = [state for target in members[index] for state in into.get(target, ())]
        for touched, inside in _by_block(leading, block).items():
            if len(inside) < len(members[touched]):
                _split(touched, inside, members, block, pending, len(rows[0]))
    return block


def _predecessors(rows: Rows) -> list[dict[int, list[int]]]:
    before: list[dict[int, list[int]]] = [{} for _ in rows[0]]
    for state, row in enumerate(rows):
        for symbol, target in enumerate(row):
            if target >= 0:
                before[symbol].setdefault(target, []).append(state)
    return before


def _by_block(states: list[int], block: list[int]) -> dict[int, set[int]]:
    groups: dict[int, set[int]] = {}
    for state in states:
        groups.setdefault(block[state], set()).add(state)
    return groups


def _split(
    index: int, inside: set[int], members: list[set[int]], block: list[int], pending: set[tuple[int, int]], width: int
) -> None:
    """Moves the smaller of `inside` and the rest of the block into a new block, which has to be looked at again."""
    outside = members[index] - inside
    small, large = (inside, outside) if len(inside) <= len(outside) else (outside, inside)
    members[index] = large
    for state in small:
        block[state] = len(members)
    # A pair still pending for the old block now stands for its larger part, so the new pairs complete it.
    pending.update((len(members), symbol) for symbol in range(width))
    members.append(small)


def _numbered(rows: Rows, labels: list[int], block: list[int]) -> tuple[Rows, list[int]]:
    """The quotient by `block`, states numbered in the order in which they are met from the start.

    States in no block (-1) are left out.
    """
    block = [*block, -1]
    numbers = {block[0]: 0, -1: -1}
    pending = [0]
    found_rows, found_labels = [], []
    for state in pending:
        met = list(map(block.__getitem__, rows[state]))
        for target, index in zip(rows[state], met, strict=True):
            if index not in numbers:
                numbers[index] = len(pending)
                pending.append(target)
        found_rows.append(list(map(numbers.__getitem__, met)))
        found_labels.append(labels[state])
    return found_rows, found_labels


def assemble(alphabet: Alphabet, rows: Rows | Numbers, labels: list[int] | Numbers) -> Dfa:
    """Rows over symbols as an automaton over intervals of code points, neighbours with one target joined."""
    if not len(rows):
        return Dfa.empty()
    cells = np.array(alphabet.cells, dtype=np.int32).reshape(-1, 2)
    targets = np.array(rows, dtype=np.int32)[:, list(alphabet.symbols)]
    first = np.ones(targets.shape, dtype=np.bool_)
    first[:, 1:] = (targets[:, 1:] != targets[:, :-1]) | (cells[1:, 0] != cells[:-1, 1] + 1)
    last = np.ones(targets.shape, dtype=np.bool_)
    last[:, :-1] = first[:, 1:]
    reads = targets >= 0
    offsets = np.concatenate([[0], np.cumsum((first & reads).sum(axis=1))]).astype(np.int32)
    lows = cells[np.nonzero(first & reads)[1], 0]
    highs = cells[np.nonzero(last & reads)[1], 1]
    return Dfa(offsets, lows, highs, targets[first & reads], np.array(labels, dtype=np.int32))
