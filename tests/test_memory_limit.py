"""A memory limit that cannot work is refused when a schema is compiled, with the least that does."""

from __future__ import annotations

from typing import Any

import pytest

from constrain.checking import byte_vocabulary, check_text
from constrain.compile import compile_choice, compile_json_schema, compile_lark, compile_regex
from grammars.errors import LimitError

VOCABULARY = byte_vocabulary()
COMPILED: list[Any] = [
    (lambda limit: compile_json_schema({"enum": ["a", 1]}, VOCABULARY, memory_limit=limit), "1"),
    (lambda limit: compile_regex("a+b", VOCABULARY, memory_limit=limit), "aab"),
    (lambda limit: compile_choice(["a", "b"], VOCABULARY, memory_limit=limit), "b"),
    (lambda limit: compile_lark('start: "a"+', VOCABULARY, memory_limit=limit), "aa"),
]


@pytest.mark.parametrize(("compiled", "text"), COMPILED)
@pytest.mark.parametrize("limit", [-1, 0, 1, 80_000])
def test_the_least_limit_is_named_and_works(compiled: Any, text: str, limit: int) -> None:
    with pytest.raises(LimitError, match="give at least") as caught:
        compiled(limit)
    least = caught.value.given
    assert f"at least {least} bytes" in str(caught.value)
    with pytest.raises(LimitError):
        compiled(least - 1)
    automaton = compiled(least)
    assert check_text(automaton, text) is None
    assert automaton.mask(automaton.start).any()
    assert automaton.shortest_text(automaton.start)


@pytest.mark.parametrize("limit", [None, "1 GB", 1e9])
def test_limits_are_whole_numbers(limit: Any) -> None:
    with pytest.raises(TypeError, match="memory_limit is a whole number"):
        compile_regex("a", VOCABULARY, memory_limit=limit)
    with pytest.raises(TypeError, match="row_limit is a whole number"):
        compile_regex("a", VOCABULARY, row_limit=limit)
