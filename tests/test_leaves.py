"""Leaves are written once for a process: what was written for one schema must not be taken for another one's."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from constrain import DEAD, compile_json_schema, describe
from grammars.json_schema import JsonSchemaGrammar, leaves
from tests.vocabularies import bytes_vocabulary

LEAVES: list[dict[str, Any] | bool] = [
    True,
    {},
    {"type": "string"},
    {"type": "string", "format": "date"},
    {"format": "date"},
    {"type": "string", "pattern": "^a+$", "maxLength": 3},
    {"type": "integer"},
    {"type": "number", "minimum": 1, "exclusiveMinimum": True},
    {"type": "number", "minimum": 1},
    {"type": "number", "minimum": True},
    {"type": "number", "maximum": 1.0},
    {"type": "boolean", "title": "1"},
    {"maximum": 0},
    {"type": "array"},
    {"type": "object"},
    {"type": "object", "minProperties": 1},
]
TEXTS = [
    *('"a"', '"aaaa"', '"2020-02-30"', '"2020-02-29"', "1", "1.0", "0", "2", "true", "null", "[]", "{}"),
    *('{"a":1}', '{"a": 1}', '{"b": [1, 2], "a": {}}', "[1,2]", "[1, 2]", '[{"a":1}]', '{"a":1,"a":2}'),
]
WAYS = list(
    itertools.product(["draft4", "draft7", "2020-12"], ["assert", "annotate"], ["compact", (", ", ": ")], ["any"])
)
VOCABULARY = bytes_vocabulary()


def judgement(schema: Any, way: tuple[Any, ...]) -> list[bool] | str:
    draft, formats, whitespace, order = way
    options = {"draft": draft, "formats": formats, "whitespace": whitespace, "property_order": order}
    try:
        automaton = compile_json_schema(schema, VOCABULARY, **options)
    except ValueError as error:
        return str(error)
    states = [automaton.advance_bytes(automaton.start, text.encode()) for text in TEXTS]
    return [state != DEAD and automaton.is_accepting(state) for state in states]


@pytest.mark.parametrize("below", ["not", "items", None])
def test_what_was_kept_changes_nothing(below: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    schemas = [leaf if below is None else {below: leaf} for leaf in LEAVES]
    pairs = list(itertools.product(schemas, WAYS))
    expected = []
    for schema, way in pairs:
        monkeypatch.setattr(leaves, "_known", {})
        expected.append(judgement(schema, way))
    monkeypatch.setattr(leaves, "_known", {})
    for schema, way in pairs[::-1]:
        judgement(schema, way)
    assert [judgement(schema, way) for schema, way in pairs] == expected


def test_equal_leaves_are_one_expression() -> None:
    first = JsonSchemaGrammar({"type": "number", "minimum": 12.5, "title": "a"})
    second = JsonSchemaGrammar({"title": "b", "minimum": 12.5, "type": "number"})
    assert first.expand(first.start) is second.expand(second.start)


@pytest.mark.parametrize(
    "schema",
    [
        {"enum": [1]},
        {"type": ["null"]},
        {"type": "array", "uniqueItems": True},
        {"type": "string", "pattern": "^(?:ab|c){800}$"},
    ],
)
def test_what_is_no_leaf_or_too_large_is_not_kept(schema: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaves, "_known", {})
    grammar = JsonSchemaGrammar(schema)
    grammar.expand(grammar.start)
    assert not leaves._known


def test_a_leaf_that_was_known_is_listed_as_enforced() -> None:
    schema = {"properties": {"a": {"type": "string", "maxLength": 17}}}
    assert describe(schema) == describe(schema)
    assert {each.verdict for each in describe(schema).records} == {"enforced"}


def test_custom_formats_are_not_kept() -> None:
    lax = JsonSchemaGrammar({"type": "string", "format": "date"})
    own = JsonSchemaGrammar({"type": "string", "format": "date"}, custom_formats={"date": "^never$"})
    assert lax.expand(lax.start) != own.expand(own.start)


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaves, "_known", {})
    monkeypatch.setattr(leaves, "MAX_LEAVES", 3)
    for bound in range(7):
        grammar = JsonSchemaGrammar({"type": "string", "maxLength": bound})
        grammar.expand(grammar.start)
    assert len(leaves._known) == 3
