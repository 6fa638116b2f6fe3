"""The engine against `re`, `lark` and `jsonschema`, on generated inputs."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from constrain import DEAD, Automaton, compile_json_schema, compile_lark, compile_regex
from grammars.errors import GrammarError
from jsonschema_bench.oracle import make_oracle
from tests import lark_grammars
from tests.engine_laws import vocabulary
from tests.json_texts import changed, written
from tests.patterns import PATTERNS, TEXTS


def accepts(automaton: Automaton, text: str) -> bool:
    """Whether a text leads to a state in which it may end."""
    state = automaton.advance_bytes(automaton.start, text.encode())
    return state != DEAD and automaton.is_accepting(state)


def compiled(pattern: str) -> Automaton | None:
    """The automaton of a pattern; None where the error says that there is no text."""
    try:
        return compile_regex(pattern, vocabulary(), flavour="python")
    except GrammarError as error:
        if "no text" not in error.what:
            raise
        return None


def fixed(examples: int) -> settings:
    """The same examples in every run."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )


def test_three_thousand_pairs_of_pattern_and_text() -> None:
    judged = {True: 0, False: 0}

    @fixed(600)
    @given(PATTERNS, TEXTS)
    def compare(pattern: str, texts: list[str]) -> None:
        oracle = re.compile(pattern)
        expected = {text: oracle.fullmatch(text) is not None for text in (*texts, "", "a", "ab", "b1")}
        automaton = compiled(pattern)
        for text, matches in expected.items():
            assert (automaton is not None and accepts(automaton, text)) == matches, (pattern, text)
            judged[matches] += 1

    compare()
    assert sum(judged.values()) >= 3000
    assert min(judged.values()) >= 200


def engine_of(grammar: str) -> Callable[[str], bool]:
    automaton = compile_lark(grammar, vocabulary())
    return lambda text: accepts(automaton, text)


def test_thousand_pairs_of_grammar_and_text() -> None:
    found = lark_grammars.judged(engine_of)
    assert sum(found.values()) >= 1000
    assert min(found.values()) >= 200


ADDRESS = {
    "type": "object",
    "properties": {"street": {"type": "string"}, "zip": {"type": "string", "pattern": "^[0-9]{5}(-[0-9]{4})?$"}},
    "required": ["zip"],
    "additionalProperties": False,
}
INSTANCES: list[tuple[Any, list[Any]]] = [
    (
        {
            "type": "object",
            "properties": {
                "id": {"type": "integer", "minimum": 1},
                "name": {"type": "string", "minLength": 2, "maxLength": 8},
                "addresses": {"type": "array", "items": ADDRESS, "maxItems": 3},
                "score": {"type": ["number", "null"], "exclusiveMaximum": 100},
            },
            "required": ["id", "name"],
        },
        [
            {"id": 7, "name": "éa😀", "addresses": [{"zip": "12345"}, {"street": "a/b", "zip": "12345-6789"}]},
            {"score": 99.5, "name": 'q"\\', "id": 10, "more": {"x": [True]}},
        ],
    ),
    (
        {
            "anyOf": [
                {"properties": {"kind": {"const": "a"}, "size": {"type": "integer"}}, "required": ["kind"]},
                {"properties": {"kind": {"enum": ["b", "é"]}, "size": {"type": "string"}}, "required": ["size"]},
                {"type": "array", "prefixItems": [{"type": "boolean"}], "items": {"type": "number", "maximum": 1.5}},
            ],
        },
        [{"kind": "a", "size": 3}, {"kind": "b", "size": "x"}, [True, 1, 1.5, -20], {"size": "", "z": None}],
    ),
    (
        {
            "$defs": {"n": {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}, "v": {"maximum": 9}}}},
            "$ref": "#/$defs/n",
            "minProperties": 1,
        },
        [{"next": {"next": {"v": 9}}}, {"v": -3.25}, {"v": "text", "next": {}}],
    ),
    (
        {"type": "object", "patternProperties": {"^x-": {"type": "integer"}}, "properties": {"x-a": {"minimum": 0}}},
        [{"x-a": 1, "x-b": -1, "y": "z"}, {"": [], "x-": 0}],
    ),
    ({"enum": [1, "a", None, {"a": [1.5, "é"], "b": {}}, 100]}, [1, "a", None, {"b": {}, "a": [1.5, "é"]}, 100]),
]


@pytest.mark.parametrize("index", range(len(INSTANCES)))
def test_spellings_and_changes_of_instances(index: int) -> None:
    schema, values = INSTANCES[index]
    oracle, rng = make_oracle(schema), random.Random(index)
    automaton = compile_json_schema(schema, vocabulary(), property_order="any")
    judged = {True: 0, False: 0}
    for value in values:
        assert accepts(automaton, json.dumps(value))
        for turn in range(300):
            kept = value if turn % 3 == 0 else changed(value, rng, 0.1)
            text = written(kept, rng, spaced=rng.random() < 0.3)
            expected = oracle(text) is None
            assert accepts(automaton, text) == expected, text
            judged[expected] += 1
    assert min(judged.values()) >= 50
