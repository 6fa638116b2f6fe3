"""What is seen at a glance is written as its normal form is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grammars.errors import GrammarError, UnsatisfiableError
from grammars.ir import Expr
from grammars.json_schema.at_sight import seen_in
from grammars.json_schema.grammar import JsonSchemaGrammar

NAMES = st.sampled_from(["a", "b", "ab", 'q"', "é", "\ud800"])
LEAVES = st.sampled_from([{"type": "string"}, {"type": "integer"}, {}, True, False, {"$ref": "#"}, {"not": {}}])
WORDS = st.lists(st.sampled_from(["a", "b", "", 'q"', "\ud800", 1, None]), min_size=1, max_size=4)
KEYWORDS: dict[str, Any] = {
    "minItems": st.integers(0, 3),
    "maxItems": st.integers(0, 3) | st.just(1.0),
    "required": st.lists(NAMES, max_size=3),
    "enum": WORDS,
    "const": st.sampled_from(["a", 1]),
    "minProperties": st.integers(0, 2),
    "title": st.just("words"),
}
TYPES = st.sampled_from(["object", "array", "string", "integer", ["object", "null"]])


def schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas with parts, nearly all of which are seen at a glance."""
    parts = {"properties": st.dictionaries(NAMES, inner, max_size=3), "additionalProperties": inner, "items": inner}
    every = {**parts, **KEYWORDS}
    of_objects = {key: every[key] for key in ("properties", "additionalProperties", "required")}
    of_arrays = {key: every[key] for key in ("items", "minItems", "maxItems", "title")}
    return st.one_of(
        st.fixed_dictionaries({"type": st.just("object")}, optional=of_objects),
        st.fixed_dictionaries({"type": st.just("array")}, optional=of_arrays),
        st.fixed_dictionaries({"enum": WORDS}, optional={"type": st.just("string")}),
        st.fixed_dictionaries({}, optional={"type": TYPES, **every}),
    )


def both_ways(schema: Any, order: Any) -> tuple[Expr | None, Expr] | None:
    """What is written at sight and by the normal form, if the schema can be met."""
    try:
        grammar = JsonSchemaGrammar(schema, property_order=order)
    except GrammarError:
        return None
    rule: Any = grammar.start
    seen = seen_in(rule, grammar.interpreter.locator)
    writer = grammar._writer  # to see both ways
    at_sight = None if seen is None else writer.at_sight(seen)
    return at_sight, writer.normal(grammar.interpreter.normal_of(rule))


def expression_of(schema: Any) -> Expr:
    """The expression of a schema."""
    grammar = JsonSchemaGrammar(schema)
    return grammar.expand(grammar.start)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.recursive(LEAVES, schemas, max_leaves=6), st.sampled_from(["any", "schema"]))
def test_both_ways_write_the_same(schema: Any, order: Any) -> None:
    found = both_ways(schema, order)
    if found is not None and found[0] is not None:
        assert found[0] == found[1]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "string"}, "b": {}}, "required": ["a"]},
        {"type": "object", "properties": {"a": {}}, "required": ["c"], "additionalProperties": {"type": "null"}},
        {"type": "object", "properties": {"a": False, "b": {}}, "additionalProperties": False},
        {"type": "object", "additionalProperties": False},
        {"type": "array", "items": {"enum": [1]}, "minItems": 2, "maxItems": 3},
        {"type": "array", "items": False},
        {"enum": ["a", "b"]},
        {"type": "string", "enum": ["a"]},
    ],
)
def test_most_schemas_are_seen_at_a_glance(schema: Any) -> None:
    found = both_ways(schema, "any")
    assert found is not None
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {}}, "minProperties": 1},
        {"type": "object", "properties": {"a": {}}, "patternProperties": {"b": {}}},
        {"type": ["object"], "properties": {"a": {}}},
        {"properties": {"a": {}}},
        {"type": "array", "uniqueItems": True},
        {"enum": ["a", 1]},
        {"type": "integer"},
    ],
)
def test_others_are_read_thoroughly(schema: Any) -> None:
    found = both_ways(schema, "any")
    assert found is not None
    assert found[0] is None


@pytest.mark.parametrize("schema", [{"properties": []}, {"required": "a"}, {"required": [1]}, {"properties": {"a": 1}}])
def test_what_is_malformed_is_said(schema: Any) -> None:
    with pytest.raises(GrammarError):
        expression_of({"type": "object", **schema})


def test_a_required_member_without_a_value_is_a_contradiction() -> None:
    with pytest.raises(UnsatisfiableError):
        JsonSchemaGrammar({"type": "object", "properties": {"a": False}, "required": ["a"]})
