"""What can not be compiled says what and where."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from grammars.errors import GrammarError, LimitError
from grammars.json_schema import JsonSchemaGrammar
from grammars.json_schema.survey import calls

ENDLESS = {"type": "array", "items": {"$ref": "#/$defs/a"}, "minItems": 1}
SHORT_KEYS = {
    "type": "object",
    "propertyNames": {"pattern": "^[0-9]{3}$"},
    "not": {"additionalProperties": {"type": "null"}},
}
BAD_TYPE = {"properties": {"a/b~": {"type": 1}}, "required": ["a/b~"], "type": "object"}

ERRORS: list[tuple[str, Any, str, str]] = [
    ("unknown type", {"type": "strin"}, "#/type", "type"),
    ("not a schema", {"properties": {"a": 3}, "required": ["a"]}, "#/properties/a", "schema"),
    (
        "name that is no text",
        {"type": "object", "properties": {1: True}, "required": ["a"]},
        "#/properties",
        "names are texts",
    ),
    ("lost reference", {"items": {"$ref": "#/x"}, "minItems": 1}, "#/items/$ref", "leads nowhere"),
    ("remote reference", {"$ref": "http://example.com/a.json"}, "#/$ref", "leads nowhere"),
    ("escaped pointer", BAD_TYPE, "#/properties/a~1b~0/type", "type"),
    ("unevaluated", {"unevaluatedProperties": 1}, "#/unevaluatedProperties", "has to be an object, true or false"),
    ("multiples", {"minimum": 1, "type": "number", "multipleOf": 1000003}, "#/multipleOf", "too many remainders"),
    ("keys that run out", SHORT_KEYS, "#/not/additionalProperties", "may run out"),
    ("bad pattern", {"type": "string", "pattern": "("}, "#/pattern", "character"),
    ("paradox", {"not": {"$ref": "#"}}, "#", "true exactly when it is not"),
    ("never", False, "#", "nothing satisfies"),
    ("types", {"allOf": [{"type": "string"}, {"type": "null"}]}, "#/allOf/0/type", "#/allOf/1/type"),
    ("bounds", {"type": "number", "minimum": 3, "maximum": 2}, "#/minimum", "#/minimum with #/maximum alone allows no"),
    ("lengths", {"type": "string", "minLength": 3, "maxLength": 2}, "#/minLength", "#/maxLength alone allows no value"),
    (
        "empty pattern",
        {"type": "string", "pattern": "[^\\s\\S]"},
        "#/pattern",
        "#/pattern alone allows no value of",
    ),
    ("other type", {"type": "string", "enum": [1]}, "#/enum", "#/enum contradicts #/type"),
    ("member", {"required": ["a"], "type": "object", "properties": {"a": False}}, "#/type", "#/properties"),
    ("empty enum", {"enum": []}, "#/enum", "alone allows no value"),
    ("endless", {"$ref": "#/$defs/a", "$defs": {"a": ENDLESS}}, "#/$defs/a/type", "nothing satisfies"),
    ("text", '{"type": ', "line 1, column 10", "not JSON"),
    ("keyword that is no text", {1: 2}, "#", "a keyword has to be a string at #: 1"),
    ("keyword inside that is no text", {"properties": {"a": {None: 2}}}, "#/properties/a", "has to be a string"),
    ("title", {"items": {"title": 5}}, "#/items/title", "title has to be a string"),
    ("description", {"anyOf": [True, {"description": []}]}, "#/anyOf/1/description", "has to be a string"),
    ("comment", {"$comment": {}}, "#/$comment", "has to be a string"),
    ("format", {"properties": {"a": {"format": 5}}}, "#/properties/a/format", "format has to be a string"),
    ("identifier", {"items": {"$id": 5}}, "#/items/$id", "$id has to be a string"),
    ("anchor", {"$defs": {"a": {"$anchor": ["b"]}}}, "#/$defs/a/$anchor", "$anchor has to be a string"),
    ("dynamic anchor", {"$dynamicAnchor": True}, "#/$dynamicAnchor", "$dynamicAnchor has to be a string"),
    ("dialect", {"$schema": 5}, "#/$schema", "$schema has to be a string"),
    ("holder", {"$defs": [True]}, "#/$defs", "$defs has to be an object"),
    ("older holder", {"not": {"definitions": 5}}, "#/not/definitions", "definitions has to be an object"),
    ("unused", {"$defs": {"a": {"allOf": [{"title": 5}]}}}, "#/$defs/a/allOf/0/title", "has to be a string"),
    ("draft 3", {"$schema": "http://json-schema.org/draft-03/schema#"}, "#/$schema", "draft 3"),
]


@pytest.mark.parametrize(("schema", "where", "words"), [error[1:] for error in ERRORS], ids=[e[0] for e in ERRORS])
def test_errors_point_to_the_place(schema: Any, where: str, words: str) -> None:
    with pytest.raises(GrammarError) as caught:
        JsonSchemaGrammar(schema)
    assert caught.value.where == where
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("schema", "where", "found"),
    [
        ({"const": float("nan")}, "#/const", "nan"),
        ({"enum": [1, float("inf")]}, "#/enum/1", "inf"),
        ({"enum": [{1}]}, "#/enum/0", "{1}"),
        ({"const": {"a": [1, {2}]}}, "#/const/a/1", "{2}"),
        ({"const": {1: 2}}, "#/const", "{1: 2}"),
        ({"const": (1, 2)}, "#/const", "(1, 2)"),
        ({"not": {"enum": [b"a"]}}, "#/not/enum/0", "b'a'"),
        ({"const": Decimal("nan")}, "#/const", "Decimal('NaN')"),
        ({"properties": {"a": {"const": Decimal("sNaN")}}}, "#/properties/a/const", "Decimal('sNaN')"),
        ({"properties": {"a": {"const": {1}}}}, "#/properties/a/const", "{1}"),
        ({"properties": {"a": {"const": bytearray(b"a")}}}, "#/properties/a/const", "bytearray(b'a')"),
    ],
)
def test_values_that_are_not_json_are_named(schema: Any, where: str, found: str) -> None:
    with pytest.raises(GrammarError, match="this value is not JSON") as caught:
        expand_all(schema)
    assert (caught.value.where, caught.value.found) == (where, found)
    assert found in str(caught.value)


def expand_all(schema: Any) -> None:
    """Makes a grammar and the expressions of its start and of the rules that this calls."""
    grammar = JsonSchemaGrammar(schema)
    for rule in calls(grammar.expand(grammar.start)):
        grammar.expand(rule)


@pytest.mark.parametrize(
    "part", [{"enum": ("a", {"x": 1})}, {"enum": {"a"}}, {"allOf": ({"type": "string"},)}, {"minimum": Decimal("sNaN")}]
)
def test_parts_that_are_not_json_are_named(part: Any) -> None:
    with pytest.raises(GrammarError, match="has to be"):
        expand_all({"properties": {"a": part}, "required": ["a"]})


@pytest.mark.parametrize(
    "schema",
    [
        {"$schema": "http://json-schema.org/draft-04/schema#", "$comment": 5, "$defs": 5},
        {"$schema": "http://json-schema.org/draft-07/schema#", "$defs": 5},
        {"properties": {"title": True, "format": {}, "$defs": False}},
        {"const": {"title": 5}, "default": {"format": 5}, "examples": 5, "x-note": {"$comment": 5}},
    ],
)
def test_what_is_no_keyword_there_may_be_anything(schema: Any) -> None:
    grammar = JsonSchemaGrammar(schema)
    assert list(calls(grammar.expand(grammar.start)))


def test_deep_and_shared_parts_are_looked_at_once() -> None:
    deep: Any = {"title": "x"}
    for _ in range(20_000):
        deep = {"allOf": [deep]}
    assert nothing_else_is_there({"a": deep})
    shared: Any = {"type": "null"}
    for _ in range(12):
        shared = {"properties": {"a": shared, "b": shared}}
    assert nothing_else_is_there({"a": shared})


def nothing_else_is_there(definitions: Any) -> bool:
    """Whether definitions that nothing refers to change nothing about the schema of everything."""
    grammar, plain = JsonSchemaGrammar({"$defs": definitions}), JsonSchemaGrammar({})
    return grammar.expand(grammar.start) == plain.expand(plain.start)


def test_long_texts_are_cut() -> None:
    for length in (80, 81, 5000):
        shown = str(GrammarError("bad pattern", "#", "x" * length))
        assert shown == f"bad pattern at #: {'x' * 80 if length == 80 else 'x' * 79 + '…'}"
    deep = "(" * 3000 + ")" * 3000
    with pytest.raises(LimitError) as caught:
        JsonSchemaGrammar({"type": "string", "pattern": deep})
    assert len(str(caught.value)) < 200


def test_too_many_alternatives_is_a_limit() -> None:
    schema = {"allOf": [{"anyOf": [{"required": [f"a{i}"]}, {"required": [f"b{i}"]}]} for i in range(20)]}
    with pytest.raises(LimitError) as caught:
        JsonSchemaGrammar(schema)
    assert caught.value.limit == "shapes"
    assert caught.value.where == "#"
    assert caught.value.given > caught.value.allowed


def test_too_many_subschemas_that_may_hold_are_a_limit() -> None:
    schema = {"anyOf": [{"properties": {f"a{i}": True}} for i in range(20)], "unevaluatedProperties": False}
    with pytest.raises(LimitError) as caught:
        JsonSchemaGrammar({"items": schema})
    assert caught.value.limit == "alternatives"
    assert caught.value.where == "#/items/anyOf"
    assert caught.value.given > caught.value.allowed


def test_subschemas_that_lead_back_in_place_are_a_limit() -> None:
    ring = {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{(i + 1) % 40}"}] * 2} for i in range(40)}
    with pytest.raises(LimitError) as caught:
        JsonSchemaGrammar({"$ref": "#/$defs/d0", "$defs": ring, "unevaluatedProperties": False})
    assert caught.value.limit == "steps"


@pytest.mark.parametrize(
    "options", [{"property_order": "none"}, {"whitespace": "much"}, {"whitespace": (";", ":")}, {"formats": "maybe"}]
)
def test_options_are_checked(options: Any) -> None:
    with pytest.raises(ValueError, match=r"has to be|have to be"):
        JsonSchemaGrammar(True, **options)
