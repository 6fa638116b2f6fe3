"""Text that has to come: written without asking the model, within the budget, and counted."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from constrain.automaton import Automaton
from constrain.budget import budget_of
from constrain.compile import compile_choice
from constrain.decoding import Decoding, Statistics
from constrain.drawing import DrawSettings, make_generator
from constrain.generate import generate_json
from constrain.shipped import load_shipped_model
from constrain.successors import forced_of
from constrain.vocabulary import Vocabulary
from samplers import Greedy
from tests.table_automaton import TableAutomaton, TableVocabulary
from tests.table_model import TableModel

TOKENS = [b"", b"a", b"b", b"c", b"d", b"ab", b"bc", b"abc", b"cd", b"dd", b"bd"]
EOS = 0
VOCABULARY = Vocabulary(TOKENS, [EOS])


class CountingModel(TableModel):
    """Counts its calls."""

    calls = 0

    def forward(self, *given: Any, **options: Any) -> Any:
        self.calls += 1
        return super().forward(*given, **options)


def decode(
    automaton: Automaton, limit: int, seed: int, model: CountingModel, jump: bool, temperature: float = 1.0
) -> tuple[list[int], Statistics]:
    statistics = Statistics()
    given: Any = model
    decoding = Decoding(
        model=given,
        automaton=automaton,
        prompt=[EOS],
        budget=budget_of(automaton),
        max_new_tokens=limit,
        settings=DrawSettings(temperature),
        generator=make_generator(seed),
        statistics=statistics,
        jump_forward=jump,
    )
    return list(decoding), statistics


def test_forced_text_is_written_in_its_longest_tokens() -> None:
    automaton, model = compile_choice(["abcabcdabcabca"], VOCABULARY), CountingModel(len(TOKENS))
    tokens, statistics = decode(automaton, 20, 0, model, True)
    assert [TOKENS[token] for token in tokens] == [b"abc", b"abc", b"d", b"abc", b"abc", b"a"]
    assert (model.calls, statistics.forced_tokens, statistics.tokens) == (0, 6, 6)
    assert statistics.forced_share == 1.0
    assert str(statistics) == "6 tokens, 6 of them (100%) without asking the model"


def test_the_model_is_asked_where_the_text_is_not_decided() -> None:
    automaton = compile_choice(["abcdabcabc", "abcddabcabc", "abcabcabc"], VOCABULARY)
    found = set()
    for seed in range(30):
        plain, jumping = CountingModel(len(TOKENS)), CountingModel(len(TOKENS))
        without, cost = decode(automaton, 20, seed, plain, False)
        tokens, less = decode(automaton, 20, seed, jumping, True)
        assert plain.calls == cost.model_forwards >= less.model_forwards == jumping.calls > 0
        assert less.forced_tokens + less.model_forwards == less.tokens == len(tokens)
        found.add(b"".join(TOKENS[token] for token in tokens))
        assert b"".join(TOKENS[token] for token in without).decode() in {"abcdabcabc", "abcddabcabc", "abcabcabc"}
    assert len(found) > 1


@pytest.mark.parametrize("jump", [False, True])
def test_the_budget_holds(jump: bool) -> None:
    automaton = compile_choice(["abcdabcabc", "abcddabcabc", "abcabcabc"], VOCABULARY)
    least = budget_of(automaton).needed(automaton.start)
    for limit, seed in itertools.product(range(least, least + 6), range(8)):
        tokens, statistics = decode(automaton, limit, seed, CountingModel(len(TOKENS)), jump)
        text = b"".join(TOKENS[token] for token in tokens).decode()
        assert text in {"abcdabcabc", "abcddabcabc", "abcabcabc"}
        assert len(tokens) == statistics.tokens <= limit


def test_a_jump_that_the_budget_refuses_is_drawn() -> None:
    """The longest match takes a token more than the budget has: "ab" "cd" and not "abc" "d"."""
    vocabulary = Vocabulary([b"", b"a", b"ab", b"abc", b"c", b"cdddd", b"d"], [EOS])
    automaton = compile_choice(["abcdddd"], vocabulary)
    for limit, expected in ((2, [2, 5]), (20, [3, 6, 6, 6, 6])):
        tokens, _ = decode(automaton, limit, 0, CountingModel(7), True)
        assert tokens == expected


def test_without_jumps_the_model_decides_how_text_is_spelled() -> None:
    automaton = compile_choice(["abcabc"], VOCABULARY)
    spelled = {tuple(decode(automaton, 20, seed, CountingModel(len(TOKENS)), False)[0]) for seed in range(40)}
    assert len(spelled) > 3


def test_an_iteration_that_was_left_does_not_change_the_next() -> None:
    automaton, model = compile_choice(["abcdabcabc", "abcddabcabc"], VOCABULARY), CountingModel(len(TOKENS))
    decoding = Decoding(
        model=model,  # type: ignore[arg-type]  # it has what decoding asks for
        automaton=automaton,
        prompt=[EOS],
        budget=budget_of(automaton),
        max_new_tokens=20,
        settings=DrawSettings(0.0),
        generator=make_generator(0),
        jump_forward=True,
    )
    next(iter(decoding))
    assert list(decoding) == list(decoding)


def test_generate_json_calls_the_model_less() -> None:
    model, tokenizer = load_shipped_model()
    schema = {"type": "object", "properties": {"kind": {"enum": ["alpha", "beta"]}}, "required": ["kind"]}
    calls: list[Any] = []
    hook = model.register_forward_pre_hook(lambda *given: calls.append(given))
    counted = []
    for jump in (False, True):
        calls.clear()
        statistics = Statistics()
        value = generate_json(
            model, tokenizer, schema, "x", seed=1, whitespace="compact", statistics=statistics, jump_forward=jump
        )
        assert value["kind"] in {"alpha", "beta"}
        assert len(calls) == statistics.model_forwards
        counted.append(statistics)
    hook.remove()
    assert counted[1].model_forwards < counted[0].model_forwards
    assert counted[1].forced_share > counted[0].forced_share


def test_wrong_settings_are_refused() -> None:
    model, tokenizer = load_shipped_model()
    with pytest.raises(TypeError, match="jump_forward is True or False"):
        generate_json(model, tokenizer, True, "x", jump_forward=1)  # type: ignore[arg-type]  # what is refused
    with pytest.raises(ValueError, match="jump_forward belong to the sampler"):
        generate_json(model, tokenizer, {"type": "null"}, "x", jump_forward=True, sampler=Greedy())


def test_an_automaton_that_knows_no_forced_text_is_asked_token_by_token() -> None:
    vocabulary = TableVocabulary(TOKENS, (EOS,))
    table = TableAutomaton.of_words(["abc"], vocabulary)
    assert forced_of(table, table.start) == []
    engine = compile_choice(["abc"], VOCABULARY)
    assert forced_of(engine, engine.start) == [7]
