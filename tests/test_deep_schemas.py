"""Schemas far deeper than Python's stack: what they need is found, or found to be missing, without a limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from constrain.checking import byte_vocabulary
from constrain.compile import compile_json_schema
from grammars.errors import UnsatisfiableError

Json = Any
DEPTH = 1500
VOCABULARY = byte_vocabulary()


def member(inner: Json) -> Json:
    """An object with one required member."""
    return {"type": "object", "required": ["a"], "properties": {"a": inner}}


def some_member(inner: Json) -> Json:
    """An object with a member, of which only one may be there."""
    return {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": {"a": inner, "b": False}}


def item(inner: Json) -> Json:
    """An array with an item."""
    return {"type": "array", "minItems": 1, "items": inner}


def nested(wrap: Callable[[Json], Json], last: Json) -> Json:
    """Schemas inside each other."""
    for _ in range(DEPTH):
        last = wrap(last)
    return last


def chained(wrap: Callable[[Json], Json], last: Json) -> Json:
    """Definitions of which each refers to the next one."""
    definitions = {f"d{i}": wrap({"$ref": f"#/$defs/d{i + 1}"}) for i in range(DEPTH)}
    return {"$ref": "#/$defs/d0", "$defs": {**definitions, f"d{DEPTH}": last}}


def plain(inner: Json) -> Json:
    """Only what is inside."""
    return inner


CASES = [(nested, member, 6), (nested, some_member, 6), (nested, item, 2), (chained, member, 6), (chained, plain, 0)]


@pytest.mark.parametrize(("deepen", "wrap", "length"), CASES)
def test_what_is_needed_deep_inside_is_found(deepen: Any, wrap: Any, length: int) -> None:
    schema = deepen(wrap, {"type": "integer", "minimum": 0, "maximum": 9})
    automaton = compile_json_schema(schema, VOCABULARY, whitespace="compact")
    assert len(automaton.shortest_text(automaton.start)) == length * DEPTH + 1


@pytest.mark.parametrize(("deepen", "wrap"), [case[:2] for case in CASES])
def test_what_is_missing_deep_inside_is_found_out(deepen: Any, wrap: Any) -> None:
    with pytest.raises(UnsatisfiableError):
        compile_json_schema(deepen(wrap, False), VOCABULARY)


@pytest.mark.parametrize("back_to", [0, DEPTH // 2])
def test_members_that_never_end_have_no_value(back_to: int) -> None:
    schema = chained(member, {"$ref": f"#/$defs/d{back_to}"})
    with pytest.raises(UnsatisfiableError):
        compile_json_schema(schema, VOCABULARY)
    schema["$defs"][f"d{DEPTH // 3}"]["properties"]["a"] = {"anyOf": [{"$ref": "#/$defs/d9"}, {"type": "null"}]}
    automaton = compile_json_schema(schema, VOCABULARY)
    assert automaton.shortest_text(automaton.start).count(b"{") == DEPTH // 3 + 1
