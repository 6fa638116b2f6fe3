"""The Markov chain: its transition matrix worked out from its own functions, and its draws against both."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from constrain import generate_json
from constrain.errors import SettingsError
from samplers import MCMC, AttemptsError, EmptyLanguageError, Target
from samplers.language import Language
from samplers.mcmc.chain import Chain
from samplers.mcmc.reading import OUTSIDE, readings_of
from samplers.mcmc.text import CUTS, Text
from samplers.problem import Problem
from samplers.randomness import make_rng
from samplers.sample import Samples
from samplers.target import OWN
from samplers.validate.checks.mcmc import transition_matrix
from samplers.validate.enumeration import Row, law, members, next_token_law
from samplers.validate.harness import END, TOKENS, WORDS, Harness
from samplers.validate.statistics import chi_square_p
from samplers.validate.table import TableLanguageModel
from tests.long_way import LETTERS, LONG_WAY, letters_automaton
from tests.tiny_model import tiny_model
from tests.tokenizers_made_here import byte_level

Floats = NDArray[np.float64]
COOL = Target(temperature=0.7)
CHOOSY = Target(top_k=4)


def setting(harness: Harness, cut: str) -> tuple[Chain, list[Text], Floats]:
    """A chain, all members, and the truth of the enumeration."""
    truth = {row: p for row, p in harness.law().probabilities().items() if p > 0}
    chain = Chain(harness.problem(), CUTS[cut])
    return chain, [chain.text(row) for row in truth], np.array(list(truth.values()))


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(("target", "limit"), [(OWN, 5), (CHOOSY, 5), (OWN, 4), (COOL, 4), (COOL, 3)])
def test_moves_are_in_detailed_balance_with_the_truth(cut: str, target: Target, limit: int) -> None:
    chain, texts, truth = setting(Harness(limit, target, limit), cut)
    matrix = transition_matrix(chain, texts)
    flow = truth[:, None] * matrix
    assert matrix.min() >= -1e-12
    assert flow == pytest.approx(flow.T, abs=1e-12)
    assert truth @ matrix == pytest.approx(truth, abs=1e-12)
    # From everywhere to everywhere: the truth is the only law that is stationary.
    assert np.linalg.matrix_power(matrix > 0, len(texts)).all()


def brute_force(harness: Harness, text: Text, cut: str, limit: int) -> dict[Row, float]:
    """The law of what is proposed after a text, from the words and the table alone; every end fits."""
    table = TableLanguageModel(END + 1, harness.seed)

    def masked(prefix: Row) -> dict[int, float]:
        written = "".join(TOKENS[token] for token in prefix)
        shares = next_token_law(table.row(prefix).tolist(), harness.target)
        going_on = [token for token in TOKENS if any(word.startswith(written + TOKENS[token]) for word in WORDS)]
        allowed = [*(going_on if len(prefix) < limit else []), *([END] if written in WORDS else [])]
        return {token: shares[token] / math.fsum(shares[each] for each in allowed) for token in allowed}

    def perplexity(prefix: Row) -> float:
        return math.exp(-math.fsum(p * math.log(p) for p in masked(prefix).values() if p > 0))

    prefixes = [text.tokens[:at] for at in range(len(text.tokens) + 1)]
    weights = {
        "restart": [float(not prefix) for prefix in prefixes],
        "uniform": [1.0] * len(prefixes),
        "priority": [perplexity(prefix) for prefix in prefixes],
    }[cut]
    found: dict[Row, float] = {}
    for row in members(TOKENS, WORDS, limit):
        steps = [*zip([row[:at] for at in range(len(row) + 1)], [*row, END], strict=True)]
        for at, (prefix, weight) in enumerate(zip(prefixes, weights, strict=True)):
            if row[:at] == prefix:
                end = math.prod(masked(before)[token] for before, token in steps[at:])
                found[row] = found.get(row, 0.0) + weight / math.fsum(weights) * end
    return found


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("target", [OWN, COOL])
def test_the_proposal_is_the_sum_over_all_cuts(cut: str, target: Target) -> None:
    harness = Harness(3, target)
    chain, texts, _ = setting(harness, cut)
    for text in texts[::20]:
        expected = brute_force(harness, text, cut, harness.limit)
        assert math.fsum(expected.values()) == pytest.approx(1)
        for other in texts:
            assert math.exp(chain.log_proposal(text, other)) == pytest.approx(expected[other.tokens], rel=1e-9)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("limit", [3, 5])
def test_a_step_moves_as_the_matrix_says(cut: str, limit: int) -> None:
    """With three tokens most ends do not fit: what dies stays where it is."""
    chain, texts, _ = setting(Harness(1, OWN, limit), cut)
    matrix = transition_matrix(chain, texts)
    number, rng = len(texts) // 2, make_rng(limit)
    moves = Counter(chain.step(texts[number], rng).tokens for _ in range(2000))
    assert chi_square_p(moves, {text.tokens: matrix[number, at] for at, text in enumerate(texts)}) > 1e-3


@pytest.mark.parametrize("cut", CUTS)
def test_the_law_after_many_steps_is_the_truth(cut: str) -> None:
    harness = Harness(0)
    chain, texts, truth = setting(harness, cut)
    start, matrix = np.exp([text.log_ends[0] for text in texts]), transition_matrix(chain, texts)
    laws = {steps: start / start.sum() @ np.linalg.matrix_power(matrix, steps) for steps in (0, 20, 1000)}
    distances = {steps: abs(after - truth).sum() / 2 for steps, after in laws.items()}
    assert distances[0] > distances[20] > 0.01 > distances[1000]
    samples = MCMC(cut=cut, steps=20).draw(harness.problem(), 300, make_rng(0))
    counts = Counter(tuple(sample.tokens) for sample in samples)
    assert chi_square_p(counts, {text.tokens: p for text, p in zip(texts, laws[20], strict=True)}) > 1e-3
    assert {sample.log_weight for sample in samples} == {0.0}
    assert samples.statistics.attempts == 300 * 21


def test_one_chain_with_thinning_tends_to_the_truth() -> None:
    harness = Harness(0)
    samples = MCMC(cut="restart", steps=100, thinning=30).draw(harness.problem(), 150, make_rng(1))
    counts = Counter(tuple(sample.tokens) for sample in samples)
    assert chi_square_p(counts, harness.law().probabilities()) > 1e-3
    assert samples.statistics.attempts == 1 + 100 + 149 * 30


def test_the_first_attempts_estimate_z() -> None:
    harness = Harness(2)
    statistics = MCMC(steps=0).draw(harness.problem(), 2000, make_rng(0)).statistics
    assert statistics.log_z is not None
    assert statistics.log_z_error is not None
    assert abs(statistics.log_z - math.log(harness.law().z)) < 4 * statistics.log_z_error < 0.5


def test_a_first_attempt_that_died_counts_as_nothing() -> None:
    harness, lost = Harness(1, OWN, 3), 0
    for seed in range(30):
        statistics = MCMC(steps=0).draw(harness.problem(), 1, make_rng(seed)).statistics
        assert (statistics.log_z == -math.inf) == (statistics.attempts > 1)
        lost += statistics.attempts > 1
    assert 0 < lost < 30


def test_the_memory_of_what_was_read_is_counted() -> None:
    problem = Harness(0).problem()
    for limit in (1 << 20, 6000):
        chain = Chain(problem, CUTS["uniform"], limit)
        for seed in range(20):
            chain.init(make_rng(seed))
        memory = readings_of(problem)
        assert len(memory._kept) > 2
        assert memory.memory_bytes == sum(each.memory_bytes for each in memory._kept.values()) <= limit


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), limit=st.integers(3, 5), cut=st.sampled_from(list(CUTS)))
def test_only_members_with_their_exact_log_prob(seed: int, limit: int, cut: str) -> None:
    harness = Harness(seed, COOL, limit)
    truth = Harness(seed, OWN, limit).law().masses
    for sample in MCMC(COOL, cut=cut, steps=5).draw(harness.problem(), 5, make_rng(seed)):
        assert sample.log_prob == pytest.approx(math.log(truth[tuple(sample.tokens)]))


@pytest.mark.parametrize("cut", CUTS)
def test_members_whose_end_is_not_known_to_fit_are_reached(cut: str) -> None:
    table = TableLanguageModel(6, 0)
    problem = Problem(table, Language(letters_automaton(), 2), OWN)
    truth = law(lambda row: table.row(row).tolist(), members(LETTERS, LONG_WAY, 2), [5], OWN).probabilities()
    assert set(truth) == {(4,), (0, 3)}
    chain = Chain(problem, CUTS[cut])
    texts = [chain.text(row) for row in truth]
    shares = next_token_law(table.row(()).tolist(), OWN)
    assert math.exp(chain.text((0, 3)).positions[0].log_share) == pytest.approx(
        OUTSIDE * shares[0] / (shares[0] + shares[4])
    )
    matrix = transition_matrix(chain, texts)
    flow = np.array(list(truth.values()))[:, None] * matrix
    assert flow == pytest.approx(flow.T, abs=1e-12)
    assert matrix.min() > 0


def test_what_was_read_is_not_read_again() -> None:
    problem = Harness(0).problem()
    prefixes = {row[:at] for row in Harness(0).law().masses for at in range(len(row) + 1)}
    first = MCMC(steps=20).draw(problem, 20, make_rng(0))
    second = MCMC(steps=100).draw(problem, 20, make_rng(1))
    assert first.statistics.model_forwards <= second.statistics.model_forwards <= len(prefixes)
    forgetful = MCMC(steps=20, memory_limit=1).draw(Harness(0).problem(), 20, make_rng(0))
    assert forgetful == first
    assert len(prefixes) < forgetful.statistics.model_forwards


def test_a_step_is_at_most_one_generation() -> None:
    problem = Harness(0).problem()
    chain, rng = Chain(problem, CUTS["uniform"], memory_limit=1), make_rng(0)
    text = chain.init(rng)
    assert text is not None
    for _ in range(200):
        before = problem.model.forwards
        text = chain.step(text, rng)
        assert problem.model.forwards - before <= 6


@pytest.mark.parametrize("limit", [0, 2])
def test_a_budget_without_members(limit: int) -> None:
    with pytest.raises(AttemptsError if limit else EmptyLanguageError):
        MCMC(max_attempts=50).draw(Harness(0, OWN, limit).problem(), 1, make_rng(0))


def test_what_is_no_member_is_refused() -> None:
    chain = Chain(Harness(0).problem(), CUTS["uniform"])
    with pytest.raises(ValueError, match="token 5 is not allowed"):
        chain.text((0, 5))
    with pytest.raises(ValueError, match="may not stop"):
        chain.text((0,))


@pytest.mark.parametrize(
    "options", [{"cut": "middle"}, {"steps": -1}, {"thinning": 0}, {"max_attempts": 0}, {"memory_limit": 0}]
)
def test_settings_that_mean_nothing(options: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        MCMC(**options)


def test_a_transformer_writes_json_by_the_chain() -> None:
    tokenizer: Any = byte_level()
    model = tiny_model(len(tokenizer), [tokenizer.eos_token_id])
    schema = {"type": "array", "items": {"enum": [1, 22]}, "minItems": 1, "maxItems": 2}
    sampler = MCMC(steps=5, max_new_tokens=12)
    value = generate_json(model, tokenizer, schema, "Numbers: ", sampler=sampler, seed=1, max_new_tokens=12)
    assert set(value) <= {1, 22}


def test_a_seed_repeats_the_draws() -> None:
    def draw(seed: int) -> Samples:
        return MCMC(steps=3).draw(Harness(0).problem(), 5, make_rng(seed))

    assert draw(3) == draw(3) != draw(4)
