"""Arrays whose items differ, where the items are arrays and objects of which there are only few."""

from __future__ import annotations

import json
import random
from itertools import product
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from constrain.checking import byte_vocabulary, check_text
from constrain.compile import compile_json_schema
from grammars.errors import UnsatisfiableError
from grammars.json_schema.few_wholes import FEW
from tests.byte_walks import exact, walk

VOCABULARY = byte_vocabulary()
BOOLEAN = {"type": "boolean"}


def unique(items: Any, **more: Any) -> dict[str, Any]:
    """Arrays of such items, no two of them equal."""
    return {"type": "array", "items": items, "uniqueItems": True, **more}


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    """Objects of these members only."""
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


EMPTY: list[Any] = [
    unique({"const": {}}, minItems=2),
    unique({"const": []}, minItems=2),
    unique({"enum": [1, []]}, minItems=3),
    unique(closed([]), minItems=2),
    unique(closed(["a"], a=BOOLEAN), minItems=3),
    unique(unique({"enum": [[], {}, 1]}), minItems=17),
    unique({"type": "array", "items": BOOLEAN, "maxItems": 1}, minItems=4),
    unique({"type": "array", "prefixItems": [BOOLEAN, BOOLEAN], "items": False}, minItems=8),
    unique({"type": "array", "prefixItems": [BOOLEAN] * 7, "items": False, "minItems": 7}, minItems=129),
    unique(closed([], a=BOOLEAN, b=BOOLEAN), minItems=10),
]
FULL: list[Any] = [
    unique(unique({"const": []}, minItems=1)),
    unique(unique({"const": {}})),
    unique(unique({"const": {}}, minItems=1), minItems=1),
    unique(unique(unique({"type": "null"}, minItems=1), minItems=1)),
    unique(unique({"enum": [[], {}, 1]}), minItems=16),
    unique(unique({"enum": [[], {}, 1, 2]})),
    unique({"type": "array", "items": BOOLEAN, "maxItems": 1}, minItems=3),
    unique({"type": "array", "items": BOOLEAN, "maxItems": 2, "not": {"uniqueItems": True}}, minItems=2),
    unique(closed(["b"], b=BOOLEAN, a={"enum": [[1], {"x": 1, "c": 2}]}), minItems=6),
    unique(closed([], b=BOOLEAN, a=unique({"const": []}, minItems=1)), minItems=6),
    {"anyOf": [unique({"enum": [1, []]}, minItems=3), {"type": "null"}]},
    {"type": "array", "contains": unique({"const": {}}), "uniqueItems": True},
    {"oneOf": [unique({"enum": [1, []]}), unique({"type": ["integer", "array"]}, maxItems=2)]},
    {"type": "array", "items": unique({"const": {}}), "not": {"uniqueItems": True}},
    unique({"type": "array", "items": {"$ref": "#"}, "maxItems": 1}, maxItems=3),
]


@pytest.mark.parametrize("schema", EMPTY, ids=json.dumps)
def test_too_few_are_seen_to_be_too_few(schema: Any) -> None:
    for wrapped in (schema, {"type": "object", "properties": {"a": schema}, "required": ["a"]}):
        with pytest.raises(UnsatisfiableError):
            compile_json_schema(wrapped, VOCABULARY)


@pytest.mark.parametrize("order", ["any", "schema"])
@pytest.mark.parametrize("schema", FULL, ids=json.dumps)
def test_no_walk_comes_to_a_dead_end(schema: Any, order: str) -> None:
    automaton = compile_json_schema(schema, VOCABULARY, property_order=order, whitespace="compact")
    for seed in range(20):
        text = walk(automaton, random.Random(seed))
        assert Draft202012Validator(schema).is_valid(json.loads(text, parse_float=exact)), text


MIXED = {"type": "array", "prefixItems": [{"const": "a"}], "items": {"enum": [1, 2, 3, 4]}, "uniqueItems": True}
"""66 arrays: the items of the rest are as many after the first one as before."""


@pytest.mark.parametrize(
    ("item", "count"),
    [
        (MIXED, 66),
        ({"type": "array", "items": {"const": 1}, "maxItems": 199}, 200),
        ({"type": "array", "items": {"const": 1}, "minItems": 50, "maxItems": 149}, 100),
        ({"type": "array", "items": {"const": 1}, "maxItems": 999_998}, 999_999),
        (closed([], **dict.fromkeys("abcd", BOOLEAN)), 81),
        ({"type": "array", "items": BOOLEAN, "maxItems": 6}, 127),
    ],
)
def test_the_greatest_number_is_never_too_small(item: Any, count: int) -> None:
    compile_json_schema(unique(item, minItems=count), VOCABULARY)
    with pytest.raises(UnsatisfiableError):
        compile_json_schema(unique(item, minItems=count + 1), VOCABULARY)


def test_endlessly_many_arrays_are_not_counted_one_by_one() -> None:
    automaton = compile_json_schema(unique({"type": "array", "items": {"const": 1}}, minItems=10**9), VOCABULARY)
    assert check_text(automaton, "[[],[1],[1,1]]") is not None


def test_members_come_in_the_order_of_the_schema() -> None:
    schema = unique(closed(["b", "a"], b=BOOLEAN, a={"enum": [[1], {"x": 1, "c": 2}]}))
    automaton = compile_json_schema(schema, VOCABULARY, property_order="schema", whitespace="compact")
    assert check_text(automaton, '[{"b":true,"a":[1]},{"b":true,"a":{"x":1,"c":2}}]') is None
    assert check_text(automaton, '[{"a":[1],"b":true}]') is not None


@pytest.mark.parametrize("size", [5, 6, 7])
def test_as_many_as_there_are_fit(size: int) -> None:
    """32, 64 and 128 items: the last are more than are listed one by one."""
    item = {"type": "array", "prefixItems": [BOOLEAN] * size, "items": False, "minItems": size}
    automaton = compile_json_schema(unique(item), VOCABULARY, whitespace="compact")
    every = list(product([False, True], repeat=size))
    assert (len(every) > FEW) == (size == 7)
    assert check_text(automaton, json.dumps(every, separators=(",", ":"))) is None
    assert check_text(automaton, json.dumps([*every[1:], every[-1]], separators=(",", ":"))) is not None


def test_required_members_of_small_objects_come_in_declared_order() -> None:
    schema = {"required": ["b", "a"], "properties": {"a": BOOLEAN, "b": BOOLEAN}, "maxProperties": 2, "type": "object"}
    automaton = compile_json_schema(schema, VOCABULARY, property_order="schema", whitespace="compact")
    assert check_text(automaton, '{"a":true,"b":true}') is None
    assert check_text(automaton, '{"b":true,"a":true}') is not None


EQUAL = {"not": {"uniqueItems": True}}


@pytest.mark.parametrize(
    "schema",
    [
        EQUAL,
        {**EQUAL, "type": "array", "items": {"const": 1}, "maxItems": 5},
        {**EQUAL, "contains": {"const": 2}, "minContains": 2},
        {**EQUAL, "prefixItems": [{"const": 1}, {"const": 2}]},
        {"if": {"items": {"type": "integer"}, "uniqueItems": True}, "then": {"maxItems": 2}, "else": {"minItems": 2}},
    ],
)
def test_whatever_follows_two_equal_items(schema: Any) -> None:
    automaton, validator = compile_json_schema(schema, VOCABULARY), Draft202012Validator(schema)
    for length in range(7):
        for items in product([1, 2], repeat=length):
            text = json.dumps(list(items))
            assert (check_text(automaton, text) is None) == validator.is_valid(list(items)), text


@pytest.mark.parametrize(
    "item",
    [
        {"type": "string", "maxLength": 0},
        {"type": "string", "maxLength": 0, "pattern": "^a*$"},
        {"type": "number", "minimum": 1.5, "maximum": 1.5},
        {"type": "integer", "minimum": 1, "maximum": 1},
    ],
)
def test_items_of_one_value_fit_once(item: Any) -> None:
    with pytest.raises(UnsatisfiableError):
        compile_json_schema({"type": "array", "items": item, "uniqueItems": True, "minItems": 2}, VOCABULARY)
    ahead = {"type": "array", "prefixItems": [{}, {}], "items": item, "uniqueItems": True, "minItems": 3}
    automaton = compile_json_schema(ahead, VOCABULARY)
    assert Draft202012Validator(ahead).is_valid(json.loads(automaton.shortest_text(automaton.start)))


@pytest.mark.parametrize("before", [b"[0", b"[2", b"[0,", b"["])
def test_items_that_are_counted_are_told_from_others(before: bytes) -> None:
    automaton = compile_json_schema({"uniqueItems": True, "contains": {"const": 1}}, VOCABULARY)
    text = before + automaton.shortest_text(automaton.advance_bytes(automaton.start, before))
    assert 1 in json.loads(text)


def test_unique_integers_of_draft_4_have_no_fraction() -> None:
    items = {"type": "integer", "minimum": 1, "maximum": 4}
    automaton = compile_json_schema({"type": "array", "items": items, "uniqueItems": True}, VOCABULARY, draft="draft4")
    assert check_text(automaton, "[2,4]") is None
    assert check_text(automaton, "[2.0]") is not None


@pytest.mark.parametrize(
    "more",
    [
        {"prefixItems": [False]},
        {"prefixItems": [True, False]},
        {"contains": {"enum": []}},
        {"contains": {"type": "null"}, "items": {"type": "integer"}},
        {"maxItems": 1},
    ],
)
def test_too_few_items_can_not_be_equal(more: Any) -> None:
    with pytest.raises(UnsatisfiableError):
        compile_json_schema({"type": "array", **EQUAL, **more}, VOCABULARY)
