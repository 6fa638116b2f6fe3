"""How far the samples of the tree methods are from the truth, by the number of samples."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from samplers.adaptive import AdaptiveRejection, ASAp, TreeSampler, WeightedTree
from samplers.randomness import make_rng
from samplers.sample import Sample
from samplers.statistics import log_mean
from samplers.target import OWN, Target
from samplers.tree.prefix_tree import PrefixTree
from samplers.tree.shared import shared_tree
from samplers.validate.enumeration import Law, Row, total_variation
from samplers.validate.figures import Check, Figure, Found, Line, Picture, Settings, Tick
from samplers.validate.harness import Harness
from samplers.validate.proposals import proposal

TARGETS: Final = {"temperature 1": OWN, "temperature 0.7": Target(temperature=0.7)}
PROPOSAL_LIMITS: Final = {100: 0.16, 500: 0.025, 2000: 0.006}
FLOOR: Final = 0.05
Z_SAMPLES: Final = 500
Z_LIMIT: Final = 0.03


class _Run(NamedTuple):
    """Of one seed: distances by the number of samples, and the relative error of Z after `Z_SAMPLES`."""

    distances: dict[int, float]
    z_error: float


def _run(settings: Settings, tick: Tick) -> Found:
    figures: list[Figure] = []
    pictures: list[Picture] = []
    for name, target in TARGETS.items():
        more, picture = _of_target(settings, name, target, tick)
        figures += more
        pictures.append(picture)
    return Found(tuple(figures), tuple(pictures))


def _of_target(settings: Settings, name: str, target: Target, tick: Tick) -> tuple[list[Figure], Picture]:
    masked, adapted, rejected, weighted = [], [], [], []
    for seed in range(settings.seeds):
        harness = Harness(seed, target)
        law = harness.law()
        masked.append(_masked(harness, law))
        adapted.append(_proposals(harness, law, settings))
        rejected.append(_samples(AdaptiveRejection(target), harness, law, settings))
        weighted.append(_samples(WeightedTree(target), harness, law, settings))
        tick()
    figures = [
        Figure(f"TV of masked sampling, {name}", float(np.mean(masked))),
        *_figures(f"TV of ASAp's proposal, {name}", _means(adapted), PROPOSAL_LIMITS),
        *_figures(f"TV of adaptive rejection, {name}", _means([run.distances for run in rejected]), {2000: FLOOR}),
        *_figures(f"TV of the weighted tree, {name}", _means([run.distances for run in weighted]), {2000: FLOOR}),
    ]
    if settings.samples >= Z_SAMPLES:
        for sampler, runs in (("adaptive rejection", rejected), ("the weighted tree", weighted)):
            error = float(np.mean([run.z_error for run in runs]))
            figures.append(Figure(f"|Z estimate / Z - 1| of {sampler} at {Z_SAMPLES}, {name}", error, Z_LIMIT))
    lines = (
        _line("masked sampling", {count: float(np.mean(masked)) for count in settings.checkpoints}),
        _line("ASAp, its proposal", _means(adapted)),
        _line("adaptive rejection, its samples", _means([run.distances for run in rejected])),
        _line("weighted tree, its samples", _means([run.distances for run in weighted])),
    )
    return figures, Picture(f"Distance from the truth, {name}", "samples", "total variation", lines)


def _masked(harness: Harness, law: Law) -> float:
    problem = harness.problem()
    return total_variation(proposal(PrefixTree(problem.language.start), problem, law.masses), law.probabilities())


def _proposals(harness: Harness, law: Law, settings: Settings) -> dict[int, float]:
    """The distance of what would be drawn next, after numbers of samples."""
    problem, rng, found, drawn = harness.problem(), make_rng(harness.seed), {}, 0
    for count in settings.checkpoints:
        ASAp(harness.target).draw(problem, count - drawn, rng)
        drawn = count
        found[count] = total_variation(proposal(shared_tree(problem), problem, law.masses), law.probabilities())
    return found


def _samples(sampler: TreeSampler, harness: Harness, law: Law, settings: Settings) -> _Run:
    """The distance of the samples themselves."""
    problem, rng, found = harness.problem(), make_rng(harness.seed), {}
    samples: list[Sample] = []
    estimates: list[tuple[int, float]] = []
    for count in settings.checkpoints:
        more = sampler.draw(problem, count - len(samples), rng)
        estimates.append((len(more), -math.inf if more.statistics.log_z is None else more.statistics.log_z))
        samples += more
        found[count] = total_variation(weighted_shares(samples), law.probabilities())
    return _Run(found, abs(_z(estimates) / law.z - 1))


def _z(estimates: Sequence[tuple[int, float]]) -> float:
    """The estimates of parts of a run put together, over the first `Z_SAMPLES` samples."""
    logs = [log_z for count, log_z in estimates for _ in range(count)]
    return math.exp(log_mean(logs[:Z_SAMPLES])[0])


def weighted_shares(samples: Sequence[Sample]) -> dict[Row, float]:
    """The shares of the samples' weights by their tokens."""
    shares: dict[Row, float] = defaultdict(float)
    for sample in samples:
        shares[tuple(sample.tokens)] += math.exp(sample.log_weight)
    total = math.fsum(shares.values())
    return {row: share / total for row, share in shares.items()}


def _means(runs: Sequence[Mapping[int, float]]) -> dict[int, float]:
    return {count: float(np.mean([run[count] for run in runs])) for count in runs[0]}


def _figures(what: str, values: Mapping[int, float], limits: Mapping[int, float]) -> list[Figure]:
    return [Figure(f"{what}, after {count}", values[count], limits[count]) for count in limits if count in values]


def _line(name: str, values: Mapping[int, float]) -> Line:
    return Line(name, tuple(values), tuple(values.values()))


CHECK = Check("TV of the tree methods to the truth, and Z", lambda settings: len(TARGETS) * settings.seeds, _run)
