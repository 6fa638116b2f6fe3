"""What is said to have a value at a look has one, as those who read schemas thoroughly find."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import (
    Draft4Validator,
    Draft6Validator,
    Draft7Validator,
    Draft201909Validator,
    Draft202012Validator,
)

from constrain.checking import byte_vocabulary
from constrain.compile import compile_json_schema
from grammars.errors import GrammarError, UnsatisfiableError
from grammars.json_schema import JsonSchemaGrammar
from grammars.json_schema.dialect import Dialects
from grammars.json_schema.documents import Documents
from grammars.json_schema.interpreter import Interpreter
from grammars.json_schema.keywords import names_of
from grammars.json_schema.locate import Locator
from grammars.json_schema.plain_values import PlainValues
from grammars.json_schema.shapes import Language

LATEST = "https://json-schema.org/draft/2020-12/schema"
FORMATS: dict[str, Language] = {"date": ("format", "date")}
VOCABULARY = byte_vocabulary()
NAMES = st.sampled_from(["a", "b", "\ud800"])
SIZES = st.sampled_from([-1, 0, 1, 3, 2.5, True, "1"])
TYPES = ["object", "object", "array", "string", "number", "integer", "boolean", "null", "text"]


ENUMS = st.lists(st.sampled_from(["x", "\udc00", 1, None]), max_size=2)
REFERENCES = st.sampled_from(["#", "#/$defs/one", "#/$defs/two", "#/properties/a", "#/$defs/none"])
MARKED = st.builds(
    lambda name, values: {"type": "object", "required": ["a", "b"], "properties": {name: {"enum": values}}},
    st.sampled_from(["a", "b"]),
    ENUMS,
)
"""Objects that may be told apart by the values of a member."""


def keywords(inner: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    """What may be looked at, well-formed or not."""
    return {
        "required": st.lists(NAMES, max_size=2, unique=True),
        "properties": st.dictionaries(st.sampled_from(["a", "b"]), inner, min_size=1, max_size=2),
        "patternProperties": st.just({"a": False}),
        "additionalProperties": st.booleans(),
        "items": inner,
        "minItems": SIZES,
        "maxItems": SIZES,
        "uniqueItems": st.booleans(),
        "minLength": SIZES,
        "maxLength": SIZES,
        "enum": ENUMS,
        "const": st.sampled_from(["x", "\udc00", 1, None]),
        "pattern": st.sampled_from(["^a", "[^a-z]{2,}$", "^[a-z0-9_.-]+\\d?$", "(?!)", "a|b", "\\b", "$^"]),
        "anyOf": st.lists(inner, max_size=2),
        "oneOf": st.lists(st.one_of(inner, MARKED), max_size=2),
        "$ref": REFERENCES,
        "format": st.sampled_from(["date", "mine", "none"]),
        "minimum": SIZES,
        "maximum": SIZES,
        "exclusiveMinimum": SIZES,
        "not": inner,
    }


OF_TYPES = {
    "object": ("required", "properties", "required", "properties", "patternProperties", "additionalProperties"),
    "array": ("items", "minItems", "items", "minItems", "maxItems", "uniqueItems"),
    "string": ("minLength", "maxLength", "enum", "format", "const", "pattern", "pattern"),
    "number": ("minimum", "maximum", "minimum", "maximum", "exclusiveMinimum"),
    "integer": ("minimum", "maximum", "minimum", "maximum", "exclusiveMinimum"),
}
"""What says something about values of a type; what is there twice is asked for more often."""


@st.composite
def asking(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> Any:
    """Schemas that ask for a type, or list values, and say up to three things about it, rarely anything else."""
    optional = keywords(inner)
    kind = draw(st.sampled_from(TYPES))
    names = OF_TYPES.get(kind, ()) if draw(st.integers(0, 9)) else sorted(optional)
    chosen = draw(st.lists(st.sampled_from(names), max_size=3)) if names else []
    several = draw(st.lists(st.sampled_from(TYPES), max_size=1))
    if draw(st.integers(0, 4)) == 0:
        return {name: draw(optional[name]) for name in draw(st.sampled_from([("anyOf",), ("oneOf",), ("$ref",)]))}
    schema = {"type": [kind, *several] if several and several != [kind] else kind}
    said = {name: draw(optional[name]) for name in dict.fromkeys(chosen)}
    return {**said, "enum": draw(optional["enum"])} if draw(st.integers(0, 9)) == 0 else schema | said


LEAVES: st.SearchStrategy[Any] = st.sampled_from([{"type": "null"}, {"type": "integer", "minimum": 2}, True, False])
PARTS = st.recursive(LEAVES, asking, max_leaves=6)
SCHEMAS = st.builds(lambda schema, one, two: schema | {"$defs": {"one": one, "two": two}}, asking(PARTS), PARTS, PARTS)


@settings(max_examples=600)
@given(SCHEMAS)
def test_what_plainly_has_a_value_has_one(schema: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Interpreter, "plainly_has_value", lambda _self, _rule: False)
        if not has_plain_value(schema, formats=FORMATS | {"mine": ("format", "never")}):
            return
        assert not is_refused_as_empty(schema)


def is_refused_as_empty(schema: Any) -> bool:
    """Whether nothing satisfies a schema; keywords that values can do without may be malformed."""
    try:
        JsonSchemaGrammar(schema)
    except GrammarError as error:
        return isinstance(error, UnsatisfiableError)
    return False


def has_plain_value(schema: Any, draft: str = LATEST, formats: dict[str, Language] = FORMATS) -> bool:
    """Whether a schema plainly has a value in a draft."""
    documents = Documents(None)
    dialects = Dialects(documents, names_of)
    locator = Locator(schema, dialects.default(draft), documents, dialects)
    return PlainValues(locator, formats).has(locator.root)


VALIDATORS = {
    "http://json-schema.org/draft-04/schema#": Draft4Validator,
    "http://json-schema.org/draft-06/schema#": Draft6Validator,
    "http://json-schema.org/draft-07/schema#": Draft7Validator,
    "https://json-schema.org/draft/2019-09/schema": Draft201909Validator,
    "https://json-schema.org/draft/2020-12/schema": Draft202012Validator,
}


@pytest.mark.parametrize("draft", VALIDATORS)
def test_there_is_a_value_that_is_valid_in_each_draft(draft: str) -> None:
    found = 0

    @settings(max_examples=250, deadline=None, derandomize=True, database=None)
    @given(SCHEMAS)
    def compare(schema: Any) -> None:
        nonlocal found
        if not has_plain_value(schema, draft):
            return
        value = shortest_value(schema | {"$schema": draft})
        if value is not None:
            found += 1
            assert VALIDATORS[draft](schema).is_valid(value[0])

    compare()
    assert found > 30


def shortest_value(schema: Any) -> tuple[Any] | None:
    """A value of a schema, read thoroughly; None where a keyword that values can do without is malformed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Interpreter, "plainly_has_value", lambda _self, _rule: False)
        try:
            automaton = compile_json_schema(schema, VOCABULARY)
            return (json.loads(automaton.shortest_text(automaton.start)),)
        except UnsatisfiableError:
            raise
        except GrammarError:
            return None


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "string", "minLength": 3, "title": "x"},
        {"type": "string", "format": "date"},
        {"type": "string", "enum": ["a"]},
        {"type": ["integer", "null"], "minimum": 3},
        {"type": "integer", "minimum": 3, "maximum": 3},
        {"type": "string", "minLength": 3, "maxLength": 3},
        {"enum": [1.5, "a"], "title": "x"},
        {"enum": [{}, None]},
        {"type": "array", "items": {"type": "string"}, "minItems": 2},
        {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        {"type": "object", "properties": {"a": {"type": "null"}, "b": False}, "required": ["a"]},
        {"const": "a"},
        {"type": "string", "pattern": "^[a-z0-9_.-]{2,}$"},
        {"anyOf": [{"type": "null"}, {"type": "string", "minLength": 1}]},
        {"oneOf": [{"type": "integer"}, {"type": ["string", "null"]}]},
        {"oneOf": [{"type": "object", "required": ["a"], "properties": {"a": {"enum": [each]}}} for each in "bc"]},
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}},
        {"oneOf": [{"$ref": "#/$defs/a"}, {"type": "null"}], "$defs": {"a": {"type": "string"}}},
        {"type": "object", "properties": {"a": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}},
    ],
)
def test_ordinary_schemas_plainly_have_values(schema: Any) -> None:
    assert has_plain_value(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "null"}}, "patternProperties": {"a": False}},
        {"type": "object", "required": ["a"], "properties": {"a": False}},
        {"type": "object", "required": ["a"], "additionalProperties": False},
        {"type": "object", "required": ["\ud800"], "properties": {"\ud800": {"type": "null"}}},
        {"type": "object", "required": ["a"], "maxProperties": 0, "properties": {"a": {"type": "null"}}},
        {"type": "array", "items": False, "minItems": 1},
        {"type": "array", "items": {"type": "null"}, "minItems": 2, "maxItems": 1},
        {"type": "array", "items": {"type": "null"}, "minItems": 2, "uniqueItems": True},
        {"type": "string", "minLength": 2, "maxLength": 1},
        {"type": "string", "enum": ["ab"], "maxLength": 1},
        {"type": "string", "enum": ["\udc00", 1]},
        {"enum": ["\udc00"]},
        {"enum": ["a"], "not": {}},
        {"type": "string", "format": "date", "maxLength": 1},
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"type": "integer", "minimum": 3, "exclusiveMaximum": 3},
        {"type": ["null", "boolean"], "not": {}},
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "not": {}}}},
        {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}},
        {"type": "object", "required": ["a"], "properties": {"a": {"oneOf": [{"$ref": "#"}, False]}}},
        {"type": "string", "pattern": "(?!)"},
        {"type": "string", "pattern": "^a$", "maxLength": 0},
        {"oneOf": [{"type": "null"}, {"type": "null"}]},
        {"oneOf": [{"type": "integer", "enum": [1]}, {"type": "number", "enum": [1]}]},
        {"anyOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"$ref": "#/$defs/a", "not": {}}}},
    ],
)
def test_schemas_without_a_value_are_not_taken_for_plain(schema: Any) -> None:
    with pytest.raises(UnsatisfiableError):
        JsonSchemaGrammar(schema)
    assert not has_plain_value(schema)
