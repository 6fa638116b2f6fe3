"""The budget: every text is complete within it, and nothing is refused that would have been complete in time."""

from __future__ import annotations

import itertools
from collections import Counter
from random import Random
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from constrain.automaton import Automaton
from constrain.budget import Budget, Row, budget_of
from constrain.checking import byte_vocabulary
from constrain.compile import compile_json_schema
from constrain.decoding import Decoding, Statistics
from constrain.drawing import DrawSettings, make_generator
from constrain.errors import BudgetError, SpellingError
from constrain.spelling import UNSPELLABLE, Speller
from constrain.vocabulary import Vocabulary
from tests.schemas import SCHEMAS
from tests.table_automaton import TableAutomaton, TableVocabulary
from tests.table_model import TableModel

EOS = 0
TOKENS = [b"", b"a", b"b", b"ab", b"ba", b"aab", b"bbb", b"aaaa"]
VOCABULARY = TableVocabulary(TOKENS, (EOS,))
WORDS = ["ab", "aaaaab", "bbbbbbb", "bababababa", "aabaabaab", "b" * 12]
AUTOMATON = TableAutomaton.of_words(WORDS, VOCABULARY)


def fewest(text: bytes, tokens: list[bytes]) -> int:
    """By trying rows of tokens, shortest first."""
    reached = {b""}
    for count in range(len(text) + 1):
        if text in reached:
            return count
        reached = {begun + token for begun in reached for token in tokens if token and text.startswith(begun + token)}
    return UNSPELLABLE


@given(
    st.lists(st.text("abc", min_size=0, max_size=4).map(str.encode), max_size=8),
    st.text("abc", max_size=8).map(str.encode),
)
def test_spelling_is_the_shortest_there_is(tokens: list[bytes], text: bytes) -> None:
    speller = Speller(TableVocabulary([b"<end>", *tokens], (EOS,)))
    spelled = speller.spell(text)
    assert speller.count(text) == fewest(text, tokens)
    assert (spelled is None) == (speller.count(text) >= UNSPELLABLE)
    if spelled is not None:
        assert len(spelled) == speller.count(text)
        assert b"".join(tokens[token - 1] for token in spelled) == text
    for limit in range(10):
        assert speller.fits(text, limit) == (speller.count(text) <= limit)


@st.composite
def automata(draw: st.DrawFn) -> TableAutomaton:
    """Any automaton over `a` and `b` whose every state can reach the end."""
    states = draw(st.integers(1, 6))
    table: dict[int, dict[int, int]] = {}
    for state in range(states):
        table[state] = {
            byte: draw(st.integers(0, states - 1)) for byte in draw(st.sets(st.sampled_from(b"ab"), max_size=2))
        }
        if state < states - 1:
            table[state][draw(st.sampled_from(b"ab"))] = state + 1
    accepting = draw(st.sets(st.integers(0, states - 1))) | {states - 1}
    return TableAutomaton(table, frozenset(accepting), VOCABULARY)


@given(automata(), st.integers(0, 8), st.randoms(use_true_random=False))
def test_every_walk_ends_within_the_budget(automaton: TableAutomaton, extra: int, random: Any) -> None:
    budget = Budget(automaton)
    with pytest.raises(BudgetError) as caught:
        budget.begin(-1)
    row = budget.begin(caught.value.needed + extra)
    while row.left > 0:
        kept = budget.keep(row).tolist()
        assert kept == [token for token in range(1, len(TOKENS)) if budget.take(row, token) is not None]
        if not kept or (automaton.is_accepting(row.state) and random.random() < 0.2):
            break
        after = budget.take(row, random.choice(kept))
        assert after is not None
        row = after
    assert automaton.is_accepting(row.state)


def shortest_way(automaton: TableAutomaton, state: int, left: int) -> bool:
    """Whether some row of at most `left` tokens leads to the end, by trying them all."""
    if automaton.is_accepting(state):
        return True
    after = {automaton.advance(state, token) for token in range(1, len(TOKENS))} - {-1}
    return left > 0 and any(shortest_way(automaton, each, left - 1) for each in after)


def test_only_ways_without_a_known_end_in_time_are_refused() -> None:
    budget = Budget(AUTOMATON)
    for left in range(1, 12):
        row = Row(AUTOMATON.start, left)
        for token in range(1, len(TOKENS)):
            state = AUTOMATON.advance(row.state, token)
            needed = fewest(AUTOMATON.shortest_text(state), TOKENS) if state >= 0 else UNSPELLABLE
            assert (budget.take(row, token) is not None) == (needed < left)
            if needed < left:
                assert shortest_way(AUTOMATON, state, left - 1)


def test_a_budget_too_small_says_what_it_needs() -> None:
    automaton = TableAutomaton.of_words(["aabaabaab"], VOCABULARY)
    with pytest.raises(BudgetError, match="the shortest value known takes 3 tokens, max_new_tokens allows 2") as caught:
        Budget(automaton).begin(2)
    assert (caught.value.needed, caught.value.given) == (3, 2)
    assert Budget(automaton).begin(3).left == 3


def test_a_vocabulary_without_the_bytes_is_refused() -> None:
    automaton = TableAutomaton.of_words(["xyz"], VOCABULARY)
    with pytest.raises(SpellingError, match="no tokens of this vocabulary spell b'xyz'"):
        Budget(automaton).begin(100)


def decode(
    model: Any,
    limit: int,
    seed: int,
    chosen: DrawSettings,
    statistics: Statistics,
    automaton: TableAutomaton = AUTOMATON,
) -> tuple[int, ...]:
    generator = make_generator(seed)
    return tuple(Decoding(model, automaton, [EOS], budget_of(automaton), limit, chosen, generator, statistics))


def exact_law(model: TableModel, limit: int) -> dict[tuple[int, ...], float]:
    """The law of the masked walk, by enumeration: renormalised over the tokens that the budget lets through."""
    budget, law = Budget(AUTOMATON), Counter[tuple[int, ...]]()
    walks: list[tuple[tuple[int, ...], Row, float]] = [((), budget.begin(limit), 1.0)]
    while walks:
        tokens, row, probability = walks.pop()
        ends = AUTOMATON.is_accepting(row.state)
        kept = [token for token in range(1, len(TOKENS)) if budget.take(row, token)] + [EOS] * ends
        share = model.logits((EOS, *tokens))[kept].softmax(dim=-1).tolist()
        for token, part in zip(kept, share, strict=True):
            after = budget.take(row, token)
            if token == EOS or after is None:
                law[tokens] += probability * part
            else:
                walks.append(((*tokens, token), after, probability * part))
    return dict(law)


@pytest.mark.parametrize("patience", [0, 1, 8])
@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_refusing_and_drawing_again_is_masking(limit: int, patience: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constrain.decoding.PATIENCE", patience)
    model, statistics, draws = TableModel(len(TOKENS), seed=3, scale=1.0), Statistics(), 600
    found = Counter(decode(model, limit, seed, DrawSettings(), statistics) for seed in range(draws))
    law = exact_law(model, limit)
    assert set(found) <= set(law)
    for tokens, share in law.items():
        assert abs(found[tokens] - draws * share) < 5 * (draws * share * (1 - share)) ** 0.5 + 1
    assert (statistics.refused_draws > 0) == (patience > 0)


def test_a_model_that_rules_every_allowed_token_out_is_overruled() -> None:
    model = TableModel(len(TOKENS))
    model.logits = lambda prefix: torch.full((len(TOKENS),), -torch.inf)  # type: ignore[method-assign]  # a model of one row
    texts = {decode(model, 4, seed, DrawSettings(), Statistics()) for seed in range(40)}
    assert len(texts) > 1
    assert all(AUTOMATON.is_accepting(AUTOMATON.advance_bytes(0, spelled(text))) for text in texts)


def spelled(tokens: tuple[int, ...]) -> bytes:
    return b"".join(TOKENS[token] for token in tokens)


@pytest.mark.parametrize(
    "chosen", [DrawSettings(0.0), DrawSettings(0.7, top_k=2), DrawSettings(top_p=0.5), DrawSettings(2.0, 1, 0.1)]
)
def test_every_setting_keeps_the_promise(chosen: DrawSettings) -> None:
    model = TableModel(len(TOKENS), seed=1)
    for limit, seed in itertools.product(range(1, 9), range(10)):
        text = decode(model, limit, seed, chosen, Statistics())
        assert len(text) <= limit
        assert spelled(text).decode() in WORDS
        assert text == decode(model, limit, seed, chosen, Statistics())


def test_forced_tokens_cost_no_forward() -> None:
    vocabulary = TableVocabulary([b"", b"a", b"b", b"c"], (EOS,))
    automaton = TableAutomaton.of_words(["aaabccc", "aaacbbb"], vocabulary)
    statistics, model = Statistics(), TableModel(4)
    assert len(decode(model, 20, 0, DrawSettings(), statistics, automaton)) == 7
    assert (statistics.forced_tokens, statistics.model_forwards, statistics.tokens) == (6, 1, 7)


BYTES = byte_vocabulary()
ENGINES = [compile_json_schema(schema, BYTES) for schema in SCHEMAS]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ENGINES), st.integers(0, 30), st.randoms(use_true_random=False))
def test_the_engine_keeps_the_promise(automaton: Automaton, extra: int, random: Any) -> None:
    budget = budget_of(automaton)
    row = budget.begin(budget.needed(automaton.start) + extra)
    while row.left > 0:
        kept = budget.keep(row).tolist()
        if not kept:
            break
        after = budget.take(row, random.choice(kept))
        assert after is not None
        row = after
    assert automaton.is_accepting(row.state)


OPEN: list[Any] = [
    {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
    {"type": "object", "propertyNames": {"maxLength": 2}, "minProperties": 2, "additionalProperties": {"type": "null"}},
    {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"type": ["boolean", "integer"]}},
]


LONGER = [b'{"', b'":', b'"a":', b'"a":null', b'b":null', b'":null,"', b'aa":null}', b"1,2", b"0,1,", b",-", b"true]"]
LONG = Vocabulary([*(bytes([byte]) for byte in range(256)), *LONGER, b""], [256 + len(LONGER)])


@pytest.mark.parametrize("vocabulary", [BYTES, LONG], ids=["bytes", "longer tokens"])
@pytest.mark.parametrize("schema", OPEN)
def test_what_depends_on_the_text_is_kept_as_it_is_taken(schema: dict[str, Any], vocabulary: Vocabulary) -> None:
    automaton, rng = compile_json_schema(schema, vocabulary, whitespace="compact"), Random(1)
    budget, size = Budget(automaton), len(vocabulary) - 1
    for extra in (0, 1, 3, 8):
        row = budget.begin(budget.needed(automaton.start) + extra)
        while True:
            kept = budget.keep(row).tolist()
            assert kept == [token for token in range(size) if budget.take(row, token)]
            after = budget.take(row, rng.choice(kept)) if kept else None
            if after is None:
                break
            row = after
        assert automaton.is_accepting(row.state)
