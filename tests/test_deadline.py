"""A deadline ends what takes too long, when a schema is compiled and when a text comes to a part that was not read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from time import monotonic
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from constrain import LimitError, compile_json_schema, describe
from constrain.automaton import Automaton
from constrain.checking import byte_vocabulary, check_text
from grammars.deadline import check, within
from grammars.errors import UnsupportedError
from grammars.json_schema import JsonSchemaGrammar
from grammars.json_schema.counted import Tail, is_live
from grammars.json_schema.nodes import Rule
from grammars.json_schema.relax import is_beyond
from grammars.json_schema.shapes import ArrayShape
from grammars.json_schema.unique import Unique

SHORT = 0.02
SLACK = 2.0
"""How much longer than it may a call takes on a busy machine."""

_letters: Iterator[tuple[str, ...]] = product("abcdefghijklmnop", repeat=2)


def late() -> str:
    """A pattern whose automaton takes about a second, of letters that no other has: automata are kept."""
    one, other = next(pair for pair in _letters if pair[0] < pair[1])
    return f"^[{one}{other}]*{one}[{one}{other}]{{13}}$"


def schemas() -> dict[str, Any]:
    choices = [{"anyOf": [{"properties": {f"p{i}_{j}": {"minimum": j}}} for j in range(4)]} for i in range(6)]
    return {
        "states": {"type": "string", "pattern": late()},
        "negated": {"type": "string", "not": {"pattern": late()}},
        "key": {"type": "object", "minProperties": 1, "propertyNames": {"pattern": late()}},
        "alternatives": {"allOf": choices},
        "one of": {"oneOf": [{"properties": {f"a{i}": {"type": "null"}}, "required": [f"b{i}"]} for i in range(25)]},
        "unevaluated": {"anyOf": [{"properties": {f"a{i}": True}} for i in range(9)], "unevaluatedProperties": False},
    }


@pytest.mark.parametrize("name", schemas())
def test_compiling_ends(name: str) -> None:
    start = monotonic()
    with pytest.raises(LimitError) as caught:
        compile_json_schema(schemas()[name], byte_vocabulary(), deadline=SHORT)
    assert monotonic() - start < SHORT + SLACK
    assert caught.value.limit == "seconds"
    assert caught.value.allowed == SHORT
    assert caught.value.given >= SHORT
    assert caught.value.where.startswith("#")


def test_what_is_read_later_has_the_same_time() -> None:
    schema = {"properties": {"a": {"properties": {"b": {"type": "string", "pattern": late()}}}, "c": {"type": "null"}}}
    automaton = compile_json_schema(schema, byte_vocabulary(), deadline=SHORT)
    for _ in range(2):
        with pytest.raises(LimitError, match="limit seconds") as caught:
            check_text(automaton, '{"a": {"b": "x')
        assert caught.value.where == "#/properties/a/properties/b"
    # what else the schema says is still there
    assert check_text(automaton, '{"c": null}') is None
    assert check_text(automaton, '{"c": 1}') is not None


def test_what_was_found_out_halfway_is_not_taken_for_the_truth() -> None:
    items = {"anyOf": [{"enum": list(range(9))}, {"type": "string", "pattern": "^[xy]{1,3}$"}]}
    array = {"type": "array", "minItems": 3, "uniqueItems": True, "items": items, "contains": {"type": "string"}}
    schema = {"properties": {"a": array | {"maxContains": 2}}}
    grammar = JsonSchemaGrammar(schema, deadline=60)
    automaton = Automaton(grammar, byte_vocabulary())
    interrupted = 0
    texts = [
        '[1, "x", 2]',
        '["x", "y", 1]',
        '["x", "y", "xy"]',
        '["x", 1, 1]',
        "[1, 2, 3]",
        '["x", 1]',
        '["x", "x", 3]',
    ]
    for text in texts:
        valid = Draft202012Validator(schema).is_valid({"a": json.loads(text)})
        for attempt in range(200):
            grammar._deadline = 1e-6 * 1.2**attempt
            try:
                found = check_text(automaton, f'{{"a": {text}}}') is None
            except LimitError:
                interrupted += 1
            else:
                break
        assert found == valid, text
    assert interrupted > 10


def test_an_array_that_was_interrupted_is_looked_at_again() -> None:
    def too_late(_rule: Rule) -> bool:
        raise LimitError("late", limit="seconds")

    shape = ArrayShape(low=1)
    known: dict[Tail, bool] = {}
    with pytest.raises(LimitError):
        is_live(Tail.start(shape), too_late, known)
    assert is_live(Tail.start(shape), lambda _: True, known)
    unique = Unique(JsonSchemaGrammar(True).interpreter)
    tail = Tail.start(ArrayShape(low=1, unique=(True, "#")))
    with pytest.raises(LimitError):
        unique.is_live(tail, too_late)
    assert unique.is_live(tail, lambda _: True)


def test_enough_time_changes_nothing() -> None:
    schema = {"properties": {"a": {"type": "string", "pattern": "^a+$"}}}
    automaton = compile_json_schema(schema, byte_vocabulary(), deadline=60)
    assert check_text(automaton, '{"a": "aa"}') is None
    assert check_text(automaton, '{"a": "ab"}') is not None


@pytest.mark.parametrize("approximate", [False, True])
@pytest.mark.parametrize("name", schemas())
def test_a_report_ends(name: str, approximate: bool) -> None:
    with pytest.raises(LimitError, match="limit seconds"):
        describe({"properties": {"a": schemas()[name]}}, approximate=approximate, deadline=SHORT)


def test_a_report_ends_among_many_parts() -> None:
    parts = {f"p{i}": {"type": "string", "minLength": i, "pattern": f"^{i}"} for i in range(400)}
    with pytest.raises(LimitError, match="limit seconds"):
        describe({"properties": parts}, deadline=SHORT)
    assert describe({"properties": {"a": {"minLength": 1}}}, deadline=60).is_complete


def test_too_little_time_is_nothing_to_approximate() -> None:
    with pytest.raises(LimitError, match="limit seconds"):
        compile_json_schema({"pattern": late()}, byte_vocabulary(), approximate=True, deadline=SHORT)
    assert not is_beyond(LimitError("late", limit="seconds"))
    assert is_beyond(LimitError("large", limit="states"))
    assert is_beyond(UnsupportedError("unknown"))


@pytest.mark.parametrize("deadline", [0, -1, float("nan"), float("inf")])
def test_a_deadline_is_a_length_of_time(deadline: float) -> None:
    with pytest.raises(ValueError, match="more than 0 seconds"):
        compile_json_schema(True, byte_vocabulary(), deadline=deadline)
    for wrong in ("1", True):
        with pytest.raises(TypeError, match="number of seconds"):
            describe(True, deadline=wrong)  # type: ignore[arg-type]  # the error is tested
        with pytest.raises(TypeError, match="number of seconds"):
            compile_json_schema(True, byte_vocabulary(), deadline=wrong)  # type: ignore[arg-type]  # the error is tested


def test_an_inner_end_is_never_later_than_an_outer_one() -> None:
    check()
    with within(1e-9):
        with within(60), pytest.raises(LimitError):
            check()
        with within(None), pytest.raises(LimitError):
            check()
    check()
    with within(60):
        with within(1e-9), pytest.raises(LimitError):
            check()
        check()
