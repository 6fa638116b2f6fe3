"""What a schema needs is given back as soon as nobody holds its automaton, without Python's collector."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from constrain import DEAD, compile_json_schema
from constrain.checking import byte_vocabulary
from grammars.json_schema.grammar import JsonSchemaGrammar

SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "properties": {"a": {"type": "string"}, "b": {"$ref": "#"}}, "required": ["a"]},
    {"type": "object", "patternProperties": {"^x": {"type": "integer", "minimum": 3}}, "additionalProperties": False},
    {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}], "minProperties": 1},
    {"type": "array", "items": {"enum": [1, "two", None]}, "uniqueItems": True, "contains": {"const": 1}},
    {"anyOf": [{"type": "string", "pattern": "^a+$", "not": {"const": "aa"}}, {"multipleOf": 0.5}]},
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_an_automaton_and_its_grammar_are_in_no_cycle(schema: dict[str, Any]) -> None:
    vocabulary = byte_vocabulary()
    compile_json_schema(schema, vocabulary)  # what is made once for a process is made here
    gc.collect()
    gc.disable()
    try:
        automaton = compile_json_schema(schema, vocabulary, memory_limit=1 << 28)
        state = automaton.start
        for byte in b'{"a": "x"':
            state = automaton.advance(state, byte) if state != DEAD else state
            automaton.mask(max(state, 0))
        grammar = automaton.program.grammar
        assert isinstance(grammar, JsonSchemaGrammar)
        watched: list[weakref.ref[Any]] = [weakref.ref(each) for each in (automaton, grammar, grammar.interpreter)]
        del automaton, grammar
        assert [watch() for watch in watched] == [None, None, None]
    finally:
        gc.enable()
