"""Large schemas are no blow-ups: what is not touched costs nothing, and alternatives are told apart."""

from __future__ import annotations

from typing import Any

import pytest

from constrain.checking import byte_vocabulary, check_text
from constrain.compile import compile_json_schema
from grammars.errors import LimitError
from grammars.ir import Choice, Expr, Lex, Members, Seq
from grammars.json_schema import JsonSchemaGrammar


def objects_in(expr: Expr) -> list[Members]:
    """Every description of members within an expression."""
    match expr:
        case Members():
            return [expr]
        case Seq(parts) | Choice(parts):
            return [found for part in parts for found in objects_in(part)]
        case _:
            return []


def start_of(schema: Any, **options: Any) -> list[Members]:
    grammar = JsonSchemaGrammar(schema, **options)
    return objects_in(grammar.expand(grammar.start))


def test_branches_of_one_of_with_a_kind_stay_as_many_as_they_are() -> None:
    kinds = [{"properties": {"kind": {"const": f"k{i}"}, "x": {"type": "integer"}}} for i in range(64)]
    found = start_of({"type": "object", "required": ["kind"], "oneOf": kinds})
    assert [members.names for members in found] == [("kind", "x")] * 64


def test_a_list_of_cases_stays_a_list_of_cases() -> None:
    cases = [
        {"if": {"properties": {"kind": {"const": f"k{i}"}}}, "then": {"properties": {f"x{i}": {"type": "null"}}}}
        for i in range(24)
    ]
    kinds = {"enum": [f"k{i}" for i in range(24)]}
    schema = {"type": "object", "properties": {"kind": kinds}, "required": ["kind"], "allOf": cases}
    assert len(start_of(schema)) <= 24


@pytest.mark.parametrize("order", ["schema", "any"])
def test_a_thousand_properties(order: str) -> None:
    names = [f"p{i}" for i in range(1000)]
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": names[::2]}
    (members,) = start_of(schema, property_order=order)
    assert len(members.names) == 1000
    assert len(members.required) == 500


def test_ten_thousand_words() -> None:
    grammar = JsonSchemaGrammar({"enum": [f"word {i}" for i in range(10_000)]})
    assert isinstance(grammar.expand(grammar.start), Lex)


def test_nested_all_of() -> None:
    schema: Any = {"type": "string"}
    for i in range(60):
        schema = {"allOf": [schema, {"maxLength": 100 + i}]}
    grammar = JsonSchemaGrammar(schema)
    assert isinstance(grammar.expand(grammar.start), Lex)


def test_required_members_within_required_members() -> None:
    schema: Any = {"type": "string"}
    for _ in range(400):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    assert start_of(schema)[0].required == frozenset({0})


def test_equal_subschemas_meet_in_one_rule() -> None:
    schema = {"properties": {"a": {"type": "string", "title": "A"}, "b": {"title": "B", "type": "string"}}}
    (members,) = start_of(schema)
    assert members.values[0] == members.values[1]


def test_names_without_a_value_are_left_out_and_kept_from_the_others() -> None:
    (members,) = start_of({"type": "object", "properties": {"a": False, "b": True}})
    assert members.names == ("b",)
    (extra,) = members.extras
    assert extra.key.without == {"a", "b"}


@pytest.mark.parametrize("keyword", ["maxLength", "maxItems", "maxProperties"])
def test_sizes_that_nothing_reaches_bound_nothing(keyword: str) -> None:
    automaton = compile_json_schema({keyword: 10**19}, byte_vocabulary())
    assert all(check_text(automaton, text) is None for text in ('"a"', "[1]", '{"a": 1}'))
    compile_json_schema({"contains": {"const": 1}, "maxContains": 10**400}, byte_vocabulary())


@pytest.mark.parametrize("keyword", ["minLength", "minItems", "minProperties"])
def test_sizes_that_nothing_reaches_are_refused(keyword: str) -> None:
    with pytest.raises(LimitError) as caught:
        compile_json_schema({keyword: 10**19}, byte_vocabulary())
    assert (caught.value.limit, caught.value.where) == ("size", f"#/{keyword}")
