"""What a sampler returns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from samplers.statistics import RunStatistics


@dataclass(frozen=True)
class Sample:
    """One text of the language.

    `tokens` are the ids of the text, without the one that ended it. `log_prob` is what the unconstrained model gives
    to writing these tokens and then stopping (any end of sequence counts), at temperature 1 and without truncation
    whatever the target. `log_weight` is the logarithm of the target's probability of the tokens over the probability
    with which the sampler drew them: averages of exp(log_weight) estimate the probability Z that the target's text is
    in the language, and weighted averages estimate expectations under the target conditioned on the language. The
    target is the model under the settings that a sampler calls its target (`samplers.Target`), which are the model's
    own unless the caller set others. A sampler whose draws follow the conditional distribution themselves has 0.
    """

    text: str
    tokens: list[int]
    log_prob: float
    log_weight: float


class Samples(list[Sample]):
    """The samples of one run, and what the run cost."""

    def __init__(self, samples: Iterable[Sample], statistics: RunStatistics) -> None:
        super().__init__(samples)
        self.statistics = statistics
