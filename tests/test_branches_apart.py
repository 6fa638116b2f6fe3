"""Alternatives that exclude each other: what is apart is left alone, and the meaning stays that of `jsonschema`."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from constrain.checking import byte_vocabulary, check_text
from constrain.compile import compile_json_schema
from grammars.errors import LimitError, UnsatisfiableError
from grammars.json_schema import JsonSchemaGrammar, keywords_logic
from grammars.json_schema.normal_form import MAX_SHAPES, OBJECT, in_common, only
from grammars.json_schema.objects import ObjectShape, has, lacks

Json = Any
VOCABULARY = byte_vocabulary()
TOLD: list[Json] = [{}, {"k": "x"}, {"k": "y"}, {"k": 1}]
OTHERS: list[Json] = [{}, {"a": 1}, {"a": "x"}, {"b": 1}, {"a": 1, "b": 1}]
VALUES: list[Json] = [None, "x", 1, *({**told, **other} for told, other in product(TOLD, OTHERS))]
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "k": st.sampled_from([{"const": "x"}, {"const": "y"}, {"enum": ["x", "y"]}, {"type": "string"}]),
        "a": st.sampled_from([{"type": "integer"}, {"type": "string"}, False]),
        "b": st.sampled_from([True, False]),
    },
)
OBJECTS = st.builds(
    lambda properties, required: {"type": "object", "properties": properties, "required": required},
    PARTS,
    st.lists(st.sampled_from("kab"), max_size=2, unique=True),
)
BRANCHES = st.one_of(
    OBJECTS, st.sampled_from([{"type": "string"}, {"type": ["null", "integer"]}, True]),
    st.lists(OBJECTS, min_size=2, max_size=3).map(lambda several: {"anyOf": several}),
)  # fmt: skip


@pytest.mark.parametrize("most", [0, keywords_logic.MAX_PAIRS, 1000])
def test_one_of_means_what_it_says_however_far_is_looked(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keywords_logic, "MAX_PAIRS", most)

    @settings(max_examples=60, deadline=None)
    @given(st.lists(BRANCHES, min_size=2, max_size=3))
    def compare(branches: list[Any]) -> None:
        schema = {"oneOf": branches}
        valid = [value for value in VALUES if Draft202012Validator(schema).is_valid(value)]
        try:
            automaton = compile_json_schema(schema, VOCABULARY, property_order="any")
        except UnsatisfiableError:
            assert not valid
            return
        assert [value for value in VALUES if check_text(automaton, json.dumps(value)) is None] == valid

    compare()


def kinds(*names: str) -> dict[str, Any]:
    """Objects of several kinds, each with a member of its own."""
    return {
        "anyOf": [
            {"properties": {"k": {"const": name}, name: {"type": "null"}}, "required": ["k", name]} for name in names
        ]
    }


def shapes_of(schema: Any) -> tuple[ObjectShape, ...]:
    """The alternatives of objects that a schema is read as."""
    interpreter = JsonSchemaGrammar({"type": "object", **schema}).interpreter
    return interpreter.normal(interpreter.locator.root, True).objects


def test_what_is_apart_is_left_alone() -> None:
    assert len(shapes_of({"oneOf": [kinds("a", "b", "c"), kinds("d", "e", "f")]})) == 6
    # What both have is in neither; that no value is left of it is not seen here.
    assert len(shapes_of({"oneOf": [kinds("a", "b", "c"), kinds("c", "d", "e")]})) == 5


def test_shapes_in_common_are_those_of_pairs_that_are_not_apart() -> None:
    first = only(OBJECT, *shapes_of(kinds("a", "b")))
    second = only(OBJECT, *shapes_of(kinds("b", "c")))
    (shape,) = in_common(first, second)
    assert isinstance(shape, ObjectShape)
    assert shape.names() == ["k", "b"]
    assert list(in_common(first, only(OBJECT, *shapes_of(kinds("c"))))) == []


def test_very_many_shapes_in_common_are_a_limit() -> None:
    many = 65
    assert many * many > MAX_SHAPES
    needed = [has(f"a{i}", ()) for i in range(many)]
    equal = only(OBJECT, *needed)
    assert set(in_common(equal, only(OBJECT, *reversed(needed)))) == set(needed)
    with pytest.raises(LimitError) as caught:
        list(in_common(equal, only(OBJECT, *(lacks(f"b{i}") for i in range(many)))))
    assert (caught.value.limit, caught.value.given) == ("shapes", many * many)
