"""Resampling, whole populations and rejection walks, against exact expectations over all their random choices."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constrain import Vocabulary, compile_choice
from constrain.errors import GenerationError, SettingsError
from samplers import AWRS, AttemptsError, Product, SequentialMonteCarlo, Target
from samplers.language import Language, Place
from samplers.particles import resampling
from samplers.particles.critics import Draft
from samplers.particles.population import Evolution, Particle, Population, read_rows, resampled
from samplers.particles.resampling import SCHEMES
from samplers.problem import Problem, Proposal
from samplers.randomness import make_rng
from samplers.sample import Samples
from samplers.statistics import RunStatistics, log_mean
from samplers.steps import STOP, Masked
from samplers.target import OWN
from samplers.validate.enumeration import Law, Row, law, members, total_variation
from samplers.validate.harness import SEEDS, Harness
from samplers.validate.table import TableLanguageModel
from tests.rational_urn import Script, histories

# Tokens a, b, ab, and the end. "abb" can not be completed in two tokens after a, b: that particle is lost.
TEXTS = {0: "a", 1: "b", 2: "ab"}
WORDS = ["a", "abb", "ba"]
END = 3
LIMIT = 2
VOCABULARY = Vocabulary([text.encode() for text in TEXTS.values()] + [b""], [END])
AUTOMATON = compile_choice(WORDS, VOCABULARY)


def small_problem(seed: int) -> Problem[Place]:
    return Problem(TableLanguageModel(4, seed, scale=1.0), Language(AUTOMATON, LIMIT), OWN)


def small_law(seed: int) -> Law:
    model = TableLanguageModel(4, seed, scale=1.0)
    return law(lambda row: model.row(row).tolist(), members(TEXTS, WORDS, LIMIT), [END], OWN)


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


@dataclass(frozen=True)
class Likes:
    """Prefers texts with many b; refuses what `refused` begins."""

    refused: str = ""
    by: float = 0.7

    def prefix(self, draft: Draft) -> float:
        return -math.inf if self.refused and draft.text.startswith(self.refused) else self.by * draft.text.count("b")

    def complete(self, draft: Draft) -> float:
        return self.prefix(draft) + 0.3 * len(draft.text)


CRITICS = {"none": None, "soft": Likes(), "hard": Likes("ba"), "product": Product([Likes("ba"), Likes(by=-0.4)])}


def scripted(monkeypatch: pytest.MonkeyPatch, script: Script) -> None:
    """Takes all random choices from a script: those of tokens, and each draw of multinomial resampling."""

    def choose(weights: Any, rng: Any) -> int:
        kept = np.flatnonzero(weights)
        return int(kept[script.choose([float(weights[at] / weights.sum()) for at in kept])])  # type: ignore[misc]

    def draw_anew(weights: Any, count: int, rng: Any) -> Any:
        return np.array([choose(weights, rng) for _ in range(count)])

    monkeypatch.setattr("samplers.rejection.urn.choose", choose)
    monkeypatch.setitem(SCHEMES, "multinomial", draw_anew)


@pytest.mark.parametrize("critic", CRITICS)
@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_populations_are_unbiased_over_all_their_histories(
    monkeypatch: pytest.MonkeyPatch, critic: str, threshold: float
) -> None:
    judge = CRITICS[critic]
    sampler = SequentialMonteCarlo(2, critic=judge, threshold=threshold, resampling="multinomial")

    def run(script: Script) -> Population[Any]:
        scripted(monkeypatch, script)
        return sampler.populate(small_problem(0), 2, make_rng(0))

    found: dict[Row, float] = defaultdict(float)
    total, lost, renewed = 0.0, 0, 0
    for probability, population in histories(run):
        total += float(probability)
        renewed += population.resamplings
        for particle in population.particles:
            if particle.log_weight == -math.inf:
                lost += 1
                continue
            found[particle.draft.tokens] += float(probability) * math.exp(particle.log_weight) / 2
    expected = {row: mass * math.exp(score(judge, row)) for row, mass in small_law(0).masses.items()}
    assert total == pytest.approx(1)
    assert lost
    assert bool(renewed) == (threshold == 1)
    assert dict(found) == pytest.approx({row: mass for row, mass in expected.items() if mass})


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_lists_are_unbiased_however_many_particles_are_left(
    monkeypatch: pytest.MonkeyPatch, threshold: float, n: int
) -> None:
    """Where a particle of the two is lost, one member is left: as many as are asked for, and half of the population."""
    sampler = SequentialMonteCarlo(2, threshold=threshold, resampling="multinomial", max_attempts=1)

    def run(script: Script) -> Samples:
        scripted(monkeypatch, script)
        try:
            return sampler.draw(small_problem(0), n, make_rng(0))
        except AttemptsError:
            return Samples([], RunStatistics(0, 0, 0))

    found: dict[Row, float] = defaultdict(float)
    for probability, drawn in histories(run):
        assert len(drawn) in {0, n}
        for sample in drawn:
            found[tuple(sample.tokens)] += float(probability) * math.exp(sample.log_weight) / n
    assert dict(found) == pytest.approx(dict(small_law(0).masses))


def score(critic: Any, row: Row) -> float:
    draft = Draft(row, "".join(TEXTS[token] for token in row).encode())
    return 0.0 if critic is None else float(critic.complete(draft))


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


def test_without_resampling_the_error_is_that_of_independent_weights() -> None:
    population = SequentialMonteCarlo(50, threshold=0.0).populate(Harness(1).problem(), 50, make_rng(0))
    assert population.resamplings == 0
    assert (population.log_z, population.log_z_error) == pytest.approx(log_mean(population.log_weights.tolist()))


def test_the_error_of_resampled_populations_is_about_right() -> None:
    sampler = SequentialMonteCarlo(60, threshold=0.6, resampling="multinomial")
    populations = [sampler.populate(Harness(1).problem(), 60, make_rng(seed)) for seed in range(100)]
    estimates = np.exp([population.log_z for population in populations])
    spread = float(estimates.std(ddof=1) / estimates.mean())
    said = float(np.sqrt(np.mean([population.log_z_error**2 for population in populations])))
    assert any(population.resamplings for population in populations)
    assert 0.6 * spread < said < 1.7 * spread


@pytest.mark.parametrize("resamplings", [1, 2])
def test_the_estimate_of_the_variance_is_unbiased_over_all_histories(
    monkeypatch: pytest.MonkeyPatch, resamplings: int
) -> None:
    def run(script: Script) -> Population[Any]:
        scripted(monkeypatch, script)
        problem = small_problem(1)
        evolution = Evolution(problem, Masked().begin(problem, make_rng(0)))
        population = evolution.step(evolution.start(2))
        for _ in range(resamplings):
            if population.shares.any():
                population = resampled(population, SCHEMES["multinomial"], make_rng(0))
            population = evolution.step(population)
        return population

    mean = square = estimate = 0.0
    for chance, population in histories(run):
        z = math.exp(population.log_z)
        mean, square = mean + float(chance) * z, square + float(chance) * z**2
        estimate += float(chance) * z**2 * population.relative_variance if z else 0.0
    assert square - mean**2 > 1e-4
    assert estimate == pytest.approx(square - mean**2)


def test_the_first_of_a_list_is_as_good_as_the_others() -> None:
    heavy, light = (
        replace(particle(math.log(share), name), draft=Draft((name,), b"")) for name, share in enumerate([0.9, 0.1])
    )
    problem = small_problem(0)
    firsts = [
        SequentialMonteCarlo(2)._samples(problem, Population((heavy, light)), 3, make_rng(seed), is_first=True)[0]
        for seed in range(500)
    ]
    assert [sample.tokens for sample in firsts].count([1]) / 500 == pytest.approx(0.1, abs=0.05)


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


def particle(log_weight: float, name: int, place: Any = None) -> Particle[Any]:
    return Particle(Draft((name,), b""), place, 0.0, log_weight, 0.0, name)


def test_finished_particles_take_part_and_lost_ones_do_not() -> None:
    done, lost, under_way = particle(0.0, 0), particle(-math.inf, 1, "here"), particle(math.log(3), 2, "there")
    population = Population((done, lost, under_way))
    assert population.is_open
    assert population.effective_size == pytest.approx(1.6)
    after = [resampled(population, resampling.multinomial, make_rng(seed)) for seed in range(400)]
    drawn = [each.draft.tokens[0] for each_run in after for each in each_run.particles]
    assert set(drawn) == {0, 2}
    assert drawn.count(0) / len(drawn) == pytest.approx(0.25, abs=0.06)
    assert all(each.log_weight == pytest.approx(math.log(4 / 3)) for run in after for each in run.particles)
    assert not Population((done, lost)).is_open


def test_a_forced_stop_weighs_what_the_model_gives_it() -> None:
    problem = Harness(0, OWN, 5).problem()
    for steps in (Masked(), AWRS(), AWRS(mask_after=None)):
        evolution = Evolution(problem, steps.begin(problem, make_rng(0)))
        place: Any = Place(problem.language.automaton.advance_bytes(problem.language.automaton.start, b"10101"), 0)
        started = evolution.start(1).particles[0]
        ready = Population((Particle(Draft((1, 0, 1, 0, 1), b"10101"), place, 0.0, 0.0, 0.0, started.origin),))
        (stopped,) = evolution.step(ready).particles
        row = problem.target.read(problem.model.logits((1, 0, 1, 0, 1)))
        assert stopped.place is None
        assert stopped.log_weight == pytest.approx(float(row.log_probs(problem.ends)[0]))


class Broken:
    def prefix(self, draft: Draft) -> float:
        return math.nan

    def complete(self, draft: Draft) -> float:
        return 0.0


def test_scores_that_are_none_are_refused() -> None:
    with pytest.raises(GenerationError, match="nan"):
        SequentialMonteCarlo(2, critic=Broken()).draw(Harness(0).problem(), 1, make_rng(0))


def test_a_critic_that_refuses_all_is_no_endless_loop() -> None:
    judge = Product([Likes("1"), Likes("0")])
    with pytest.raises(AttemptsError, match="lost"):
        SequentialMonteCarlo(3, critic=judge, max_attempts=4).draw(Harness(0).problem(), 1, make_rng(0))


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
