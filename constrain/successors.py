"""Many steps of an automaton at once, for automata that can do that and for those that can not."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from constrain.protocols import TokenAutomaton


@runtime_checkable
class BulkAutomaton(Protocol):
    """What `constrain.Automaton` can do beyond a `TokenAutomaton`."""

    def successors(self, state: int, tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        """The states after each of some tokens."""

    def plain(self, state: int) -> int:
        """The state that has forgotten which texts were read: what completes `state` completes it too."""


@runtime_checkable
class JumpingAutomaton(Protocol):
    """An automaton that knows which text has to come."""

    def forced_tokens(self, state: int) -> list[int]:
        """The tokens that every completion begins with."""


def forced_of(automaton: TokenAutomaton, state: int) -> list[int]:
    """The tokens of the text that has to come, as far as the automaton can tell."""
    return automaton.forced_tokens(state) if isinstance(automaton, JumpingAutomaton) else []


def successors_of(automaton: TokenAutomaton, state: int, tokens: NDArray[np.int64]) -> NDArray[np.int64]:
    """The states after each of some tokens, `DEAD` for those that are not allowed; `int64[len(tokens)]` both."""
    if isinstance(automaton, BulkAutomaton):
        return automaton.successors(state, tokens)
    return np.array([automaton.advance(state, token) for token in tokens.tolist()], dtype=np.int64)


def plain_of(automaton: TokenAutomaton, state: int) -> int:
    """A state that allows what `state` allows, and perhaps more, and is the same for many states."""
    return automaton.plain(state) if isinstance(automaton, BulkAutomaton) else state
