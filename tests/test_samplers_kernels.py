"""The compiled loops against numpy in double precision, and their warm-up against what the samplers ask of them."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constrain import warm_up
from constrain.compiling import fill_cache
from samplers import kernels
from samplers.language import Allowed
from samplers.randomness import make_rng
from samplers.rejection.urn import RowUrn
from samplers.target import Target
from samplers.tree.branches import grow, rest_of
from tests.kernel_types import undeclared

ROOT = Path(__file__).resolve().parent.parent


def row_of(seed: int, width: int, spread: float = 3.0) -> np.ndarray[Any, Any]:
    return (np.random.default_rng(seed).standard_normal(width) * spread).astype(np.float32)


def by_blocks(weights: Any) -> list[float]:
    return [math.fsum(weights[at : at + kernels.BLOCK]) for at in range(0, len(weights), kernels.BLOCK)]


@given(st.integers(0, 1000), st.integers(1, 5000), st.floats(0.1, 40), st.floats(0.1, 10))
def test_exponentials_are_as_exact_as_their_scores(seed: int, width: int, spread: float, temperature: float) -> None:
    logits = row_of(seed, width, spread)
    out, sums = np.empty_like(logits), np.empty(-(-width // kernels.BLOCK))
    kernels.exponentials(logits, logits.max(), 1 / temperature, out, sums)
    truth = np.exp((logits.astype(float) - float(logits.max())) / temperature)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.abs(out / truth - 1) / (1 + np.abs(np.log(truth)))
    assert errors[truth > 1.2e-38].max() < 2 * np.finfo(np.float32).eps
    assert out[truth <= 1.2e-38].max(initial=0) < 1.3e-38
    assert sums == pytest.approx(by_blocks(out.tolist()), rel=1e-12)
    assert out.max() == 1


@given(st.integers(0, 1000), st.integers(1, 5000), st.sampled_from([np.float32, np.float64]))
def test_rows_are_parted_as_their_mask_and_threshold_say(seed: int, width: int, kind: Any) -> None:
    source = np.random.default_rng(seed)
    weights, allowed = np.exp(row_of(seed, width)).astype(kind), source.random(width) < 0.7
    least, large = weights[source.integers(width)], np.empty(width, np.bool_)
    rest = kernels.split(weights, allowed, least, large)
    assert (large == (allowed & (weights > least))).all()
    assert rest == pytest.approx(math.fsum(weights[allowed & (weights <= least)].tolist()), rel=1e-12)
    sums = np.empty(-(-width // kernels.BLOCK))
    kept, known = weights.copy(), int(source.integers(width + 1))
    kernels.keep_allowed(kept, allowed[:known], sums)
    truth = np.where(allowed & (np.arange(width) < known), weights, 0)
    assert (kept == truth).all()
    assert sums == pytest.approx(by_blocks(truth.tolist()), rel=1e-12)
    ids = np.sort(source.integers(width, size=4))
    kernels.clear(kept, sums, ids)
    truth[ids] = 0
    assert kernels.put(kept, sums, int(ids[0]), 2.5) == pytest.approx(2.5 + truth.sum(), rel=1e-6)
    truth[ids[0]] = 2.5
    assert (kept == truth).all()
    assert sums == pytest.approx(by_blocks(truth.tolist()), rel=1e-12)


def test_the_warm_up_compiles_what_samplers_use() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert kernels.__name__ in tomllib.loads(text)["project"]["entry-points"][warm_up.KERNELS].values()
    fill_cache([kernels.__name__])
    for logits in (row_of(0, 40_000), row_of(0, 900)):
        for target in (Target(), Target(0.7, top_k=30_000 if len(logits) > 30_000 else 500)):
            use(logits, target)
    assert not undeclared([kernels.__name__])


def use(logits: Any, target: Target) -> None:
    """Draws from a row as rejection, masks and the tree do."""
    scores, allowed = target.read(logits), np.ones(len(logits), np.bool_)
    urn = RowUrn(scores, np.array([0, 1]), np.array([2], np.int64), make_rng(0))
    urn.take_out(urn.draw())
    urn.thin(allowed, may_stop=True)
    branches = grow(scores, Allowed(allowed, may_stop=True), np.array([0]))
    if len(branches.tokens) < len(logits) / 2:
        rest_of(branches, scores, Allowed(allowed, may_stop=True)).without(3)
