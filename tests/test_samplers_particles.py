"""Sequential Monte Carlo and rejection walks against the law of the harness."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from constrain import Vocabulary, compile_choice
from constrain.errors import SettingsError
from samplers import AWRS, AttemptsError, SequentialMonteCarlo, Target
from samplers.language import Language
from samplers.particles.population import read_rows
from samplers.particles.resampling import SCHEMES
from samplers.problem import Problem, Proposal
from samplers.randomness import make_rng
from samplers.sample import Samples
from samplers.statistics import log_mean
from samplers.steps import STOP
from samplers.target import OWN
from samplers.validate.enumeration import Row, total_variation
from samplers.validate.harness import SEEDS, Harness
from samplers.validate.table import TableLanguageModel
from tests.rational_urn import Script, histories
from tests.small_populations import (
    scripted,
)


def z_scores(sampler: Any, harness: Harness, runs: int, n: int, problem: Any = None) -> dict[str, float]:
    """How many standard errors Ẑ and the masses of the first digit are from the truth, over independent runs."""
    truth = harness.law()
    ones = sum(mass for row, mass in truth.masses.items() if row[0] in {1, 4, 5})
    estimates, parts = [], []
    for seed in range(runs):
        drawn = sampler.draw(problem or harness.problem(), n, make_rng(seed))
        weights = [math.exp(sample.log_weight) for sample in drawn]
        estimates.append(math.exp(drawn.statistics.log_z))
        parts.append(sum(w for w, sample in zip(weights, drawn, strict=True) if sample.text[0] == "1") / n)

    def away(values: Sequence[float], mean: float) -> float:
        return float((np.mean(values) - mean) / (np.std(values, ddof=1) / math.sqrt(len(values))))

    return {"z": away(estimates, truth.z), "ones": away(parts, ones)}


SAMPLERS: dict[str, Any] = {
    "AWRS": AWRS(),
    "AWRS without masks": AWRS(mask_after=None),
    "recursive": AWRS(estimator="recursive", max_accepts=3, max_rejects=3, mask_after=None),
    "geometric": AWRS(estimator="geometric", max_accepts=4, max_rejects=8),
    "SMC, stratified": SequentialMonteCarlo(20),
    "SMC, systematic": SequentialMonteCarlo(20, resampling="systematic", threshold=0.9),
    "SMC, residual": SequentialMonteCarlo(20, resampling="residual", threshold=0.9),
    "SMC, multinomial": SequentialMonteCarlo(20, resampling="multinomial", threshold=1.0),
    "SMC of rejections": SequentialMonteCarlo(20, steps=AWRS(mask_after=None)),
}


@pytest.mark.parametrize("name", SAMPLERS)
def test_weights_are_proper_on_the_harness(name: str) -> None:
    scores = z_scores(SAMPLERS[name], Harness(2), 60, 15)
    assert max(map(abs, scores.values())) < 4.5, scores


@pytest.mark.parametrize("target", [Target(temperature=0.7), Target(top_k=4)])
def test_the_settings_are_those_of_the_target(target: Target) -> None:
    for sampler in (AWRS(target=target), SequentialMonteCarlo(20, target=target)):
        scores = z_scores(sampler, Harness(4, target), 50, 20)
        assert max(map(abs, scores.values())) < 4.5, scores


@pytest.mark.parametrize("target", [OWN, Target(top_k=4)])
def test_a_proposal_model_changes_the_draws_and_not_what_they_mean(target: Target) -> None:
    harness = Harness(2, target)
    problem = harness.problem()
    problem.proposal = Proposal(TableLanguageModel(7, 77, scale=1.0), 1.3)
    drawn = AWRS().draw(problem, 3, make_rng(0))
    assert drawn.statistics.model_forwards == problem.model.forwards + problem.proposal.model.forwards
    for sampler in (AWRS(mask_after=None), AWRS(), SequentialMonteCarlo(20, steps=AWRS())):
        scores = z_scores(sampler, harness, 40, 15, problem)
        assert max(map(abs, scores.values())) < 4.5, scores


def shares(samples: Samples) -> dict[Row, float]:
    found: dict[Row, float] = defaultdict(float)
    for sample in samples:
        found[tuple(sample.tokens)] += math.exp(sample.log_weight)
    total = sum(found.values())
    return {row: share / total for row, share in found.items()}


def test_the_law_of_a_population_tends_to_the_truth() -> None:
    distances = []
    for particles in (10, 100, 1000):
        runs = []
        for seed in SEEDS:
            drawn = SequentialMonteCarlo(particles).draw(Harness(seed).problem(), particles, make_rng(seed))
            runs.append(total_variation(shares(drawn), Harness(seed).law().probabilities()))
        distances.append(float(np.mean(runs)))
    assert distances[0] > distances[1] > distances[2]
    assert distances[2] < 0.12


@pytest.mark.parametrize("limit", [2, 3, 4])
def test_truncated_texts_are_never_members(limit: int) -> None:
    harness = Harness(3, OWN, limit)
    law_within = harness.law().masses
    for sampler in (AWRS(), AWRS(mask_after=None), SequentialMonteCarlo(40), SequentialMonteCarlo(40, steps=AWRS())):
        if law_within:
            drawn = sampler.draw(harness.problem(), 10, make_rng(1))
            assert len(drawn) == 10
            assert {tuple(sample.tokens) for sample in drawn} <= set(law_within)
        else:
            with pytest.raises(AttemptsError):
                sampler.draw(harness.problem(), 1, make_rng(1))


def test_log_probs_are_the_models_own_and_a_seed_repeats_the_draws() -> None:
    harness = Harness(5)
    for sampler in SAMPLERS.values():
        first = sampler.draw(harness.problem(), 10, make_rng(3))
        assert first == sampler.draw(harness.problem(), 10, make_rng(3))
        for sample in first:
            assert math.exp(sample.log_prob) == pytest.approx(harness.law().masses[tuple(sample.tokens)])


def test_the_statistics_count_what_was_done() -> None:
    problem = Harness(0).problem()
    drawn = AWRS(batch_size=7).draw(problem, 20, make_rng(0))
    assert drawn.statistics.model_forwards == problem.model.forwards > 0
    assert drawn.statistics.constraint_evaluations == problem.language.evaluations > 0
    assert drawn.statistics.attempts == 20
    assert drawn.statistics.log_z == pytest.approx(log_mean([sample.log_weight for sample in drawn])[0])
    assert drawn.statistics.log_z_error == pytest.approx(log_mean([sample.log_weight for sample in drawn])[1])


def test_samples_after_a_lost_population_weigh_nothing() -> None:
    harness = Harness(1, OWN, 3)
    drawn = [
        SequentialMonteCarlo(1, max_attempts=1000).draw(harness.problem(), 1, make_rng(seed)) for seed in range(40)
    ]
    lost = [each for each in drawn if each.statistics.attempts > 1]
    assert 0 < len(lost) < 40
    for each in drawn:
        assert (each[0].log_weight == -math.inf) == (each in lost)
        assert each.statistics.log_z == each[0].log_weight


def test_a_proposal_and_several_ends_leave_every_token_its_probability(monkeypatch: pytest.MonkeyPatch) -> None:
    """One token by rejection, over all draws: the ids that end a text, one of which the target leaves out, are one."""
    vocabulary = Vocabulary([b"a", b"b", b"ab", b"", b"", b""], [3, 4, 5])
    language = Language(compile_choice(["", "a", "abb", "b"], vocabulary), 4)
    target = Target(temperature=0.8, top_k=5)
    for seed in range(3):
        problem = Problem(TableLanguageModel(6, seed, scale=1.0), language, target)
        problem.proposal = Proposal(TableLanguageModel(6, 50 + seed, scale=1.0), 1.3)
        (read,) = read_rows(problem, [()])
        p = np.exp(read.scores.log_probs(np.arange(6)))
        expected = {0: p[0], 1: p[1], 2: p[2], STOP: p[3:].sum()}
        own = np.exp(read.scores.model_log_probs(np.arange(6)))
        for limits in ({}, {"max_rejects": 2}, {"mask_after": 1}, {"mask_after": 0}):
            settings = AWRS(estimator="recursive", **({"mask_after": None} | limits))  # type: ignore[arg-type]

            def run(script: Script, settings: AWRS = settings, problem: Any = problem, read: Any = read) -> Any:
                scripted(monkeypatch, script)
                return settings.begin(problem, make_rng(0)).extend(language.start, read.scores, read.guide)

            found: dict[int, float] = defaultdict(float)
            for chance, drawn in histories(run):
                if drawn is not None:
                    found[drawn.token] += float(chance) * math.exp(drawn.log_weight)
                    assert math.exp(drawn.log_prob) == pytest.approx(
                        own[3:].sum() if drawn.token == STOP else own[drawn.token]
                    )
            assert dict(found) == pytest.approx({token: mass for token, mass in expected.items() if mass})


def test_a_mask_that_was_asked_for_is_asked_for_at_once_the_next_time() -> None:
    problem = Harness(0).problem()
    stepper = AWRS(mask_after=2).begin(problem, make_rng(0))
    scores = problem.target.read(np.array([-9.0, -9.0, -9.0, 9.0, -9.0, -9.0, 9.0]))  # what is likely is refused
    looks = []
    for _ in range(2):
        before = problem.language.evaluations
        extension = stepper.extend(problem.language.start, scores, None)
        assert extension is not None
        assert math.exp(extension.log_weight) == pytest.approx(
            np.exp(scores.log_probs(np.array([0, 1, 2, 4, 5]))).sum()
        )
        looks.append(problem.language.evaluations - before)
    assert looks == [3, 1]


def test_a_walk_that_may_see_one_refusal_asks_for_the_mask() -> None:
    problem = Harness(0).problem()
    scores = problem.target.read(np.zeros(7))
    for seed in range(20):
        extension = AWRS(max_rejects=1).begin(problem, make_rng(seed)).extend(problem.language.start, scores, None)
        assert extension is not None
        assert math.exp(extension.log_weight) == pytest.approx(5 / 7)


@pytest.mark.parametrize(
    ("make", "setting"),
    [
        (lambda: AWRS(estimator="magic"), "estimator"),
        (lambda: AWRS(max_accepts=1), "max_accepts"),
        (lambda: AWRS(max_rejects=0), "max_rejects"),
        (lambda: AWRS(mask_after=-1), "mask_after"),
        (lambda: AWRS(batch_size=0), "batch_size"),
        (lambda: SequentialMonteCarlo(0), "particles"),
        (lambda: SequentialMonteCarlo(threshold=1.5), "threshold"),
        (lambda: SequentialMonteCarlo(steps=AWRS(target=Target(0.5))), "steps must be without target"),
        (lambda: SequentialMonteCarlo(steps=AWRS(max_new_tokens=9)), "steps must be without max_new_tokens"),
        (lambda: SequentialMonteCarlo(resampling="lottery"), "resampling"),
    ],
)
def test_settings_that_mean_nothing_are_refused(make: Any, setting: str) -> None:
    with pytest.raises(SettingsError, match=setting):
        make()


def test_no_samples_are_a_list_too() -> None:
    for sampler in (AWRS(), *(SequentialMonteCarlo(3, resampling=scheme) for scheme in SCHEMES)):
        assert sampler.draw(Harness(0).problem(), 0, make_rng(0)) == []
