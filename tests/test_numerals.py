"""Enumerated numbers: what is spelled as one of them is one of them, and every one can be written."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from grammars.json_schema.numerals import _one_of, _runs

NUMBERS = st.one_of(
    st.integers(-12, 12),
    st.integers(10**30 - 6, 10**30 + 6),
    st.sampled_from([0.5, 1.5, -2.5, 1e30, 123456.75]),
).map(lambda value: Decimal(repr(value)))


@given(st.sets(NUMBERS, min_size=1, max_size=9), st.sets(NUMBERS, max_size=9))
def test_enumerated_numbers_are_written_and_no_others(values: set[Decimal], others: set[Decimal]) -> None:
    dfa = _one_of(sorted(values))
    for value in values | others:
        number = int(value) if value == value.to_integral_value() else float(value)
        spellings = [json.dumps(number), f"{value:f}", f"{value:E}" if abs(value) < 10 else f"{value:f}"]
        assert [dfa.matches(text) >= 0 for text in spellings] == [value in values] * len(spellings)


@given(st.lists(NUMBERS, unique=True))
def test_runs_hold_the_same_numbers(values: list[Decimal]) -> None:
    runs = _runs(sorted(values))
    held = [Decimal(whole) for first, last in runs if first != last for whole in range(int(first), int(last) + 1)]
    assert sorted(held + [first for first, last in runs if first == last]) == sorted(values)
