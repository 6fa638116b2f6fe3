"""Samples by a Markov chain over the members of the language (the derivation is in `samplers.mcmc`)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from constrain.arguments import check_is_text, check_is_whole
from constrain.errors import SettingsError
from samplers.adaptive import MAX_ATTEMPTS
from samplers.base import ExactSampler
from samplers.errors import AttemptsError, EmptyLanguageError
from samplers.language import Place
from samplers.mcmc.chain import Chain
from samplers.mcmc.reading import DEFAULT_MEMORY_BYTES
from samplers.mcmc.text import CUTS, Text
from samplers.problem import Problem
from samplers.sample import Sample, Samples
from samplers.target import OWN, Target


@dataclass(frozen=True)
class MCMC(ExactSampler[Samples]):
    """Texts after `steps` steps of Metropolis-Hastings, whose law tends to the conditional one as `steps` grows.

    The `n` samples are the last states of `n` independent chains, each of which begins with a text of masked sampling.
    With `thinning` they are states of one chain: the one after `steps` steps, and then each `thinning` steps later;
    that costs less, and the samples depend on each other. `cut` says where a step cuts the text: `restart`, `uniform`
    or `priority` (`samplers.mcmc`). `log_weight` is 0 for all, which is true in the limit of many steps, and the
    estimate of log Z is that of the first attempts, which are importance samples.

    `max_attempts` attempts to begin without a member raise `AttemptsError`, a language without any mass raises
    `EmptyLanguageError`. What is read of the model is kept within `memory_limit` bytes; what had to be forgotten is
    read again.

    Source: Gonzalez et al. 2025, "Constrained Sampling for Language Models Should Be Easy: An MCMC Perspective".
    """

    target: Target = OWN
    max_new_tokens: int = 256
    cut: str = "priority"
    steps: int = 100
    thinning: int | None = None
    max_attempts: int = MAX_ATTEMPTS
    memory_limit: int = DEFAULT_MEMORY_BYTES

    def __post_init__(self) -> None:
        super().__post_init__()
        check_is_text("cut", self.cut)
        if self.cut not in CUTS:
            raise SettingsError("cut", self.cut, f"one of {', '.join(CUTS)}")
        whole = {"steps": 0, "max_attempts": 1, "memory_limit": 1, **({} if self.thinning is None else {"thinning": 1})}
        for name, least in whole.items():
            check_is_whole(name, getattr(self, name))
            if getattr(self, name) < least:
                raise SettingsError(name, getattr(self, name), f"at least {least}")

    def draw(self, problem: Problem[Place], n: int, rng: np.random.Generator) -> Samples:
        """The last states of `n` chains, or `n` states of one."""
        chain, found, estimates = Chain(problem, CUTS[self.cut], self.memory_limit), list[Sample](), list[float]()
        text: Text | None = None
        for _ in range(n):
            steps = self.steps
            if text is not None and self.thinning is not None:
                steps = self.thinning
            else:
                text, log_weight = self._begin(chain, rng, found)
                estimates.append(log_weight)
            for _ in range(steps):
                text = chain.step(text, rng)
            found.append(problem.sample(text.tokens, text.log_prob, 0.0))
        return Samples(found, problem.statistics(chain.attempts, estimates))

    def _begin(self, chain: Chain, rng: np.random.Generator, found: list[Sample]) -> tuple[Text, float]:
        """A first state, and the importance weight of the first attempt to write one, as a logarithm."""
        log_mass = chain.log_start_mass()
        if log_mass == -math.inf:
            raise EmptyLanguageError
        for attempt in range(self.max_attempts):
            text = chain.init(rng)
            if text is not None:
                return text, text.log_mass - float(text.log_ends[0]) if attempt == 0 else -math.inf
        what = "attempts found no text that ends within the budget (raise max_new_tokens or max_attempts)"
        raise AttemptsError(what, self.max_attempts, math.exp(log_mass), tuple(found))
