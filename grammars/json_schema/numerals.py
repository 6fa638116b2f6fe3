"""The texts of number shapes, as lexemes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache, reduce

from grammars import dfa_ops
from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.errors import LimitError
from grammars.ir import Lexeme
from grammars.json_schema.arithmetic import accepts, common_multiple, missed_by, step_of
from grammars.json_schema.shapes import NumberShape
from grammars.memo import weighed
from grammars.multiples import known_spellings, multiples_dfa
from grammars.number_texts import MOST_TEXTS, common_spellings, texts_of
from grammars.numbers import number_dfa, number_value_dfa
from grammars.regex import match_language
from grammars.regex_parser import parse_pattern

_NO_INTEGER = r"-?(0|[1-9][0-9]*)\.[0-9]*[1-9][0-9]*|-?[1-9](\.[0-9]+)?[eE]-(0{0,2}[1-9]|0?[1-9][0-9]|[1-9][0-9]{2})"
"""A fraction that is not 0, or one digit before the point and a negative exponent; what Python writes is like that."""


MAX_EXCLUDED = 4000
"""How many numbers may be taken out: every spelling of each is."""


@cache
def _plain() -> Dfa:
    """Numbers without fraction and exponent."""
    return determinise(match_language(parse_pattern("-?(0|[1-9][0-9]*)")))


@weighed(4096)
def number_lexeme_of(shape: NumberShape) -> Lexeme | None:
    """Every spelling of the numbers of a shape; None when there are none."""
    dfa = _number_dfa(shape)
    return None if dfa.is_empty else Lexeme(dfa)


def _number_dfa(shape: NumberShape) -> Dfa:
    if shape.values is not None:
        values = [value for value in sorted(shape.values) if accepts(shape, value)]
        return _spelled(_one_of(values), shape.spelled)
    step = step_of(shape)
    dfa = number_dfa(**_bounds(shape), integer=step is not None and step.denominator == 1)
    if shape.excluded:
        _check_excluded(shape)
        known = dfa_ops.intersect(dfa, common_spellings())
        dfa = dfa_ops.difference(known, texts_of(shape.excluded), MOST_TEXTS)
    if shape.integer is False:
        dfa = dfa_ops.intersect(dfa, _pattern(_NO_INTEGER))
    return _spelled(_divided(dfa, shape, step) if shape.multiples else dfa, shape.spelled)


def _one_of(values: list[Decimal]) -> Dfa:
    """Some numbers in order: every spelling of one, or of whole numbers that follow each other, else common ones."""
    runs = _runs(values)
    return _run(*runs[0]) if len(runs) == 1 else texts_of(values)


def _check_excluded(shape: NumberShape) -> None:
    given = len(shape.excluded)
    if given > MAX_EXCLUDED:
        what = "too many numbers to take out"
        raise LimitError(what, limit="excluded numbers", allowed=MAX_EXCLUDED, given=given)


def _runs(values: list[Decimal]) -> list[tuple[Decimal, Decimal]]:
    """The first and last of the consecutive whole numbers among some that are in order; others are by themselves."""
    runs: list[tuple[Decimal, Decimal]] = []
    for value in values:
        if runs and _follows(runs[-1][1], value):
            runs[-1] = runs[-1][0], value
        else:
            runs.append((value, value))
    return runs


def _follows(first: Decimal, second: Decimal) -> bool:
    """Whether a number is the next whole one; sums of decimals are rounded, those of integers are not."""
    return all(value == value.to_integral_value() for value in (first, second)) and int(second) - int(first) == 1


def _run(first: Decimal, last: Decimal) -> Dfa:
    """One number, or all whole numbers from one to another: as quick to make as one of them."""
    return number_value_dfa(first) if first == last else number_dfa(minimum=first, maximum=last, integer=True)


def _divided(dfa: Dfa, shape: NumberShape, step: Fraction | None) -> Dfa:
    """Those that are multiples, and not multiples, of what they have to be."""
    steps, missed = [] if step is None else [step], missed_by(shape)
    try:
        # Remainders of all divisors multiply, so that together they decide which spellings are worth their states.
        dfa = dfa_ops.intersect(dfa, known_spellings(reduce(common_multiple, steps + missed)))
        dfa = reduce(dfa_ops.intersect, map(multiples_dfa, steps), dfa)
        dfa = reduce(dfa_ops.difference, map(multiples_dfa, missed), dfa)
    except LimitError as error:
        error.where = error.where or min(where for _, _, where in shape.multiples)
        raise
    return dfa


def _pattern(pattern: str) -> Dfa:
    return determinise(match_language(parse_pattern(rf"^(?:{pattern})$")))


def _spelled(dfa: Dfa, spelled: bool | None) -> Dfa:
    if spelled is None:
        return dfa
    return dfa_ops.intersect(dfa, _plain()) if spelled else dfa_ops.difference(dfa, _plain())


def _bounds(shape: NumberShape) -> dict[str, Decimal]:
    named = [("minimum", shape.low), ("maximum", shape.high)]
    return {f"exclusive_{name}" if end.open else name: end.value for name, end in named if end is not None}
