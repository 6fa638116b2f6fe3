"""Spellings of multiples against exact fractions."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grammars.errors import GrammarError, LimitError
from grammars.json_schema import JsonSchemaGrammar
from grammars.multiples import known_spellings, multiples_dfa
from tests.matching import matcher_of
from tests.naive import NaiveMatcher

JSON_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
FEW_DIGITS = st.from_regex(r"\A-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?([eE][+-]?[0-9]{1,2})?\Z")

divisors = st.one_of(
    st.integers(1, 120),
    st.sampled_from(["0.5", "0.01", "0.0001", "1e-8", "2.5", "6.75", "0.3", "1e3", "4096", "86400", "1.2e20", "997"]),
    st.decimals("0.01", 9, places=2),
).map(Decimal)
multiples = st.integers(-(10**6), 10**6)
bounds = st.none() | st.integers(-60, 60) | st.decimals(-20, 20, places=1)


def texts_of(value: Fraction) -> list[str]:
    """A number that may be a multiple, as it is usually written."""
    texts = [str(value)] if value.denominator == 1 else []
    if abs(value) < 10**308:
        texts.append(json.dumps(float(value)))
    return texts


def must_accept(text: str) -> bool:
    """Whether a spelling is promised: without an exponent, or as Python writes it."""
    return "e" not in text.lower() or json.dumps(json.loads(text)) == text


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(divisors, st.lists(FEW_DIGITS, min_size=20, max_size=20), st.lists(multiples, max_size=8))
def test_agrees_with_fractions(divisor: Decimal, texts: list[str], factors: list[int]) -> None:
    step = Fraction(divisor)
    dfa, known = multiples_dfa(step), known_spellings(step)
    for text in texts + [text for n in factors for text in texts_of(n * step)]:
        is_multiple = Fraction(Decimal(text)) % step == 0
        accepted = dfa.matches(text) >= 0
        assert accepted <= is_multiple, text
        if known.matches(text) >= 0:
            assert accepted == is_multiple, text


@settings(max_examples=150, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False).filter(bool), st.sampled_from(["0.5", "3", "1e-8", "100"]))
def test_what_python_writes_is_known(value: float, divisor: str) -> None:
    assert known_spellings(Fraction(Decimal(divisor))).matches(json.dumps(value)) >= 0


@settings(max_examples=60, deadline=None)
@given(st.floats(1e16, 1e300), st.sampled_from(["0.5", "3", "64", "0.25", "1000"]))
def test_large_floats_are_multiples(value: float, divisor: str) -> None:
    text = json.dumps(value)
    step = Fraction(Decimal(divisor))
    assert (multiples_dfa(step).matches(text) >= 0) == (Fraction(Decimal(text)) % step == 0)


@st.composite
def number_schemas(draw: st.DrawFn) -> dict[str, Any]:
    """Divisors beside whatever else numbers can be asked for."""
    parts: list[dict[str, Any]] = []
    for wanted in draw(st.lists(st.booleans(), min_size=1, max_size=3)):
        divisor = draw(st.sampled_from([2, 3, 5, 0.5, 0.25, 1.5, 0.1, 10, 4, 1]))
        parts.append({"multipleOf": divisor} if wanted else {"not": {"multipleOf": divisor}})
    low, high = draw(bounds), draw(bounds)
    if low is not None:
        parts.append({draw(st.sampled_from(["minimum", "exclusiveMinimum"])): low})
    if high is not None:
        parts.append({draw(st.sampled_from(["maximum", "exclusiveMaximum"])): high})
    if draw(st.booleans()):
        parts.append({"not": {"enum": draw(st.lists(st.integers(-5, 5), min_size=1, max_size=4))}})
    return {"type": draw(st.sampled_from(["number", "integer"])), "allOf": parts}


def means(schema: dict[str, Any], value: Fraction) -> bool:
    """Whether a number is valid, by the words of the specification."""
    checks: dict[str, Callable[[Any], bool]] = {
        "multipleOf": lambda given: value % Fraction(Decimal(repr(given))) == 0,
        "minimum": lambda given: value >= Fraction(given),
        "maximum": lambda given: value <= Fraction(given),
        "exclusiveMinimum": lambda given: value > Fraction(given),
        "exclusiveMaximum": lambda given: value < Fraction(given),
        "not": lambda given: not means(given, value),
        "enum": lambda given: value in given,
        "type": lambda given: given == "number" or value.denominator == 1,
        "allOf": lambda given: all(means(part, value) for part in given),
    }
    return all(checks[key](given) for key, given in schema.items())


GRID = sorted({Fraction(n, d) for d in (20, 8) for n in range(-62 * d, 62 * d + 1)})


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(number_schemas(), st.lists(FEW_DIGITS, max_size=10), st.lists(st.sampled_from(GRID), min_size=10, max_size=20))
def test_schemas_agree_with_fractions(schema: dict[str, Any], texts: list[str], values: list[Fraction]) -> None:
    wanted = {text: means(schema, Fraction(Decimal(text))) for text in texts}
    wanted |= {text: means(schema, value) for value in values for text in texts_of(value)}
    matcher = matcher_of(schema)
    if matcher is None:
        assert not any(means(schema, value) for value in GRID)
        return
    for text, valid in wanted.items():
        accepted = matcher.matches(text.encode())
        assert accepted <= valid, text
        assert accepted >= (valid and must_accept(text)), text


def test_far_away_digits_are_a_limit() -> None:
    for divisor in ("1e999999999", "1e-999999999"):
        with pytest.raises(LimitError, match="too many digits"):
            JsonSchemaGrammar(f'{{"multipleOf": {divisor}}}')


def accepted(schema: Any, texts: str) -> list[str]:
    matcher = NaiveMatcher(JsonSchemaGrammar(schema))
    return [text for text in texts.split() if matcher.matches(text.encode())]


@pytest.mark.parametrize(
    ("divisor", "good", "bad"),
    [
        (0.01, "0 -0.0 1 1.5 1.25 1.250 -0.07 1e+16 2e-2 1.5e-01", "0.001 1.255 1e-3 .5 01 1."),
        (0.0001, "0.0075", "0.00751"),
        (1e-8, "12391239123 1e-08 1.25e-06", "1e-09 1.5e-08"),
        (0.5, "1e308 1e+308 1.7976931348623157e+308 -2.5", "0.25 1e-1 1e309 9e308 1.8e308"),
        (10, "10 0 120.0 1e1 1.2e2", "1 12 10.5 1.2e1 1e0"),
        (7, "7 14.000 -21 7e5 1.4e1", "1 7.7 1.4e0"),
        (1e3, "1000 1e3 -5000.0 0.0", "100 1500 1e2"),
    ],
)
def test_cases(divisor: float, good: str, bad: str) -> None:
    assert accepted({"type": "number", "multipleOf": divisor}, f"{good} {bad}") == good.split()
    negated = {"type": "number", "not": {"multipleOf": divisor}}
    assert accepted(negated, good) == []


def test_several_divisors_make_one_step() -> None:
    schema = {"type": "integer", "allOf": [{"multipleOf": 0.5}, {"multipleOf": 1.5}, {"multipleOf": 4}]}
    assert accepted(schema, "12 -24.0 1.2e2 6 4 1.5 3") == ["12", "-24.0", "1.2e2"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number", "multipleOf": 10, "minimum": 11, "maximum": 19},
        {"type": "number", "multipleOf": 10, "exclusiveMinimum": 10, "exclusiveMaximum": 20},
        {"type": "integer", "multipleOf": 10, "not": {"multipleOf": 5}},
        {"type": "number", "multipleOf": 2, "not": {"type": "integer"}},
        {"type": "number", "multipleOf": 3, "minimum": 1, "maximum": 7, "not": {"enum": [3, 6.0]}},
    ],
)
def test_no_such_number(schema: Any) -> None:
    with pytest.raises(GrammarError, match="nothing satisfies"):
        JsonSchemaGrammar(schema)


@pytest.mark.parametrize("divisor", [10**9 + 7, 65536, 1e300 / 7, 7.9e-300])
def test_too_many_remainders(divisor: float) -> None:
    with pytest.raises(LimitError) as caught:
        JsonSchemaGrammar({"properties": {"a": {"type": "number", "multipleOf": divisor, "maximum": 1e301}}})
    assert caught.value.where == "#/properties/a/multipleOf"
    assert caught.value.limit == "residues"
    assert caught.value.given > caught.value.allowed


def test_the_usual_divisors_are_small() -> None:
    sizes = {divisor: multiples_dfa(Fraction(Decimal(divisor))).size for divisor in ("0.01", "5", "10", "3", "7")}
    assert max(sizes.values()) <= 220, sizes


@pytest.mark.parametrize("kind", ["integer", "number"])
@pytest.mark.parametrize("divisor", [10**9 + 7, 65536, 0.123456789, 16384, 2**70])
def test_far_divisors_are_followed_digit_by_digit(divisor: float, kind: str) -> None:
    matcher = NaiveMatcher(JsonSchemaGrammar({"type": kind, "multipleOf": divisor}))
    step, rng = Fraction(Decimal(str(divisor))), random.Random(5)
    for _ in range(20):
        exact = rng.randrange(10**6) * step
        for number in (exact, exact + Fraction(1, 10**12), exact + step / 2):
            text = f"{Decimal(number.numerator) / Decimal(number.denominator):f}"
            value = Fraction(Decimal(text))
            expected = value % step == 0 and (kind == "number" or value.denominator == 1)
            assert matcher.matches(text.encode()) == expected, text
            assert matcher.matches(b"-" + text.encode()) == expected, text
