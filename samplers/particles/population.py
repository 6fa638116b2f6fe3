"""The population of particles: how it starts, what a step does to it, and what it estimates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from samplers.language import PlaceT
from samplers.particles.critics import Critic, Draft, checked
from samplers.particles.resampling import Scheme
from samplers.problem import Problem
from samplers.statistics import log_mean
from samplers.steps import STOP, Extension, Stepper
from samplers.target import Scores, Target

Row: TypeAlias = tuple[int, ...]


class Read(NamedTuple):
    """What was read after a row of tokens: the target's scores, and those of the proposal model."""

    scores: Scores
    guide: Scores | None


@dataclass(frozen=True)
class Particle(Generic[PlaceT]):
    """A text under way or complete. `place` is None where it stopped; `log_weight` is minus infinity where it is lost.

    `log_prob` is the model's own, `log_score` what the critics said last, `origin` the particle of the start (or, after
    a resampling that all went through, still that) which it descends from.
    """

    draft: Draft
    place: PlaceT | None
    log_prob: float
    log_weight: float
    log_score: float
    origin: int

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.place is not None and self.log_weight > -math.inf


@dataclass(frozen=True)
class Population(Generic[PlaceT]):
    """Particles, and how many times they were drawn anew."""

    particles: tuple[Particle[PlaceT], ...]
    resamplings: int = 0

    @property
    def is_open(self) -> bool:
        """Whether any particle goes on."""
        return any(particle.is_open for particle in self.particles)

    @property
    def log_weights(self) -> NDArray[np.float64]:
        """`float64[n]`."""
        return np.array([particle.log_weight for particle in self.particles])

    @property
    def log_z(self) -> float:
        """The logarithm of the mean weight."""
        return log_mean(self.log_weights.tolist())[0]

    @property
    def shares(self) -> NDArray[np.float64]:
        """The weights, `float64[n]`, divided by their sum; all 0 where every particle is lost."""
        logs = self.log_weights
        best = float(logs.max())
        if best == -math.inf:
            return np.zeros(len(logs))
        weights = np.exp(logs - best)
        shares: NDArray[np.float64] = weights / weights.sum()
        return shares

    @property
    def effective_size(self) -> float:
        """(Σ W)² / Σ W²; 0 where every particle is lost."""
        squares = float((self.shares**2).sum())
        return 1 / squares if squares else 0.0

    @property
    def relative_variance(self) -> float:
        """An estimate V of the variance of Ẑ over Ẑ², from which particles descend from the same one.

        Where they are drawn anew by multinomial resampling after steps that are fixed beforehand, E[Ẑ² V] is the
        variance; for the other schemes it is mostly too large. It may be negative. Infinite where nothing can be told.
        Source: Lee and Whiteley 2018, "Variance estimation in the particle filter".
        """
        count, shares = len(self.particles), self.shares
        if count < 2 or not shares.any():
            return math.inf
        by_origin = np.zeros(count)
        np.add.at(by_origin, [particle.origin for particle in self.particles], shares)
        apart = 1.0 - float((by_origin**2).sum())
        return 1.0 - (count / (count - 1)) ** (self.resamplings + 1) * apart

    @property
    def log_z_error(self) -> float:
        """The standard error of `log_z`: the root of `relative_variance`, 0 where that is negative."""
        return math.sqrt(max(self.relative_variance, 0.0))


@dataclass(frozen=True)
class Evolution(Generic[PlaceT]):
    """What moves a population: `start` makes it, `step` gives a token to every particle that goes on."""

    problem: Problem[PlaceT]
    stepper: Stepper[PlaceT]
    critic: Critic | None = None

    def start(self, count: int) -> Population[PlaceT]:
        """`count` particles of the empty text."""
        place, draft = self.problem.language.start, Draft((), b"")
        score = 0.0 if self.critic is None else checked(self.critic.prefix(draft))
        return Population(tuple(Particle(draft, place, 0.0, score, score, origin) for origin in range(count)))

    def step(self, population: Population[PlaceT]) -> Population[PlaceT]:
        """The population with a token more for each particle that goes on."""
        by_row: dict[Row, list[int]] = {}
        for number, each in enumerate(population.particles):
            if each.is_open:
                by_row.setdefault(each.draft.tokens, []).append(number)
        particles = list(population.particles)
        # Row by row, because one that was just normalised is still in the processor's cache.
        for read, numbers in zip(read_rows(self.problem, list(by_row)), by_row.values(), strict=True):
            for number in numbers:
                particles[number] = self._moved(particles[number], read)
        return replace(population, particles=tuple(particles))

    def _moved(self, particle: Particle[PlaceT], read: Read) -> Particle[PlaceT]:
        if particle.place is None:
            return particle
        drawn = self.stepper.extend(particle.place, read.scores, read.guide)
        if drawn is None:
            return replace(particle, log_weight=-math.inf)
        draft = self._draft(particle.draft, drawn)
        score = self._score(draft, is_complete=drawn.token == STOP)
        return Particle(
            draft,
            drawn.place,
            particle.log_prob + drawn.log_prob,
            particle.log_weight + drawn.log_weight + score - particle.log_score,
            score,
            particle.origin,
        )

    def _draft(self, draft: Draft, drawn: Extension[PlaceT]) -> Draft:
        if drawn.token == STOP:
            return draft
        text = self.problem.language.automaton.vocabulary.tokens[drawn.token]
        return Draft((*draft.tokens, drawn.token), draft.content + text)

    def _score(self, draft: Draft, *, is_complete: bool) -> float:
        if self.critic is None:
            return 0.0
        return checked(self.critic.complete(draft) if is_complete else self.critic.prefix(draft))


def resampled(population: Population[PlaceT], scheme: Scheme, rng: np.random.Generator) -> Population[PlaceT]:
    """As many particles of the mean weight, drawn in proportion to their weights."""
    indices = scheme(population.shares, len(population.particles), rng)
    log_weight = population.log_z
    particles = tuple(replace(population.particles[index], log_weight=log_weight) for index in indices.tolist())
    return Population(particles, population.resamplings + 1)


def read_rows(problem: Problem[Any], rows: Sequence[Row]) -> Iterator[Read]:
    """The scores after each of several rows of tokens, of the model and of the proposal model where there is one.

    All rows are read by the models before the first scores are made, and those are made one by one.
    """
    own = problem.model.logits_of(rows)
    if problem.proposal is None:
        return (Read(problem.target.read(logits), None) for logits in own)
    target = Target(problem.proposal.temperature)
    guides = problem.proposal.model.logits_of(rows)
    return (Read(problem.target.read(logits), target.read(guide)) for logits, guide in zip(own, guides, strict=True))
