"""The distribution that a sampler conditions on the language: a model under settings that the caller pinned.

The settings act on the whole row of scores, before the constraint is looked at, in the order in which `transformers`
applies them: temperature, then top-k, then top-p. Tokens of equal score are kept or left out together, so that the
distribution does not depend on how ids are numbered. A generation config of the model is never read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from constrain.arguments import check_is_number, check_is_whole
from constrain.errors import GenerationError, SettingsError
from samplers.kernels import BLOCK, block_sums, exponentials

Logits: TypeAlias = NDArray[np.floating]
_PRECISE: Final = 1 << 15
"""Rows up to this width are normalised in float64; for wider ones float32 terms, summed in float64, are exact enough
(relative error below 1e-7, which is that of the scores themselves) and several times as fast."""


@dataclass(frozen=True)
class Scores:
    """One row of scores, read as a distribution over the next token: the model's own, and the target's.

    `weights`, of the width and type of the row, is proportional to the target's probabilities, and 1 at the best token;
    exp(`log_total`) is their sum, and `sums` those of every `samplers.kernels.BLOCK` of them, float64. Tokens that the
    target leaves out have 0.
    """

    logits: Logits
    target: Target
    threshold: float
    log_norm: float
    target_log_norm: float
    weights: Logits
    sums: NDArray[np.float64]
    log_total: float

    def log_probs(self, tokens: NDArray[np.int64]) -> NDArray[np.float64]:
        """The target's log-probability of each of some tokens; minus infinity for those that it leaves out."""
        logits = self.logits[tokens].astype(np.float64)
        kept = np.where(logits >= self.threshold, logits, -np.inf)
        return kept / self.target.temperature - self.target_log_norm

    def model_log_probs(self, tokens: NDArray[np.int64]) -> NDArray[np.float64]:
        """The model's own log-probability of each of some tokens, at temperature 1 and without truncation."""
        return self.logits[tokens].astype(np.float64) - self.log_norm

    def pooled(self, tokens: NDArray[np.int64]) -> tuple[float, float]:
        """The log-probability that the next token is one of some (few): the target's, and the model's own."""
        logits = [float(self.logits[token]) for token in tokens.tolist()]
        kept = [logit / self.target.temperature for logit in logits if logit >= self.threshold]
        return _log_sum(kept) - self.target_log_norm, _log_sum(logits) - self.log_norm

    def model_log_prob(self, token: int) -> float:
        """That of a single token."""
        return float(self.logits[token]) - self.log_norm


@dataclass(frozen=True)
class Target:
    """The model's own distribution, unless `temperature`, `top_k` or `top_p` say otherwise.

    Raises `SettingsError` for values that mean nothing, and `TypeError` for those that are no numbers. Temperature 0
    is no distribution over texts: `samplers.Greedy` takes the best token of each step.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None

    def __post_init__(self) -> None:
        check_is_number("temperature", self.temperature)
        if not 0 < self.temperature < math.inf:
            raise SettingsError("temperature", self.temperature, "above 0 and finite (Greedy() takes the best token)")
        if self.top_k is not None:
            check_is_whole("top_k", self.top_k)
            if self.top_k < 1:
                raise SettingsError("top_k", self.top_k, "at least 1")
        if self.top_p is not None:
            check_is_number("top_p", self.top_p)
            if not 0 < self.top_p <= 1:
                raise SettingsError("top_p", self.top_p, "above 0 and at most 1")

    def read(self, logits: Logits) -> Scores:
        """The distributions that a row of scores `float[width]` stands for; refuses a row that is none."""
        logits = np.ascontiguousarray(logits, dtype=np.float64 if len(logits) <= _PRECISE else np.float32)
        best = float(logits.max())
        if not math.isfinite(best):
            raise GenerationError(f"the model's scores are not finite numbers ({best})")
        weights, sums, log_total = _weights(logits, best, 1.0)
        log_norm = best + log_total
        threshold = self._threshold(logits, best)
        if self.temperature != 1:
            weights, sums, log_total = _weights(logits, best, self.temperature)
        if threshold > -math.inf:
            weights = np.where(logits >= threshold, weights, logits.dtype.type(0))
            block_sums(weights, sums)
            log_total = math.log(sums.sum())
        target_log_norm = best / self.temperature + log_total
        return Scores(logits, self, threshold, log_norm, target_log_norm, weights, sums, log_total)

    def _threshold(self, logits: Logits, best: float) -> float:
        """The lowest score that is kept."""
        threshold = -math.inf
        if self.top_k is not None and self.top_k < len(logits):
            threshold = float(np.partition(logits, len(logits) - self.top_k)[-self.top_k])
        if self.top_p is not None and self.top_p < 1:
            ordered = np.sort(logits[logits >= threshold])[::-1].astype(np.float64)
            reached = np.exp((ordered - best) / self.temperature).cumsum()
            threshold = float(ordered[reached.searchsorted(self.top_p * reached[-1])])
        return threshold


def _log_sum(logs: Sequence[float]) -> float:
    """log Σ exp; minus infinity for none."""
    best = max(logs, default=-math.inf)
    return best if best == -math.inf else best + math.log(math.fsum(math.exp(each - best) for each in logs))


def _weights(logits: Logits, best: float, temperature: float) -> tuple[Logits, NDArray[np.float64], float]:
    """exp((logits - best) / temperature), of the width and type of the logits, their sums, and the log of their sum."""
    sums = np.empty(-(-len(logits) // BLOCK))
    if logits.dtype == np.float32:
        weights = np.empty_like(logits)
        exponentials(logits, np.float32(best), 1 / temperature, weights, sums)
    else:
        weights = np.exp((logits - best) / temperature)
        block_sums(weights, sums)
    return weights, sums, math.log(sums.sum())


OWN: Final = Target()
