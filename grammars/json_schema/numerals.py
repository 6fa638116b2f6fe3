"""The texts of number shapes, as lexemes."""

from __future__ import annotations

from functools import lru_cache, reduce

from grammars import dfa_ops
from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.errors import GrammarError
from grammars.ir import Lexeme
from grammars.json_schema.shapes import NumberShape
from grammars.numbers import number_dfa, number_value_dfa
from grammars.regex import match_language
from grammars.regex_parser import parse_pattern

SPELLED = determinise(match_language(parse_pattern("-?(0|[1-9][0-9]*)")))
"""Numbers without fraction and exponent."""


@lru_cache(maxsize=4096)
def number_lexeme_of(shape: NumberShape) -> Lexeme | None:
    """Every spelling of the numbers of a shape; None when there are none."""
    dfa = _number_dfa(shape)
    return None if dfa.is_empty else Lexeme(dfa)


def _number_dfa(shape: NumberShape) -> Dfa:
    low, high = shape.low, shape.high
    dfa = number_dfa(
        None if low is None else low.value,
        None if high is None else high.value,
        low_open=low is not None and low.open,
        high_open=high is not None and high.open,
        integer=shape.integer is True,
    )
    if shape.values is not None:
        dfa = dfa_ops.intersect(dfa, dfa_ops.union(*map(number_value_dfa, sorted(shape.values))))
    if shape.excluded:
        dfa = dfa_ops.difference(dfa, dfa_ops.union(*map(number_value_dfa, sorted(shape.excluded))))
    if shape.integer is False:
        dfa = dfa_ops.difference(dfa, number_dfa(None, None, integer=True))
    if shape.spelled is not None:
        dfa = (dfa_ops.intersect if shape.spelled else dfa_ops.difference)(dfa, SPELLED)
    if shape.multiples:
        raise GrammarError("multipleOf is not supported", found=str(shape.multiples))
    return dfa
