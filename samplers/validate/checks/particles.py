"""How close populations of particles and rejection walks come to the truth, and whether their Ẑ is unbiased."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from samplers.awrs import AWRS
from samplers.particles.resampling import SCHEMES
from samplers.randomness import make_rng
from samplers.sequential import SequentialMonteCarlo
from samplers.target import OWN, Target
from samplers.validate.checks.law import weighted_shares
from samplers.validate.enumeration import total_variation
from samplers.validate.figures import Check, Figure, Found, Line, Picture, Settings, Tick
from samplers.validate.harness import Harness

TARGETS: Final = {"temperature 1": OWN, "temperature 0.7": Target(temperature=0.7)}
WAYS: Final = ("masked SMC", "SMC of rejections", "AWRS")
FEW: Final = 20
MANY: Final = 2000
FALL: Final = 0.25  # a distance that falls with the root of the number is a tenth
RUNS: Final = 200
PARTICLES: Final = 16
AWAY: Final = 4.0


def _run(settings: Settings, tick: Tick) -> Found:
    figures: list[Figure] = []
    pictures = []
    for name, target in TARGETS.items():
        means = {way: _means(way, target, settings, tick) for way in WAYS}
        for way, distances in means.items():
            figures += _figures(f"{way}, {name}", distances)
        lines = tuple(Line(way, tuple(means[way]), tuple(means[way].values())) for way in WAYS)
        pictures.append(Picture(f"Particles and their distance from the truth, {name}", "particles", "TV", lines))
    for scheme in SCHEMES:
        figures.append(_bias(scheme))
        tick()
    return Found(tuple(figures), tuple(pictures))


def _figures(what: str, distances: Mapping[int, float]) -> list[Figure]:
    """The distances, and whether they fall."""
    found = [Figure(f"TV of {what}, with {count}", distances[count]) for count in (FEW, MANY) if count in distances]
    if len(found) == 2:
        ratio = distances[MANY] / distances[FEW]
        found.append(Figure(f"TV with {MANY} over TV with {FEW}, {what}", ratio, FALL))
    return found


def _means(way: str, target: Target, settings: Settings, tick: Tick) -> dict[int, float]:
    """Mean distances by the number of particles, or of independent walks."""
    found: dict[int, float] = {}
    for count in settings.checkpoints:
        found[count] = float(np.mean([_distance(way, target, count, seed) for seed in range(settings.seeds)]))
        tick()
    return found


def _distance(way: str, target: Target, count: int, seed: int) -> float:
    harness = Harness(seed, target)
    drawn = _sampler(way, target, count).draw(harness.problem(), count, make_rng(seed))
    if all(sample.log_weight == -math.inf for sample in drawn):
        return 1.0
    return total_variation(weighted_shares(drawn), harness.law().probabilities())


def _sampler(way: str, target: Target, count: int) -> AWRS | SequentialMonteCarlo:
    if way == "AWRS":
        return AWRS(target=target)
    if way == "masked SMC":
        return SequentialMonteCarlo(count, target=target)
    return SequentialMonteCarlo(count, AWRS(mask_after=None), target=target)


def _bias(scheme: str) -> Figure:
    """How many standard errors the mean of Ẑ is from Z, over independent populations."""
    harness = Harness(0)
    sampler = SequentialMonteCarlo(PARTICLES, threshold=0.9, resampling=scheme)
    logs = [sampler.populate(harness.problem(), PARTICLES, make_rng(seed)).log_z for seed in range(RUNS)]
    what = f"standard errors of the mean of {RUNS} Z estimates from Z, {scheme}"
    return Figure(what, _away(logs, harness.law().z), AWAY)


def _away(logs: Sequence[float], z: float) -> float:
    estimates = np.exp(logs)
    return float(abs(estimates.mean() - z) / (estimates.std(ddof=1) / math.sqrt(len(estimates))))


CHECK = Check(
    "Populations of particles",
    lambda settings: len(TARGETS) * len(WAYS) * len(settings.checkpoints) + len(SCHEMES),
    _run,
)
