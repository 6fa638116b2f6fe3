"""`unevaluated…` over random combinations of schemas in place means what `jsonschema` says it means."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft201909Validator, Draft202012Validator

from grammars.errors import GrammarError
from grammars.json_schema import JsonSchemaGrammar
from tests.naive import NaiveMatcher

Json = Any
Strategy = st.SearchStrategy[Json]

EXAMPLES = 150
DRAFTS = {"2019-09": Draft201909Validator, "2020-12": Draft202012Validator}
NAMES = st.sampled_from(["a", "b", "ab", "c"])
REFERENCES = st.sampled_from(["#/$defs/d", "#/$defs/e"])
LIMITING = st.sampled_from([False, {"type": "integer"}, {"const": 1}, {"type": "string"}])
PLAIN = LIMITING | st.sampled_from([True, {}])
VALUES = st.sampled_from([1, 2, "x", "y"])
OBJECTS: Strategy = st.dictionaries(NAMES, VALUES, max_size=4)
ARRAYS: Strategy = st.lists(VALUES, max_size=4)

ABOUT_OBJECTS: dict[str, Strategy] = {
    "properties": st.dictionaries(NAMES, PLAIN, min_size=1, max_size=2),
    "patternProperties": st.dictionaries(st.sampled_from(["a", "^b", "b$"]), PLAIN, min_size=1, max_size=1),
    "additionalProperties": PLAIN,
    "required": st.lists(NAMES, min_size=1, max_size=2, unique=True),
    "unevaluatedProperties": PLAIN,
    "$ref": REFERENCES,
}
ABOUT_ARRAYS: dict[str, Strategy] = {
    "minItems": st.integers(0, 2),
    "maxItems": st.integers(0, 3),
    "unevaluatedItems": PLAIN,
    "$ref": REFERENCES,
}
# `jsonschema` fails on Boolean `items` of 2019-09, and takes items that `contains` meets for evaluated there too.
OLD_ITEMS: dict[str, Strategy] = {
    "items": PLAIN.filter(lambda schema: isinstance(schema, dict)) | st.lists(PLAIN, min_size=1, max_size=2),
    "additionalItems": PLAIN,
}
NEW_ITEMS: dict[str, Strategy] = {
    "items": PLAIN,
    "prefixItems": st.lists(PLAIN, min_size=1, max_size=2),
    "contains": PLAIN,
    "minContains": st.integers(0, 2),
}


def in_place(inner: Strategy) -> dict[str, Strategy]:
    """The keywords that apply schemas to the same value."""
    some = st.lists(inner, min_size=1, max_size=3)
    return {
        **dict.fromkeys(("allOf", "anyOf", "oneOf"), some),
        **dict.fromkeys(("not", "if", "then", "else"), inner),
        "dependentSchemas": st.dictionaries(NAMES, inner, min_size=1, max_size=2),
    }


def some_of(keywords: dict[str, Strategy]) -> Strategy:
    """Schemas of some keywords."""
    names = st.lists(st.sampled_from(sorted(keywords)), min_size=1, max_size=4, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: keywords[name] for name in chosen}))


def nested(plain: dict[str, Strategy]) -> Strategy:
    """Schemas of plain keywords, and of schemas in place."""
    return st.recursive(some_of(plain) | st.booleans(), lambda inner: some_of(plain | in_place(inner)), max_leaves=6)


@st.composite
def schemas(draw: st.DrawFn, plain: dict[str, Strategy], keyword: str) -> Json:
    """A schema with the keyword beside schemas in place, or its negation; the definitions refer to nothing."""
    defined = nested({name: values for name, values in plain.items() if name != "$ref"})
    schema = draw(some_of(plain | in_place(nested(plain)))) | {keyword: draw(LIMITING)}
    if draw(st.booleans()):
        schema = {"not": schema, "propertyNames": {"enum": ["a", "b", "ab", "c"]}}
    return schema | {"$defs": {"d": draw(defined), "e": draw(defined)}}


def matcher_of(schema: Json, draft: str) -> NaiveMatcher | None:
    """A matcher; None for a schema that nothing satisfies. What is not supported is no example."""
    try:
        return NaiveMatcher(JsonSchemaGrammar(schema, property_order="any", draft=draft))
    except GrammarError as error:
        assume("nothing satisfies" in str(error))
        return None


def check(schema: Json, values: list[Json], draft: str) -> None:
    oracle = DRAFTS[draft](schema)
    matcher = matcher_of(schema, draft)
    for value in values:
        try:
            found = matcher is not None and matcher.matches(json.dumps(value).encode())
        except GrammarError:
            reject()
        assert found == oracle.is_valid(value), value


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(schemas(ABOUT_OBJECTS, "unevaluatedProperties"), st.lists(OBJECTS, min_size=1, max_size=8))
def test_unevaluated_properties(schema: Json, values: list[Json]) -> None:
    check(schema, values, "2020-12")


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(schemas(ABOUT_ARRAYS | OLD_ITEMS, "unevaluatedItems"), st.lists(ARRAYS, min_size=1, max_size=8))
def test_unevaluated_items_before_2020(schema: Json, values: list[Json]) -> None:
    check(schema, values, "2019-09")


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(schemas(ABOUT_ARRAYS | NEW_ITEMS, "unevaluatedItems"), st.lists(ARRAYS, min_size=1, max_size=8))
def test_unevaluated_items(schema: Json, values: list[Json]) -> None:
    check(schema, values, "2020-12")
