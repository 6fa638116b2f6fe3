"""Half of a surrogate pair is a string for JSON Schema, and no text: no mask writes one, and nothing else is off."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from constrain.checking import byte_vocabulary, check_text
from constrain.compile import compile_choice, compile_json_schema
from constrain.describing import describe
from grammars.errors import GrammarError, UnsatisfiableError

HALF = "\ud800"
VALUES = [{}, {"b": "x"}, {"b": 1}, {"😀": "a"}, {"😀": 1}, "b", "", ["a"], [1]]
SCHEMAS: list[dict[str, Any]] = [
    {"properties": {HALF: {"type": "integer"}, "😀": {"type": "string"}}, "additionalProperties": False},
    {"properties": {HALF: {"type": "integer"}}, "additionalProperties": {"type": "string"}},
    {"properties": {"b": {"not": {"const": HALF}}}},
    {"not": {"enum": [HALF, 1]}},
    {"enum": [HALF, "b"]},
    {"propertyNames": {"not": {"const": HALF}}},
    {"dependentRequired": {HALF: ["a"]}},
    {"items": {"enum": [HALF, "a"]}},
]


@pytest.mark.parametrize("order", ["schema", "any"])
@pytest.mark.parametrize("schema", SCHEMAS, ids=ascii)
def test_other_values_are_judged_as_ever(schema: dict[str, Any], order: str) -> None:
    automaton = compile_json_schema(schema, byte_vocabulary(), property_order=order)
    for value in VALUES:
        let_through = check_text(automaton, json.dumps(value, ensure_ascii=False)) is None
        assert let_through == Draft202012Validator(schema).is_valid(value), value


def test_choices_are_texts() -> None:
    for choices in ([HALF], ["a", f"a{HALF}"]):
        with pytest.raises(GrammarError, match=r"a choice that can not be spelled in UTF-8: '.*\\ud800'"):
            compile_choice(choices, byte_vocabulary())


def test_none_is_written() -> None:
    automaton = compile_json_schema({"type": ["string", "object"]}, byte_vocabulary())
    for value in (HALF, {HALF: 1}):
        assert check_text(automaton, json.dumps(value)) is not None


@pytest.mark.parametrize(
    ("schema", "where"), [({"type": "object", "required": [HALF]}, "#/type"), ({"enum": [HALF]}, "#/enum")]
)
def test_what_only_it_could_meet_is_refused(schema: dict[str, Any], where: str) -> None:
    with pytest.raises(UnsatisfiableError) as caught:
        compile_json_schema(schema, byte_vocabulary())
    assert caught.value.where == where


def test_errors_have_a_place() -> None:
    schema = {"$ref": f"#/$defs/{HALF}", "$defs": {HALF: {"type": "strin"}}}
    with pytest.raises(GrammarError) as caught:
        compile_json_schema(schema, byte_vocabulary())
    assert caught.value.where == "#/$defs/%ED%A0%80/type"
    assert describe(schema).refused[0].pointer == "#/$defs/%ED%A0%80"
