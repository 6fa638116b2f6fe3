"""The three endings of the prefix tree against exact laws, and what they answer where nothing is found."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from constrain.errors import SettingsError
from samplers import AdaptiveRejection, ASAp, AttemptsError, EmptyLanguageError, Target, WeightedTree
from samplers.adaptive import TreeSampler
from samplers.language import Language
from samplers.problem import Problem
from samplers.randomness import make_rng
from samplers.target import OWN
from samplers.tree.prefix_tree import PrefixTree
from samplers.tree.walk import Attempt, attempt
from samplers.validate.enumeration import Row, total_variation
from samplers.validate.harness import SEEDS, Harness
from samplers.validate.statistics import chi_square_p
from samplers.validate.table import TableLanguageModel
from tests.samples_of_trees import HARNESS, counts_of, shares_of

ENDINGS = [ASAp(), WeightedTree(), AdaptiveRejection()]


def test_adaptive_rejection_is_exact_from_the_first_sample_on() -> None:
    """Short runs on fresh trees: what the first samples of many runs are is the law, too."""
    for seed in range(20):
        harness = Harness(seed)
        law = harness.law().probabilities()
        assert chi_square_p(counts_of(AdaptiveRejection().draw(harness.problem(), 1000, make_rng(seed))), law) > 1e-3
    law, firsts = HARNESS.law().probabilities(), Counter[Row]()
    for seed in range(300):
        firsts += counts_of(AdaptiveRejection().draw(HARNESS.problem(), 3, make_rng(seed)))
    assert chi_square_p(firsts, law) > 1e-3


@pytest.mark.parametrize("target", [OWN, Target(temperature=0.7), Target(top_k=4), Target(top_p=0.9)])
@pytest.mark.parametrize("limit", [3, 5])
def test_the_endings_have_the_law_of_the_enumeration(target: Target, limit: int) -> None:
    for seed in (1, 3):
        harness = Harness(seed, target, limit)
        law = harness.law()
        for sampler in (WeightedTree(target), AdaptiveRejection(target)):
            if not law.z:
                with pytest.raises(EmptyLanguageError):
                    sampler.draw(harness.problem(), 1, make_rng(seed))
                continue
            samples = sampler.draw(harness.problem(), 2000, make_rng(seed))
            assert total_variation(shares_of(samples), law.probabilities()) < 0.06
            assert samples.statistics.log_z is not None
            assert abs(math.exp(samples.statistics.log_z) / law.z - 1) < 0.1


def test_the_estimate_of_z_is_unbiased_and_knows_its_error() -> None:
    z = HARNESS.law().z
    for sampler in ENDINGS:
        runs = [sampler.draw(HARNESS.problem(), 20, make_rng(seed)).statistics for seed in range(100)]
        estimates = np.exp(np.array([run.log_z for run in runs], dtype=np.float64))
        spread = float(estimates.std() / z)
        assert abs(float(estimates.mean()) / z - 1) < 4 * spread / 100**0.5
        stated = float(np.mean([run.log_z_error for run in runs if run.log_z_error != math.inf]))
        assert 0.5 * spread < stated < 2 * spread


@pytest.mark.parametrize("sampler", ENDINGS)
def test_log_probs_are_the_models_own(sampler: TreeSampler) -> None:
    law = HARNESS.law().masses
    for target in (OWN, Target(temperature=0.7), Target(top_k=4)):
        problem = Harness(1, target).problem()
        samples = type(sampler)(target).draw(problem, 50, make_rng(0))
        for sample in samples:
            assert sample.log_prob == pytest.approx(math.log(law[tuple(sample.tokens)]), abs=1e-9)


def test_nothing_to_draw_from_is_an_error_that_says_so() -> None:
    problem = Problem(TableLanguageModel(7), Language(HARNESS.problem().language.automaton, 2), OWN)
    for sampler in ENDINGS:
        with pytest.raises(EmptyLanguageError, match="max_new_tokens"):
            sampler.draw(problem, 1, make_rng(0))


def test_too_many_attempts_are_an_error_that_keeps_what_was_found() -> None:
    for seed in SEEDS:
        with pytest.raises(AttemptsError, match="max_attempts") as caught:
            AdaptiveRejection(max_attempts=1).draw(Harness(seed).problem(), 200, make_rng(seed))
        assert caught.value.attempts == 1
        assert len(caught.value.found) < 200
        assert caught.value.bound >= Harness(seed).law().z
    with pytest.raises(SettingsError, match="max_attempts"):
        ASAp(max_attempts=0)
    with pytest.raises(SettingsError, match="memory_limit"):
        ASAp(memory_limit=0)


def test_weights_of_later_attempts_are_zero() -> None:
    """With three tokens, the walks that took single digits are lost; their places are filled by texts of weight 0."""
    harness = Harness(1, OWN, 3)
    samples = WeightedTree().draw(harness.problem(), 200, make_rng(0))
    lost = [sample for sample in samples if sample.log_weight == -math.inf]
    assert lost
    assert samples.statistics.attempts >= 200 + len(lost)
    assert all(tuple(sample.tokens) in harness.law().masses for sample in samples)


def test_an_attempt_says_what_it_was() -> None:
    problem = HARNESS.problem()
    tree = PrefixTree(problem.language.start)
    made = attempt(tree, problem, make_rng(0))
    assert isinstance(made, Attempt)
    assert made.log_weight <= made.log_bound + 1e-12
    lost = attempt(tree, problem, make_rng(1), log_level=0.0)
    assert (lost.is_member, lost.tokens, lost.log_weight) == (False, [], -math.inf)
