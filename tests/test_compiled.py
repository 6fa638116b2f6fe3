"""Automata that were made before are found again for the same schema, and never for another."""

from __future__ import annotations

import gc
import weakref
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from constrain import GrammarError
from constrain.checking import byte_vocabulary
from constrain.compiled import automaton_of
from constrain.options import SchemaOptions

VOCABULARY = byte_vocabulary()


def registry_of(kind: str) -> Any:
    """A registry in which a URI stands for a type."""
    return Registry().with_resource("http://t/a", DRAFT202012.create_resource({"type": kind}))


@pytest.mark.parametrize("schema", [{"enum": [1, "1"]}, {"const": None}, '{"type": "null"}', True])
def test_the_same_schema_is_compiled_once(schema: Any) -> None:
    first = automaton_of(schema, VOCABULARY, SchemaOptions())
    assert automaton_of(schema, VOCABULARY, SchemaOptions()) is first
    assert automaton_of(schema, VOCABULARY, SchemaOptions(whitespace="compact")) is not first


@pytest.mark.parametrize(
    "values", [(1, 1.0, "1", True), ({"a": 1}, {"a": 1.0}, '{"a": 1}'), (0.0, -0.0), (None, "null", [])]
)
def test_schemas_that_differ_are_kept_apart(values: tuple[Any, ...]) -> None:
    made = [automaton_of({"const": value}, VOCABULARY, SchemaOptions()) for value in values]
    assert all(one is not other for one, other in permutations(made, 2))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ({"properties": {"1": True}}, {"properties": {1: True}}),
        ({"properties": {"null": True}}, {"properties": {None: True}}),
        ({"enum": ["a"]}, {"enum": ("a",)}),
    ],
)
def test_what_is_no_json_is_not_taken_for_what_is(good: Any, bad: Any) -> None:
    automaton_of(good, VOCABULARY, SchemaOptions())
    with pytest.raises(GrammarError):
        automaton_of(bad, VOCABULARY, SchemaOptions())


@pytest.mark.parametrize(
    ("schema", "options"), [({"const": Decimal("1e400")}, {}), ({"type": "array"}, {"whitespace": [", ", ": "]})]
)
def test_what_has_no_key_is_compiled(schema: Any, options: Any) -> None:
    assert automaton_of(schema, VOCABULARY, SchemaOptions(**options)).start >= 0


def test_a_registry_stays_where_it_is_as_long_as_its_automaton_is_kept() -> None:
    schema = {"$ref": "http://t/b"}
    registry = Registry(retrieve=lambda uri: DRAFT202012.create_resource({"type": "null"}))  # type: ignore[call-arg]  # attrs renames it
    known = weakref.ref(registry)
    automaton_of(schema, VOCABULARY, SchemaOptions(registry=registry))
    del registry
    gc.collect()
    # Otherwise another registry might get its place in memory, by which it is known.
    assert known() is not None


def test_registries_are_told_apart() -> None:
    schema = {"$ref": "http://t/a"}
    one, other = (
        automaton_of(schema, VOCABULARY, SchemaOptions(registry=registry_of(kind))) for kind in ("null", "string")
    )
    assert one.advance_bytes(one.start, b"null") >= 0
    assert other.advance_bytes(other.start, b"null") < 0
