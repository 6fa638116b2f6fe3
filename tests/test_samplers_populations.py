"""Whole populations against exact expectations over all their random choices."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from constrain.errors import GenerationError
from samplers import AWRS, AttemptsError, Product, SequentialMonteCarlo
from samplers.language import Place
from samplers.particles import resampling
from samplers.particles.critics import Draft
from samplers.particles.population import Evolution, Particle, Population, resampled
from samplers.particles.resampling import SCHEMES
from samplers.randomness import make_rng
from samplers.sample import Samples
from samplers.statistics import RunStatistics, log_mean
from samplers.steps import Masked
from samplers.target import OWN
from samplers.validate.enumeration import Row
from samplers.validate.harness import Harness
from tests.rational_urn import Script, histories
from tests.small_populations import (
    CRITICS,
    Likes,
    particle,
    score,
    scripted,
    small_law,
    small_problem,
)


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
        for each in population.particles:
            if each.log_weight == -math.inf:
                lost += 1
                continue
            found[each.draft.tokens] += float(probability) * math.exp(each.log_weight) / 2
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
