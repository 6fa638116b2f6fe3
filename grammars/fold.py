"""Minimises automata whose only cycles are single states that stay where they are, in one pass from the ends back.

Fixed shapes and bounded numbers are such automata. They are often long chains, on which the methods for the general
case (`grammars.crawl`) need a round per link.
"""

from __future__ import annotations

from typing import TypeAlias

Key: TypeAlias = tuple[int, ...]
"""The label of a state, then per symbol the class of the next state: -1 for none, `_SELF` for the state itself."""

_SELF = -2


def fold(rows: list[list[int]], labels: list[int], before: list[list[int]]) -> list[int] | None:
    """Per state the number of a state equivalent to it, -1 where nothing is accepted; None if there is a long cycle.

    `before` are the states from which each state is reached.
    """
    order = _backwards(rows, before)
    if order is None:
        return None
    # Index -1 (no next state) reads the last entry.
    block = [-1] * (len(rows) + 1)
    known: dict[Key, int] = {}
    for state in order:
        block[state] = _SELF
        key = (labels[state], *map(block.__getitem__, rows[state]))
        block[state] = -1 if max(key) < 0 else _place(key, state, known)
    return block[:-1]


def _backwards(rows: list[list[int]], before: list[list[int]]) -> list[int] | None:
    """The states, each after all that follow it."""
    ahead = [0] * len(rows)
    for state, sources in enumerate(before):
        for source in sources:
            ahead[source] += source != state
    order = [state for state, count in enumerate(ahead) if count == 0]
    for state in order:
        for source in before[state]:
            if source != state:
                ahead[source] -= 1
                if ahead[source] == 0:
                    order.append(source)
    return order if len(order) == len(rows) else None


def _place(key: Key, state: int, known: dict[Key, int]) -> int:
    """The first state with that key, be it that one stays where it is and the other goes there."""
    found = known.get(key)
    if found is not None:
        return found
    if _SELF in key:
        for target in {target for target in key[1:] if target >= 0}:
            if known.get(_instead(key, target)) == target:
                return target
        known[_instead(key, state)] = state
    known[key] = state
    return state


def _instead(key: Key, state: int) -> Key:
    return key[0], *(state if target == _SELF else target for target in key[1:])
