"""Schemes of resampling against the number of copies that weights say."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samplers.particles.resampling import SCHEMES
from samplers.randomness import make_rng


class Still:
    """Stands in for a generator: every number is the same."""

    def __init__(self, value: float) -> None:
        self.value = value

    def random(self, count: int | None = None) -> Any:
        return self.value if count is None else np.full(count, self.value)


@pytest.mark.parametrize("name", SCHEMES)
@given(parts=st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any), count=st.integers(1, 6))
def test_every_scheme_draws_each_particle_as_often_as_its_weight_says(name: str, parts: list[int], count: int) -> None:
    """Each of the random numbers is uniform by itself, and counts add up over them: one integral is enough."""
    weights = np.array(parts) / sum(parts)
    rest = count * weights - np.floor(count * weights + 1e-9)
    ends = [0.0, 1.0, *np.cumsum(weights), *(count * np.cumsum(weights) % 1)]
    ends += [*(np.cumsum(rest) / rest.sum())] if rest.sum() > 1e-6 else []
    cuts = sorted({round(end, 12) for end in ends if 0 <= end <= 1})
    counts = np.zeros(len(parts))
    for low, high in pairwise(cuts):
        rng: Any = Still((low + high) / 2)
        drawn = SCHEMES[name](weights, count, rng)
        assert len(drawn) == count
        assert (np.diff(drawn) >= 0).all()
        assert (weights[drawn] > 0).all()
        counts += (high - low) * np.bincount(drawn, minlength=len(parts))
    assert counts == pytest.approx(count * weights, abs=1e-6)


@pytest.mark.parametrize("name", ["stratified", "systematic", "residual"])
@given(parts=st.lists(st.integers(1, 9), min_size=1, max_size=6), seed=st.integers(0, 99))
def test_careful_schemes_stay_near_the_expected_number(name: str, parts: list[int], seed: int) -> None:
    weights = np.array(parts) / sum(parts)
    counts = np.bincount(SCHEMES[name](weights, 12, make_rng(seed)), minlength=len(parts))
    assert (counts >= np.floor(12 * weights - 1e-6) - (name == "stratified")).all()
    if name == "systematic":
        assert (np.abs(counts - 12 * weights) < 1 + 1e-6).all()
