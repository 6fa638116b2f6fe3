"""The law of the Markov chain after numbers of steps, worked out in full from its transition matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from samplers.mcmc.chain import Chain
from samplers.mcmc.text import CUTS, Text
from samplers.target import OWN, Target
from samplers.validate.figures import Check, Figure, Found, Line, Picture, Settings, Tick
from samplers.validate.harness import Harness

TARGETS: Final = {"temperature 1": OWN, "temperature 0.7": Target(temperature=0.7)}
STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
SHOWN: Final = (10, 100, 1000)
LIMIT: Final = 0.05
ROUNDING: Final = 1e-12


def _run(settings: Settings, tick: Tick) -> Found:
    figures: list[Figure] = []
    pictures: list[Picture] = []
    for name, target in TARGETS.items():
        lines, imbalance = [], 0.0
        for cut in CUTS:
            curves = []
            for seed in range(settings.seeds):
                curve, off = _curve(Harness(seed, target), cut)
                curves.append(curve)
                imbalance = max(imbalance, off)
                tick()
            means = np.mean(curves, axis=0).tolist()
            lines.append(Line(cut, STEPS, tuple(means)))
            figures += _figures(cut, name, dict(zip(STEPS, means, strict=True)))
        figures.append(Figure(f"largest lack of detailed balance, {name}", imbalance, ROUNDING))
        title = f"Distance of the chain's law from the truth, {name}"
        pictures.append(Picture(title, "steps", "total variation", tuple(lines)))
    return Found(tuple(figures), tuple(pictures))


def _figures(cut: str, name: str, means: dict[int, float]) -> list[Figure]:
    limits = {STEPS[-1]: LIMIT}
    shown = (*SHOWN, STEPS[-1])
    return [Figure(f"TV of MCMC, cut {cut}, after {at} steps, {name}", means[at], limits.get(at)) for at in shown]


def _curve(harness: Harness, cut: str) -> tuple[list[float], float]:
    """The distance by the number of steps, and how far the chain is from detailed balance with the truth."""
    law = harness.law().probabilities()
    chain = Chain(harness.problem(), CUTS[cut])
    texts, truth = [chain.text(row) for row in law], np.array(list(law.values()))
    matrix = transition_matrix(chain, texts)
    flow = truth[:, None] * matrix
    start = np.exp([text.log_ends[0] for text in texts])
    distances = [_distance(start / start.sum() @ np.linalg.matrix_power(matrix, steps), truth) for steps in STEPS]
    return distances, float(abs(flow - flow.T).max())


def transition_matrix(chain: Chain, texts: Sequence[Text]) -> NDArray[np.float64]:
    """The probability of every move `float64[texts, texts]`; what dies or is rejected stays where it is."""
    matrix = np.zeros((len(texts), len(texts)))
    for number, text in enumerate(texts):
        for place, other in enumerate(texts):
            if place != number:
                matrix[number, place] = math.exp(chain.log_proposal(text, other) + chain.log_acceptance(text, other))
        matrix[number, number] = 1 - matrix[number].sum()
    return matrix


def _distance(law: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    return float(abs(law - truth).sum()) / 2


CHECK = Check("Law of the Markov chain", lambda settings: len(TARGETS) * len(CUTS) * settings.seeds, _run)
