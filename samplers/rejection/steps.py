"""One token by rejection sampling: from a row of scores and a place to a token with its weight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final, Generic

import numpy as np
from numpy.typing import NDArray

from constrain.errors import GenerationError
from samplers.language import PlaceT
from samplers.problem import Problem
from samplers.rejection.estimators import Drawn, Inquiry
from samplers.rejection.settings import ESTIMATORS, Rejection
from samplers.rejection.urn import RowUrn
from samplers.steps import STOP, Checkable, Extension, checkable
from samplers.target import Scores

_UNCOVERED: Final = 1e-9
_REMEMBERED: Final = 1 << 16


@dataclass
class _PlaceMask(Generic[PlaceT]):
    """The mask of a place, asked for when a walk wants it; `narrow` are the places where that was so."""

    urn: RowUrn
    language: Checkable[PlaceT]
    place: PlaceT
    after: int
    narrow: set[object]

    @property
    def is_exact(self) -> bool:
        return self.language.mask_is_exact

    def thin(self) -> None:
        if len(self.narrow) < _REMEMBERED:
            self.narrow.add(state_of(self.place))
        allowed, may_stop = self.language.mask(self.place)
        self.urn.thin(allowed, may_stop=may_stop)


class RejectionStepper(Generic[PlaceT]):
    """Draws tokens by the settings of `Rejection`; see `samplers.rejection` for why the weights are proper.

    Whether the mask is asked for at once depends on earlier draws alone, so that each draw is proper given those.
    """

    def __init__(self, settings: Rejection, problem: Problem[PlaceT], rng: np.random.Generator) -> None:
        self._settings, self._rng = settings, rng
        self._estimator = ESTIMATORS[settings.estimator]
        self._language = checkable(problem.language)
        self._ends = problem.ends
        self._narrow: set[object] = set()

    def extend(self, place: PlaceT, scores: Scores, guide: Scores | None) -> Extension[PlaceT] | None:
        """The next token after a place, or None for a draw of weight 0."""
        if self._language.tokens_left(place) <= 0:
            return self._stopped(scores) if self._language.may_stop(place) else None
        vocabulary: Any = self._language.automaton.vocabulary
        out = silent_ids(vocabulary, len(scores.logits))
        if guide is not None:
            _check_coverage(scores, guide)
            out = np.concatenate([out, np.flatnonzero(scores.weights == 0)])
        urn = RowUrn(scores if guide is None else guide, self._ends, out, self._rng)
        inquiry = Inquiry(partial(self._allows, place, urn.stop))
        drawn: Drawn = self._estimator(urn, inquiry, self._settings.limits, self._mask(urn, place)).draw()
        if drawn.item is None or drawn.weight <= 0:
            return None
        log_weight = math.log(drawn.weight) + self._log_ratio(drawn.item, urn.stop, scores, guide)
        if drawn.item == urn.stop:
            return self._stopped(scores, log_weight)
        place_after = self._language.take(place, drawn.item)
        log_prob = scores.model_log_prob(drawn.item)
        return Extension(drawn.item, place_after, log_weight, log_prob)

    def _stopped(self, scores: Scores, log_weight: float | None = None) -> Extension[PlaceT] | None:
        """The end of the text; where nothing else was possible it weighs what the target gives it."""
        log_mass, log_prob = scores.pooled(self._ends)
        weight = log_mass if log_weight is None else log_weight
        return None if weight == -math.inf else Extension(STOP, None, weight, log_prob)

    def _allows(self, place: PlaceT, stop: int, item: int) -> bool:
        return self._language.may_stop(place) if item == stop else self._language.allows(place, item)

    def _mask(self, urn: RowUrn, place: PlaceT) -> _PlaceMask[PlaceT] | None:
        after, most = self._settings.mask_after, self._settings.max_rejects
        if after is None:
            return None
        # The last draw before a walk would be given up is one that the mask makes better.
        after = after if most is None else min(after, most - 1)
        return _PlaceMask(urn, self._language, place, 0 if state_of(place) in self._narrow else after, self._narrow)

    def _log_ratio(self, item: int, stop: int, scores: Scores, guide: Scores | None) -> float:
        """log p(x)/q(x): 0 without a proposal."""
        if guide is None:
            return 0.0
        ids = self._ends[scores.weights[self._ends] > 0] if item == stop else np.array([item])
        return float(np.logaddexp.reduce(scores.log_probs(ids)) - np.logaddexp.reduce(guide.log_probs(ids)))


def state_of(place: object) -> object:
    """What tells places apart whatever the budget has left; the place itself where it has no state."""
    return getattr(place, "state", place)


@lru_cache(maxsize=8)
def silent_ids(vocabulary: Any, width: int) -> NDArray[np.int64]:
    """The ids of a row that stand for no text and end none."""
    ends = set(vocabulary.eos_token_ids)
    empty = [token for token, text in enumerate(vocabulary.tokens) if not text and token not in ends and token < width]
    return np.array([*empty, *range(len(vocabulary), width)], dtype=np.int64)


def _check_coverage(scores: Scores, guide: Scores) -> None:
    """Refuses a proposal that would never draw what the target may say."""
    if len(scores.weights) != len(guide.weights):
        raise GenerationError(
            f"the proposal model scores {len(guide.weights)} tokens and the model {len(scores.weights)}: "
            "take a proposal model of the same vocabulary"
        )
    missed = float(scores.weights[guide.weights == 0].sum(dtype=np.float64)) / math.exp(scores.log_total)
    if missed > _UNCOVERED:
        raise GenerationError(
            f"the proposal model gives no probability to tokens of which the target gives {missed:.3g}: "
            "take another, or raise its temperature"
        )
