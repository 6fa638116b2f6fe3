"""Schemas that would blow up are read in a bounded number of steps, or meet a limit that says where and how much."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from grammars.errors import LimitError
from grammars.json_schema import JsonSchemaGrammar
from grammars.json_schema.survey import calls
from tests.blow_ups import FINE, REFUSED

MAX_CALLS = 4_000_000
MAX_RULES = 30


class TooManyStepsError(Exception):
    """A schema took more calls of functions than it should."""


@contextmanager
def bounded_calls(allowed: int) -> Iterator[None]:
    """Raises when more functions are called than allowed: a count that, unlike the time, is the same everywhere."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"
        if calls > allowed:
            raise TooManyStepsError

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


def expand_some(schema: Any) -> int:
    """Makes a grammar and the rules nearest to its start, whose expressions others can hash; returns their number."""
    grammar = JsonSchemaGrammar(schema)
    rules, seen = deque([grammar.start]), {grammar.start}
    while rules and len(seen) < MAX_RULES:
        expression = grammar.expand(rules.popleft())
        hash(expression)
        fresh = [rule for rule in calls(expression) if rule not in seen]
        seen.update(fresh)
        rules.extend(fresh)
    return len(seen)


@pytest.mark.parametrize("name", FINE)
def test_what_is_no_blow_up_is_read(name: str) -> None:
    with bounded_calls(MAX_CALLS):
        assert expand_some(FINE[name]) >= 1


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_much_meets_a_limit(name: str) -> None:
    schema, limit, where = REFUSED[name]
    with bounded_calls(MAX_CALLS), pytest.raises(LimitError) as caught:
        expand_some(schema)
    assert (caught.value.limit, caught.value.where) == (limit, where)
    assert caught.value.given > caught.value.allowed > 0
