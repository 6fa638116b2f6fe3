"""What is seen of a schema in its text alone, before it is read: it must never hide anything."""

from __future__ import annotations

from typing import Any

import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from constrain.checking import byte_vocabulary
from constrain.compile import compile_json_schema
from constrain.protocols import DEAD
from grammars.errors import GrammarError, LimitError, UnsatisfiableError, UnsupportedError
from grammars.json_schema import JsonSchemaGrammar

DRAFT4, DRAFT7 = (f"http://json-schema.org/draft-0{number}/schema#" for number in (4, 7))
VOCABULARY = byte_vocabulary()
INTEGERS = {"a": {"type": "integer"}}


def inside(schema: Any, levels: int = 3) -> Any:
    """A schema below members that nothing asks for."""
    for _ in range(levels):
        schema = {"type": "object", "properties": {"x": schema}}
    return schema


def one_of(part: Any) -> Any:
    """Exactly one of a schema and null."""
    return {"oneOf": [part, {"type": "null"}]}


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        (one_of({"type": "string", "pattern": "(?>a)"}), GrammarError),
        (one_of({"type": "string", "maxLength": "q"}), GrammarError),
        (one_of({"type": "array", "minItems": "a"}), GrammarError),
        (one_of({"type": "string", "allOf": [{"$ref": "#/no"}]}), GrammarError),
        (one_of({"type": "string", "pattern": "(a|b)*a(a|b){18}"}), LimitError),
        ({"type": "string", "pattern": "(a)\\1"}, UnsupportedError),
        ({"type": "object", "patternProperties": {"(a)\\1": True}}, UnsupportedError),
    ],
)
def test_what_is_not_supported_is_said_at_once(part: Any, kind: type[GrammarError]) -> None:
    with pytest.raises(kind):
        JsonSchemaGrammar(inside(part))


@pytest.mark.parametrize(
    "schema",
    [
        inside({"$ref": "http://nowhere/x"}),
        inside({"$ref": "http://else/where"}),
        {**inside({"properties": {"q": None}}), "$defs": {"u": {"properties": {"b": None}}}},
        {"required": ["x"], **inside({"anyOf": [{"type": "null"}, {"type": "strin"}]}, 1)},
        {"required": ["x"], **inside({"anyOf": [{"type": "null"}, {"$ref": "#/no"}]}, 1)},
        {"required": ["x"], **inside({"type": "string", "maxLength": "q"}, 1)},
    ],
)
def test_what_stands_apart_is_looked_at_too(schema: Any) -> None:
    other = Resource.from_contents({"type": "string", "pattern": "(a)\\1"}, DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("http://else/where", other)
    with pytest.raises(GrammarError):
        JsonSchemaGrammar(schema, registry=registry)


def test_branches_in_other_dialects_are_not_told_apart_by_their_keywords() -> None:
    """`const` says nothing in draft 4, so both are the same objects."""
    marked = {"type": "object", "required": ["k"], "properties": {"k": {"const": "a"}}}
    old = {"id": "http://b/", "$schema": DRAFT4, "type": "object", "required": ["k"]}
    with pytest.raises(UnsatisfiableError):
        JsonSchemaGrammar({"oneOf": [marked, old | {"properties": {"k": {"const": "b", "enum": ["a"]}}}]})


@pytest.mark.parametrize(
    "schema",
    [
        {"$schema": DRAFT7, "$ref": "#/definitions/a", "not": "foo", "definitions": {"a": {"type": "integer"}}},
        {
            "$schema": DRAFT7,
            "$ref": "#/definitions/a",
            "properties": {"x": 5},
            "definitions": {"a": {"type": "integer"}},
        },
        {"type": "integer", "$defs": {"a": {"properties": {"q": 5}}}},
        {"properties": {"a": {"$schema": DRAFT4, "id": "http://x/a", "contains": 5}}},
    ],
)
def test_what_asserts_nothing_may_be_no_schema(schema: Any) -> None:
    assert reads(schema, b"1")


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#x", "$defs": {"a": {"$anchor": "x", "type": "integer"}}},
        {"$ref": "#x", "$defs": {("t",): {"$anchor": "x", "type": "integer"}}},
        {"$ref": "b", "$defs": {"a": {"$id": "http://x/b", "type": "integer"}}, "$id": "http://x/a"},
        {"$schema": DRAFT4, "$ref": "#x", "definitions": {"a": {"id": "#x", "type": "integer"}}},
        {"$dynamicRef": "#x", "$defs": {"a": {"$dynamicAnchor": "x", "type": "integer"}}},
    ],
)
def test_names_are_found(schema: Any) -> None:
    assert reads(schema, b"1")
    assert not reads(schema, b"null")


def reads(schema: Any, text: bytes) -> bool:
    """Whether a schema lets a text through to its end."""
    automaton = compile_json_schema(schema, VOCABULARY)
    state = automaton.advance_bytes(automaton.start, text)
    return state != DEAD and automaton.is_accepting(state)
