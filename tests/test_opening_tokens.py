"""Tokens that open a key and end inside of it: none leads to a key that came before, where no other is left."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from constrain import DEAD, Vocabulary, compile_json_schema

PIECES = [b',"a', b'"a', b',"ab', b'a":0,"a', b'"ab', b"ab", b' "a', b'{"a', b',"\\u0061', b'0,"b', b',"\\"', b',"\\"a']
VOCABULARY = Vocabulary([*(bytes([byte]) for byte in range(256)), *PIECES, b""], [256 + len(PIECES)])
NUMBERS = {"type": "integer"}
SCHEMAS: list[Any] = [
    {"type": "object", "propertyNames": {"maxLength": 1}, "additionalProperties": NUMBERS},
    {"type": "object", "propertyNames": {"maxLength": 2}, "additionalProperties": NUMBERS},
    {"type": "object", "propertyNames": {"enum": ["a", "ab"]}, "additionalProperties": NUMBERS},
    {"type": "object", "patternProperties": {"^[a-z]{2}$": NUMBERS}, "additionalProperties": False},
    {"type": "object", "patternProperties": {"^(a|b.*)$": NUMBERS}, "additionalProperties": False},
    {"type": "object", "patternProperties": {"^.$": NUMBERS}, "additionalProperties": NUMBERS},
    {"type": "object", "properties": {"a": NUMBERS}, "additionalProperties": NUMBERS},
]
TEXTS = [b"", b"{", b'{"', b'{"a":0', b'{"a":0,', b'{"a":0,"', b'{"a":0,"b":1', b'{"ab":0', b'{"ab":0,', b'{"ab":0,"a']
TEXTS += [b'{"\\u0061":0', b'{"\\u0061":0,', b'{"\\u0061b":0', b'{"\\"":0', b'{"\\"a":0', b'{"\\"a":0,']


@pytest.mark.parametrize("whitespace", ["compact", "flexible"])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_masks_are_what_advance_says(schema: Any, whitespace: Any) -> None:
    automaton = compile_json_schema(schema, VOCABULARY, property_order="any", whitespace=whitespace)
    states = {text: automaton.advance_bytes(automaton.start, text) for text in TEXTS}
    for text, state in states.items():
        if state != DEAD:
            bits = np.unpackbits(automaton.mask(state).view(np.uint8), bitorder="little")
            for token in range(256 + len(PIECES)):
                possible = automaton.advance_bytes(state, VOCABULARY.tokens[token]) != DEAD
                assert bits[token] == possible, (text, VOCABULARY.tokens[token])
