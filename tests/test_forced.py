"""`forced_tokens`: every completion begins with them, and they are cut as a greedy tokenizer would."""

from __future__ import annotations

import random

import pytest

from constrain.automaton import DEAD, Automaton
from constrain.compile import compile_choice, compile_json_schema, compile_lark, compile_regex
from constrain.vocabulary import Vocabulary
from tests.schemas import SCHEMAS
from tests.vocabularies import bytes_vocabulary, small_vocabulary

SMALL = small_vocabulary()


def spelled(automaton: Automaton, state: int) -> bytes:
    return b"".join(automaton.vocabulary.tokens[token] for token in automaton.forced_tokens(state))


def only_bytes(automaton: Automaton, state: int) -> bytes:
    """The forced text by trying every byte."""
    text = bytearray()
    while not automaton.is_accepting(state):
        after = [(b, s) for b in range(256) if (s := automaton.advance_bytes(state, bytes([b]))) != DEAD]
        if len(after) != 1:
            break
        text.append(after[0][0])
        state = after[0][1]
    return bytes(text)


def test_with_single_bytes_all_of_the_forced_text_is_spelled() -> None:
    schema = {"type": "array", "items": {"const": True}, "minItems": 2, "maxItems": 2}
    automaton = compile_json_schema(schema, bytes_vocabulary(), whitespace="compact")
    assert spelled(automaton, automaton.start) == b"[true,true]"
    assert spelled(automaton, automaton.advance_bytes(automaton.start, b"[t")) == b"rue,true]"


def test_names_may_be_spelled_with_escapes() -> None:
    schema = {
        "type": "object",
        "properties": {"ab": {"type": "null"}},
        "required": ["ab"],
        "additionalProperties": False,
    }
    automaton = compile_json_schema(schema, bytes_vocabulary(), whitespace="compact")
    assert spelled(automaton, automaton.start) == b'{"'
    assert spelled(automaton, automaton.advance_bytes(automaton.start, b'{"\\u006')) == b"1"
    assert spelled(automaton, automaton.advance_bytes(automaton.start, b'{"ab')) == b'":null}'


def test_every_state_of_a_walk_agrees_with_trying_every_byte() -> None:
    for index, schema in enumerate(SCHEMAS):
        automaton = compile_json_schema(schema, bytes_vocabulary(), whitespace="compact")
        choose, state = random.Random(index), automaton.start
        for _ in range(40):
            assert spelled(automaton, state) == only_bytes(automaton, state)
            after = [s for b in range(256) if (s := automaton.advance_bytes(state, bytes([b]))) != DEAD]
            if not after:
                break
            state = choose.choice(after)


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_forced_tokens_are_allowed_and_begin_every_completion(schema: object) -> None:
    automaton = compile_json_schema(schema, SMALL)
    choose, state = random.Random(3), automaton.start
    for _ in range(30):
        here = state
        for token in automaton.forced_tokens(state):
            here = automaton.advance(here, token)
        assert here != DEAD
        assert only_bytes(automaton, state).startswith(spelled(automaton, state))
        allowed = [t for t in range(len(SMALL)) if SMALL.tokens[t] and automaton.advance(state, t) != DEAD]
        if not allowed:
            break
        state = automaton.advance(state, choose.choice(allowed))


def test_a_piece_that_may_merge_with_what_follows_is_left_out() -> None:
    vocabulary = Vocabulary([b"a", b"b", b"ab", b"bc", b"c", b"d", b""], [6])
    merging = compile_regex("ab(c|d)", vocabulary)
    assert merging.forced_tokens(merging.start) == [2]
    beyond = compile_regex("aab(c|d)", Vocabulary([b"a", b"b", b"ab", b"abc", b"c", b"d", b""], [6]))
    assert beyond.forced_tokens(beyond.start) == [0]
    never = compile_regex("aab(d|e)", Vocabulary([b"a", b"b", b"ab", b"abc", b"c", b"d", b""], [6]))
    assert never.forced_tokens(never.start) == [0, 2]


def test_the_end_is_not_forced() -> None:
    automaton = compile_choice(["true"], SMALL)
    text = spelled(automaton, automaton.start)
    assert text == b"true"
    assert automaton.forced_tokens(automaton.advance_bytes(automaton.start, b"true")) == []
    ended = automaton.advance(automaton.advance_bytes(automaton.start, b"true"), SMALL.eos_token_ids[0])
    assert automaton.forced_tokens(ended) == []
    with pytest.raises(ValueError, match="state"):
        automaton.forced_tokens(DEAD)


def test_long_forced_texts() -> None:
    automaton = compile_choice(["ab" * 5000 + "x", "ab" * 5000 + "y"], SMALL)
    assert spelled(automaton, automaton.start) == b"ab" * 5000


def test_a_text_that_can_not_be_spelled_ends_the_list() -> None:
    automaton = compile_regex("ab(x|y)", Vocabulary([b"a", b"x", b""], [2]))
    assert automaton.forced_tokens(automaton.start) == [0]


def test_terminals() -> None:
    automaton = compile_lark('start: "select" NAME\nNAME: /[a-z]+/\n%ignore " "', bytes_vocabulary())
    state = automaton.advance_bytes(automaton.start, b" s")
    assert spelled(automaton, state) == only_bytes(automaton, state) == b"elect"
