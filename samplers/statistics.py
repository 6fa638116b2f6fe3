"""What a run of a sampler cost, and what it says of Z, the probability that the model's text is in the language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RunStatistics:
    """The cost of a run, and its estimate of log Z.

    `model_forwards` counts the calls of the model, `constraint_evaluations` the masks and the single tokens that the
    constraint was asked for, `attempts` the texts that were begun. `log_z` is the logarithm of the estimate of Z, and
    `log_z_error` the standard error of that logarithm (by the delta method); both are None where a sampler gives none.
    """

    model_forwards: int
    constraint_evaluations: int
    attempts: int
    log_z: float | None = None
    log_z_error: float | None = None


def log_mean(log_weights: Sequence[float]) -> tuple[float, float]:
    """The logarithm of the mean of weights that are given by their logarithms, and its standard error.

    The error is infinite where nothing can be told: for a single weight, and where all are zero.
    """
    logs = np.asarray(log_weights, dtype=np.float64)
    best = float(logs.max())
    if best == -math.inf:
        return best, math.inf
    weights = np.exp(logs - best)
    mean = float(weights.mean())
    error = float(weights.std(ddof=1)) / math.sqrt(len(logs)) / mean if len(logs) > 1 else math.inf
    return best + math.log(mean), error


def log_sum(logs: NDArray[np.float64]) -> float:
    """log Σ exp, minus infinity for none."""
    best = float(logs.max(initial=-math.inf))
    return best + math.log(float(np.exp(logs - best).sum())) if best > -math.inf else best
