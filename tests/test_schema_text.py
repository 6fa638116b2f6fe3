"""Schemas given as text: numbers keep what they say, and what can not be read is refused in words."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constrain.automaton import Automaton
from constrain.checking import byte_vocabulary, check_text
from constrain.compile import compile_json_schema
from constrain.compiled import automaton_of
from constrain.options import SchemaOptions
from constrain.prompting import render_prompt
from grammars.errors import GrammarError, LimitError
from grammars.json_schema import JsonSchemaGrammar
from grammars.json_schema.schema_text import parse_schema

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | st.integers() | FLOATS | st.text(max_size=5)


def compiled_before(schema: Any) -> Automaton:
    return automaton_of(schema, byte_vocabulary(), SchemaOptions())


@given(st.dictionaries(st.text(max_size=5), LEAVES | st.lists(LEAVES, max_size=3), max_size=4))
def test_what_json_dumps_writes_is_read_as_by_json(schema: dict[str, Any]) -> None:
    assert repr(parse_schema(json.dumps(schema))) == repr(schema)


@pytest.mark.parametrize("number", ["1.00000000000000000001", "1e400", "-1e-400", "123456789012345678.5"])
def test_numbers_that_no_float_means_stay(number: str) -> None:
    schema = parse_schema(f'{{"const": {number}}}')
    assert schema == {"const": Decimal(number)}
    assert isinstance(schema, dict)
    assert isinstance(schema["const"], Decimal)
    assert render_prompt("x", schema).count("const") == 1


def test_masks_know_the_difference() -> None:
    automaton = compile_json_schema('{"const": 1.00000000000000000001}', byte_vocabulary())
    assert check_text(automaton, "1.00000000000000000001") is None
    assert check_text(automaton, "1") is not None


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("{\n", "line 2, column 1", "the schema is not JSON"),
        ("[1]", "#", "a schema has to be an object, true or false"),
        ('"{}"', "#", "a schema has to be an object, true or false"),
        ('{"type": "integer", "type": "string"}', "#", "a name comes twice in an object of the schema"),
    ],
)
def test_what_is_no_schema_is_refused(text: str, where: str, what: str) -> None:
    with pytest.raises(GrammarError) as caught:
        compile_json_schema(text, byte_vocabulary())
    assert (caught.value.where, caught.value.what) == (where, what)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ('{"not": ' * 100_000 + "true" + "}" * 100_000, "recursion"),
        (f'{{"minimum": -{"9" * 5000}}}', "digits"),
        (f'{{"minimum": 1e{"9" * 20}}}', "exponent digits"),
    ],
)
def test_what_python_can_not_read_meets_a_limit(text: str, limit: str) -> None:
    with pytest.raises(LimitError) as caught:
        compile_json_schema(text, byte_vocabulary())
    assert caught.value.limit == limit
    assert caught.value.given > caught.value.allowed > 0


def test_a_schema_that_contains_itself_is_refused() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    schema["properties"]["again"] = schema
    with pytest.raises(GrammarError, match="contains itself"):
        JsonSchemaGrammar(schema)


@pytest.mark.parametrize("depth", [1, 40, 3000])
@pytest.mark.parametrize("listed", [False, True])
def test_a_schema_that_contains_itself_far_inside_is_refused(depth: int, listed: bool) -> None:
    schema: dict[str, Any] = {"type": "array"}
    inner = schema
    for _ in range(depth):
        below: dict[str, Any] = {}
        inner.update({"allOf": [below]} if listed else {"items": below})
        inner = below
    inner["items"] = {"anyOf": [schema]} if listed else schema
    with pytest.raises(GrammarError, match="contains itself"):
        JsonSchemaGrammar(schema)


@pytest.mark.parametrize("compile_schema", [JsonSchemaGrammar, compiled_before])
@pytest.mark.parametrize("depth", [40, 3000])
def test_one_object_at_ever_more_places_is_too_large(compile_schema: Any, depth: int) -> None:
    inner: dict[str, Any] = {"type": "null"}
    for _ in range(depth):
        inner = {"properties": {"a": inner, "b": inner}}
    with pytest.raises(LimitError, match=r"\$defs") as caught:
        compile_schema(inner)
    assert caught.value.limit == "schema places"


def test_one_object_at_two_places_is_no_circle() -> None:
    shared = {"type": "null"}
    automaton = compiled_before({"properties": {"a": shared, "b": shared}})
    assert check_text(automaton, '{"a": null, "b": null}') is None
    assert check_text(automaton, '{"a": null, "b": 1}') is not None


def test_numbers_too_long_for_text_are_read() -> None:
    automaton = compile_json_schema({"const": {"a": 10**5000}}, byte_vocabulary())
    assert len(automaton.shortest_text(automaton.start)) > 6
