"""The texts of number shapes, as lexemes."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from grammars import dfa_ops
from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.errors import GrammarError
from grammars.ir import Lexeme
from grammars.json_schema.shapes import Bound, NumberShape
from grammars.numbers import number_dfa, number_value_dfa
from grammars.regex import match_language
from grammars.regex_parser import parse_pattern

SPELLED = determinise(match_language(parse_pattern("-?(0|[1-9][0-9]*)")))
"""Numbers without fraction and exponent."""

_EXACT = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?|-?[1-9](\.[0-9]+)?[eE][+-]?[0-9]{1,3}"
"""Spellings of which `grammars.numbers` knows every value, so that one may be taken out."""

_NO_INTEGER = r"-?(0|[1-9][0-9]*)\.[0-9]*[1-9][0-9]*|-?[1-9](\.[0-9]+)?[eE]-(0{0,2}[1-9]|0?[1-9][0-9]|[1-9][0-9]{2})"
"""A fraction that is not 0, or one digit before the point and a negative exponent; what Python writes is like that."""


@lru_cache(maxsize=4096)
def number_lexeme_of(shape: NumberShape) -> Lexeme | None:
    """Every spelling of the numbers of a shape; None when there are none."""
    dfa = _number_dfa(shape)
    return None if dfa.is_empty else Lexeme(dfa)


def _number_dfa(shape: NumberShape) -> Dfa:
    if shape.values is not None:
        values = [value for value in sorted(shape.values) if accepts_number(shape, value)]
        return _spelled(dfa_ops.union(*map(number_value_dfa, values)), shape.spelled)
    _refuse_multiples(shape)
    dfa = number_dfa(**_bounds(shape), integer=shape.integer is True)
    if shape.excluded:
        dfa = dfa_ops.intersect(dfa, _pattern(_EXACT))
        dfa = dfa_ops.difference(dfa, dfa_ops.union(*map(number_value_dfa, sorted(shape.excluded))))
    if shape.integer is False:
        dfa = dfa_ops.intersect(dfa, _pattern(_NO_INTEGER))
    return _spelled(dfa, shape.spelled)


def _pattern(pattern: str) -> Dfa:
    return determinise(match_language(parse_pattern(rf"^(?:{pattern})$")))


def _spelled(dfa: Dfa, spelled: bool | None) -> Dfa:
    if spelled is None:
        return dfa
    return dfa_ops.intersect(dfa, SPELLED) if spelled else dfa_ops.difference(dfa, SPELLED)


def has_number(shape: NumberShape) -> bool:
    """Whether there are numbers of a shape, by arithmetic alone."""
    if shape.values is not None:
        return any(accepts_number(shape, value) for value in shape.values)
    _refuse_multiples(shape)
    low, high = shape.low, shape.high
    if shape.integer or shape.spelled:
        return _has_integer(low, high, shape.excluded)
    if low is not None and high is not None and low.value == high.value:
        return accepts_number(shape, low.value)
    return True


def _has_integer(low: Bound | None, high: Bound | None, excluded: frozenset[Decimal]) -> bool:
    if low is None or high is None:
        return True
    first = math.floor(low.value) + 1 if low.open else math.ceil(low.value)
    last = math.ceil(high.value) - 1 if high.open else math.floor(high.value)
    gone = sum(1 for value in excluded if _is_whole(value) and first <= value <= last)
    return last - first + 1 > gone


def accepts_number(shape: NumberShape, value: Decimal) -> bool:
    """Whether a number, in some spelling, has a shape."""
    if shape.integer is not None and shape.integer != _is_whole(value):
        return False
    if (shape.spelled and not _is_whole(value)) or value in shape.excluded:
        return False
    if any((Fraction(value) % Fraction(divisor) == 0) != wanted for divisor, wanted, _ in shape.multiples):
        return False
    above = shape.low is None or value > shape.low.value or (value == shape.low.value and not shape.low.open)
    below = shape.high is None or value < shape.high.value or (value == shape.high.value and not shape.high.open)
    return above and below


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def _refuse_multiples(shape: NumberShape) -> None:
    for _, _, where in sorted(shape.multiples):
        raise GrammarError("this keyword is not supported for divisors other than 1", where, "multipleOf")


def _bounds(shape: NumberShape) -> dict[str, Decimal]:
    named = [("minimum", shape.low), ("maximum", shape.high)]
    return {f"exclusive_{name}" if end.open else name: end.value for name, end in named if end is not None}
