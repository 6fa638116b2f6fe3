"""Keys that come once, items that differ, members that are counted: walks through masks of tokens that span several."""

from __future__ import annotations

import json
import random
from typing import Any

import jsonschema
import pytest

from constrain import DEAD, Automaton, Vocabulary, compile_json_schema

SPANNING = [
    *(b"1,1", b'",', b'":', b'","', b"},{", b'"a"', b'"a":', b'{"a":1', b"[1", b",1", b",2,", b"true,", b"false]"),
    *(b'\\u0061"', b'"\\u0061"', b'"\\u0061":', b'\\"', b'\\",', b' "\\"', b'\\":"\\"'),
    *(b"1]", b"],[", b'{"', b'","a":', b'"b":1,"a":', b"\\u0061", b'a"', b'"":', b'":1,"', b"]}", b"null,"),
]
PLAIN = list(range(32, 127))
BYTES = [bytes([byte]) for byte in range(256)]
LONG_END = b"aaaaaaaaaaaaaaaaaaaaaa"


def vocabulary_of(tokens: list[bytes]) -> Vocabulary:
    """Bytes, then some tokens, then the end."""
    return Vocabulary([*BYTES, *tokens, b""], [256 + len(tokens)])


VOCABULARY = vocabulary_of(SPANNING)
ONE_END = [token for token in SPANNING if b"\\" not in token and token.count(b'"') < 3] + [b'aa"', b'ba":']
"""Where no token ends a string with an escape, or two strings, the kernels know which keys tokens may end again."""
VOCABULARIES = {
    "escapes": VOCABULARY,
    "one end": vocabulary_of(ONE_END),
    "long endings": vocabulary_of([*ONE_END, LONG_END + b'"']),
}

PAIR = {"properties": {"a": {"type": "integer"}, "b": {"type": "boolean"}}, "required": ["a"]}
SCHEMAS: list[dict[str, Any]] = [
    {"type": "array", "uniqueItems": True},
    {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 3}, "uniqueItems": True, "minItems": 2},
    {"type": "array", "items": {"enum": ["a", "b", 1, 1.5, None, [1]]}, "uniqueItems": True, "minItems": 3},
    {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "boolean"}, {"type": "boolean"}, {}], "uniqueItems": True},
    {
        "type": "array",
        "prefixItems": [{}, {"enum": ["a", "b"]}, {"const": "b"}],
        "items": False,
        "minItems": 3,
        "uniqueItems": True,
    },
    {"type": "array", "items": {"type": "object", **PAIR, "additionalProperties": False}, "uniqueItems": True},
    {"type": "array", "items": {"items": {"enum": [0, 1]}, "type": "array", "maxItems": 1}, "uniqueItems": True},
    {"type": "array", "items": {"type": "object"}, "uniqueItems": True, "minItems": 2, "maxItems": 3},
    {"type": "array", "uniqueItems": True, "contains": {"const": "a"}, "minItems": 2},
    {"type": "array", "not": {"uniqueItems": True}},
    {"type": "array", "items": {"type": "string"}, "not": {"uniqueItems": True}, "maxItems": 3},
    {"type": "object", **PAIR},
    {"type": "object", "minProperties": 3, "additionalProperties": {"type": "object"}},
    {"type": "object", "not": {"additionalProperties": {"type": "boolean"}}},
    {"type": "object", "not": {"patternProperties": {"^a": {"type": "string"}}}, "maxProperties": 2},
    {"type": "object", "propertyNames": {"maxLength": 1}, "minProperties": 2, "additionalProperties": {"type": "null"}},
    {"type": "object", "patternProperties": {"^[ab]{3}$": {"type": "null"}}, "additionalProperties": False},
    {"not": {"enum": [{"a": 1}, {"a": 1, "b": [1]}, {"b": 2}, [1, "a"], [2]]}, "type": ["array", "object"]},
]


@pytest.mark.parametrize("order", ["any", "schema"])
@pytest.mark.parametrize("tokens", VOCABULARIES)
@pytest.mark.parametrize("schema", SCHEMAS, ids=json.dumps)
def test_walks(schema: dict[str, Any], tokens: str, order: str) -> None:
    automaton = compile_json_schema(schema, VOCABULARIES[tokens], property_order=order, whitespace="compact")
    validator = jsonschema.Draft202012Validator(schema)
    for seed in range(8):
        value = json.loads(walk(automaton, random.Random(seed)), object_pairs_hook=members)
        assert validator.is_valid(value)


@pytest.mark.parametrize("tokens", VOCABULARIES)
def test_keys_that_go_on_as_keys_before(tokens: str) -> None:
    vocabulary = VOCABULARIES[tokens]
    keys = ["ba", "aa", "baa", "abaa", "b", LONG_END.decode(), "b" + LONG_END.decode()]
    ends = [token for token, text in enumerate(vocabulary.tokens) if b'"' in text]
    for seen in (keys, keys[::-1], keys[1::2], [*keys, "a", ""]):
        begun = "{" + "".join(f'"{key}":1,' for key in seen) + '"'
        for key in dict.fromkeys(each[:size] for each in [*keys, "a"] for size in range(len(each) + 1)):
            # A new one: where a key was met that one token may hold as a whole, the kernels doubt all others.
            automaton = compile_json_schema({"type": "object"}, vocabulary, whitespace="compact")
            state = automaton.advance_bytes(automaton.start, (begun + key).encode())
            allowed = [token for token in ends if is_set(automaton, state, token)]
            assert allowed == [token for token in ends if automaton.advance(state, token) != DEAD], (seen, key)


def walk(automaton: Automaton, rng: random.Random) -> bytes:
    """A random text; at every state, the mask has the tokens that lead on, and there is one."""
    tokens = automaton.vocabulary.tokens[:-1]
    text, state = b"", automaton.start
    for _ in range(60):
        allowed = [token for token in range(len(tokens)) if is_set(automaton, state, token)]
        assert allowed == [token for token in range(len(tokens)) if automaton.advance(state, token) != DEAD], text
        ends = automaton.is_accepting(state)
        assert allowed or ends, text
        usual = [token for token in allowed if token in PLAIN or token > 255]
        if ends and (not usual or rng.random() < 0.3):
            return text
        weights = [weight(token, tokens[token]) for token in usual or allowed]
        token = rng.choices(usual or allowed, weights)[0]
        text, state = text + tokens[token], automaton.advance(state, token)
    rest = automaton.shortest_text(state)
    assert automaton.is_accepting(automaton.advance_bytes(state, rest)), (text, rest)
    return text + rest


def is_set(automaton: Automaton, state: int, token: int) -> bool:
    return bool(automaton.mask(state)[token >> 5] >> (token & 31) & 1)


def weight(token: int, text: bytes) -> int:
    """Short numbers and keys that meet again are what is looked for."""
    if token > 255:
        return 20
    return 10 if text in {b",", b'"', b"]", b"}", b"a", b"[", b"{"} else 1


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_equal_spellings_are_one_key() -> None:
    automaton = compile_json_schema({"type": "object"}, VOCABULARY)
    for text in (b'{"a":1,"\\u0061":2}', '{"é":1,"\\u00E9":2}'.encode(), b'{"\\/":1,"/":2}'):
        assert automaton.advance_bytes(automaton.start, text) == DEAD
        assert automaton.advance_bytes(automaton.start, text.replace(b"1,", b'{"b":1},"b":1,', 1)) == DEAD
    assert automaton.advance_bytes(automaton.start, b'{"a":{"a":1},"b":{"a":1}}') != DEAD


def test_keys_of_few_texts_run_out() -> None:
    schema = {"type": "object", "patternProperties": {"^[0-9]{2}$": {"type": "null"}}, "additionalProperties": False}
    automaton = compile_json_schema(schema, VOCABULARY)
    begun = b"{" + b",".join(b'"%d":null' % number for number in range(10, 20))
    assert automaton.advance_bytes(automaton.start, begun + b',"1') == DEAD
    assert automaton.advance_bytes(automaton.start, begun + b',"2') != DEAD
    every = b"{" + b",".join(b'"%02d":null' % number for number in range(100))
    assert automaton.advance_bytes(automaton.start, every + b",") == DEAD
    assert automaton.is_accepting(automaton.advance_bytes(automaton.start, every + b"}"))


def test_a_key_that_comes_again_is_named() -> None:
    automaton = compile_json_schema({"type": "object"}, VOCABULARY)
    state = automaton.advance_bytes(automaton.start, b'{"b":1,"b')
    words = automaton.explain(state, ord('"'))
    assert words.endswith("the object has the key '\"b\"' already")
    assert "or '\"'" not in words
