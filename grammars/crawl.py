"""The one way automata are made: explore states on demand, then drop dead ones and merge equal ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeAlias, TypeVar

import numpy as np

from grammars.alike import Numbers
from grammars.alphabet import Alphabet
from grammars.deadline import check
from grammars.dfa import Dfa
from grammars.errors import LimitError
from grammars.minimise import minimised

STATE_LIMIT = 20_000
"""How many states an automaton may have while it is built, unless the caller says otherwise."""

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
    return assemble(alphabet, *minimised(*explore(alphabet.size, initial, follow, label, limit)))


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
