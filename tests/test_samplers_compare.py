"""The comparison with `genlm-control`, as far as it goes without it: problems, counts, and what it says."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from samplers.compare import __main__ as command
from samplers.compare import own
from samplers.compare.measure import cost
from samplers.compare.problems import ACCEPTED, SHARES, WIDE, Predicate, five_tokens, share_allowed


def test_without_the_extra_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: str) -> None:
        return None

    monkeypatch.setattr(command, "find_spec", nothing)
    result = CliRunner().invoke(command.app, [])
    assert result.exit_code == 2
    assert result.output.strip() == command.MISSING
    assert "genlm" in command.MISSING


def test_the_cost_of_the_example_is_what_enumeration_says() -> None:
    """The figures of the exact enumeration: relative variance 0.3288 at 2.7209 questions."""
    found = cost(own.sampler, [five_tokens()], 4000)
    for estimate, truth in ((found.evaluations, 2.7209), (found.variance, 0.3288)):
        assert estimate.error is not None
        assert abs(estimate.value - truth) < 5 * estimate.error
        assert 0 < estimate.error < 0.05


def test_costs_are_those_of_the_draws() -> None:
    def sampler(problem: Any, predicate: Predicate, seed: int) -> Any:
        weights = iter([9.0, 0.2 + seed, 0.6, 1.0])

        def draw() -> float:
            return next(weights) + 0 * sum(predicate(token) for token in range(3))

        return draw

    found = cost(sampler, [five_tokens(), five_tokens()], 3)
    assert (found.evaluations.value, found.evaluations.error) == (3, 0)
    mass = sum(SHARES[token] for token in ACCEPTED)
    squares = [(weight / mass - 1) ** 2 for weight in (0.2, 0.6, 1.0, 1.2, 0.6, 1.0)]
    assert found.variance.value == pytest.approx(np.mean(squares))
    assert found.variance.error == pytest.approx(np.std(squares) / math.sqrt(6))


def test_rows_are_what_their_names_say() -> None:
    for name, make in WIDE.items():
        problem = make(3)
        masses = np.exp(problem.logits.astype(float) - float(problem.logits.max()))
        share = masses[problem.allowed].sum() / masses.sum()
        if "0.995" in name:
            assert masses[0] / masses.sum() == pytest.approx(0.995, abs=1e-4)
            assert problem.allowed[0]
        else:
            assert share == pytest.approx(int(name[:2]) / 100, abs=0.2)
    assert (share_allowed(0.5, 1).allowed == share_allowed(0.5, 1).allowed).all()


def test_a_predicate_counts_its_questions() -> None:
    predicate = Predicate(np.array([True, False]))
    assert [predicate(0), predicate(1), predicate(1)] == [True, False, False]
    assert predicate.asked == 3
