"""Counts and times the draws of a library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time
from typing import NamedTuple, TypeAlias

import numpy as np

from samplers.compare.problems import Predicate, TokenProblem

Draw: TypeAlias = Callable[[], float]
"""Draws one token and returns its weight."""
Sampler: TypeAlias = Callable[[TokenProblem, Predicate, int], Draw]
"""Makes the draw of a problem: from scores to a token, with a seed."""


class Estimate(NamedTuple):
    """A mean with its standard error; of times a median, with none."""

    value: float
    error: float | None = None


@dataclass(frozen=True)
class Cost:
    """What a draw costs: questions to the predicate, relative variance of the weight, milliseconds of the processor."""

    evaluations: Estimate
    variance: Estimate
    milliseconds: Estimate


def cost(sampler: Sampler, problems: Sequence[TokenProblem], draws: int) -> Cost:
    """What a draw costs on average over some problems, so many of each. The E[w] of the variance is the exact one."""
    asked: list[int] = []
    times: list[float] = []
    squares: list[float] = []
    for seed, problem in enumerate(problems):
        predicate, mass = Predicate(problem.allowed), _allowed_mass(problem)
        draw = sampler(problem, predicate, seed)
        draw()
        for _ in range(draws):
            before, begun = predicate.asked, process_time()
            weight = draw()
            times.append(1000 * (process_time() - begun))
            asked.append(predicate.asked - before)
            squares.append((weight / mass - 1) ** 2)
    return Cost(_mean(asked), _mean(squares), Estimate(float(np.median(times))))


def _allowed_mass(problem: TokenProblem) -> float:
    masses = np.exp(problem.logits.astype(np.float64) - float(problem.logits.max()))
    return float(masses[problem.allowed].sum() / masses.sum())


def _mean(values: Sequence[float]) -> Estimate:
    return Estimate(float(np.mean(values)), float(np.std(values) / np.sqrt(len(values))))
