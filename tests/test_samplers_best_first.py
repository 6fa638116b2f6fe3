"""Best-first search against the enumeration of all members: what it certifies, and the bounds that it leaves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constrain import Automaton, GenerationError, Vocabulary, compile_choice, compile_regex, generate_json
from constrain.errors import SettingsError
from samplers import BestFirst, EmptyLanguageError, Greedy, Ranking, Target
from samplers.language import Completable, Language, Place
from samplers.language_model import TransformersModel
from samplers.problem import Problem
from samplers.randomness import make_rng
from samplers.target import OWN, Logits
from samplers.validate.enumeration import Law, Row, law, members
from samplers.validate.harness import END, SEEDS, TOKENS, WORDS, Harness, binary_automaton
from samplers.validate.table import TableLanguageModel
from tests.long_way import LETTERS, LONG_WAY, letters_automaton
from tests.tiny_model import tiny_model
from tests.tokenizers_made_here import byte_level

TARGETS = [OWN, Target(temperature=0.7), Target(temperature=1.5, top_k=4), Target(top_p=0.8)]
NEAR = 1e-9


def ranked(truth: Law) -> list[tuple[Row, float]]:
    return sorted(((row, math.log(p)) for row, p in truth.masses.items() if p > 0), key=lambda pair: -pair[1])


def check(found: Ranking, truth: Law) -> None:
    """Nothing that a ranking says may be untrue."""
    logs = dict(ranked(truth))
    rows = [tuple(sample.tokens) for sample in found]
    assert len(set(rows)) == len(rows)
    assert [sample.log_weight for sample in found] == pytest.approx([logs[row] for row in rows])
    assert [sample.log_weight for sample in found] == sorted((each.log_weight for each in found), reverse=True)
    others = [log for row, log in logs.items() if row not in rows]
    assert max(others, default=-math.inf) <= found.log_bound + NEAR
    assert math.fsum(map(math.exp, others)) <= math.exp(found.log_rest) + NEAR
    best = [log for _, log in ranked(truth)]
    for place, (sample, is_certain) in enumerate(zip(found, found.certain, strict=True)):
        assert not is_certain or sample.log_weight == pytest.approx(best[place])
    if found.is_certain:
        assert len(found) == min(found.wanted, len(best))
        assert [sample.log_weight for sample in found] == pytest.approx(best[: len(found)])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("target", TARGETS)
def test_the_most_probable_members_are_certified(seed: int, target: Target) -> None:
    harness = Harness(seed, target)
    truth, own = harness.law(), Harness(seed).law()
    if not ranked(truth):
        with pytest.raises(EmptyLanguageError):
            BestFirst(target).draw(harness.problem(), 1, make_rng(None))
        return
    for n in (1, 2, 7):
        found = BestFirst(target).draw(harness.problem(), n, make_rng(None))
        check(found, truth)
        assert found.is_certain
        assert [tuple(sample.tokens) for sample in found] == [row for row, _ in ranked(truth)[:n]]
        assert [sample.log_prob for sample in found] == pytest.approx(
            [math.log(own.masses[tuple(sample.tokens)]) for sample in found]
        )
        assert found.forwards == found.statistics.model_forwards


def test_all_members_can_be_listed() -> None:
    harness = Harness(3)
    truth = harness.law()
    found = BestFirst().draw(harness.problem(), 1000, make_rng(0))
    check(found, truth)
    assert found.is_certain
    assert len(found) == len(truth.masses)
    assert found.log_bound == found.log_rest == -math.inf


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    limit=st.integers(3, 5),
    n=st.integers(1, 4),
    forwards=st.integers(1, 40),
    memory=st.sampled_from([1, 2500, 5000, 10000, 1 << 28]),
    target=st.sampled_from(TARGETS),
)
def test_certificates_and_bounds_hold_wherever_a_search_ends(
    seed: int, limit: int, n: int, forwards: int, memory: int, target: Target
) -> None:
    harness = Harness(seed, target, limit)
    truth = harness.law()
    try:
        found = BestFirst(target, max_forwards=forwards, memory_limit=memory).draw(harness.problem(), n, make_rng(0))
    except EmptyLanguageError:
        assert not ranked(truth)
        return
    assert found.forwards <= forwards
    check(found, truth)


class EvenTable(TableLanguageModel):
    """Scores of 0 and 1: many texts are equally probable."""

    def row(self, tokens: Any) -> Logits:
        return np.asarray(super().row(tokens) > 0, dtype=np.float64)


@pytest.mark.parametrize("seed", SEEDS)
def test_ties(seed: int) -> None:
    table = EvenTable(END + 1, seed)
    rows = members(TOKENS, WORDS, 5)
    truth = law(lambda row: table.row(row).tolist(), rows, [END], OWN)
    for n in (1, 4):
        for forwards in (5, 1000):
            problem = Problem(EvenTable(END + 1, seed), Language(binary_automaton(), 5), OWN)
            found = BestFirst(max_forwards=forwards).draw(problem, n, make_rng(0))
            check(found, truth)
    assert found.is_certain


@pytest.mark.parametrize("seed", SEEDS)
def test_a_short_search_is_no_worse_than_greedy(seed: int) -> None:
    harness = Harness(seed)
    language = Completable(binary_automaton(), 5)
    greedy = Greedy().draw(Problem(TableLanguageModel(END + 1, seed), language, OWN), 1, make_rng(0))[0]
    found = BestFirst(max_forwards=6).draw(harness.problem(), 1, make_rng(0))
    assert found[0].log_prob >= greedy.log_prob


def test_without_enough_forwards_there_is_a_bound_and_no_text() -> None:
    found = BestFirst(max_forwards=1).draw(Harness(0).problem(), 1, make_rng(0))
    assert found == []
    assert not found.is_certain
    assert max(Harness(0).law().masses.values()) <= math.exp(found.log_bound) < 1


def test_what_is_given_up_leaves_its_bound() -> None:
    harness = Harness(6)
    found = BestFirst(memory_limit=2000).draw(harness.problem(), 3, make_rng(0))
    assert found.forwards < BestFirst().draw(harness.problem(), 3, make_rng(0)).forwards
    assert not found.is_certain
    check(found, harness.law())


def test_members_whose_end_is_not_known_to_fit_are_found() -> None:
    problem = Problem(TableLanguageModel(6, 0), Language(letters_automaton(), 2), OWN)
    truth = law(lambda row: TableLanguageModel(6, 0).row(row).tolist(), members(LETTERS, LONG_WAY, 2), [5], OWN)
    found = BestFirst().draw(problem, 5, make_rng(0))
    check(found, truth)
    assert {tuple(sample.tokens) for sample in found} == {(4,), (0, 3)}


@pytest.mark.parametrize("limit", [0, 2])
def test_a_budget_without_members(limit: int) -> None:
    with pytest.raises(EmptyLanguageError):
        BestFirst().draw(Harness(0, OWN, limit).problem(), 1, make_rng(0))


def test_none_are_asked_for() -> None:
    found = BestFirst().draw(Harness(0).problem(), 0, make_rng(0))
    assert (found, found.is_certain, found.forwards) == ([], True, 0)


@pytest.mark.parametrize("options", [{"max_forwards": 0}, {"memory_limit": 0}])
def test_settings_that_mean_nothing(options: Mapping[str, Any]) -> None:
    with pytest.raises(SettingsError):
        BestFirst(**options)


PASSAGE = "the tower was built in 1889 for the fair in paris"
LETTERS_OF_PASSAGE = sorted(set(PASSAGE))
PIECES = [*LETTERS_OF_PASSAGE, *("the", " the", " in", " tower", "18", "89", " paris", " fair", "uil", "t in")]


def spans(passage: str) -> list[str]:
    """All runs of whole words."""
    words = passage.split()
    return sorted({" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)})


@pytest.mark.parametrize("seed", [0, 1])
def test_the_most_probable_span_of_a_passage(seed: int) -> None:
    """Exact extraction: every span is scored by itself in all its spellings, and none is better than the one found."""
    vocabulary = Vocabulary([b"", *(piece.encode() for piece in PIECES)], [0])
    automaton = compile_choice(spans(PASSAGE), vocabulary)
    model, limit = tiny_model(len(PIECES) + 1, [0], seed=seed), 8
    read = TransformersModel(model, [3, 1])
    problem: Problem[Place] = Problem(read, Language(automaton, limit), OWN)
    found = BestFirst().draw(problem, 1, make_rng(0))
    rows = members({number + 1: piece for number, piece in enumerate(PIECES)}, spans(PASSAGE), limit)
    other = TransformersModel(model, [3, 1])
    truth = law(lambda row: [float(score) for score in other.logits(row)], rows, [0], OWN)
    assert found.is_certain
    assert found[0].text in PASSAGE
    assert found[0].log_prob == pytest.approx(ranked(truth)[0][1], abs=1e-4)
    assert found.forwards < other.forwards / 3


def test_a_transformer_writes_the_most_probable_json() -> None:
    tokenizer: Any = byte_level()
    model = tiny_model(len(tokenizer), [tokenizer.eos_token_id])
    schema = {"enum": ["yes", "no", 12]}
    value = generate_json(model, tokenizer, schema, "Say: ", sampler=BestFirst(), max_new_tokens=8)
    again = generate_json(model, tokenizer, schema, "Say: ", sampler=BestFirst(), seed=5, max_new_tokens=8)
    assert value == again
    assert value in schema["enum"]
    with pytest.raises(GenerationError, match="no value of the language within its limits"):
        generate_json(model, tokenizer, schema, "Say: ", sampler=BestFirst(max_forwards=1), max_new_tokens=8)


def test_the_public_call_returns_the_ranking() -> None:
    tokenizer: Any = byte_level()
    model = tiny_model(len(tokenizer), [tokenizer.eos_token_id])
    automaton: Automaton = compile_regex("[ab]{1,3}", Vocabulary.from_tokenizer(tokenizer, size=len(tokenizer)))
    found = BestFirst(max_new_tokens=3).sample(model, tokenizer, automaton, "x", n=3)
    assert found.is_certain
    assert len(found) == 3
    assert found.log_bound <= found[-1].log_weight
