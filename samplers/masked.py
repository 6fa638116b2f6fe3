"""Plain masked sampling, the baseline: refused tokens are left out at each step and the rest renormalised.

What it draws is not the model conditioned on the language, because a step knows nothing of what later steps will leave
out. The importance weight says by how much each draw is off: it is the product of the probabilities that the model
gave to the allowed tokens of each step.

The language is that of the automaton, as far as its texts fit in `max_new_tokens`: tokens after which no end is known
within the budget are left out as refused ones are, and weigh as they do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from constrain.arguments import check_is_number
from constrain.budget import Row
from samplers.base import ProblemSampler
from samplers.problem import Problem, Request
from samplers.randomness import choose
from samplers.sample import Sample, Samples
from samplers.target import OWN, Target

# Takes the log-probabilities of the choices and returns the one taken and the log-probability of taking it.
Policy: TypeAlias = Callable[[NDArray[np.float64]], tuple[int, float]]


@dataclass(frozen=True)
class MaskedSampling(ProblemSampler[Row, Samples]):
    """Draws from the target's distribution at `temperature`, renormalised over the allowed tokens of each step.

    Weights are relative to the target, the model itself unless another is given, whatever the temperature of the draws.
    """

    temperature: float = 1.0
    max_new_tokens: int = 256
    target: Target = OWN

    def __post_init__(self) -> None:
        super().__post_init__()
        check_is_number("temperature", self.temperature)
        if not 0 < self.temperature < math.inf:
            raise ValueError(
                f"temperature must be above 0 and finite, not {self.temperature} (Greedy() takes the best)"
            )

    def pose(self, request: Request) -> Problem[Row]:
        """The target on what is known to fit in the budget."""
        return request.completable(self.target)

    def draw(self, problem: Problem[Row], n: int, rng: np.random.Generator) -> Samples:
        """`n` independent texts, each complete within the budget."""

        def policy(log_probs: NDArray[np.float64]) -> tuple[int, float]:
            scaled = (log_probs - log_probs.max()) / self.temperature
            weights = np.exp(scaled)
            index = choose(weights, rng)
            return index, float(scaled[index]) - math.log(weights.sum())

        drawn = [_walk(problem, policy) for _ in range(n)]
        return Samples(drawn, problem.statistics(n, [sample.log_weight for sample in drawn]))


@dataclass(frozen=True)
class Greedy(ProblemSampler[Row, Samples]):
    """Takes the most probable allowed token of each step: one text, the same for every seed.

    It is drawn with certainty, so that its weight is its probability; it says nothing about other texts.
    """

    max_new_tokens: int = 256

    def pose(self, request: Request) -> Problem[Row]:
        """The model itself on what is known to fit in the budget."""
        return request.completable(OWN)

    def draw(self, problem: Problem[Row], n: int, rng: np.random.Generator) -> Samples:
        """The text, `n` times."""
        del rng  # it changes nothing
        best = _walk(problem, lambda log_probs: (int(log_probs.argmax()), 0.0))
        return Samples([best] * n, problem.statistics(1))


def _walk(problem: Problem[Row], policy: Policy) -> Sample:
    """Writes one text, a choice at a time: the tokens that the constraint and the budget allow, or the stop."""
    place: Row | None = problem.language.start
    tokens: list[int] = []
    log_prob = log_weight = 0.0
    while place is not None:
        shares = problem.shares(tokens, place)
        log_probs = shares.log_probs
        # Where the target gives no allowed token any probability, all become equal: the text has to go on.
        index, log_share = policy(log_probs if np.isfinite(log_probs).any() else np.zeros_like(log_probs))
        log_prob += float(shares.model_log_probs[index])
        log_weight += float(log_probs[index]) - log_share
        is_end = index == len(shares.choices.tokens)
        token = -1 if is_end else int(shares.choices.tokens[index])
        place = None if is_end else problem.language.take(place, token)
        tokens += [] if is_end else [token]
    return problem.sample(tokens, log_prob, log_weight)
