"""The constraint as a sampler sees it: at each place, which tokens may come next and whether the text may stop.

The language of a sampler is the set of token sequences whose text is in the automaton's language and that have at most
`max_new_tokens` tokens; to stop costs no token. The same text may be spelled by several sequences, each with a
probability of its own. All ids that end a sequence are one event, the stop.

`Language` is that set to the letter. A place from which no end can be reached within the tokens left is found to be
dead when a walk gets there: a walk that has no tokens left and may not stop is no member.

`Completable` is the part of it along which a way to the end is always known (see `constrain.budget`): no walk is ever
lost, and the sequences left out are those that go through a place where the only ends that fit are not known.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from constrain.budget import Row, budget_of
from constrain.masks import unpack
from constrain.protocols import DEAD, TokenAutomaton

PlaceT = TypeVar("PlaceT")


@dataclass(frozen=True)
class Place:
    """Where a text under way stands: the state of the automaton, and the tokens left."""

    state: int
    left: int


@dataclass(frozen=True)
class Choices:
    """What may come next: tokens `int64[n]` in ascending order, none of which ends the sequence, and perhaps the stop.

    Where a choice is numbered, the stop has the number n.
    """

    tokens: NDArray[np.int64]
    may_stop: bool

    def __len__(self) -> int:
        return len(self.tokens) + self.may_stop


class Allowed(NamedTuple):
    """The same as a row: `bool[len(vocabulary)]` for the tokens, without those that end the sequence."""

    tokens: NDArray[np.bool_]
    may_stop: bool


class Constraint(Protocol[PlaceT]):
    """What samplers ask of a language; `evaluations` counts the masks and single tokens that were asked for."""

    automaton: TokenAutomaton
    max_new_tokens: int
    evaluations: int

    @property
    def start(self) -> PlaceT:
        """Where every text begins."""

    def choices(self, place: PlaceT) -> Choices:
        """What may come next."""

    def allowed(self, place: PlaceT) -> Allowed:
        """The choices as a row."""

    def take(self, place: PlaceT, token: int) -> PlaceT | None:
        """The place after one of the choices, or None where the token is none of them."""


class Position(Protocol):
    """What `Place` and `constrain.budget.Row` have in common."""

    @property
    def state(self) -> int:
        """The state of the automaton."""

    @property
    def left(self) -> int:
        """The tokens left."""


PositionT = TypeVar("PositionT", bound=Position)


@dataclass
class AutomatonLanguage(ABC, Generic[PositionT]):
    """What the two readings of an automaton's language share: masks that are exact, and a count of what was asked."""

    automaton: TokenAutomaton
    max_new_tokens: int
    evaluations: int = field(default=0, init=False)

    @abstractmethod
    def allowed(self, place: PositionT) -> Allowed:
        """The choices as a row: one evaluation of the constraint."""

    @abstractmethod
    def take(self, place: PositionT, token: int) -> PositionT | None:
        """The place after a token that is one of the choices, or None where it is not; no evaluation is counted."""

    @property
    def mask_is_exact(self) -> bool:
        """Always: `mask` has the allowed tokens and no others."""
        return True

    def mask(self, place: PositionT) -> Allowed:
        """The same as `allowed`."""
        return self.allowed(place)

    def allows(self, place: PositionT, token: int) -> bool:
        """Whether a single token may come next: one evaluation of the constraint."""
        self.evaluations += 1
        return self.take(place, token) is not None

    def may_stop(self, place: PositionT) -> bool:
        """Whether the text may end here: one evaluation of the constraint."""
        self.evaluations += 1
        return self.automaton.is_accepting(place.state)

    def tokens_left(self, place: PositionT) -> int:
        """How many more tokens fit."""
        return place.left


@dataclass
class Language(AutomatonLanguage[Place]):
    """All sequences of at most `max_new_tokens` tokens whose text is in the language."""

    def __post_init__(self) -> None:
        self._end_ids = frozenset(self.automaton.vocabulary.eos_token_ids)
        self._ends = np.array(sorted(self._end_ids), dtype=np.int64)

    @property
    def start(self) -> Place:
        """The empty text, with all tokens left."""
        return Place(self.automaton.start, self.max_new_tokens)

    def choices(self, place: Place) -> Choices:
        """What may come next: one evaluation of the constraint."""
        tokens, may_stop = self.allowed(place)
        return Choices(np.flatnonzero(tokens), may_stop)

    def allowed(self, place: Place) -> Allowed:
        """The choices as a row: one evaluation of the constraint."""
        self.evaluations += 1
        may_stop = self.automaton.is_accepting(place.state)
        if place.left <= 0:
            return Allowed(np.zeros(len(self.automaton.vocabulary), dtype=np.bool_), may_stop)
        tokens = unpack(self.automaton.mask(place.state), len(self.automaton.vocabulary))
        tokens[self._ends] = False
        return Allowed(tokens, may_stop)

    def take(self, place: Place, token: int) -> Place | None:
        """The place after a token that is one of the choices, or None where it is not; no evaluation is counted."""
        if place.left <= 0 or token in self._end_ids:
            return None
        state = self.automaton.advance(place.state, token)
        return None if state == DEAD else Place(state, place.left - 1)


@dataclass
class Completable(AutomatonLanguage[Row]):
    """The sequences along which a way to the end is always known to fit in what is left."""

    @property
    def start(self) -> Row:
        """The empty text; raises `BudgetError` where no known text fits in `max_new_tokens` tokens."""
        return budget_of(self.automaton).begin(self.max_new_tokens)

    def choices(self, place: Row) -> Choices:
        """What may come next: one evaluation of the constraint."""
        self.evaluations += 1
        return Choices(budget_of(self.automaton).keep(place), self.automaton.is_accepting(place.state))

    def allowed(self, place: Row) -> Allowed:
        """The choices as a row: one evaluation of the constraint."""
        choices = self.choices(place)
        tokens = np.zeros(len(self.automaton.vocabulary), dtype=np.bool_)
        tokens[choices.tokens] = True
        return Allowed(tokens, choices.may_stop)

    def take(self, place: Row, token: int) -> Row | None:
        """The place after a token that is one of the choices, or None where it is not."""
        if token in self.automaton.vocabulary.eos_token_ids:
            return None
        return budget_of(self.automaton).take(place, token)


def text_of(automaton: TokenAutomaton, tokens: Iterable[int]) -> str:
    """The text that tokens spell; they have to be a member of the language, whose texts are Unicode."""
    return b"".join(automaton.vocabulary.tokens[token] for token in tokens).decode()
