"""Random schemas and instances over a small world, so that instances often meet schemas."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Json = Any

NAMES = st.sampled_from(["a", "b", "ab", "c"])
WORDS = st.sampled_from(["", "a", "b", "ab", "aa", "é", "1", 'q"\\'])
NUMBERS = st.sampled_from([0, 1, 2, 3, -1, 1.0, 1.5, -0.5, 10, 100.0])
PLAIN = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS)
PATTERNS = st.sampled_from(["a", "^a", "b$", "^[ab]*$", "^(a|b)$", "^.{2}$"])
TYPES = st.sampled_from(["null", "boolean", "number", "integer", "string", "array", "object"])
SIZES = st.integers(0, 3)

instances: st.SearchStrategy[Json] = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)


def keywords(inner: st.SearchStrategy[Json]) -> dict[str, st.SearchStrategy[Json]]:
    """For each keyword the values that it may have, given schemas for its subschemas."""
    some = st.lists(inner, min_size=1, max_size=3)
    by_name = st.dictionaries(NAMES, inner, max_size=3)
    return {
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
        "enum": st.lists(instances, min_size=1, max_size=4),
        "const": instances,
        "minimum": NUMBERS,
        "maximum": NUMBERS,
        "exclusiveMinimum": NUMBERS,
        "exclusiveMaximum": NUMBERS,
        "multipleOf": st.sampled_from([1, 0.5, 2, 3]),
        "minLength": SIZES,
        "maxLength": SIZES,
        "pattern": PATTERNS,
        "items": inner,
        "prefixItems": some,
        "minItems": SIZES,
        "maxItems": SIZES,
        "contains": inner,
        "minContains": SIZES,
        "maxContains": SIZES,
        "properties": by_name,
        "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
        "additionalProperties": inner,
        "required": st.lists(NAMES, max_size=2, unique=True),
        "minProperties": SIZES,
        "maxProperties": SIZES,
        "propertyNames": inner,
        "unevaluatedProperties": inner,
        "unevaluatedItems": inner,
        "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True), max_size=2),
        "dependentSchemas": st.dictionaries(NAMES, inner, max_size=2),
        "allOf": some,
        "anyOf": some,
        "oneOf": some,
        "not": inner,
        "if": inner,
        "then": inner,
        "else": inner,
        "title": st.just("a title"),
        "$ref": st.sampled_from(["#/$defs/d", "#/$defs/e"]),
    }


def _objects(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    optional = keywords(inner)
    chosen = st.lists(st.sampled_from(sorted(optional)), min_size=1, max_size=4, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: optional[name] for name in names}))


subschemas: st.SearchStrategy[Json] = st.recursive(st.booleans() | st.just({}), _objects, max_leaves=6)


@st.composite
def schemas(draw: st.DrawFn) -> Json:
    """Schemas whose references lead to two definitions, which may refer to themselves inside of values."""
    guarded = subschemas.map(lambda schema: {"properties": {"a": schema}, "items": schema})
    schema = draw(_objects(subschemas))
    return schema | {"$defs": {"d": draw(guarded), "e": {"type": draw(TYPES)}}}


def spellings(value: Json) -> Iterator[str]:
    """The text of a value as different writers would have it."""
    yield json.dumps(value)
    yield json.dumps(value, ensure_ascii=False)
    yield json.dumps(value, indent=2)
    yield json.dumps(value, separators=(",", ":"))


def reordered(value: Json) -> Iterator[Json]:
    """A value with its members in every order."""
    if isinstance(value, list):
        for items in itertools.product(*map(reordered, value)):
            yield list(items)
    elif isinstance(value, dict):
        for order in itertools.permutations(value):
            for items in itertools.product(*(reordered(value[name]) for name in order)):
                yield dict(zip(order, items, strict=True))
    else:
        yield value
