"""Arrays whose items differ, or two of which are equal: wherever a text has come to, it can go on."""

from __future__ import annotations

import json
import random
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from constrain.checking import byte_vocabulary, check_text
from constrain.compile import compile_json_schema
from grammars.errors import LimitError, UnsatisfiableError
from tests.byte_walks import allowed_bytes, exact, walk

VOCABULARY = byte_vocabulary()
VALUES: list[Any] = [1, 2, 3, "a", "b", True, None, [1], {}]

ITEMS = st.one_of(
    st.just({}),
    st.sampled_from(VALUES).map(lambda value: {"const": value}),
    st.lists(st.sampled_from(VALUES), min_size=2, max_size=2, unique_by=json.dumps).map(lambda few: {"enum": few}),
    st.sampled_from(["string", "integer", "boolean", "null"]).map(lambda name: {"type": name}),
    st.sampled_from([{"type": "number", "minimum": 2}, {"not": {"const": 1}}, {"type": "string", "maxLength": 1}]),
    st.just({"type": "array", "maxItems": 1, "items": {"enum": [1, 2]}}),
    st.just(False),
)
SIZES = st.integers(0, 4)
EQUAL = st.fixed_dictionaries(
    {"type": st.just("array"), "not": st.just({"uniqueItems": True})},
    optional={
        "prefixItems": st.lists(ITEMS, min_size=1, max_size=4),
        "items": ITEMS,
        "contains": ITEMS,
        "minContains": SIZES,
        "maxContains": SIZES,
        "minItems": SIZES,
        "maxItems": st.integers(1, 5),
    },
)
ARRAYS = st.lists(st.lists(st.sampled_from(VALUES), max_size=5), min_size=5, max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(schema=EQUAL, arrays=ARRAYS, seed=SIZES)
def test_two_equal_items_can_always_come(schema: Any, arrays: list[list[Any]], seed: int) -> None:
    validator = Draft202012Validator(schema)
    arrays += [[*array, array[0]] for array in arrays if array]
    try:
        automaton = compile_json_schema(schema, VOCABULARY, whitespace="compact")
    except UnsatisfiableError:
        short = (list(array) for length in range(4) for array in product(VALUES, repeat=length))
        assert not any(map(validator.is_valid, [*short, *arrays]))
        return
    for array in arrays:
        valid = check_text(automaton, json.dumps(array, separators=(",", ":"))) is None
        assert valid == validator.is_valid(array), array
    for turn in range(4):
        text = walk(automaton, random.Random(5 * seed + turn), 30)
        assert validator.is_valid(json.loads(text, parse_float=exact)), text


NONE_EQUAL = {"type": "array", "not": {"uniqueItems": True}}


@pytest.mark.parametrize(
    ("more", "begun", "allowed"),
    [  # 0.2e1 is 2
        ({"maxItems": 2, "contains": {"const": 2}}, b"[", b"02"),
        ({"prefixItems": [{}, {"const": "a"}], "maxItems": 2}, b"[", b'"'),
        ({"prefixItems": [{}, {"const": "a"}], "maxItems": 3}, b"[", b'"-0123456789[{tfn'),
        ({"prefixItems": [{}, {"const": "a"}, {"const": 3}], "items": False}, b"[", b'"03'),
        ({"prefixItems": [{}, {"const": "a"}, {"const": 3}], "items": False, "maxItems": 2}, b"[", b'"'),
        ({"prefixItems": [{"type": "integer"}, {"type": "string"}], "maxItems": 3}, b'[7,"x",', b'07"'),
    ],
)
def test_an_item_has_a_value_that_can_come_again(more: Any, begun: bytes, allowed: bytes) -> None:
    automaton = compile_json_schema({**NONE_EQUAL, **more}, VOCABULARY, whitespace="compact")
    state = automaton.advance_bytes(automaton.start, begun)
    assert set(allowed_bytes(automaton, state)) == set(allowed)


def test_pairs_among_too_many_places_are_refused() -> None:
    places = [{"const": i} for i in range(200)]
    with pytest.raises(LimitError) as caught:
        compile_json_schema({**NONE_EQUAL, "prefixItems": places, "items": False}, VOCABULARY)
    assert caught.value.limit == "pairs"
    compile_json_schema({**NONE_EQUAL, "prefixItems": places}, VOCABULARY)


def many(count: int) -> dict[str, Any]:
    """So many integers, too many to be told apart one by one."""
    return {"type": "integer", "minimum": 1, "maximum": count}


ODD = {"type": "integer", "minimum": 0, "exclusiveMaximum": 160, "not": {"multipleOf": 2}}
"""80 of them."""


@pytest.mark.parametrize(
    ("prefix", "items", "most"),
    [
        ([{}, {}], many(65), 67),
        ([{"type": "string"}], many(70), 71),
        ([many(70), {}], many(70), 71),
        ([many(90), many(90), {"type": "integer"}], many(70), 73),
        ([{"enum": [1, 2, "a"]}, {"enum": [1, 2]}], many(70), 71),
        ([{}], ODD, 81),
        ([], {**many(70), "not": {"enum": [3, 500]}}, 69),
    ],
)
def test_first_items_leave_enough_values_for_the_others(prefix: list[Any], items: Any, most: int) -> None:
    schema = {"type": "array", "prefixItems": prefix, "items": items, "uniqueItems": True}
    with pytest.raises(UnsatisfiableError):
        compile_json_schema({**schema, "minItems": most + 1}, VOCABULARY)
    automaton = compile_json_schema({**schema, "minItems": most}, VOCABULARY, whitespace="compact")
    validator = Draft202012Validator({**schema, "minItems": most})
    for seed in range(4):
        text = walk(automaton, random.Random(seed))
        assert validator.is_valid(json.loads(text, parse_float=exact)), text


@pytest.mark.parametrize(
    ("more", "limit", "most"),
    [
        ({"contains": many(65)}, "minContains", 65),
        ({"prefixItems": [many(70), {}], "contains": many(70)}, "minContains", 70),
        ({"prefixItems": [{}, {}], "items": many(70), "contains": many(90)}, "minContains", 72),
        ({"items": many(100), "contains": many(35), "maxContains": 3}, "minItems", 68),
        ({"prefixItems": [{}], "items": many(70), "contains": {"type": "integer"}, "maxContains": 30}, "minItems", 31),
    ],
)
def test_items_leave_enough_values_for_those_that_are_counted(more: Any, limit: str, most: int) -> None:
    schema = {"type": "array", "uniqueItems": True, **more}
    with pytest.raises(UnsatisfiableError):
        compile_json_schema({**schema, limit: most + 1}, VOCABULARY)
    automaton = compile_json_schema({**schema, limit: most}, VOCABULARY, whitespace="compact")
    text = walk(automaton, random.Random(0))
    assert Draft202012Validator({**schema, limit: most}).is_valid(json.loads(text, parse_float=exact)), text


WORDS = ["", "a", "ab", "é", 'x"\\', "b"]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, unique=True),
    sizes=st.fixed_dictionaries({}, optional={"minItems": SIZES, "maxItems": SIZES, "maxLength": st.integers(0, 1)}),
    arrays=st.lists(st.lists(st.sampled_from(WORDS), max_size=4), min_size=10, max_size=20),
    order=st.sampled_from(["any", "schema"]),
)
def test_each_of_some_texts_comes_once(words: list[str], sizes: Any, arrays: list[list[str]], order: str) -> None:
    bounds = {name: sizes.pop(name) for name in ("maxLength",) if name in sizes}
    schema = {"type": "array", "items": {"enum": words, **bounds}, "uniqueItems": True, **sizes}
    validator = Draft202012Validator(schema)
    try:
        automaton = compile_json_schema(schema, VOCABULARY, property_order=order)
    except UnsatisfiableError:
        assert not any(map(validator.is_valid, arrays))
        return
    for array in arrays:
        for text in (json.dumps(array), json.dumps(array, ensure_ascii=False)):
            assert (check_text(automaton, text) is None) == validator.is_valid(array), text
    for seed in range(3):
        assert validator.is_valid(json.loads(walk(automaton, random.Random(seed))))


def test_what_may_come_of_texts_that_differ_is_said() -> None:
    automaton = compile_json_schema(
        {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True}, VOCABULARY
    )
    assert 'one of the texts "a" or "c"' in str(check_text(automaton, '["b", "b"]'))
