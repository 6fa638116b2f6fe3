"""Budgets that cut texts off: whether a truncated text is ever taken for a member, and the law of those that fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from samplers.adaptive import AdaptiveRejection, TreeSampler, WeightedTree
from samplers.errors import EmptyLanguageError
from samplers.randomness import make_rng
from samplers.sample import Sample
from samplers.target import OWN
from samplers.validate.checks.law import weighted_shares
from samplers.validate.enumeration import Law, total_variation
from samplers.validate.figures import Check, Figure, Found, Settings, Tick
from samplers.validate.harness import Harness

LIMITS: Final = (2, 3, 4)
FLOOR: Final = 0.05
SAMPLERS: Final[tuple[TreeSampler, ...]] = (WeightedTree(), AdaptiveRejection())


def _run(settings: Settings, tick: Tick) -> Found:
    floor = FLOOR if settings.samples >= 2000 else None
    strangers, distances = 0, []
    for limit in LIMITS:
        for seed in range(settings.seeds):
            harness = Harness(seed, OWN, limit)
            law = harness.law()
            for sampler in SAMPLERS:
                drawn = _draw(sampler, harness, settings.samples)
                strangers += sum(tuple(sample.tokens) not in law.masses for sample in drawn)
                distances += _distances(drawn, law)
            tick()
    return Found(
        (
            Figure(f"samples that are no members within {LIMITS} tokens", strangers, 0),
            Figure(f"mean TV within {LIMITS} tokens", float(np.mean(distances)), floor),
        )
    )


def _draw(sampler: TreeSampler, harness: Harness, samples: int) -> Sequence[Sample]:
    """Samples, none where the sampler says that there are none."""
    try:
        return sampler.draw(harness.problem(), samples, make_rng(harness.seed))
    except EmptyLanguageError:
        return ()


def _distances(drawn: Sequence[Sample], law: Law) -> list[float]:
    """The distance where there are members; it is 1 where a sampler found none of them."""
    if not law.masses:
        return [float(bool(drawn))]
    return [total_variation(weighted_shares(drawn), law.probabilities()) if drawn else 1.0]


CHECK = Check("Ends of budgets and dead prefixes", lambda settings: len(LIMITS) * settings.seeds, _run)
