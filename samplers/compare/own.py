"""The samplers of this package as the comparison runs them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from time import process_time
from typing import Any

import numpy as np

from constrain import Automaton, compile_regex
from samplers.awrs import AWRS
from samplers.compare.measure import Draw
from samplers.compare.problems import Predicate, TokenProblem
from samplers.language import Completable
from samplers.monitor import WatchedLanguage
from samplers.problem import Problem
from samplers.randomness import make_rng
from samplers.rejection.estimators import Inquiry
from samplers.rejection.settings import ESTIMATORS, Rejection
from samplers.rejection.urn import RowUrn
from samplers.sequential import SequentialMonteCarlo
from samplers.target import OWN
from samplers.validate.checks.overhead import ReadyModel, wide_vocabulary


def sampler(problem: TokenProblem, predicate: Predicate, seed: int) -> Draw:
    """The default estimator of `AWRS`, on a row of scores that is read anew for every draw."""
    rng, settings, none = make_rng(seed), Rejection(), np.empty(0, np.int64)
    ends = np.array([len(problem.logits) - 1])

    def draw() -> float:
        urn = RowUrn(OWN.read(problem.logits), ends, none, rng)
        return float(ESTIMATORS[settings.estimator](urn, Inquiry(predicate), settings.limits).draw().weight)

    return draw


@dataclass(frozen=True)
class _Watch:
    """A predicate as a monitor without states."""

    predicate: Predicate
    start: tuple[()] = ()

    def take(self, state: tuple[()], token: int) -> tuple[()] | None:
        return state if self.predicate(token) else None

    def may_stop(self, state: tuple[()]) -> bool:
        del state
        return self.predicate(0)


def population_time(predicate: Predicate, particles: int, tokens: int, seed: int) -> float:
    """Milliseconds a token and particle of sequential Monte Carlo by rejection; token 0 of the model is the end."""
    language: Any = WatchedLanguage(Completable(_any_text(), tokens), _Watch(predicate))
    problem: Problem[Any] = Problem(ReadyModel(), language, OWN)
    method = SequentialMonteCarlo(particles, AWRS(mask_after=None))
    begun = process_time()
    population = method.populate(problem, particles, make_rng(seed))
    elapsed = 1000 * (process_time() - begun)
    return elapsed / sum(1 + len(each.draft.tokens) for each in population.particles)


@cache
def _any_text() -> Automaton:
    return compile_regex(r"[\s\S]*", wide_vocabulary())
