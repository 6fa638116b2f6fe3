"""What was read after a prefix: the probabilities of what may come next, kept for all chains on one problem."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from samplers.language import Choices, Constraint, Place
from samplers.problem import Problem
from samplers.spot import Spot
from samplers.statistics import log_sum

OUTSIDE: Final = 0.05
"""How much of a draw is over all allowed tokens, where some of them lead to no end that is known to fit."""
DEFAULT_MEMORY_BYTES: Final = 1 << 28
READING_BYTES: Final = 1000
"""What a reading takes without its arrays, about."""


@dataclass(frozen=True)
class Reading:
    """The choices after a prefix: `tokens` int32[n], and float64 for each of them, with the stop last if there is one.

    `log_probs` are the target's, `model_log_probs` the model's own, `log_shares` log m, and `perplexity` is that of m.
    """

    tokens: NDArray[np.int32]
    log_probs: NDArray[np.float64]
    model_log_probs: NDArray[np.float64]
    log_shares: NDArray[np.float64]
    perplexity: float

    @property
    def is_dead(self) -> bool:
        """Whether nothing can come next."""
        return not np.isfinite(self.log_probs).any()

    @property
    def memory_bytes(self) -> int:
        """What it takes, about."""
        arrays = (self.tokens, self.log_probs, self.model_log_probs, self.log_shares)
        return READING_BYTES + sum(array.nbytes for array in arrays)

    def number_of(self, token: int | None) -> int:
        """The number of a choice, None being the stop."""
        if token is None and len(self.tokens) < len(self.log_probs):
            return len(self.tokens)
        if token is None:
            raise ValueError("the text may not stop here")
        found = np.flatnonzero(self.tokens == token)
        if not len(found):
            raise ValueError(f"token {token} is not allowed here")
        return int(found[0])


class Readings:
    """The readings of one problem; beyond `memory_limit` bytes those that were not used for longest are forgotten."""

    def __init__(self) -> None:
        self.memory_bytes = 0
        self._kept: OrderedDict[tuple[int, ...], Reading] = OrderedDict()

    def read(self, problem: Problem[Place], tokens: tuple[int, ...], spot: Spot, memory_limit: int) -> Reading:
        """The reading after a prefix: known, or read with one forward."""
        reading = self._kept.get(tokens)
        if reading is None:
            reading = _read(problem, tokens, spot)
            self._kept[tokens] = reading
            self.memory_bytes += reading.memory_bytes
        self._kept.move_to_end(tokens)
        while self.memory_bytes > memory_limit and len(self._kept) > 1:
            self.memory_bytes -= self._kept.popitem(last=False)[1].memory_bytes
        return reading


_readings: WeakKeyDictionary[Problem[Place], Readings] = WeakKeyDictionary()


def readings_of(problem: Problem[Place]) -> Readings:
    """What is known of a problem; it is forgotten with the problem."""
    return _readings.setdefault(problem, Readings())


def _read(problem: Problem[Place], tokens: tuple[int, ...], spot: Spot) -> Reading:
    choices = problem.language.choices(spot.place)
    if not len(choices):
        empty = np.empty(0)
        return Reading(np.empty(0, np.int32), empty, empty, empty, 1.0)
    shares = problem.shares_of(problem.target.read(problem.model.logits(tokens)), choices)
    log_shares = _log_shares(shares.log_probs, _inside(problem.language, choices, spot))
    ids = choices.tokens.astype(np.int32)
    return Reading(ids, shares.log_probs, shares.model_log_probs, log_shares, _perplexity(log_shares))


def _inside(language: Constraint[Place], choices: Choices, spot: Spot) -> NDArray[np.bool_]:
    """Which of the choices leave an end that is known to fit; all where none is known from the beginning."""
    if spot.row is None:
        return np.ones(len(choices), dtype=np.bool_)
    stop = np.ones(int(choices.may_stop), dtype=np.bool_)
    return np.concatenate([np.isin(choices.tokens, spot.known(language), assume_unique=True), stop])


def _log_shares(log_probs: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """log m, from the target's log-probabilities of the choices."""
    log_all, log_inside = log_sum(log_probs), log_sum(log_probs[inside])
    if log_all == -math.inf:
        return log_probs
    shares = log_probs - log_all
    if log_inside == -math.inf or not np.isfinite(log_probs[~inside]).any():
        return shares
    within = np.where(inside, log_probs - log_inside, -np.inf)
    return np.logaddexp(within + math.log1p(-OUTSIDE), shares + math.log(OUTSIDE))


def _perplexity(log_shares: NDArray[np.float64]) -> float:
    """exp of the entropy, in nats."""
    possible = log_shares[np.isfinite(log_shares)]
    return math.exp(-float((np.exp(possible) * possible).sum()))
