"""One token of a text: what every way of drawing it answers, with a weight that keeps the text's weight proper."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, Protocol, cast

import numpy as np

from samplers.language import Allowed, Constraint, PlaceT
from samplers.problem import Problem
from samplers.rejection.urn import RowUrn
from samplers.target import Scores

STOP: Final = -1
"""The token that stands for the end of the text."""


class Extension(NamedTuple, Generic[PlaceT]):
    """A token and where it leads; None for the place after `STOP`.

    E[exp(`log_weight`) 1{token}] is the target's probability of the token, of every one that is allowed. `log_prob` is
    the model's own log-probability of it.
    """

    token: int
    place: PlaceT | None
    log_weight: float
    log_prob: float


class Checkable(Constraint[PlaceT], Protocol[PlaceT]):
    """A language that can be asked about single tokens; every question is one evaluation."""

    @property
    def mask_is_exact(self) -> bool:
        """Whether `mask` has the allowed tokens and no others."""

    def mask(self, place: PlaceT) -> Allowed:
        """All tokens that may come next, and perhaps others; in one evaluation."""

    def allows(self, place: PlaceT, token: int) -> bool:
        """Whether a token may come next."""

    def may_stop(self, place: PlaceT) -> bool:
        """Whether the text may end here."""

    def tokens_left(self, place: PlaceT) -> int:
        """How many more tokens fit in the budget; no evaluation."""


class Stepper(Protocol[PlaceT]):
    """Draws the next token of the texts of one problem."""

    def extend(self, place: PlaceT, scores: Scores, guide: Scores | None) -> Extension[PlaceT] | None:
        """The next token after a place, or None for a draw of weight 0. `guide` are the proposal model's scores."""


class Steps(Protocol):
    """The settings of a way to draw tokens."""

    def begin(self, problem: Problem[Any], rng: np.random.Generator) -> Stepper[Any]:
        """What draws them, for one problem."""


@dataclass(frozen=True)
class Masked:
    """Draws from the target, renormalised over what the mask allows: the weight is the allowed mass."""

    def begin(self, problem: Problem[PlaceT], rng: np.random.Generator) -> Stepper[PlaceT]:
        """What draws the tokens of a problem."""
        return _MaskedStepper(problem, rng)


class _MaskedStepper(Generic[PlaceT]):
    """Particles at the same place often have the same scores: what was worked out for the last ones is kept."""

    def __init__(self, problem: Problem[PlaceT], rng: np.random.Generator) -> None:
        self._problem, self._rng = problem, rng
        self._last: tuple[PlaceT, Scores, RowUrn] | None = None

    def extend(self, place: PlaceT, scores: Scores, guide: Scores | None) -> Extension[PlaceT] | None:
        del guide
        urn = self._allowed(place, scores)
        mass = urn.left
        if not mass:
            return None
        item = urn.draw()
        if item == urn.stop:
            return Extension(STOP, None, math.log(mass), scores.pooled(self._problem.ends)[1])
        log_prob = scores.model_log_prob(item)
        return Extension(item, self._problem.language.take(place, item), math.log(mass), log_prob)

    def _allowed(self, place: PlaceT, scores: Scores) -> RowUrn:
        """What may come next with its probabilities."""
        if self._last is None or self._last[0] != place or self._last[1] is not scores:
            urn = RowUrn(scores, self._problem.ends, np.empty(0, np.int64), self._rng)
            allowed, may_stop = self._problem.language.allowed(place)
            urn.thin(allowed, may_stop=may_stop)
            self._last = place, scores, urn
        return self._last[2]


def checkable(language: Constraint[PlaceT]) -> Checkable[PlaceT]:
    """A language that can be asked about single tokens; `TypeError` for one that can not."""
    names = ("mask_is_exact", "mask", "allows", "may_stop", "tokens_left")
    missing = [name for name in names if not hasattr(language, name)]
    if missing:
        raise TypeError(f"{type(language).__name__} can not be asked about single tokens: it has no {missing[0]}")
    return cast("Checkable[PlaceT]", language)
