"""Expected log-probability under the shipped model, on real tasks: from masked sampling to ASAp to adaptive rejection.

Each seed draws with a tree of its own, so that ASAp's figure is that of its first samples. The test is paired by seed
and one-sided, at two standard errors: no task may fall by more than that from one sampler to the next, and the means
over the tasks of each kind, and over all of them, have to rise by at least that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from samplers.adaptive import AdaptiveRejection, ASAp
from samplers.errors import AttemptsError
from samplers.masked import MaskedSampling
from samplers.randomness import make_rng
from samplers.sample import Samples
from samplers.validate.figures import Check, Figure, Found, Series, SeriesPicture, Settings, Tick
from samplers.validate.tasks import CASE, KINDS, SCHEMA, TERM, Posed, Task, own_tasks

SAMPLES: Final = {SCHEMA: 30, CASE: 10, TERM: 30}
MAX_ATTEMPTS: Final = 1000
ERRORS: Final = 2.0
LEAST_SEEDS: Final = 5
SAMPLERS: Final = ("masked sampling", "ASAp", "adaptive rejection")
Means: TypeAlias = NDArray[np.float64]
"""Mean log-probabilities `float64[samplers, seeds]`."""
Measured: TypeAlias = dict[tuple[str, str], Means]
"""By the kind and the name of the task."""


def _run(settings: Settings, tick: Tick) -> Found:
    measured: Measured = {}
    lost = dict.fromkeys(KINDS, 0)
    for task in own_tasks():
        means = _measure(task, settings, tick)
        if means is None:
            lost[task.kind] += 1
        else:
            measured[task.kind, task.name] = means
    figures = [_lost(kind, count) for kind, count in lost.items()]
    return Found((*ordered(measured), *figures), (picture(measured),))


def _lost(kind: str, count: int) -> Figure:
    """The tasks are chosen so that none is too much for adaptive rejection."""
    return Figure(f"{kind} where adaptive rejection found none in {MAX_ATTEMPTS} attempts", count, 0)


def _measure(task: Task, settings: Settings, tick: Tick) -> Means | None:
    """The means of a task, or None where adaptive rejection does not get along."""
    posed, count, columns = Posed(task), min(SAMPLES[task.kind], settings.samples), []
    is_lost = False
    for seed in range(settings.seeds):
        try:
            columns += [] if is_lost else [[mean_log_prob(samples) for samples in _drawn(posed, count, seed)]]
        except AttemptsError:
            is_lost = True
        tick()
    return None if is_lost else np.array(columns).T


def _drawn(posed: Posed, count: int, seed: int) -> tuple[Samples, Samples, Samples]:
    """Samples of the three, each with its own random numbers and tree."""
    rejection = AdaptiveRejection(max_attempts=MAX_ATTEMPTS)
    return (
        MaskedSampling().draw(posed.completable(), count, make_rng(seed)),
        ASAp().draw(posed.exact(), count, make_rng(seed)),
        rejection.draw(posed.exact(), count, make_rng(seed)),
    )


def mean_log_prob(samples: Samples) -> float:
    """The mean of the model's log-probabilities."""
    return float(np.mean([sample.log_prob for sample in samples]))


def ordered(measured: Measured) -> list[Figure]:
    """All means with their standard errors, and the rises in standard errors with their limits."""
    figures = []
    for (_, name), means in measured.items():
        figures += _figures(name, means, -ERRORS)
    for kind in sorted({kind for kind, _ in measured}):
        figures += _figures(f"mean over {kind}", pooled(measured, (kind,)), ERRORS)
    return figures + (_figures("mean over all", pooled(measured, KINDS), ERRORS) if measured else [])


def pooled(measured: Measured, kinds: Sequence[str]) -> Means:
    """The means of each sampler and seed over all tasks of some kinds."""
    mean: Means = np.mean([means for (kind, _), means in measured.items() if kind in kinds], axis=0)
    return mean


def _figures(name: str, means: Means, floor: float) -> list[Figure]:
    limit = floor if means.shape[1] >= LEAST_SEEDS else None
    figures = [
        Figure(f"log-probability, {sampler}, {name}", float(row.mean()), error=standard_error(row))
        for sampler, row in zip(SAMPLERS, means, strict=True)
    ]
    for (before, first), (after, second) in pairwise(zip(SAMPLERS, means, strict=True)):
        what = f"rise from {before} to {after} in standard errors, {name}"
        figures.append(Figure(what, in_standard_errors(second - first), limit, is_floor=True))
    return figures


def standard_error(values: Means) -> float:
    """Of the mean; infinite for a single value."""
    return float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.inf


def in_standard_errors(differences: Means) -> float:
    """The mean over its standard error: 0 where all differences are."""
    mean, error = float(differences.mean()), standard_error(differences)
    if error == 0:
        return math.copysign(math.inf, mean) if mean else 0.0
    return mean / error


def picture(measured: Measured) -> SeriesPicture:
    """The means of all tasks with error bars of one standard error."""

    def series(number: int) -> Series:
        rows: Sequence[Means] = [means[number] for means in measured.values()]
        means, errors = [float(row.mean()) for row in rows], [standard_error(row) for row in rows]
        return Series(SAMPLERS[number], tuple(means), tuple(errors))

    title = "Expected log-probability under the shipped model"
    label = f"mean log-probability (bars: standard error), {min(SAMPLES.values())} to {max(SAMPLES.values())} samples"
    return SeriesPicture(title, label, tuple(name for _, name in measured), tuple(map(series, range(len(SAMPLERS)))))


def _steps(settings: Settings) -> int:
    return len(own_tasks()) * settings.seeds


CHECK = Check("Log-probability of samples on real tasks", _steps, _run)
