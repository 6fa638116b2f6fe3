"""What a sampler returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One text of the language.

    `tokens` are the ids of the text, without the one that ended it. `log_prob` is what the unconstrained model gives
    to writing these tokens and then stopping (any end of sequence counts). `log_weight` is the logarithm of that
    probability over the probability with which the sampler drew the tokens: averages of exp(log_weight) estimate the
    probability that the model's text is in the language, and weighted averages estimate expectations under the model
    conditioned on the language. An exact sampler has 0.
    """

    text: str
    tokens: list[int]
    log_prob: float
    log_weight: float
