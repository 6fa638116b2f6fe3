"""Whether what adaptive rejection accepts has the law of the enumeration, by Pearson's test."""

from __future__ import annotations

from collections import Counter
from typing import Final

from samplers.adaptive import AdaptiveRejection
from samplers.randomness import make_rng
from samplers.target import OWN, Target
from samplers.validate.figures import Check, Figure, Found, Settings, Tick
from samplers.validate.harness import Harness
from samplers.validate.statistics import chi_square_p

TARGETS: Final = {"temperature 1": OWN, "temperature 0.7": Target(temperature=0.7)}
RUNS: Final = 20
LEAST: Final = 1e-3


def _run(settings: Settings, tick: Tick) -> Found:
    return Found(tuple(_figure(settings, name, target, tick) for name, target in TARGETS.items()))


def _figure(settings: Settings, name: str, target: Target, tick: Tick) -> Figure:
    found = []
    for seed in range(RUNS):
        harness = Harness(seed, target)
        samples = AdaptiveRejection(target).draw(harness.problem(), settings.samples, make_rng(seed))
        counts = Counter(tuple(sample.tokens) for sample in samples)
        found.append(chi_square_p(counts, harness.law().probabilities()))
        tick()
    return Figure(f"adaptive rejection, the smallest p of {RUNS} tests, {name}", min(found), LEAST, is_floor=True)


CHECK = Check("Pearson's test of adaptive rejection", lambda _: RUNS * len(TARGETS), _run)
