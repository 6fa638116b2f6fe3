"""Ways to draw a population anew: the index i comes up `count` · weights[i] times on average in each of them.

Source: Douc and Cappé 2005, "Comparison of Resampling Schemes for Particle Filtering".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Indices: TypeAlias = NDArray[np.int64]
Scheme: TypeAlias = Callable[[NDArray[np.float64], int, np.random.Generator], Indices]
"""Takes weights `float64[n]` that add up to 1 and a count, and returns as many indices, in ascending order."""


def multinomial(weights: NDArray[np.float64], count: int, rng: np.random.Generator) -> Indices:
    """Independent draws."""
    return _at(weights, np.sort(rng.random(count)))


def stratified(weights: NDArray[np.float64], count: int, rng: np.random.Generator) -> Indices:
    """One draw in each of `count` equal parts of the weights."""
    return _at(weights, (np.arange(count) + rng.random(count)) / count)


def systematic(weights: NDArray[np.float64], count: int, rng: np.random.Generator) -> Indices:
    """The same with one random number for all parts."""
    return _at(weights, (np.arange(count) + rng.random()) / count)


def residual(weights: NDArray[np.float64], count: int, rng: np.random.Generator) -> Indices:
    """The whole part of every `count` · weight for certain, and independent draws for what is left."""
    expected = count * weights
    # A product that rounding put just below a whole number is that number.
    whole = np.floor(expected + 1e-9 * np.minimum(1.0, expected))
    rest = np.maximum(expected - whole, 0.0)
    certain = np.repeat(np.arange(len(weights)), whole.astype(np.int64))
    missing = count - len(certain)
    drawn = _at(rest / rest.sum(), np.sort(rng.random(missing))) if missing > 0 else np.empty(0, np.int64)
    return np.sort(np.concatenate([certain[:count], drawn]))


SCHEMES: Final[dict[str, Scheme]] = {
    "stratified": stratified,
    "systematic": systematic,
    "residual": residual,
    "multinomial": multinomial,
}


def _at(weights: NDArray[np.float64], points: NDArray[np.float64]) -> Indices:
    """The indices whose parts of the sum hold points between 0 and 1; never one of weight 0."""
    reached = weights.cumsum()
    found: Indices = reached.searchsorted(points * reached[-1], side="right")
    return np.minimum(found, np.int64(np.flatnonzero(weights)[-1]))
