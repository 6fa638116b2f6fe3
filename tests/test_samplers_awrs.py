"""Rejection sampling and sequential Monte Carlo as callers meet them: monitors, proposal models, rows of any width."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest

from constrain import Vocabulary, VocabularyError, compile_regex, generate_json
from constrain.errors import ContextError, GenerationError
from constrain.shipped import load_shipped_model
from samplers import AWRS, AttemptsError, MaskedSampling, ProposalModel, SequentialMonteCarlo, Target, TextMonitor
from samplers.language import Completable
from samplers.monitor import WatchedLanguage, whole_characters
from samplers.problem import Problem, Proposal
from samplers.randomness import make_rng
from samplers.rejection.steps import silent_ids
from samplers.rejection.urn import RowUrn
from samplers.target import OWN
from samplers.validate.harness import END, TOKENS, WORDS, Harness, binary_automaton
from samplers.validate.statistics import chi_square_p
from samplers.validate.table import TableLanguageModel
from tests.digit_strings import AUTOMATON, MODEL, TOKENIZER, log_prob_of
from tests.digit_strings import WORDS as MASKED_WORDS
from tests.tiny_model import tiny_model
from tests.tokenizers_made_here import byte_level

VOCABULARY = binary_automaton().vocabulary
NONE = np.empty(0, np.int64)
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 5}, "age": {"type": "integer", "maximum": 99}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


def urn_of(logits: Any, ends: Any = (0,), out: Any = (), target: Target = OWN, seed: int = 0) -> RowUrn:
    scores = target.read(np.asarray(logits))
    return RowUrn(scores, np.array(ends), np.array(out, np.int64), make_rng(seed))


@pytest.mark.parametrize("width", [5, 700])
@pytest.mark.parametrize("ends", [(0,), (1, 3)])
def test_an_urn_draws_without_replacement(width: int, ends: tuple[int, ...]) -> None:
    """The law of the first two tokens, those that end the text being one."""
    logits = np.random.default_rng(0).normal(size=width) * 2
    p = np.exp(logits) / np.exp(logits).sum()
    pooled = {token: float(p[token]) for token in range(width) if token not in {4, *ends}}
    pooled[ends[0]] = float(p[list(ends)].sum())
    expected = {
        (first, second): pooled[first] * pooled[second] / (sum(pooled.values()) - pooled[first])
        for first in pooled
        for second in pooled
        if first != second
    }
    total = sum(expected.values())
    counts: Counter[tuple[int, ...]] = Counter()
    scores, rng = OWN.read(logits), make_rng(1)
    for _ in range(3000):
        urn = RowUrn(scores, np.array(ends), np.array([4]), rng)
        assert urn.left == pytest.approx(sum(pooled.values()))
        first = urn.draw()
        assert urn.take_out(first) == pytest.approx(pooled[first])
        counts[first, urn.draw()] += 1
    assert chi_square_p(counts, {pair: share / total for pair, share in expected.items()}) > 1e-4


def test_an_urn_is_empty_to_the_last_digit() -> None:
    urn = urn_of(np.random.default_rng(0).normal(size=40) * 5)
    masses = []
    while urn.left:
        masses.append(urn.take_out(urn.heaviest()))
    assert len(masses) == 40
    assert masses == sorted(masses, reverse=True)
    assert sum(masses) == pytest.approx(1)


def test_what_single_precision_loses_is_found_again() -> None:
    logits = np.full(40_000, -300.0, np.float32)
    logits[[7, 9, 11]] = 0.0, -150.0, -150.0
    urn = urn_of(logits, ends=(9, 11))
    urn.take_out(7)
    assert urn.left == pytest.approx(2 * math.exp(-150), rel=1e-5)
    assert urn.draw() == 9
    allowed = np.ones(40_000, np.bool_)
    urn.thin(allowed, may_stop=False)
    assert urn.left == pytest.approx(39_997 * math.exp(-300), rel=1e-5)
    allowed[:] = False
    allowed[123] = True
    urn.thin(allowed, may_stop=False)
    assert urn.draw() == 123


def test_repeats_are_geometric() -> None:
    urn = urn_of(np.log([0.5, 0.3, 0.2]))
    refused = urn.take_out(0)
    counts = [urn.repeats(refused, None) for _ in range(4000)]
    assert np.mean(counts) == pytest.approx(1, abs=0.12)
    assert np.mean(np.array(counts) == 0) == pytest.approx(0.5, abs=0.04)
    assert max(urn.repeats(refused, 2) for _ in range(100)) == 2


def test_ids_without_text_are_never_drawn() -> None:
    vocabulary = Vocabulary([b"a", b"", b"", b"b"], [2])
    assert silent_ids(vocabulary, 6).tolist() == [1, 4, 5]


def monitor(words: tuple[str, ...] = WORDS) -> TextMonitor:
    return TextMonitor(VOCABULARY, words.__contains__, lambda text: any(word.startswith(text) for word in words))


def watched(limit: int, seed: int) -> Problem[Any]:
    """The problem of the harness, with the language as predicates."""
    language = WatchedLanguage(Completable(compile_regex("[01]*", VOCABULARY), limit), monitor())
    return Problem(TableLanguageModel(len(TOKENS) + 1, seed), language, OWN)


def test_predicates_allow_what_the_automaton_allows() -> None:
    ours, theirs = watched(5, 0).language, Harness(0).problem().language
    open_places: list[tuple[Any, Any]] = [(ours.start, theirs.start)]
    while open_places:
        mine, other = open_places.pop()
        found, expected = ours.choices(mine), theirs.choices(other)
        assert (found.tokens.tolist(), found.may_stop) == (expected.tokens.tolist(), expected.may_stop)
        open_places += [(ours.take(mine, token), theirs.take(other, token)) for token in found.tokens.tolist()]


WATCHING: list[Any] = [
    AWRS(),
    AWRS(mask_after=None),
    AWRS(max_rejects=4),
    SequentialMonteCarlo(20),
    SequentialMonteCarlo(20, steps=AWRS()),
]


@pytest.mark.parametrize("sampler", WATCHING)
def test_texts_under_a_monitor_are_properly_weighted(sampler: Any) -> None:
    law = Harness(2).law()
    estimates = []
    for seed in range(50):
        drawn = sampler.draw(watched(5, 2), 20, make_rng(seed))
        assert {sample.text for sample in drawn} <= set(WORDS)
        estimates.append(math.exp(drawn.statistics.log_z))
    error = np.std(estimates, ddof=1) / math.sqrt(len(estimates))
    assert abs(np.mean(estimates) - law.z) < 4.5 * error


def test_a_monitor_goes_through_the_public_call() -> None:
    automaton = compile_regex("[01]{0,9}", VOCABULARY)
    model = tiny_model(END + 1, [END])
    for sampler in (AWRS(monitor=monitor()), SequentialMonteCarlo(8, steps=AWRS(), monitor=monitor())):
        drawn = sampler.sample(model, _Tokenizer(), automaton, "x", 5, 0, max_new_tokens=6)  # type: ignore[arg-type]
        assert len(drawn) == 5
        assert {sample.text for sample in drawn} <= set(WORDS)


class _Tokenizer:
    eos_token_id = END
    bos_token_id = 1

    def __call__(self, _: str) -> dict[str, list[int]]:
        return {"input_ids": [1, 0]}


def test_a_monitor_sees_whole_characters_alone() -> None:
    vocabulary = Vocabulary([b"\xc3", b"\xa9", b"a", b"\xff", b""], [4])
    seen: list[str] = []

    def note(text: str) -> bool:
        seen.append(text)
        return True

    watch = TextMonitor(vocabulary, lambda text: text == "é", note)
    half = watch.take(watch.start, 0)
    assert half is not None
    assert not watch.may_stop(half)
    whole = watch.take(half, 1)
    assert whole is not None
    assert watch.may_stop(whole)
    assert watch.take(half, 2) is None
    assert watch.take(watch.start, 3) is None
    assert seen == ["", "é"]
    assert whole_characters(b"a\xc3") == "a"


@pytest.mark.parametrize("sampler", [AWRS(), SequentialMonteCarlo(12), SequentialMonteCarlo(steps=AWRS(), particles=3)])
def test_the_public_call_returns_members_with_their_log_prob(sampler: Any) -> None:
    drawn = sampler.sample(MODEL, TOKENIZER, AUTOMATON, "x", 12, 3, max_new_tokens=5)
    assert len(drawn) == 12
    for sample in drawn:
        assert sample.text in MASKED_WORDS
        assert sample.log_prob == pytest.approx(log_prob_of(tuple(sample.tokens)), abs=1e-9)
    assert drawn == sampler.sample(MODEL, TOKENIZER, AUTOMATON, "x", 12, 3, max_new_tokens=5)


def test_particles_of_a_transformer_share_forwards() -> None:
    model = tiny_model(END + 1, [END])
    sampler = SequentialMonteCarlo(64, target=Target(temperature=0.8))
    drawn = sampler.sample(model, _Tokenizer(), binary_automaton(), "x", 64, 0, max_new_tokens=5)  # type: ignore[arg-type]
    masked = MaskedSampling().sample(model, _Tokenizer(), binary_automaton(), "x", 64, 0, max_new_tokens=5)  # type: ignore[arg-type]
    assert drawn.statistics.model_forwards <= 6 < masked.statistics.model_forwards
    known = {tuple(sample.tokens): sample.log_prob for sample in masked}
    for sample in drawn:
        if tuple(sample.tokens) in known:
            assert sample.log_prob == pytest.approx(known[tuple(sample.tokens)], abs=1e-4)


def test_generate_json_takes_both() -> None:
    model, tokenizer = load_shipped_model()
    for sampler in (AWRS(), SequentialMonteCarlo(4)):
        value = generate_json(model, tokenizer, PERSON, "Make up a person.", sampler=sampler, seed=0, max_new_tokens=40)
        assert set(value) == {"name", "age"}


def test_a_proposal_model_goes_through_the_public_call() -> None:
    model, tokenizer = load_shipped_model()
    guide = ProposalModel(model, tokenizer, 1.2)
    drawn = AWRS(proposal=guide).sample(model, tokenizer, _digits(tokenizer, model), "1, 2, ", 2, 0, max_new_tokens=4)
    assert all(sample.text.isdigit() for sample in drawn)


def _digits(tokenizer: Any, model: Any) -> Any:
    return compile_regex("[0-9]{1,3}", Vocabulary.from_tokenizer(tokenizer, size=model.config.vocab_size))


def test_a_proposal_of_another_vocabulary_is_refused() -> None:
    model, tokenizer = load_shipped_model()
    other = byte_level()
    guide = ProposalModel(tiny_model(len(other), [0]), other)
    with pytest.raises(VocabularyError, match="proposal model"):
        AWRS(proposal=guide).sample(model, tokenizer, _digits(tokenizer, model), "1, ", 1, 0, max_new_tokens=4)


def test_a_proposal_with_less_context_is_refused() -> None:
    model, tokenizer = load_shipped_model()
    short = tiny_model(model.config.vocab_size, [tokenizer.eos_token_id])
    short.config.max_position_embeddings = 6
    with pytest.raises(ContextError, match="longer context"):
        AWRS(proposal=ProposalModel(short, tokenizer)).sample(
            model, tokenizer, _digits(tokenizer, model), "1, 2, 3", 1, 0, max_new_tokens=10
        )


class _Silent(TableLanguageModel):
    def row(self, tokens: Any) -> Any:
        row = super().row(tokens).copy()
        row[[1, 2]] = -np.inf
        return row


def test_a_proposal_that_can_not_say_what_the_model_says_is_refused() -> None:
    problem = Harness(0).problem()
    problem.proposal = Proposal(_Silent(7, 3), 1.0)
    with pytest.raises(GenerationError, match="no probability"):
        AWRS().draw(problem, 1, make_rng(0))


def test_a_language_that_can_not_be_asked_is_refused() -> None:
    problem = Harness(0).problem()
    problem.language = object()  # type: ignore[assignment]
    with pytest.raises(TypeError, match="single tokens"):
        AWRS().begin(problem, make_rng(0))


class _Listing:
    """A monitor whose states change, and cannot be remembered."""

    start: list[int] = []  # noqa: RUF012  # the mistake under test

    def take(self, state: list[int], token: int) -> list[int]:
        return [*state, token]

    def may_stop(self, _: list[int]) -> bool:
        return True


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("target", lambda: AWRS(target=0.7)),  # type: ignore[arg-type]
        ("target", lambda: SequentialMonteCarlo(target=None)),  # type: ignore[arg-type]
        ("monitor", lambda: AWRS(monitor=len)),  # type: ignore[arg-type]
        ("monitor.start", lambda: AWRS(monitor=_Listing())),
        ("proposal", lambda: AWRS(proposal=MODEL)),
        ("estimator", lambda: AWRS(estimator=["thrifty"])),  # type: ignore[arg-type]
        ("steps", lambda: SequentialMonteCarlo(steps="awrs")),  # type: ignore[arg-type]
        ("critic", lambda: SequentialMonteCarlo(critic=len)),  # type: ignore[arg-type]
        ("resampling", lambda: SequentialMonteCarlo(resampling=["residual"])),  # type: ignore[arg-type]
    ],
)
def test_settings_of_another_kind_are_refused_by_name(name: str, make: Any) -> None:
    with pytest.raises(TypeError, match=f"^{name} is"):
        make().sample(MODEL, TOKENIZER, AUTOMATON, "x", 1, 0, max_new_tokens=5)


def test_attempts_that_all_fail_end_in_an_error() -> None:
    problem = watched(5, 0)
    never = WatchedLanguage(Completable(compile_regex("[01]*", VOCABULARY), 3), monitor(("2",)))
    problem.language = never
    with pytest.raises(AttemptsError):
        AWRS(max_attempts=5).draw(problem, 1, make_rng(0))
