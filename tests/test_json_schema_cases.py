"""Single meanings of keywords, options and references."""

from __future__ import annotations

import pytest

from grammars.json_schema import JsonSchemaGrammar
from tests.json_schema_cases import CASES, Case
from tests.naive import NaiveMatcher


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_texts(case: Case) -> None:
    matcher = NaiveMatcher(JsonSchemaGrammar(case.schema, **case.options))
    assert {text: matcher.matches(text.encode()) for text in case.good} == dict.fromkeys(case.good, True)
    assert {text: matcher.matches(text.encode()) for text in case.bad} == dict.fromkeys(case.bad, False)


def test_schema_as_text_keeps_its_decimals() -> None:
    matcher = NaiveMatcher(JsonSchemaGrammar('{"type": "number", "maximum": 0.12345678901234567890123}'))
    assert matcher.matches(b"0.12345678901234567890122")
    assert not matcher.matches(b"0.12345678901234567890124")


def test_only_what_is_touched_is_read() -> None:
    big = {
        "properties": {f"p{i}": {"type": "object", "properties": {f"x{i}": {"$ref": "#/gone"}}} for i in range(1000)}
    }
    grammar = JsonSchemaGrammar({**big, "type": "object"})
    assert grammar.describe(grammar.start) == "a value for #: object"


def test_rules_are_described() -> None:
    grammar = JsonSchemaGrammar({"type": "integer", "minimum": 0})
    assert grammar.describe(grammar.start) == "a value for #: integer, minimum 0"
    assert grammar.describe(JsonSchemaGrammar(True).start) == "any JSON value"
