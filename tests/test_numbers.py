"""Spellings of numbers against decimal arithmetic."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grammars.dfa import Dfa
from grammars.numbers import Number, exact, number_dfa, number_value_dfa

JSON_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)

bounds = st.one_of(
    st.none(),
    st.integers(-120, 120),
    st.decimals(-20, 20, places=2),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, 1, 65535, 10**30, -(2**63), 0.001, 1e-7]),
)
spellings = st.one_of(
    st.from_regex(r"\A-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?\Z"),
    st.text("0123456789.eE+-", max_size=6),
    st.integers().map(json.dumps),
    st.floats(allow_nan=False, allow_infinity=False).map(json.dumps),
)


def _wanted(text: str, limits: tuple[Number | None, ...], integer: bool) -> bool:
    if not JSON_NUMBER.fullmatch(text):
        return False
    value = Decimal(text)
    low, high, above, below = (None if limit is None else exact(limit) for limit in limits)
    within = (low is None or value >= low) and (high is None or value <= high)
    within = within and (above is None or value > above) and (below is None or value < below)
    return within and (not integer or value == value.to_integral_value())


def _must_accept(text: str) -> bool:
    """Whether `text` is among the spellings that are promised."""
    return "e" not in text.lower() or json.dumps(json.loads(text)) == text


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.tuples(bounds, bounds, bounds, bounds), st.booleans(), st.lists(spellings, min_size=12, max_size=12))
def test_agrees_with_decimals(limits: tuple[Number | None, ...], integer: bool, texts: list[str]) -> None:
    low, high, above, below = limits
    dfa = number_dfa(low, high, above, below, integer)
    near = [json.dumps(limit) for limit in limits if isinstance(limit, int | float)]
    for text in [*texts, *near]:
        accepted, wanted = dfa.matches(text) >= 0, _wanted(text, limits, integer)
        assert accepted <= wanted, f"{text} is outside of {limits}"
        assert accepted >= (wanted and _must_accept(text)), f"{text} is within {limits}"


@settings(max_examples=50, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_accepts_what_python_writes(value: float) -> None:
    text = json.dumps(value)
    assert number_value_dfa(value).matches(text) == 0
    assert number_dfa().matches(text) == 0
    assert (number_dfa(integer=True).matches(text) == 0) == (Decimal(text) == Decimal(text).to_integral_value())
    assert (number_dfa(exclusive_minimum=0).matches(text) == 0) == (value > 0)


def _accepted(dfa: Dfa, texts: str) -> list[str]:
    return [text for text in texts.split() if dfa.matches(text) >= 0]


def test_spellings_of_an_integer_range() -> None:
    good = "1 65535 65535.0 65535.00e0 6.5535e4 6.5535E+04 655350e-1 10e-1 1e4 1.5e1 12.5e1 100e-2 0.5e1 1e0 20.0e1"
    bad = "0 -1 65536 1.5 6.5536e4 655351e-1 1e-1 1e5 65535.1 01 1. 1e .5 +1 1e+ 0e1 12.55e1 101e-2"
    dfa = number_dfa(1, 65535, integer=True)
    assert _accepted(dfa, good + " " + bad) == good.split()


def test_spellings_of_a_number_range() -> None:
    good = "0 -0 -0.00 0e9 -0E-7 0.5 100 100.000 1e2 1.0e+2 0.0001e6 9.99e1 1000e-1 1e-07 5e-324 0.00000000001"
    bad = "-1 -0.1 100.01 1e3 1.01e2 101 -1e-5 10001e-2"
    assert _accepted(number_dfa(0, 100), good + " " + bad) == good.split()


def test_extremes_of_doubles() -> None:
    number = number_dfa(exclusive_minimum=0)
    good = "5e-324 1.7976931348623157e+308"
    assert _accepted(number, good + " 1e-400 1e309 1.8e308") == good.split()
    integer = number_dfa(integer=True)
    good = "1.7976931348623157e+308 1.5000000000000002e+16 1e22"
    assert _accepted(integer, good + " 1e309 1e-1") == good.split()


@pytest.mark.parametrize(("value", "texts"), [(0, "0 -0 0.0 -0e3"), (10, "10 1e1 10.0 100e-1"), (-0.5, "-0.5 -5e-1")])
def test_values(value: float, texts: str) -> None:
    assert _accepted(number_value_dfa(value), texts + " 1 0.50001 -5 10.01 9.99") == texts.split()


def test_contradictions_are_empty() -> None:
    assert number_dfa(2, 1).is_empty
    assert number_dfa(1, exclusive_maximum=1).is_empty
    assert number_dfa(exclusive_minimum=1, exclusive_maximum=2, integer=True).is_empty
    assert number_dfa(0.2, 0.9, integer=True).is_empty
    assert not number_dfa(exclusive_minimum=1, exclusive_maximum=2).is_empty


def test_the_tighter_of_two_bounds_counts() -> None:
    dfa = number_dfa(minimum=3, exclusive_minimum=3, maximum=7, exclusive_maximum=8, integer=True)
    assert _accepted(dfa, "2 3 4 7 8") == ["4", "7"]


def test_common_ranges_are_small() -> None:
    assert number_dfa().size <= 12
    assert number_dfa(0).size <= 16
    assert number_dfa(1, 65535, integer=True).size <= 200
