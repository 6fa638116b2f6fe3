"""`explain` says how far a token was read, what could have come there and inside what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constrain.automaton import DEAD, Automaton
from constrain.compile import compile_choice, compile_json_schema, compile_lark, compile_regex
from constrain.wording import alternatives, name_bytes
from tests.schemas import SCHEMAS
from tests.small_grammars import CALCULATOR
from tests.vocabularies import bytes_vocabulary, small_vocabulary

BYTES, SMALL = bytes_vocabulary(), small_vocabulary()
END = 256
PERSON = {
    "type": "object",
    "properties": {
        "age": {"type": "integer", "minimum": 0},
        "name": {"type": "string", "maxLength": 3},
        "tags": {"type": "array", "items": {"enum": ["red", "green"]}},
    },
    "required": ["age"],
    "additionalProperties": False,
}


def explain(automaton: Automaton, read: bytes, token: int) -> str:
    state = automaton.advance_bytes(automaton.start, read)
    assert state != DEAD
    return automaton.explain(state, token)


@pytest.mark.parametrize(
    ("read", "token", "parts"),
    [
        (b"", "x", ["'x' can not come here", "'{'", "a value for #: object, required age"]),
        (b'{"', "x", ['one of the names "age", "name" or "tags"']),
        (b'{"n', "x", ['the name "name" in']),
        (b'{"age"', "x", ["':'"]),
        (b'{"age":1', "x", ["a digit", "'}'", "','", "in a value for #/properties/age: integer, minimum 0"]),
        (b'{"name":"abc', "x", ["expected is '\"' in a value for #/properties/name: string, maxLength 3"]),
        (b'{"tags":["', "x", ["'g' or 'r' in a value for #/properties/tags/items: enum red or green"]),
        (b'{"name":"\xc3', "x", ["the rest of a character"]),
        (b'{"age":1', "2", ["'2' is allowed here"]),
    ],
)
def test_refusals_name_what_is_expected_and_where(read: bytes, token: str, parts: list[str]) -> None:
    automaton = compile_json_schema(PERSON, BYTES, property_order="any", whitespace="compact")
    found = explain(automaton, read, ord(token))
    assert all(part in found for part in parts), found


def test_names_in_order_leave_those_before_out() -> None:
    automaton = compile_json_schema(PERSON, BYTES)
    assert 'one of the names "name" or "tags"' in explain(automaton, b'{"age":1,"', ord("a"))


def test_tokens_are_read_as_far_as_they_fit() -> None:
    automaton = compile_json_schema({"type": "boolean"}, SMALL)
    found = automaton.explain(automaton.start, SMALL.tokens.index(b"tr"))
    assert found == "'tr' is allowed here"
    nullable = compile_json_schema({"enum": ["nut", None]}, SMALL)
    state = nullable.advance_bytes(nullable.start, b"nu")
    assert nullable.explain(state, SMALL.tokens.index(b"l}")) == (
        "'l}' can be read up to 'l'; expected after that is 'l' in a value for #: enum [\"nut\", null]"
    )


def test_ends() -> None:
    automaton = compile_choice(["yes", "yesterday"], BYTES)
    assert explain(automaton, b"ye", END) == ("the text is not complete; expected is 's' in one of 'yes', 'yesterday'")
    assert explain(automaton, b"yes", END) == "the text is complete and may end here"
    assert explain(automaton, b"yes", ord("x")).endswith(
        "expected is 't' in one of 'yes', 'yesterday'; or the end of the text"
    )
    ended = automaton.advance(automaton.advance_bytes(automaton.start, b"yes"), END)
    assert automaton.explain(ended, ord("x")) == "the text has ended, nothing may follow but a token that ends it"
    assert automaton.explain(ended, END) == "the text is complete and may end here"


def test_ids_without_text_and_out_of_range() -> None:
    automaton = compile_regex("a+", SMALL)
    special = next(i for i, text in enumerate(SMALL.tokens) if not text and i not in SMALL.eos_token_ids)
    assert "stands for no text" in automaton.explain(automaton.start, special)
    for token in (-1, len(SMALL)):
        with pytest.raises(ValueError, match="vocabulary"):
            automaton.explain(automaton.start, token)
    with pytest.raises(ValueError, match="state"):
        automaton.explain(DEAD, 0)


def test_terminals_are_named() -> None:
    automaton = compile_lark(CALCULATOR, BYTES)
    found = explain(automaton, b"", ord(")"))
    assert all(word in found for word in ("NUMBER", "NAME", '"let"', '"("', "product"))
    assert "COMMENT" in explain(automaton, b"#c", END)
    assert "the end of the text" in explain(automaton, b"1", ord("a"))


@pytest.mark.parametrize("order", ["schema", "any"])
def test_every_state_on_the_way_has_words(order: str) -> None:
    for schema in SCHEMAS:
        automaton = compile_json_schema(schema, BYTES, property_order=order)
        state = automaton.start
        for byte in automaton.shortest_text(state):
            refused = next(b for b in range(256) if automaton.advance(state, b) == DEAD)
            assert "expected is " in automaton.explain(state, refused)
            assert "not complete; expected is " in automaton.explain(state, END)
            state = automaton.advance(state, byte)


def test_words_for_bytes() -> None:
    assert name_bytes(range(0x20, 0x100)) == ["a character", "'\"'"]
    assert name_bytes(range(256)) == ["a character"]
    assert name_bytes(b"0123456789-") == ["a digit", "'-'"]
    assert name_bytes(b"123456789") == ["a digit but '0'"]
    assert name_bytes(b" \n,") == ["white space", "','"]
    assert name_bytes(b" ") == ["' '"]
    assert alternatives(["a", "b", "a", "c"]) == "a, b or c"
    assert alternatives(map(str, range(9)), 4) == "0, 1, 2 or 6 others"
    assert alternatives([]) == ""


@pytest.mark.parametrize("depth", [10, 980, 3000])
def test_deep_values_are_cut(depth: int) -> None:
    value: Any = []
    for _ in range(depth):
        value = [value]
    automaton = compile_json_schema({"const": value}, BYTES)
    words = f"const {'[' * min(depth + 1, 60)}"
    assert words in explain(automaton, b"", ord("x"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"a": [1, None, "b"]}, 'const {"a": [1, null, "b"]}'),
        (["a", "b"], "const a or b"),
        ([True, "é"], 'const [true, "é"]'),
        (list(range(100)), f"const {json.dumps(list(range(100)))[:60]}…"),
    ],
)
def test_values_are_shown_as_json(value: Any, shown: str) -> None:
    assert shown in explain(compile_json_schema({"const": value}, BYTES), b"", ord("x"))
