"""What can not be compiled is left out when the caller says so, and never comes back as an invalid value."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from constrain import (
    GenerationError,
    GrammarError,
    LimitError,
    compile_json_schema,
    describe,
    generate_json,
    stream_json,
)
from constrain.checking import byte_vocabulary, check_text
from constrain.errors import InvalidValueError
from constrain.options import SchemaOptions
from constrain.shipped import load_shipped_model
from constrain.verifying import Verifier
from grammars.json_schema.relax import is_beyond
from tests.coverage_cases import LARGE
from tests.doubtful_schemas import doubtful
from tests.json_schemas import instances

Pair = tuple[Any, Any]
TWICE = {"type": "string", "pattern": "^(a|b)\\1$", "allOf": [{"pattern": "^[ab]{2}$"}]}


@pytest.fixture(scope="module")
def shipped() -> Pair:
    return load_shipped_model()


def accepts(schema: Any, value: Any) -> bool:
    automaton = compile_json_schema(schema, byte_vocabulary(), approximate=True, property_order="any")
    return check_text(automaton, json.dumps(value)) is None


@pytest.mark.parametrize(
    ("schema", "kept", "gone"),
    [
        (LARGE | {"type": "number", "minimum": 1}, [1, 1000003], ["a", 0]),
        ({"not": LARGE, "type": "number"}, [1, 1000003], ["a"]),
        ({"oneOf": [LARGE, {"type": "string"}]}, ["a", 5, None], []),
        ({"oneOf": [{"type": "number"} | LARGE, {"type": "string"}]}, ["a", 5, 1000003], [None, []]),
        ({"anyOf": [True], "oneOf": [LARGE, {"minimum": 2}], "type": "number"}, [1, 3, 1000003], ["a"]),
        ({"if": LARGE, "then": {"type": "null"}, "type": ["number", "null"]}, [1, 0, None], ["a"]),
        ({"items": {"pattern": "(a)\\1"}, "minItems": 1}, [["aa"], ["b"]], [[]]),
        ({"contains": {"type": "number"} | LARGE, "maxContains": 1}, [[1], [2, 3], []], []),
        (
            {"properties": {"a": LARGE}, "patternProperties": {"(b)\\1": True}, "additionalProperties": False},
            [{"a": 2}, {"bb": 1}, {"c": 1}],
            [],
        ),
        (
            {"allOf": [{"patternProperties": {"(b)\\1": True}}], "unevaluatedProperties": False, "type": "object"},
            [{"bb": 1}, {}],
            [1],
        ),
    ],
)
def test_what_is_left_asks_for_less(schema: Any, kept: list[Any], gone: list[Any]) -> None:
    with pytest.raises(GrammarError):
        compile_json_schema(schema, byte_vocabulary())
    coverage = describe(schema, approximate=True)
    assert coverage.approximated
    assert not coverage.refused
    assert not coverage.is_complete
    assert [value for value in kept if not accepts(schema, value)] == []
    assert [value for value in gone if accepts(schema, value)] == []


@pytest.mark.parametrize("schema", [{"type": "strin"}, {"type": "string", "enum": [1]}, {"items": {"$ref": "#/x"}}])
def test_what_is_wrong_is_refused_all_the_same(schema: Any) -> None:
    with pytest.raises(GrammarError) as caught:
        compile_json_schema(schema | {"properties": {"a": LARGE}}, byte_vocabulary(), approximate=True)
    assert not is_beyond(caught.value)
    assert describe(schema, approximate=True).refused
    assert not describe(schema, approximate=True).approximated


def test_errors_of_mid_text_come_before() -> None:
    many: Any = {f"a{i}": {"items": {"items": True, "minProperties": 2 + i}} for i in range(1200)}
    schema = {"properties": many | {"b": {"items": LARGE}}}
    automaton = compile_json_schema(schema, byte_vocabulary())
    with pytest.raises(LimitError):
        check_text(automaton, '{"b": [1')
    assert [record.pointer for record in describe(schema).refused] == ["#/properties/b/items"]
    assert accepts(schema, {"b": [1]})


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(doubtful())
def test_compiling_agrees_with_the_report(schema: Any) -> None:
    coverage = describe(schema, approximate=True)
    try:
        compile_json_schema(schema, byte_vocabulary(), approximate=True)
    except GrammarError:
        assert coverage.refused
    else:
        assert not coverage.refused


def test_generated_values_are_valid(shipped: Pair) -> None:
    for seed in range(5):
        assert generate_json(*shipped, TWICE, "x", seed=seed, approximate=True, max_new_tokens=12) in {"aa", "bb"}


def test_a_value_that_stays_invalid_is_an_error(shipped: Pair) -> None:
    schema = {"type": "integer", "minimum": 1, "maximum": 9999999, "multipleOf": 1000003}
    with pytest.raises(LimitError):
        generate_json(*shipped, schema, "x", seed=1)
    for temperature in (0.0, 1.0):
        with pytest.raises(GenerationError, match="#/multipleOf refuses it") as caught:
            generate_json(*shipped, schema, "x", seed=1, approximate=True, temperature=temperature)
        assert isinstance(caught.value, InvalidValueError)
        assert caught.value.keyword == "#/multipleOf"
    pieces = stream_json(*shipped, schema, "x", seed=1, approximate=True)
    with pytest.raises(InvalidValueError):
        list(pieces)


def exactly(value: Any) -> Any:
    """The value with fractions for floats, which jsonschema divides with rounding: 1 is no multiple of 7.9e-300."""
    return json.loads(json.dumps(value), parse_float=whole_or_fraction)


def whole_or_fraction(literal: str) -> int | Fraction:
    number = Fraction(literal)
    return int(number) if number.denominator == 1 else number


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(doubtful(), instances)
def test_the_check_is_that_of_jsonschema(schema: Any, value: Any) -> None:
    verifier = Verifier(schema, SchemaOptions(draft="2020-12"))
    try:
        Draft202012Validator.check_schema(schema)
        expected = Draft202012Validator(exactly(schema)).is_valid(exactly(value))
    except Exception:  # noqa: BLE001 -- whatever jsonschema can not read
        return
    try:
        verifier.check(json.dumps(value))
        found = True
    except InvalidValueError:
        found = False
    assert found == expected


@pytest.mark.parametrize(
    ("schema", "options", "valid", "invalid"),
    [
        ({"multipleOf": 0.1}, {}, ["0.3", "0.7", "1e2"], ["0.35"]),
        ({"type": "integer"}, {}, ["1.0", "10E1"], ["1.5"]),
        ({"minimum": 3, "exclusiveMinimum": True}, {}, ["4"], ["3", "2"]),
        ({"exclusiveMaximum": 3}, {}, ["2.9"], ["3"]),
        ({"items": [{"type": "null"}], "additionalItems": False}, {}, ["[null]", "[]"], ["[1]", "[null, 1]"]),
        ({"items": {"type": "null"}, "prefixItems": [True]}, {}, ["[1, null]"], ["[1, 1]"]),
        ({"dependencies": {"a": ["b"]}}, {}, ['{"a": 1, "b": 1}'], ['{"a": 1}']),
        ({"format": "date"}, {}, ['"2024-02-29"'], ['"2023-02-29"']),
        ({"format": "date"}, {"formats": "annotate"}, ['"x"'], []),
        ({"format": "plate"}, {"custom_formats": {"plate": "[A-Z]-1"}}, ['"A-1"', "3"], ['"a"']),
        ({"format": "date"}, {"custom_formats": {"date": "soon"}}, ['"soon"'], ['"2024-02-29"']),
        ({"pattern": "^\\p{Lu}$"}, {}, ['"É"'], ['"é"']),
        ({"$ref": "https://example.com/nowhere"}, {}, [], ["1"]),
        ({"patternProperties": {"\\p{Lu}": True}}, {}, [], ['{"a": 1}']),
        ({"multipleOf": 0.1}, {}, [], ["1e999999999", "1e99999999999999999999", "1" * 5000]),
        ({"minimum": 3, "exclusiveMinimum": True}, {"draft": "draft4"}, ["4"], ["3"]),
    ],
)
def test_checks(schema: Any, options: Any, valid: list[str], invalid: list[str]) -> None:
    verifier = Verifier(schema, SchemaOptions(**options))
    for text in valid:
        verifier.check(text)
    for text in invalid:
        with pytest.raises(InvalidValueError):
            verifier.check(text)


def test_the_check_follows_references_into_the_registry() -> None:
    uri = "https://example.com/word.json"
    registry: Any = Registry().with_resource(uri, DRAFT202012.create_resource({"type": "string"}))
    verifier = Verifier({"$ref": uri}, SchemaOptions(registry=registry))
    verifier.check('"a"')
    with pytest.raises(InvalidValueError, match="#/type refuses it"):
        verifier.check("1")
