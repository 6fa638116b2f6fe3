"""The engine against the slow reference: every state of random walks, and texts that neither side chose."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from constrain import DEAD, Automaton, Vocabulary, compile_choice
from grammars.dfa import Dfa
from grammars.errors import GrammarError
from grammars.ir import Lex, Lexeme
from grammars.json_schema import JsonSchemaGrammar
from grammars.lark_grammar import LarkGrammar
from tests.engine_laws import Pair, check_text, check_walk, mask_after, mutated, vocabulary
from tests.ir_grammars import LEXEMES, grammars
from tests.json_schema_cases import CASES as SCHEMA_CASES
from tests.json_schemas import instances, schemas
from tests.json_texts import changed, written
from tests.lark_cases import CASES as LARK_CASES
from tests.schemas import SCHEMAS
from tests.small_grammars import Rules

QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
ORDERS = ("any", "schema")


def check_grammar(pair: Pair, seed: int, walks: int = 2, steps: int = 12) -> None:
    """Some walks, and mutations of their texts."""
    rng = random.Random(seed)
    for walk in range(walks):
        text = check_walk(pair, seed + walk, steps)
        for _ in range(3):
            check_text(pair, mutated(text, rng))


@pytest.mark.parametrize("index", range(len(LEXEMES)))
def test_lexemes(index: int) -> None:
    check_grammar(Pair.of(Rules({"start": Lex(LEXEMES[index])})), index, walks=4)


@QUICK
@given(grammars(), st.integers(0, 2**20))
def test_generated_grammars(grammar: Rules, seed: int) -> None:
    check_grammar(Pair.of(grammar), seed)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("index", range(len(SCHEMAS)))
def test_schemas(index: int, order: str) -> None:
    check_grammar(Pair.of(JsonSchemaGrammar(SCHEMAS[index], property_order=order)), index)


@pytest.mark.parametrize("case", SCHEMA_CASES, ids=lambda case: case.name)
def test_schema_cases(case: Any) -> None:
    try:
        pair = Pair.of(JsonSchemaGrammar(case.schema, **case.options))
    except GrammarError as error:
        assert "nothing satisfies" in str(error)  # noqa: PT017  # some are refused
        return
    for text in case.good:
        assert check_text(pair, text.encode()), text
    for text in case.bad:
        assert not check_text(pair, text.encode()), text
    check_walk(pair, 0, 8)


@QUICK
@given(schemas(), st.lists(instances, min_size=1, max_size=3), st.sampled_from(ORDERS), st.integers(0, 2**20))
def test_generated_schemas(schema: Any, values: list[Any], order: str, seed: int) -> None:
    rng = random.Random(seed)
    try:
        pair = Pair.of(JsonSchemaGrammar(schema, property_order=order))
        check_walk(pair, seed, 6)
        for value in values:
            check_text(pair, written(value, rng, spaced=True).encode())
            check_text(pair, written(changed(value, rng, 0.3), rng, spaced=False).encode())
    except GrammarError:
        assume(False)


@pytest.mark.parametrize("name", LARK_CASES)
def test_lark_grammars(name: str) -> None:
    case, rng = LARK_CASES[name], random.Random(name)
    pair = Pair.of(LarkGrammar(case.grammar))
    assert [text for text in case.yes if not check_text(pair, text.encode())] == []
    assert [text for text in case.no if check_text(pair, text.encode())] == []
    for text in (*case.yes, *case.no):
        check_text(pair, mutated(text.encode()[:30], rng))
    # Each letter may double the ways in which the very ambiguous text was read.
    check_grammar(pair, 1, walks=1, steps=1 if name == "very ambiguous" else 4)


OBJECT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 9},
        "tags": {"type": "array", "items": {"type": "string", "pattern": "^a+$"}, "maxItems": 3},
        "size": {"type": "number", "minimum": -1, "maximum": 12.5},
        "next": {"$ref": "#"},
    },
    "required": ["name"],
}
VALUES: list[Any] = [
    {"name": "aé", "tags": ["a", "aaa"], "size": 1.5},
    {"name": "", "next": {"name": "id", "next": {"name": "😀", "tags": []}}, "more": [1, {"x": None}]},
    {"size": 12, "name": "abcdefghi", "name2": ""},
]


def prefixes() -> list[bytes]:
    """Texts that can be read, with others that can not."""
    rng, texts = random.Random(5), []
    for value in VALUES * 4:
        text = written(changed(value, rng, 0.05), rng, spaced=rng.random() < 0.5).encode()
        texts += [text[: rng.randrange(len(text) + 1)] for _ in range(6)] + [text]
    return texts


def answers(automaton: Automaton, texts: list[bytes]) -> list[set[int] | None]:
    """The masks after some texts; None where a text can not be read."""
    alive = [automaton.advance_bytes(automaton.start, text) != DEAD for text in texts]
    return [mask_after(automaton, text) if live else None for live, text in zip(alive, texts, strict=True)]


def fresh(**limits: int) -> Automaton:
    return Automaton(JsonSchemaGrammar(OBJECT, property_order="any"), vocabulary(), **limits)


def test_answers_do_not_depend_on_what_was_asked_before_or_on_limits() -> None:
    texts = prefixes()
    expected = answers(fresh(), texts)
    assert sum(mask is not None for mask in expected) > len(expected) // 2
    assert answers(fresh(), texts[::-1]) == expected[::-1]
    assert answers(fresh(row_limit=1), texts) == expected
    assert [answers(fresh(), [text])[0] for text in texts[:20]] == expected[:20]


def test_rows_stay_as_they_are_when_they_are_forgotten() -> None:
    automaton = fresh(row_limit=1)
    states = {automaton.advance_bytes(automaton.start, text) for text in prefixes()} - {DEAD}
    rows = [(automaton.mask(state), automaton.mask(state).copy()) for state in states]
    assert all((row == copy).all() for row, copy in rows)
    assert not any(row.flags.writeable for row, _ in rows)


@pytest.mark.parametrize("turn", range(3))
def test_threads(turn: int) -> None:
    texts = prefixes()
    expected = answers(fresh(), texts)
    shared = fresh(row_limit=3 * 4 * vocabulary().mask_words)
    orders = [random.Random(8 * turn + number).sample(range(len(texts)), len(texts)) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda order: answers(shared, [texts[i] for i in order]), orders))
    for order, masks in zip(orders, found, strict=True):
        assert masks == [expected[i] for i in order]


def test_ends() -> None:
    automaton = fresh()
    state = automaton.advance_bytes(automaton.start, json.dumps(VALUES[0]).encode())
    first, last = vocabulary().eos_token_ids
    ended = automaton.advance(state, first)
    assert ended == automaton.advance(state, last) != DEAD
    assert set(mask_after(automaton, json.dumps(VALUES[0]).encode())) >= {first, last}
    assert automaton.advance(automaton.start, first) == DEAD
    assert automaton.is_accepting(ended)
    assert automaton.advance(ended, first) == ended
    assert automaton.advance_bytes(ended, b" ") == DEAD


def test_wrong_arguments_are_told_apart() -> None:
    automaton = compile_choice(["ab"], Vocabulary([b"a", b"b", b"c", b""], [3]))
    states = np.array([automaton.start])
    wrong: list[Any] = [np.zeros((1, 1), np.int32), np.zeros((2, 1), np.uint32), np.zeros((1, 2), np.uint32), [0]]
    for out in wrong:
        with pytest.raises(ValueError, match=r"uint32\[1, 1\]"):
            automaton.fill(states, out)
    with pytest.raises(TypeError):
        automaton.mask(1.5)  # type: ignore[arg-type]  # the error is what is tested
    with pytest.raises(ValueError, match="not a live state"):
        automaton.advance(-1, 0)
    with pytest.raises(TypeError, match="a list of texts"):
        compile_choice("ab", automaton.vocabulary)


def test_a_vocabulary_that_cannot_spell_a_text_is_said_to() -> None:
    automaton = compile_choice(["ax"], Vocabulary([b"a", b""], [1]))
    with pytest.raises(GrammarError, match="no token of the vocabulary"):
        automaton.mask(automaton.advance(automaton.start, 0))


def test_a_word_taken_out_is_no_dead_end_where_the_length_is_used_up() -> None:
    lexeme = Lexeme(Dfa.any_text(), quoted=True, max_length=4, without=frozenset({"name", "ab"}))
    automaton = Automaton(Rules({"start": Lex(lexeme)}), vocabulary())
    assert automaton.advance_bytes(automaton.start, b'"name') == DEAD
    assert automaton.advance_bytes(automaton.start, b'"nam\\u0065') == DEAD
    assert automaton.is_accepting(automaton.advance_bytes(automaton.start, b'"namf"'))
    assert automaton.is_accepting(automaton.advance_bytes(automaton.start, b'"abc"'))
