"""Random schemas mean what `jsonschema` says they mean."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.json_schemas import instances, reordered, schemas, spellings
from tests.matching import matcher_of, matches

Json = Any


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(schemas(), st.lists(instances, min_size=1, max_size=6))
@example({"$ref": "#/$defs/d", "$defs": {"d": {"items": {"$ref": "#/$defs/d"}, "type": "array"}}}, [[], [[]], [1]])
def test_any_order_is_what_the_schema_means(schema: Json, values: list[Json]) -> None:
    oracle = Draft202012Validator(schema)
    matcher = matcher_of(schema, property_order="any")
    for value in values:
        valid = oracle.is_valid(value)
        for text in spellings(value):
            assert matches(matcher, text) == valid, (value, text)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(schemas(), instances)
def test_schema_order_lets_every_value_through_in_some_order(schema: Json, value: Json) -> None:
    valid = Draft202012Validator(schema).is_valid(value)
    matcher = matcher_of(schema, whitespace=(", ", ": "))
    found = any(matches(matcher, next(spellings(ordered))) for ordered in reordered(value))
    assert found == valid
