"""Ambiguity: many ways to read a text share their stacks, so that states stay small however long the text is."""

from __future__ import annotations

import json
import random
from typing import Any

import jsonschema
import lark
import pytest

from constrain import DEAD, Automaton, compile_json_schema, compile_lark
from constrain import kernels as k
from constrain.checking import byte_vocabulary

VOCABULARY = byte_vocabulary()

AMBIGUOUS = {
    "operators": ('start: e\ne: e "+" e | e "*" e | "-" e | "(" e ")" | /[0-9]/\n', "1+2*(", "1"),
    "sequences": ('start: x\nx: "a" x x | "a" x | "a"\n', "aa", ""),
    "terminals": ('start: x+\nx: "a" x+ WORD | "a" | WORD\nWORD: /[b-z]/\n', "aab", ""),
    "ignored": ('start: e\ne: e e | "a" | "(" e ")"\n%ignore " "\n', "a (", "a"),
}

QUERY: dict[str, Any] = {
    "definitions": {
        "pattern": {"type": "object", "required": ["pattern"], "properties": {"pattern": {"type": "object"}}},
        "not": {"type": "object", "required": ["not"], "properties": {"not": {"$ref": "#/definitions/any"}}},
        "and": {
            "type": "object",
            "required": ["and"],
            "properties": {"and": {"type": "array", "items": {"$ref": "#/definitions/any"}}},
        },
        "any": {"oneOf": [{"$ref": f"#/definitions/{name}"} for name in ("pattern", "not", "and")]},
    },
    "$ref": "#/definitions/any",
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_states_do_not_grow_with_the_ways_to_read_a_text(name: str) -> None:
    grammar, unit, _ = AMBIGUOUS[name]
    automaton = compile_lark(grammar, VOCABULARY)
    assert size(automaton, read(automaton, unit * 40)) == size(automaton, read(automaton, unit * 10))


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_ambiguous_texts_are_read_as_lark_reads_them(name: str) -> None:
    grammar, unit, end = AMBIGUOUS[name]
    automaton, oracle = compile_lark(grammar, VOCABULARY), lark.Lark(grammar, parser="earley", lexer="dynamic")
    rng = random.Random(name)
    for length in range(24):
        text = (unit * 5)[: length // 2] + "".join(rng.choices(unit + end + ")", k=length % 5)) + end
        state = read(automaton, text)
        assert (state != DEAD and automaton.is_accepting(state)) == accepts(oracle, text), text


def test_nested_alternatives_are_told_apart() -> None:
    automaton = compile_json_schema(QUERY, VOCABULARY, property_order="any")
    validator, rng = jsonschema.Draft7Validator(QUERY), random.Random(1)
    judged = set()
    for _ in range(200):
        value = query(rng, 4)
        state = read(automaton, json.dumps(value))
        assert (state != DEAD and automaton.is_accepting(state)) == validator.is_valid(value), value
        judged.add(validator.is_valid(value))
    assert judged == {True, False}


def test_a_state_depends_on_the_text_alone() -> None:
    automaton = compile_json_schema(QUERY, VOCABULARY)
    text = json.dumps({"and": [{"not": {"pattern": {"a": 1}, "x": [{"not": 2}]}}, {"and": []}]})
    state = automaton.start
    for end in range(1, len(text) + 1):
        state = automaton.advance_bytes(state, text[end - 1 : end].encode())
        assert state == read(automaton, text[:end]) != DEAD


def query(rng: random.Random, depth: int) -> Any:
    """A random query, not always a right one: sometimes with members of two kinds, or of none."""
    kinds = rng.choices(["pattern", "not", "and", "other"], [3, 4, 4, 1], k=1 if rng.random() < 0.8 else 2)
    if depth == 0:
        return {"pattern": {}}
    made = {"pattern": {"key": 1}, "other": depth}
    members = {kind: made.get(kind) or query(rng, depth - 1) for kind in kinds if kind != "and"}
    if "and" in kinds:
        members["and"] = [query(rng, depth - 1) for _ in range(rng.randrange(3))]
    return members


def read(automaton: Automaton, text: str) -> int:
    """The state after a text."""
    return automaton.advance_bytes(automaton.start, text.encode())


def size(automaton: Automaton, state: int) -> int:
    """How many configurations a state has."""
    start, end = automaton._arena.tables[k.STATE_OFFSETS][state : state + 2].tolist()
    return int(end - start) // k.CONFIG


def accepts(oracle: lark.Lark, text: str) -> bool:
    """Whether Lark reads the text."""
    try:
        oracle.parse(text)
    except lark.exceptions.LarkError:
        return False
    return True
