"""What every sampler stands on, against `transformers`' own processors and forward pass, and brute force."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper
from transformers.cache_utils import DynamicLayer

from constrain import SettingsError, Vocabulary, compile_regex
from constrain.errors import ContextError
from samplers import AWRS, MCMC, ASAp, ASApProcessor, BestFirst, MaskedSampling, SequentialMonteCarlo, Target
from samplers.language import Choices, Completable, Language
from samplers.language_model import TransformersModel
from samplers.problem import Problem, Request
from samplers.randomness import choose, make_rng
from samplers.statistics import log_mean
from samplers.validate.enumeration import members, merged, next_token_law, total_variation
from samplers.validate.harness import END, SEEDS, TOKENS, WORDS, Harness, binary_automaton
from tests.table_model import TableModel, TableTokenizer
from tests.tiny_model import small_windows, tiny_model

TARGETS = [
    Target(),
    Target(temperature=0.7),
    Target(top_k=3),
    Target(top_p=0.8),
    Target(temperature=1.6, top_k=5, top_p=0.9),
]


def warped(logits: torch.Tensor, target: Target) -> torch.Tensor:
    ids: Any = torch.zeros((1, 1), dtype=torch.long)
    scores: Any = TemperatureLogitsWarper(float(target.temperature))(ids, logits[None])
    if target.top_k is not None:
        scores = TopKLogitsWarper(target.top_k)(ids, scores)
    if target.top_p is not None:
        scores = TopPLogitsWarper(target.top_p)(ids, scores)
    result: torch.Tensor = scores[0].softmax(dim=-1)
    return result


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("seed", range(4))
def test_a_target_is_what_the_processors_of_transformers_make_of_the_scores(target: Target, seed: int) -> None:
    logits = torch.randn(40, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 3
    expected = warped(logits, target)
    scores = target.read(logits.numpy())
    assert np.exp(scores.log_probs(np.arange(40))) == pytest.approx(expected.numpy(), abs=1e-12)
    assert next_token_law(logits.tolist(), target) == pytest.approx(expected.numpy(), abs=1e-12)
    assert scores.model_log_probs(np.arange(40)) == pytest.approx(logits.log_softmax(dim=-1).numpy(), abs=1e-12)


def test_wide_rows_are_normalised_to_the_precision_of_their_scores() -> None:
    logits = torch.randn(131_072, generator=torch.Generator().manual_seed(0)) * 4
    for target in (Target(), Target(temperature=0.7)):
        expected = (logits.double() / target.temperature).log_softmax(dim=-1).numpy()
        assert np.abs(target.read(logits.numpy()).log_probs(np.arange(131_072)) - expected).max() < 2e-6


def test_wide_rows_with_impossible_tokens_are_truncated_as_transformers_does_it() -> None:
    source = torch.Generator().manual_seed(1)
    logits = torch.randn(40_000, generator=source) * 3
    logits[torch.randint(0, 40_000, (2000,), generator=source)] = -torch.inf
    for target in (*TARGETS, Target(temperature=0.8, top_k=39_999)):
        scores, expected = target.read(logits.numpy()), warped(logits.double(), target).numpy()
        assert np.exp(scores.log_probs(np.arange(40_000))) == pytest.approx(expected, rel=1e-5)
        assert scores.weights / math.exp(scores.log_total) == pytest.approx(expected, rel=1e-5)
    assert np.isneginf(scores.model_log_probs(np.flatnonzero(logits.numpy() == -np.inf))).all()


@pytest.mark.parametrize(
    "settings", [{"temperature": 0}, {"temperature": math.inf}, {"top_k": 0}, {"top_p": 0.0}, {"top_p": 1.5}]
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=next(iter(settings))):
        Target(**settings)


@pytest.mark.parametrize("make", [lambda: tiny_model(11, [0]), small_windows])
@given(rows=st.lists(st.lists(st.integers(0, 10), max_size=6), min_size=1, max_size=6))
def test_the_cache_changes_nothing_wherever_the_next_prefix_leaves_the_last(make: Any, rows: list[list[int]]) -> None:
    model, prompt = make(), [3, 1, 4, 1, 5]
    read = TransformersModel(model, prompt)
    for row in rows:
        with torch.no_grad():
            expected = model(torch.tensor([prompt + row])).logits[0, -1].numpy()
        assert read.logits(row) == pytest.approx(expected, abs=1e-3)  # rounding: 2e-4 in float32, 3e-7 in float64
    distinct_in_turn = [row for row in rows if row]
    assert read.forwards == 1 + len(distinct_in_turn)


def interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def test_an_interrupted_reading_leaves_a_model_that_can_be_used() -> None:
    model, row = tiny_model(11, [0]), [5, 6, 7]
    read = TransformersModel(model, [1, 2])
    read.logits([5])
    expected = TransformersModel(model, [1, 2]).logits(row)
    hook = model.lm_head.register_forward_hook(interrupt)
    with pytest.raises(KeyboardInterrupt):
        read.logits([5, 6])
    hook.remove()
    assert read.logits(row) == pytest.approx(expected, abs=1e-5)


def test_an_interruption_while_the_cache_is_cut_leaves_a_model_that_can_be_used(monkeypatch: Any) -> None:
    model, row = tiny_model(11, [0]), [5, 6, 7, 8]
    expected = TransformersModel(model, [1, 2]).logits(row)
    read = TransformersModel(model, [1, 2])
    read.logits([5, 6, 7])
    cut = DynamicLayer.crop
    with monkeypatch.context() as patched:
        patched.setattr(DynamicLayer, "crop", lambda *given: interrupt(cut(*given)))
        with pytest.raises(KeyboardInterrupt):
            read.logits([5, 3])
    assert read.logits(row) == pytest.approx(expected, abs=1e-5)


def walk(problem: Problem[Any], tokens: tuple[int, ...], place: Any) -> dict[tuple[int, ...], float]:
    """The mass of every member below a place, by the problem's own shares."""
    shares = problem.shares(tokens, place)
    found = {tokens: float(np.exp(shares.log_probs[-1]))} if shares.choices.may_stop else {}
    for token, log_prob in zip(shares.choices.tokens.tolist(), shares.log_probs.tolist(), strict=False):
        below = walk(problem, (*tokens, token), problem.language.take(place, token))
        found |= {row: mass * math.exp(log_prob) for row, mass in below.items()}
    return found


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("limit", [3, 4, 5])
def test_walks_through_a_problem_have_the_law_of_the_enumeration(target: Target, limit: int) -> None:
    harness = Harness(1, target, limit)
    problem = harness.problem()
    expected = harness.law().masses
    found = walk(problem, (), problem.language.start)
    assert {row: mass for row, mass in found.items() if mass} == pytest.approx(
        {row: mass for row, mass in expected.items() if mass}
    )
    assert problem.model.forwards == problem.language.evaluations


def test_a_place_without_tokens_left_allows_the_stop_alone() -> None:
    language = Language(binary_automaton(), 2)
    place = language.start
    for token in (4, 5):
        after = language.take(place, token)
        assert after is not None
        place = after
    choices = language.choices(place)
    assert (len(choices.tokens), choices.may_stop, len(choices)) == (0, False, 0)
    assert language.take(place, 0) is None
    assert language.allows(language.start, 0)
    assert not language.allows(language.start, END)
    assert language.evaluations == 3


def test_all_ends_are_one_stop() -> None:
    vocabulary = Vocabulary([b"", b"a", b"", b"b"], [0, 2])
    language = Language(compile_regex("a*", vocabulary), 4)
    choices = language.choices(language.start)
    assert isinstance(choices, Choices)
    assert (choices.tokens.tolist(), choices.may_stop) == ([1], True)
    model: Any = TableModel(4)
    problem = Request(model, TableTokenizer(), language.automaton, "x", 1, 4).exact(Target())  # type: ignore[arg-type]
    probabilities = model.logits((0,)).double().softmax(dim=-1)
    shares = problem.shares((), problem.language.start)
    assert np.exp(shares.log_probs) == pytest.approx([float(probabilities[1]), float(probabilities[[0, 2]].sum())])


@pytest.mark.parametrize("kind", [Language, Completable])
def test_an_end_is_no_choice_among_the_tokens(kind: Any) -> None:
    vocabulary = Vocabulary([b"", b"a", b"", b"b"], [0, 2])
    language = kind(compile_regex("a*", vocabulary), 4)
    assert [language.take(language.start, end) for end in (0, 2)] == [None, None]
    assert [token for token in range(4) if language.allows(language.start, token)] == [1]


def test_the_members_are_those_that_spell_a_word() -> None:
    rows = members(TOKENS, WORDS, 5)
    assert len(rows) == len(set(rows)) == 17 * 8  # a string of five has eight cuts into ones and twos
    assert {tuple(map(ord, word)) for word in WORDS} == set(merged(dict.fromkeys(rows, 1.0), TOKENS))
    assert [row for row in rows if len(row) <= 3] == members(TOKENS, WORDS, 3)


def test_the_harness_is_a_problem_on_which_masks_go_wrong() -> None:
    for seed in SEEDS:
        law = Harness(seed).law()
        assert sum(law.probabilities().values()) == pytest.approx(1)
        assert total_variation(law.probabilities(), law.probabilities()) == 0
        assert 0 < law.z < 0.1


@given(st.lists(st.floats(0, 10), min_size=1, max_size=20).filter(any), st.integers(0, 2**32))
def test_what_has_no_weight_is_never_chosen(weights: list[float], seed: int) -> None:
    assert weights[choose(np.array(weights), make_rng(seed))] > 0


def test_the_mean_of_weights_and_its_error() -> None:
    weights = [0.5, 1.5, 2.0, 0.0]
    log_z, error = log_mean([math.log(weight) if weight else -math.inf for weight in weights])
    assert log_z == pytest.approx(0)
    assert error == pytest.approx(np.std(weights, ddof=1) / 2)
    assert log_mean([-math.inf, -math.inf]) == (-math.inf, math.inf)
    assert log_mean([-1e5])[1] == math.inf


@pytest.mark.parametrize("seed", ["a", 0.5, [1], True])
def test_seeds_are_whole_numbers(seed: Any) -> None:
    with pytest.raises(TypeError, match="seed is a whole number"):
        make_rng(seed)


@pytest.mark.parametrize("name", ["model", "tokenizer", "automaton", "prompt"])
def test_arguments_of_another_kind_are_refused_by_name(name: str) -> None:
    arguments: dict[str, Any] = {"model": tiny_model(8, [0]), "tokenizer": TableTokenizer()}
    arguments |= {"automaton": binary_automaton(), "prompt": "x", name: 3}
    with pytest.raises(TypeError, match=name):
        MaskedSampling().sample(**arguments)


def test_a_model_with_dropout_is_refused() -> None:
    model = tiny_model(END + 1, [END]).train()
    with pytest.raises(SettingsError, match=r"model\.eval"):
        MaskedSampling().sample(model, TableTokenizer(), binary_automaton(), "x")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match=r"model\.eval"):
        ASApProcessor(binary_automaton(), model)


def test_the_budget_ends_with_the_models_context() -> None:
    model: Any = tiny_model(END + 1, [END])
    for context, budget in ((2, 1), (4, 3), (100, 9)):
        model.config.max_position_embeddings = context
        request = Request(model, TableTokenizer(), binary_automaton(), "x", 1, 9)  # type: ignore[arg-type]
        assert request.exact(Target()).language.max_new_tokens == budget
    model.config.max_position_embeddings = 1
    with pytest.raises(ContextError):
        Request(model, TableTokenizer(), binary_automaton(), "x", 1, 9).exact(Target())  # type: ignore[arg-type]


def test_a_temperature_has_to_be_a_number() -> None:
    with pytest.raises(TypeError, match="temperature"):
        MaskedSampling(temperature="warm")  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize("kind", [ASAp, AWRS, MCMC, BestFirst, SequentialMonteCarlo, MaskedSampling])
def test_budgets_and_targets_that_are_none_are_refused_at_once(kind: Any) -> None:
    with pytest.raises(SettingsError, match="max_new_tokens must be at least 0, not -1"):
        kind(max_new_tokens=-1)
    with pytest.raises(TypeError, match="max_new_tokens"):
        kind(max_new_tokens=1.5)
    with pytest.raises(TypeError, match="target"):
        kind(target=0.7)
