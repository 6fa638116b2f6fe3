"""What best-first search takes for its certificate, and whether it is right wherever it ends."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from samplers.best_first import BestFirst, Ranking
from samplers.randomness import make_rng
from samplers.target import OWN, Target
from samplers.validate.enumeration import Law
from samplers.validate.figures import Check, Figure, Found, Line, Picture, Settings, Tick
from samplers.validate.harness import Harness

TARGETS: Final = {"temperature 1": OWN, "temperature 0.7": Target(temperature=0.7)}
COUNTS: Final = (1, 2, 5, 10, 20, 50)
SHOWN: Final = (1, 10)
BUDGETS: Final = range(1, 31)
NEAR: Final = 1e-9


def _run(settings: Settings, tick: Tick) -> Found:
    figures: list[Figure] = []
    lines: list[Line] = []
    wrong = 0
    for name, target in TARGETS.items():
        forwards: dict[int, list[int]] = {count: [] for count in COUNTS}
        prefixes = []
        for seed in range(settings.seeds):
            harness = Harness(seed, target)
            law = harness.law()
            prefixes.append(len({row[:at] for row in law.masses for at in range(len(row) + 1)}))
            for count in COUNTS:
                found = BestFirst(target).draw(harness.problem(), count, make_rng(0))
                forwards[count].append(found.forwards)
                wrong += not found.is_certain or is_wrong(found, law)
            wrong += _wrong_ends(harness, law)
            tick()
        means = {count: float(np.mean(forwards[count])) for count in COUNTS}
        figures += [Figure(f"forwards until the {count} best are certain, {name}", means[count]) for count in SHOWN]
        figures.append(Figure(f"forwards that read all members, {name}", float(np.mean(prefixes))))
        lines.append(Line(name, COUNTS, tuple(means.values())))
    figures.append(Figure("certificates and bounds that are not true", wrong, 0))
    picture = Picture("Forwards until the best are certain", "texts", "forwards", tuple(lines))
    return Found(tuple(figures), (picture,))


def _wrong_ends(harness: Harness, law: Law) -> int:
    """How many of the searches that end early say what is not true."""
    searches = (BestFirst(harness.target, max_forwards=budget) for budget in BUDGETS)
    return sum(is_wrong(search.draw(harness.problem(), 1, make_rng(0)), law) for search in searches)


def is_wrong(found: Ranking, law: Law) -> bool:
    """Whether a text is certified that is not the best, or one that was not found is above the bound."""
    logs = {row: math.log(mass) for row, mass in law.masses.items() if mass > 0}
    for sample in found:
        logs.pop(tuple(sample.tokens))
    best_other = max(logs.values(), default=-math.inf)
    is_overrated = any(
        is_certain and sample.log_weight < best_other - NEAR
        for sample, is_certain in zip(found, found.certain, strict=True)
    )
    others = math.fsum(math.exp(log) for log in logs.values())
    return is_overrated or best_other > found.log_bound + NEAR or others > math.exp(found.log_rest) + NEAR


CHECK = Check("Certificates of best-first search", lambda settings: len(TARGETS) * settings.seeds, _run)
