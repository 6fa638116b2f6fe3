"""The most probable texts of a language, with a certificate (how they are found is in `samplers.search`)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from constrain.arguments import check_is_whole
from constrain.errors import SettingsError
from samplers.base import ExactSampler
from samplers.errors import EmptyLanguageError
from samplers.language import Place
from samplers.problem import Problem
from samplers.sample import Sample, Samples
from samplers.search.best import Search
from samplers.statistics import RunStatistics
from samplers.target import OWN, Target

DEFAULT_MEMORY_BYTES: Final = 1 << 28


class Ranking(Samples):
    """The most probable texts that were found, the most probable first, and what is known of all others.

    `log_weight` of a sample is its log-probability under the target, by which they are ordered: it is there with
    certainty. `log_bound` is an upper bound on that of every other sequence of the language, `log_rest` on that of all
    others together, so that Z is at most exp(log_rest) above the sum of what is here. `wanted` texts were asked for,
    and `forwards` is what the search took. Both bounds hold up to the rounding of the sums of logarithms.
    """

    def __init__(
        self,
        samples: Iterable[Sample],
        statistics: RunStatistics,
        wanted: int,
        log_bound: float,
        log_rest: float,
        forwards: int,
    ) -> None:
        super().__init__(samples, statistics)
        self.wanted, self.log_bound, self.log_rest, self.forwards = wanted, log_bound, log_rest, forwards

    @property
    def certain(self) -> list[bool]:
        """For each text, whether it is proven that nothing that is not here is more probable."""
        return [sample.log_weight >= self.log_bound for sample in self]

    @property
    def is_certain(self) -> bool:
        """Whether these are proven to be the `wanted` most probable ones, or all that there are."""
        return all(self.certain) and (len(self) == self.wanted or self.log_bound == -math.inf)


@dataclass(frozen=True)
class BestFirst(ExactSampler[Ranking]):
    """The `n` most probable texts of the language, certified, or the best found and a bound on what is left.

    What is ranked are token sequences under the target: a text that can be spelled in several ways counts with each by
    itself. A temperature, top-k or top-p act on every step before the constraint, as in all samplers, so that with
    them the order is that of the target and may differ from the model's; `log_prob` stays the model's. Sequences
    without any probability are not found. Equal ones come in an order of their own.

    The search ends with the certificate, after `max_forwards` forwards of the model, or where there is nothing left to
    read. In long free texts the certificate is out of reach; then the result is at least as probable as what greedy
    decoding writes, if the forwards sufficed for that. The list has fewer than `n` texts where fewer were found, and
    may be empty; `EmptyLanguageError` says that there are none. The frontier takes `memory_limit` bytes, about: beyond
    that its less probable part is given up, and its bound is kept. The seed means nothing.

    Over the passages of a text this is the exact search of Castel et al. 2022, "How Optimal is Greedy Decoding for
    Extractive Question Answering?".
    """

    target: Target = OWN
    max_new_tokens: int = 256
    max_forwards: int = 1000
    memory_limit: int = DEFAULT_MEMORY_BYTES

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("max_forwards", "memory_limit"):
            check_is_whole(name, getattr(self, name))
            if getattr(self, name) < 1:
                raise SettingsError(name, getattr(self, name), "at least 1")

    def draw(self, problem: Problem[Place], n: int, rng: np.random.Generator) -> Ranking:
        """The `n` most probable texts, the same for every source of randomness."""
        del rng  # it changes nothing
        before = problem.model.forwards
        if n == 0:
            return Ranking([], problem.statistics(0), 0, 0.0, 0.0, 0)
        search = Search(problem, n, self.max_forwards, self.memory_limit)
        search.run()
        if not search.found and search.log_bound == -math.inf:
            raise EmptyLanguageError
        samples = [problem.sample(each.tokens, each.log_prob, -each.minus_log_mass) for each in search.found]
        forwards = problem.model.forwards - before
        return Ranking(samples, problem.statistics(1), n, search.log_bound, search.log_rest, forwards)
