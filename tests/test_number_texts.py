"""The spellings of numbers that are taken out, against Python's decimals and the automata of single numbers."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constrain.checking import byte_vocabulary
from constrain.compile import compile_json_schema
from grammars import dfa_ops
from grammars.errors import LimitError
from grammars.json_schema.numerals import number_lexeme_of
from grammars.json_schema.shapes import Bound, NumberShape
from grammars.number_texts import MOST_TEXTS, common_spellings, texts_of
from grammars.numbers import number_value_dfa
from tests.byte_walks import walk

PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?|-?(0(\.0+)?|[1-9](\.[0-9]+)?)[eE][+-]?[0-9]{1,3}")
SHORT = st.decimals(-200, 200, places=0) | st.decimals(-3, 3, places=2) | st.integers(-9, 9).map(Decimal)
LONG = st.floats(allow_nan=False, allow_infinity=False).map(repr).map(Decimal)
SCALED = st.builds(lambda digits, power: Decimal(f"{digits}e{power}"), st.integers(-99, 99), st.integers(-12, 12))
SPELLINGS = st.from_regex(r"\A-?(0|[1-9][0-9]?)(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?\Z")


@given(values=st.frozensets(SHORT | SCALED, max_size=20), text=SPELLINGS)
def test_a_spelling_is_known_by_what_it_means(values: frozenset[Decimal], text: str) -> None:
    known = PLAIN.fullmatch(text) is not None
    assert (common_spellings().matches(text) >= 0) == known
    for spelled in (text, *map(str, values)):
        if PLAIN.fullmatch(spelled):
            assert (texts_of(values).matches(spelled) >= 0) == (Decimal(spelled) in values), spelled


def test_no_numbers_have_no_spelling() -> None:
    assert texts_of([]).is_empty
    shape = NumberShape(values=frozenset({Decimal(1), Decimal(2)}), low=Bound(Decimal(5)))
    assert number_lexeme_of(shape) is None


@pytest.mark.parametrize("wrap", [lambda inner: inner, lambda inner: {"type": "array", "items": inner, "minItems": 1}])
def test_enumerated_numbers_out_of_bounds_leave_the_texts(wrap: Any) -> None:
    automaton = compile_json_schema(wrap({"enum": [1, 2, "abc"], "minimum": 5}), byte_vocabulary())
    assert automaton.shortest_text(automaton.start).strip(b"[]") == b'"abc"'
    assert walk(automaton, random.Random(0)).strip(b"[]")[:1] == b'"'


@given(st.frozensets(SHORT | SCALED | LONG, min_size=1, max_size=6))
def test_all_numbers_together_are_each_by_itself(values: frozenset[Decimal]) -> None:
    each = dfa_ops.union(*map(number_value_dfa, values))
    together = texts_of(values)
    assert dfa_ops.intersect(common_spellings(), together) == dfa_ops.intersect(common_spellings(), each)
    assert dfa_ops.difference(together, common_spellings()).is_empty


@pytest.mark.parametrize("value", ["1e2000000", "-1e-2000000", "7" * (MOST_TEXTS + 1)])
def test_a_number_of_too_many_digits_is_refused(value: str) -> None:
    with pytest.raises(LimitError) as caught:
        texts_of([Decimal(value)])
    assert caught.value.limit == "states"
