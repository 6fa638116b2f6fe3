"""Formats that the caller brings."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constrain import Vocabulary, compile_json_schema
from grammars.dfa import Dfa
from grammars.errors import GrammarError
from grammars.json_schema import JsonSchemaGrammar
from tests.naive import NaiveMatcher

PLATE = r"[A-Z]{1,3}-[1-9]\d{0,3}"
FORMATS: dict[str, str | Dfa] = {"plate": PLATE, "word": "a|b", "date": "someday", "unit": Dfa.of_words(["kg", "mm"])}


def accepts(schema: object, value: object) -> bool:
    grammar = JsonSchemaGrammar(schema, custom_formats=FORMATS)  # type: ignore[arg-type]  # any object
    return NaiveMatcher(grammar).matches(json.dumps(value).encode())


@given(st.from_regex(rf"\A{PLATE}\Z") | st.text("AB-12", max_size=6))
def test_a_pattern_is_matched_from_end_to_end(text: str) -> None:
    expected = re.fullmatch(PLATE, text, re.ASCII) is not None
    assert accepts({"type": "string", "format": "plate"}, text) == expected
    assert accepts({"type": "string", "not": {"format": "plate"}}, text) != expected


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [("word", ["a", "b"], ["ab"]), ("unit", ["kg", "mm"], ["k"]), ("date", ["someday"], ["2024-01-01"])],
)
def test_cases(name: str, good: list[str], bad: list[str]) -> None:
    schema = {"type": "string", "format": name}
    assert [accepts(schema, text) for text in good + bad] == [True] * len(good) + [False] * len(bad)
    assert accepts({"format": name}, 3)


def test_beside_other_keywords() -> None:
    schema = {"type": "string", "format": "plate", "maxLength": 4, "pattern": "^B", "not": {"enum": ["B-1"]}}
    assert [text for text in ("B-2", "B-1", "A-2", "B-222", "BB-2") if accepts(schema, text)] == ["B-2", "BB-2"]


def test_a_length_of_a_known_format_is_not_that_of_its_replacement() -> None:
    grammar = JsonSchemaGrammar({"type": "string", "format": "hostname"}, custom_formats={"hostname": "a+"})
    assert NaiveMatcher(grammar).matches(json.dumps("a" * 300).encode())


def test_an_empty_format_is_a_contradiction() -> None:
    with pytest.raises(GrammarError, match="nothing satisfies"):
        JsonSchemaGrammar({"type": "string", "format": "no"}, custom_formats={"no": Dfa.empty()})


def test_errors_name_the_format() -> None:
    with pytest.raises(GrammarError) as caught:
        JsonSchemaGrammar({}, custom_formats={"bad": "a("})
    assert caught.value.where.startswith("custom_formats['bad']")
    with pytest.raises(ValueError, match="annotate"):
        JsonSchemaGrammar({}, formats="annotate", custom_formats={"a": "b"})


def test_through_token_masks() -> None:
    vocabulary = Vocabulary([b"", b'"', b"A", b"-", b"1", b"0"], eos_token_ids=[0])
    automaton = compile_json_schema({"type": "string", "format": "plate"}, vocabulary, custom_formats=FORMATS)
    state = automaton.start
    for token in (1, 2, 3):
        state = automaton.advance(state, token)
    assert automaton.advance(state, 5) == -1
    assert automaton.is_accepting(automaton.advance_bytes(state, b'1"'))
