"""Adaptive weighted rejection sampling of texts: for constraints that can only be checked one token at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from constrain.arguments import check_is_whole
from constrain.errors import SettingsError
from samplers.base import ProblemSampler
from samplers.errors import AttemptsError
from samplers.monitor import AnyMonitor
from samplers.particles.population import Evolution, Particle
from samplers.posing import pose
from samplers.problem import Problem, Request
from samplers.rejection.settings import Rejection
from samplers.rejection.steps import RejectionStepper
from samplers.sample import Sample, Samples
from samplers.target import OWN, Target

MAX_ATTEMPTS: Final = 2000


@dataclass(frozen=True)
class RejectionSteps(Rejection):
    """Tokens drawn by rejection, for samplers that take a way to draw them."""

    def begin(self, problem: Problem[Any], rng: np.random.Generator) -> RejectionStepper[Any]:
        """What draws the tokens of a problem."""
        return RejectionStepper(self, problem, rng)


@dataclass(frozen=True)
class AWRS(RejectionSteps, ProblemSampler[Any, Samples]):
    """Draws texts token by token by rejection: E[exp(log_weight) 1{x}] is the target's probability of x.

    The constraint is the automaton's, and that of a `monitor` where one is given (`samplers.monitor.Monitor`, such as
    `TextMonitor`): to be held to the monitor alone, take an automaton that allows any text. The language has the texts
    that are known to fit in the budget. A text whose first attempt came to nothing has weight 0 (`log_weight` minus
    infinity): it fills the list. `max_attempts` in a row without a member raise `AttemptsError`. `batch_size` texts are
    read in one forward.

    Source: Lipkin et al. 2025, "Fast Controlled Generation from Language Models with Adaptive Weighted Rejection
    Sampling". See `Rejection` for the settings of a draw and `samplers.rejection` for its weight.
    """

    target: Target = OWN
    max_new_tokens: int = 256
    max_attempts: int = MAX_ATTEMPTS
    batch_size: int = 16
    monitor: AnyMonitor | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        ProblemSampler.__post_init__(self)
        for name in ("max_attempts", "batch_size"):
            check_is_whole(name, getattr(self, name))
            if getattr(self, name) < 1:
                raise SettingsError(name, getattr(self, name), "at least 1")

    def pose(self, request: Request) -> Problem[Any]:
        """The target on what the automaton and the monitor allow."""
        return pose(request, self.target, self.monitor, self.proposal)

    def draw(self, problem: Problem[Any], n: int, rng: np.random.Generator) -> Samples:
        """`n` members; the estimate of log Z is that of the first attempt for each."""
        evolution = Evolution(problem, self.begin(problem, rng))
        first = [
            each
            for begin in range(0, n, self.batch_size)
            for each in self._run(evolution, min(n - begin, self.batch_size))
        ]
        log_weights = [each.log_weight for each in first]
        found = [self._sample(problem, each, each.log_weight) for each in first if each.log_weight > -math.inf]
        attempts = n
        while len(found) < n:
            made, count = self._next(evolution, n - len(found), found)
            attempts += count
            found += [self._sample(problem, each, -math.inf) for each in made]
        return Samples(found, problem.statistics(attempts, log_weights))

    def _run(self, evolution: Evolution[Any], count: int) -> list[Particle[Any]]:
        population = evolution.start(count)
        while population.is_open:
            population = evolution.step(population)
        return list(population.particles)

    def _next(self, evolution: Evolution[Any], count: int, found: list[Sample]) -> tuple[list[Particle[Any]], int]:
        """Between one and `count` members, and the number of attempts that they took."""
        attempts = 0
        while attempts < self.max_attempts:
            size = min(count, self.batch_size)
            attempts += size
            made = [each for each in self._run(evolution, size) if each.log_weight > -math.inf]
            if made:
                return made, attempts
        raise AttemptsError(
            "attempts were all refused (raise max_new_tokens or max_rejects)", attempts, 1.0, tuple(found)
        )

    def _sample(self, problem: Problem[Any], made: Particle[Any], log_weight: float) -> Sample:
        return problem.sample(made.draft.tokens, made.log_prob, log_weight)
