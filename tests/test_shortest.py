"""`shortest_text` completes every state, and nothing shorter does."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from constrain import Vocabulary, kernels
from constrain.automaton import DEAD, Automaton
from constrain.compile import compile_choice, compile_json_schema, compile_lark, compile_regex
from constrain.lexicon import lexicon_for
from grammars.errors import LimitError
from tests.schemas import SCHEMAS
from tests.small_grammars import CALCULATOR
from tests.vocabularies import bytes_vocabulary

BYTES = bytes_vocabulary()


def next_bytes(automaton: Automaton, state: int) -> list[int]:
    return [byte for byte in range(256) if automaton.advance_bytes(state, bytes([byte])) != DEAD]


def completes(automaton: Automaton, state: int) -> bool:
    after = automaton.advance_bytes(state, automaton.shortest_text(state))
    return after != DEAD and automaton.is_accepting(after)


def walk(automaton: Automaton, seed: int, steps: int) -> list[int]:
    choose = random.Random(seed)
    states = [automaton.start]
    while len(states) < steps:
        following = next_bytes(automaton, states[-1])
        if not following:
            break
        likely = [byte for byte in following if byte in b'",:{}[]0a '] or following
        byte = choose.choice(likely if choose.random() < 0.7 else following)
        states.append(automaton.advance_bytes(states[-1], bytes([byte])))
    return states


def distance(automaton: Automaton, state: int, most: int) -> int:
    """The bytes of a shortest completion by breadth-first search; `most` + 1 if there is none so short."""
    level, seen = {state}, {state}
    for length in range(most + 1):
        if any(map(automaton.is_accepting, level)):
            return length
        level = {automaton.advance_bytes(s, bytes([b])) for s in level for b in next_bytes(automaton, s)} - seen
        seen |= level
    return most + 1


@pytest.mark.parametrize("index", range(len(SCHEMAS)))
@pytest.mark.parametrize("order", ["schema", "any"])
def test_every_state_of_a_walk_is_completed(index: int, order: str) -> None:
    automaton = compile_json_schema(SCHEMAS[index], BYTES, property_order=order)
    for seed in range(3):
        for state in walk(automaton, seed, 60):
            assert completes(automaton, state)


SMALL: list[Any] = [
    {"type": "integer", "minimum": 100},
    {"enum": ["ab", "abc", 12, None, {"a": []}]},
    {"type": "string", "minLength": 2, "maxLength": 3, "pattern": '^[é\\u0001"]+$'},
    {"type": "string", "not": {"enum": ["", "a", "b"]}, "pattern": "^[ab]*$"},
    {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 3},
    {"type": "array", "prefixItems": [{"const": 1}, {"enum": ["x", 22]}], "minItems": 1},
    {
        "type": "object",
        "properties": {"a": {"const": 1}, "bé": {"enum": [22, []]}, "b\n": {"type": "null"}, "c": {"const": "x"}},
        "required": ["bé"],
        "minProperties": 2,
        "additionalProperties": False,
    },
    {
        "type": "object",
        "properties": {"a": {"const": 1}},
        "patternProperties": {"^k+$": {"enum": [5, 66]}},
        "additionalProperties": False,
        "minProperties": 1,
    },
    {"$ref": "#/$defs/t", "$defs": {"t": {"anyOf": [{"const": 7}, {"type": "array", "items": {"$ref": "#/$defs/t"}}]}}},
]


@pytest.mark.parametrize("schema", SMALL, ids=str)
@pytest.mark.parametrize("order", ["schema", "any"])
def test_no_completion_is_shorter(schema: Any, order: str) -> None:
    automaton = compile_json_schema(schema, BYTES, property_order=order, whitespace="compact")
    for seed in range(6):
        for state in dict.fromkeys(walk(automaton, seed, 16)[:: 1 + seed % 3]):
            text = automaton.shortest_text(state)
            if len(text) <= 9:
                assert len(text) == distance(automaton, state, len(text))
            assert completes(automaton, state)


def test_many_members_and_items_need_no_deep_recursion() -> None:
    schema = {"type": "array", "minItems": 1000, "items": {"type": "string", "minLength": 50}}
    automaton = compile_json_schema(schema, BYTES)
    assert len(automaton.shortest_text(automaton.start)) == 1000 * 53 + 1
    names = [f"n{i}" for i in range(1500)]
    schema = {"type": "object", "properties": {name: {"type": "null"} for name in names}, "required": names}
    for order in ("schema", "any"):
        automaton = compile_json_schema(schema, BYTES, property_order=order)
        text = automaton.shortest_text(automaton.start)
        assert json.loads(text) == dict.fromkeys(names)
        assert completes(automaton, automaton.advance_bytes(automaton.start, b'{"n'))
    deep = automaton_of_nested_arrays(3000)
    assert deep == b"]" * 3000


def automaton_of_nested_arrays(depth: int) -> bytes:
    automaton = compile_json_schema({"$ref": "#/$defs/t", "$defs": {"t": {"items": {"$ref": "#/$defs/t"}}}}, BYTES)
    return automaton.shortest_text(automaton.advance_bytes(automaton.start, b"[" * depth))


def test_texts_too_long_to_write_are_refused() -> None:
    schema: dict[str, Any] = {"const": 1}
    for _ in range(4):
        schema = {"type": "array", "minItems": 1000, "items": schema}
    automaton = compile_json_schema(schema, BYTES)
    with pytest.raises(LimitError, match="too long"):
        automaton.shortest_text(automaton.start)


def test_long_strings() -> None:
    automaton = compile_json_schema({"type": "string", "minLength": 100_000}, BYTES)
    assert automaton.shortest_text(automaton.start) == b'"' + b"a" * 100_000 + b'"'
    state = automaton.advance_bytes(automaton.start, b'"x\\ud83d')
    assert len(automaton.shortest_text(state)) == 6 + 99_998 + 1


@pytest.mark.parametrize("pattern", ["a{3,5}b?", "(ab|cd)*x", "[^a-z]{2}", "é+|abc", ""])
def test_patterns(pattern: str) -> None:
    automaton = compile_regex(pattern, BYTES)
    for state in walk(automaton, 1, 12):
        text = automaton.shortest_text(state)
        assert len(text) == distance(automaton, state, len(text))
        assert completes(automaton, state)


def test_nothing_is_left_to_write_where_the_text_may_end() -> None:
    automaton = compile_choice(["yes", "yesterday"], BYTES)
    assert automaton.shortest_text(automaton.start) == b"yes"
    state = automaton.advance_bytes(automaton.start, b"yes")
    assert automaton.shortest_text(state) == b""
    assert automaton.shortest_text(automaton.advance(state, 256)) == b""
    with pytest.raises(ValueError, match="state"):
        automaton.shortest_text(DEAD)


@pytest.mark.parametrize(
    "text", [b"", b"let", b"let x=", b"let x = 1 in y + (", b"1+(2*(", b"# c", b"1.", b"(let a = b i"]
)
def test_terminals_that_would_merge_are_kept_apart(text: bytes) -> None:
    automaton = compile_lark(CALCULATOR, BYTES)
    state = automaton.advance_bytes(automaton.start, text)
    assert completes(automaton, state)
    found = automaton.shortest_text(state)
    if len(found) < 6:
        assert len(found) == distance(automaton, state, len(found))


def test_walks_through_terminals_are_completed() -> None:
    automaton = compile_lark(CALCULATOR, BYTES)
    for seed in range(6):
        for state in walk(automaton, seed, 40):
            assert completes(automaton, state)


@pytest.mark.parametrize(
    "begun", [b'"$\xd1', b'"\xe0\xab', b'"\xf0', b'"\\', b'"\\u00', b'"2022-\\ud83d', b'"\\ud83d\\u']
)
def test_what_follows_half_a_code_point_is_looked_for_behind_it(begun: bytes) -> None:
    pattern = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}.[0-9]{6}"
    own = Vocabulary([bytes([byte]) for byte in range(256)] + [b"", b"half"], [256])
    automaton = compile_json_schema({"type": "string", "pattern": pattern}, own)
    state = automaton.advance_bytes(automaton.start, begun)
    text = begun + automaton.shortest_text(state)
    assert re.search(pattern, json.loads(text))
    assert len(text) <= len(begun) + 6 + 26 + 1
    assert lexicon_for(own).arena.used(kernels.X_INFO) < 20_000 * kernels.INFO
