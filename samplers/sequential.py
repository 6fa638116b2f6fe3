"""Sequential Monte Carlo: a population of texts that grow token by token, and are drawn anew as their weights part."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from constrain.arguments import check_has, check_is_number, check_is_text, check_is_whole
from constrain.errors import SettingsError
from samplers.awrs import AWRS
from samplers.base import ProblemSampler
from samplers.errors import AttemptsError
from samplers.monitor import AnyMonitor
from samplers.particles.critics import Critic
from samplers.particles.population import Evolution, Population, resampled
from samplers.particles.resampling import SCHEMES
from samplers.posing import pose
from samplers.problem import Problem, Request
from samplers.rejection.settings import Rejection
from samplers.sample import Sample, Samples
from samplers.statistics import RunStatistics
from samplers.steps import Masked, Steps
from samplers.target import OWN, Target

PARTICLES: Final = 32
MASKED: Final = Masked()


@dataclass(frozen=True)
class SequentialMonteCarlo(ProblemSampler[Any, Samples]):
    """Draws from the target times what a `critic` says, conditioned on the language; closer with every particle.

    A population of `particles` (of n, where more are asked for) grows by `steps`: `Masked()`, or by rejection
    (`AWRS(...)` serves as steps too, with the settings of `Rejection` alone: target, budget and monitor are those given
    here). It is drawn anew by a scheme of `resampling` ("stratified", "systematic", "residual", "multinomial") whenever
    its effective size falls below `threshold` of its number: 0 is never, 1 whenever weights differ. Where it has n
    members at the end these are the samples, with their weights (times n over its number, where others were lost);
    otherwise n are drawn from it in proportion to their weights, and weigh what its mean does. In both cases averages
    of exp(log_weight) f(x) over the list estimate
    Σ p(x) exp(critic's score of x) f(x) over the language without bias, and `log_z` is their logarithm for 1.

    The language has the texts that are known to fit in the budget; a `monitor` narrows it (see `AWRS`). A population of
    which nothing is left is begun anew, `max_attempts` times before `AttemptsError`; its samples weigh 0 then.
    """

    particles: int = PARTICLES
    steps: Steps = MASKED
    critic: Critic | None = None
    threshold: float = 0.5
    resampling: str = "stratified"
    target: Target = OWN
    max_new_tokens: int = 256
    max_attempts: int = 20
    monitor: AnyMonitor | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("particles", "max_attempts"):
            check_is_whole(name, getattr(self, name))
            if getattr(self, name) < 1:
                raise SettingsError(name, getattr(self, name), "at least 1")
        check_is_number("threshold", self.threshold)
        if not 0 <= self.threshold <= 1:
            raise SettingsError("threshold", self.threshold, "at least 0 and at most 1")
        check_has("steps", "a way to draw tokens: Masked() or AWRS(...)", self.steps, ("begin",))
        _check_is_heard(self.steps)
        if self.critic is not None:
            check_has("critic", "an object with the methods prefix and complete", self.critic, ("prefix", "complete"))
        check_is_text("resampling", self.resampling)
        if self.resampling not in SCHEMES:
            raise SettingsError("resampling", repr(self.resampling), f"one of {', '.join(map(repr, SCHEMES))}")

    def pose(self, request: Request) -> Problem[Any]:
        """The target on what the automaton and the monitor allow."""
        guide = self.steps.proposal if isinstance(self.steps, Rejection) else None
        return pose(request, self.target, self.monitor, guide)

    def draw(self, problem: Problem[Any], n: int, rng: np.random.Generator) -> Samples:
        """`n` members; the statistics are of the first population."""
        size = max(self.particles, n)
        first = population = self.populate(problem, size, rng)
        attempts = 1
        while not population.shares.any():
            if attempts == self.max_attempts:
                what = (
                    f"populations of {size} particles were lost (raise particles or max_new_tokens, soften the critic)"
                )
                raise AttemptsError(what, attempts, 1.0, ())
            population = self.populate(problem, size, rng)
            attempts += 1
        samples = self._samples(problem, population, n, rng, is_first=attempts == 1)
        cost = problem.statistics(size * attempts)
        statistics = RunStatistics(
            cost.model_forwards, cost.constraint_evaluations, cost.attempts, first.log_z, first.log_z_error
        )
        return Samples(samples, statistics)

    def populate(self, problem: Problem[Any], count: int, rng: np.random.Generator) -> Population[Any]:
        """One population from start to end: every particle complete, with its weight, or lost."""
        evolution = Evolution(problem, self.steps.begin(problem, rng), self.critic)
        population = evolution.start(count)
        while population.is_open:
            population = evolution.step(population)
            if population.is_open and population.effective_size < self.threshold * count * (1 - 1e-9):
                population = resampled(population, SCHEMES[self.resampling], rng)
        return population

    def _samples(
        self, problem: Problem[Any], population: Population[Any], n: int, rng: np.random.Generator, *, is_first: bool
    ) -> list[Sample]:
        particles = [each for each in population.particles if each.log_weight > -math.inf]
        if len(particles) == n:
            # Lost particles count in the mean of the population, and are not in the list.
            log_share = math.log(n / len(population.particles))
            log_weights = [each.log_weight + log_share for each in particles]
        else:
            drawn = SCHEMES[self.resampling](population.shares, n, rng)
            # In random order, because whoever takes the first few is to get a fair share too.
            particles = [population.particles[index] for index in rng.permutation(drawn).tolist()]
            log_weights = [population.log_z] * n
        return [
            problem.sample(each.draft.tokens, each.log_prob, log_weight if is_first else -math.inf)
            for each, log_weight in zip(particles, log_weights, strict=True)
        ]


def _check_is_heard(steps: Steps) -> None:
    """Refuses what a sampler that serves as steps was told beyond its steps: nobody would hear it."""
    if not isinstance(steps, AWRS):
        return
    heard = {field.name for field in fields(Rejection)}
    other = [
        each.name for each in fields(steps) if each.name not in heard and getattr(steps, each.name) != each.default
    ]
    if other:
        raise SettingsError(
            "steps", f"AWRS({other[0]}=...)", f"without {other[0]} (the population has settings of its own)"
        )
