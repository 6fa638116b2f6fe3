"""Constraints that can only be asked about one token at a time: predicates over the text so far, monitors, parsers."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from constrain.budget import Row
from constrain.protocols import TokenAutomaton, TokenVocabulary
from samplers.language import Allowed, Choices, Completable

StateT = TypeVar("StateT")


class Monitor(Protocol[StateT]):
    """A constraint over tokens.

    States have to be values that can be hashed, and nothing that `take` does may change one: what was learnt of a place
    is remembered by its state, and two that are equal have to allow the same.
    """

    @property
    def start(self) -> StateT:
        """The state of the empty text."""

    def take(self, state: StateT, token: int) -> StateT | None:
        """The state after a token that stands for text, or None where it is refused."""

    def may_stop(self, state: StateT) -> bool:
        """Whether the text may end here."""


@dataclass(frozen=True)
class TextMonitor:
    """Predicates over the text as a monitor; its state is the bytes so far.

    `prefix` says of a text under way whether it can still become one of the language; a character of which bytes are
    missing is left out until they are there. `complete` says whether a text is one.
    """

    vocabulary: TokenVocabulary
    complete: Callable[[str], bool]
    prefix: Callable[[str], bool] = lambda text: True  # noqa: ARG005  # any text may go on

    @property
    def start(self) -> bytes:
        """Nothing."""
        return b""

    def take(self, state: bytes, token: int) -> bytes | None:
        """The bytes with those of the token, unless they are no UTF-8 or `prefix` refuses them."""
        content = state + self.vocabulary.tokens[token]
        text = whole_characters(content)
        return content if text is not None and self.prefix(text) else None

    def may_stop(self, state: bytes) -> bool:
        """Whether the text is complete."""
        text = whole_characters(state)
        return text is not None and len(text.encode()) == len(state) and self.complete(text)


def whole_characters(content: bytes) -> str | None:
    """The text of some bytes, without a character at the end that is not complete; None where they are no UTF-8."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return None


@dataclass(frozen=True)
class Watched(Generic[StateT]):
    """A place of the automaton's language, and the state of the monitor there."""

    row: Row
    watch: StateT

    @property
    def state(self) -> tuple[int, StateT]:
        """What it is whatever the budget."""
        return self.row.state, self.watch


@dataclass
class WatchedLanguage(Generic[StateT]):
    """What both an automaton, with its budget, and a monitor allow. Its mask is the automaton's: a superset."""

    inner: Completable
    monitor: Monitor[StateT]
    evaluations: int = 0
    automaton: TokenAutomaton = field(init=False)
    max_new_tokens: int = field(init=False)
    mask_is_exact: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.automaton, self.max_new_tokens = self.inner.automaton, self.inner.max_new_tokens

    @property
    def start(self) -> Watched[StateT]:
        """Where every text begins."""
        return Watched(self.inner.start, self.monitor.start)

    def mask(self, place: Watched[StateT]) -> Allowed:
        """What the automaton allows: one evaluation."""
        self.evaluations += 1
        return self.inner.allowed(place.row)

    def allowed(self, place: Watched[StateT]) -> Allowed:
        """What both allow, as a row: the monitor is asked about every token of the automaton's mask."""
        tokens, may_stop = self.mask(place)
        for token in np.flatnonzero(tokens).tolist():
            tokens[token] = self.allows(place, token)
        return Allowed(tokens, may_stop and self.monitor.may_stop(place.watch))

    def choices(self, place: Watched[StateT]) -> Choices:
        """What both allow."""
        tokens, may_stop = self.allowed(place)
        return Choices(np.flatnonzero(tokens), may_stop)

    def allows(self, place: Watched[StateT], token: int) -> bool:
        """Whether both allow a token: one evaluation."""
        self.evaluations += 1
        return self.take(place, token) is not None

    def may_stop(self, place: Watched[StateT]) -> bool:
        """Whether the text may end here: one evaluation."""
        self.evaluations += 1
        return self.automaton.is_accepting(place.row.state) and self.monitor.may_stop(place.watch)

    def take(self, place: Watched[StateT], token: int) -> Watched[StateT] | None:
        """The place after a token, or None where one of the two refuses it."""
        row = self.inner.take(place.row, token)
        watch = None if row is None else self.monitor.take(place.watch, token)
        return None if row is None or watch is None else Watched(row, watch)

    def tokens_left(self, place: Watched[StateT]) -> int:
        """How many more tokens fit."""
        return place.row.left


AnyMonitor = Monitor[Any]
