"""Forwards of the model for each sample, once a tree has been grown."""

from __future__ import annotations

from typing import Final

import numpy as np

from samplers.adaptive import AdaptiveRejection, ASAp, TreeSampler, WeightedTree
from samplers.randomness import make_rng
from samplers.validate.figures import Check, Figure, Found, Settings, Tick
from samplers.validate.harness import Harness

SAMPLES: Final = 1000
LIMIT: Final = 0.15
SAMPLERS: Final[tuple[TreeSampler, ...]] = (ASAp(), WeightedTree(), AdaptiveRejection())


def _run(settings: Settings, tick: Tick) -> Found:
    figures = []
    for sampler in SAMPLERS:
        forwards, attempts = [], []
        for seed in range(settings.seeds):
            problem = Harness(seed).problem()
            statistics = sampler.draw(problem, SAMPLES, make_rng(seed)).statistics
            forwards.append(statistics.model_forwards / SAMPLES)
            attempts.append(statistics.attempts / SAMPLES)
            tick()
        name = type(sampler).__name__
        figures.append(Figure(f"forwards a sample of {name} over {SAMPLES} samples", float(np.mean(forwards)), LIMIT))
        figures.append(Figure(f"attempts a sample of {name} over {SAMPLES} samples", float(np.mean(attempts))))
    return Found(tuple(figures))


CHECK = Check("Forwards for each sample", lambda settings: len(SAMPLERS) * settings.seeds, _run)
