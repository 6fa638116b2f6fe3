"""Masked sampling against the enumeration of all its walks, on a table model."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import torch

from constrain.protocols import Sampler
from samplers import Greedy, MaskedSampling, Sample, Target
from samplers.language import Completable
from samplers.problem import Problem, Request
from samplers.randomness import make_rng
from samplers.statistics import log_mean
from samplers.validate.harness import Harness
from tests.digit_strings import AUTOMATON, MODEL, TOKENIZER, TOKENS, WORDS, log_prob_of
from tests.table_model import TableModel


def members(limit: int) -> list[tuple[int, ...]]:
    """All rows of at most `limit` tokens that spell a word."""
    found: list[tuple[int, ...]] = []
    open_rows: list[tuple[int, ...]] = [()]
    while open_rows:
        row = open_rows.pop()
        state = AUTOMATON.advance_bytes(0, spell(row).encode())
        if state >= 0 and AUTOMATON.is_accepting(state):
            found.append(row)
        elif state >= 0 and len(row) < limit:
            open_rows += [(*row, token) for token in range(2, len(TOKENS))]
    return found


def spell(tokens: tuple[int, ...] | list[int]) -> str:
    return b"".join(TOKENS[token] for token in tokens).decode()


def draw(sampler: Sampler, n: int, seed: int = 0, limit: int = 5) -> list[Sample]:
    drawn = sampler.sample(MODEL, TOKENIZER, AUTOMATON, "x", n, seed, max_new_tokens=limit)
    return [sample for sample in drawn if isinstance(sample, Sample)]


@pytest.mark.parametrize("temperature", [0.7, 1.0, 1.8])
def test_samples_are_members_with_their_exact_log_prob(temperature: float) -> None:
    for sample in draw(MaskedSampling(temperature), 50):
        assert sample.text == spell(sample.tokens)
        assert sample.text in WORDS
        assert sample.log_prob == pytest.approx(log_prob_of(tuple(sample.tokens)), abs=1e-9)


@pytest.mark.parametrize("limit", [3, 4, 5])
@pytest.mark.parametrize("temperature", [0.7, 1.0])
def test_weighted_draws_estimate_what_enumeration_says(limit: int, temperature: float) -> None:
    """E[w] is the model's probability of the language within the budget, E[w 1{x}] that of x."""
    truth = {row: math.exp(log_prob_of(row)) for row in members(limit)}
    drawn = draw(MaskedSampling(temperature), 1000, seed=limit, limit=limit)
    proposals: dict[tuple[int, ...], float] = {}
    for sample in drawn:
        proposals[tuple(sample.tokens)] = math.exp(sample.log_prob - sample.log_weight)
    counts = Counter(tuple(sample.tokens) for sample in drawn)
    assert set(counts) <= set(truth)
    for row, share in proposals.items():
        assert abs(counts[row] - len(drawn) * share) < 5 * (len(drawn) * share * (1 - share)) ** 0.5 + 1
    weights = torch.tensor([sample.log_weight for sample in drawn]).exp()
    error = float(weights.std()) / len(drawn) ** 0.5
    assert abs(float(weights.mean()) - sum(truth.values())) < 5 * error + 1e-9


def test_the_weight_is_the_product_of_the_masses_that_were_allowed() -> None:
    for sample in draw(MaskedSampling(), 30):
        expected = 0.0
        for at in range(len(sample.tokens) + 1):
            state = AUTOMATON.advance_bytes(0, spell(sample.tokens[:at]).encode())
            allowed = [token for token in range(len(TOKENS)) if AUTOMATON.advance(state, token) >= 0]
            row = MODEL.logits((0, *sample.tokens[:at])).double().log_softmax(dim=-1)
            expected += float(row[allowed].logsumexp(dim=-1))
        assert sample.log_weight == pytest.approx(expected, abs=1e-9)


class Silent(TableModel):
    """Gives no probability to what is allowed after a first zero."""

    def logits(self, prefix: tuple[int, ...]) -> torch.Tensor:
        row = super().logits(prefix)
        return torch.where(torch.arange(len(row)) < 3, -torch.inf, row) if prefix[1:2] == (2,) else row


def test_a_text_to_which_the_model_gives_no_probability_weighs_nothing() -> None:
    drawn = MaskedSampling().sample(Silent(len(TOKENS), seed=7), TOKENIZER, AUTOMATON, "x", 40, 0, max_new_tokens=5)  # type: ignore[arg-type]
    dead = [sample for sample in drawn if sample.tokens[0] == 2]
    assert 0 < len(dead) < 40
    assert {(sample.text, sample.log_prob, sample.log_weight) for sample in dead} == {("00000", -math.inf, -math.inf)}
    assert drawn.statistics.log_z == pytest.approx(log_mean([sample.log_weight for sample in drawn])[0])


@pytest.mark.parametrize("target", [Target(temperature=0.7), Target(top_k=4)])
def test_weights_are_relative_to_the_target_and_log_probs_to_the_model(target: Target) -> None:
    harness, own = Harness(2, target).problem(), Harness(2).law()
    problem = Problem(harness.model, Completable(harness.language.automaton, 5), target)
    drawn = MaskedSampling(target=target).draw(problem, 1000, make_rng(0))
    for sample in drawn:
        assert math.exp(sample.log_prob) == pytest.approx(own.masses[tuple(sample.tokens)])
    assert drawn.statistics.log_z is not None
    assert drawn.statistics.log_z_error is not None
    assert abs(drawn.statistics.log_z - math.log(Harness(2, target).law().z)) < 4 * drawn.statistics.log_z_error < 1
    posed = MaskedSampling(target=target).pose(Request(MODEL, TOKENIZER, AUTOMATON, "x", 1, 5))
    assert posed.target == target


def test_greedy_takes_the_best_choice_of_each_step() -> None:
    first, second = draw(Greedy(), 2, seed=1)
    assert first == second == draw(Greedy(), 1, seed=2)[0]
    assert first.text in WORDS
    assert first.log_weight == first.log_prob == pytest.approx(log_prob_of(tuple(first.tokens)), abs=1e-9)
    row = MODEL.logits((0,))
    allowed = [token for token in range(2, len(TOKENS)) if AUTOMATON.advance(0, token) >= 0]
    assert first.tokens[0] == max(allowed, key=lambda token: float(row[token]))


def test_a_seed_repeats_the_draws() -> None:
    assert draw(MaskedSampling(), 5, seed=3) == draw(MaskedSampling(), 5, seed=3)
    assert draw(MaskedSampling(), 5, seed=3) != draw(MaskedSampling(), 5, seed=4)


def test_a_temperature_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="Greedy"):
        MaskedSampling(temperature=0.0)
