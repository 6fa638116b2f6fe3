"""Explicit randomness: every run of a sampler draws from a generator of its own."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from constrain.arguments import check_is_whole
from constrain.drawing import SEEDS
from constrain.errors import SettingsError

_BLOCK: Final = 128


def make_rng(seed: int | None) -> np.random.Generator:
    """A source of randomness that a seed repeats, and that differs from run to run without one."""
    if seed is not None:
        # A range that is asked for anything but a whole number looks through all of its members.
        check_is_whole("seed", seed)
    if seed is not None and seed not in SEEDS:
        raise SettingsError("seed", seed, "at least -2**63 and below 2**64")
    return np.random.default_rng(None if seed is None else seed % 2**64)


def choose(weights: NDArray[np.float64], rng: np.random.Generator) -> int:
    """An index drawn in proportion to weights, `float64[n]`, not all of which are zero; one of weight 0 never comes."""
    if len(weights) > 4 * _BLOCK:
        # A block first, and then one of its own: to add up blocks is much faster than to add up one by one.
        block = choose(np.add.reduceat(weights, np.arange(0, len(weights), _BLOCK)), rng)
        return block * _BLOCK + choose(weights[block * _BLOCK : (block + 1) * _BLOCK], rng)
    reached = weights.cumsum()
    index = int(reached.searchsorted(rng.random() * reached[-1], side="right"))
    # Rounding can put the product on the end itself; the last index of any weight is meant then.
    return index if index < len(weights) else int(np.flatnonzero(weights)[-1])
