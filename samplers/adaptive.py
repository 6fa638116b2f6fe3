"""Samplers that learn from every attempt: one prefix tree, three endings (the derivation is in `samplers.tree`)."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Final

import numpy as np

from constrain.arguments import check_is_whole
from constrain.errors import SettingsError
from samplers.base import ExactSampler
from samplers.errors import AttemptsError, EmptyLanguageError
from samplers.language import Place
from samplers.problem import Problem
from samplers.sample import Sample, Samples
from samplers.target import OWN, Target
from samplers.tree.prefix_tree import DEFAULT_MEMORY_BYTES, PrefixTree
from samplers.tree.shared import shared_tree
from samplers.tree.walk import Attempt, attempt

MAX_ATTEMPTS: Final = 2000


@dataclass(frozen=True)
class TreeSampler(ExactSampler[Samples]):
    """Draws along the bounds of the problem's shared tree until there are enough members of the language.

    What was learnt serves all later calls with the same model, prompt, constraint, target and budget. `max_attempts` in
    a row without a member raise `AttemptsError`; a language without any mass raises `EmptyLanguageError`. Beyond
    `memory_limit` bytes the tree forgets what was not used for longest.
    """

    target: Target = OWN
    max_new_tokens: int = 256
    max_attempts: int = MAX_ATTEMPTS
    memory_limit: int = DEFAULT_MEMORY_BYTES

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("max_attempts", "memory_limit"):
            check_is_whole(name, getattr(self, name))
            if getattr(self, name) < 1:
                raise SettingsError(name, getattr(self, name), "at least 1")

    @abstractmethod
    def log_level(self, rng: np.random.Generator) -> float:
        """The ratio w/θ(root), as a logarithm, at or below which the next attempt is given up."""

    @abstractmethod
    def log_weight(self, made: Attempt, is_first: bool) -> float:
        """The weight of a sample; whether it came of the first attempt."""

    @abstractmethod
    def log_estimate(self, made: Attempt) -> float:
        """The logarithm of an unbiased estimate of Z, of any attempt."""

    def draw(self, problem: Problem[Place], n: int, rng: np.random.Generator) -> Samples:
        """`n` members; the estimate of log Z is that of these draws."""
        tree = shared_tree(problem)
        tree.memory_limit = self.memory_limit
        found: list[Sample] = []
        estimates: list[float] = []
        attempts = 0
        for _ in range(n):
            tries = self._tries(tree, problem, rng, found)
            attempts += len(tries)
            estimates.append(self.log_estimate(tries[0]))
            made, log_weight = tries[-1], self.log_weight(tries[-1], len(tries) == 1)
            found.append(problem.sample(made.tokens, made.log_prob, log_weight))
        return Samples(found, problem.statistics(attempts, estimates))

    def _tries(
        self, tree: PrefixTree[Place], problem: Problem[Place], rng: np.random.Generator, found: list[Sample]
    ) -> list[Attempt]:
        """Attempts up to the first that makes a member."""
        tries: list[Attempt] = []
        while len(tries) < self.max_attempts:
            tries.append(attempt(tree, problem, rng, self.log_level(rng)))
            if tries[-1].is_member:
                return tries
            if tries[-1].log_bound == -math.inf:
                raise EmptyLanguageError
        bound = math.exp(tree.root.log_theta)
        raise AttemptsError(self._advice(), self.max_attempts, bound, tuple(found))

    def _advice(self) -> str:
        return "attempts found no text that ends within the budget (raise max_new_tokens or max_attempts)"


@dataclass(frozen=True)
class ASAp(TreeSampler):
    """Adaptive sampling with approximate expected futures: close to the conditional law, and closer with every draw.

    The weights are left out: all samples have 0. Source: Park et al. 2024, "Grammar-Aligned Decoding".
    """

    def log_level(self, rng: np.random.Generator) -> float:
        """An attempt goes on as long as anything can be completed."""
        del rng
        return -math.inf

    def log_weight(self, made: Attempt, is_first: bool) -> float:
        """None."""
        del made, is_first
        return 0.0

    def log_estimate(self, made: Attempt) -> float:
        """That of the weight which the sampler leaves out."""
        return made.log_weight


@dataclass(frozen=True)
class WeightedTree(TreeSampler):
    """The draws of `ASAp` with their importance weights: E[exp(log_weight) 1{x}] is the target's probability of x.

    A text whose first attempt could not be completed has weight 0 (`log_weight` minus infinity): it fills the list.
    """

    def log_level(self, rng: np.random.Generator) -> float:
        """An attempt goes on as long as anything can be completed."""
        del rng
        return -math.inf

    def log_weight(self, made: Attempt, is_first: bool) -> float:
        """w, or 0 where an earlier attempt was lost."""
        return made.log_weight if is_first else -math.inf

    def log_estimate(self, made: Attempt) -> float:
        """w."""
        return made.log_weight


@dataclass(frozen=True)
class AdaptiveRejection(TreeSampler):
    """Independent samples of exactly the conditional law, from the first one on; ever fewer attempts are rejected.

    Source: Parys et al. 2025, "Constrained Adaptive Rejection Sampling".
    """

    def log_level(self, rng: np.random.Generator) -> float:
        """The logarithm of a uniform number above 0 and at most 1."""
        return math.log1p(-rng.random())

    def log_weight(self, made: Attempt, is_first: bool) -> float:
        """None: what is accepted is exact."""
        del made, is_first
        return 0.0

    def log_estimate(self, made: Attempt) -> float:
        """The bound of the root where the attempt was accepted."""
        return made.log_bound if made.is_member else -math.inf

    def _advice(self) -> str:
        return "attempts were all rejected (raise max_attempts, or take WeightedTree, which keeps them with weights)"
