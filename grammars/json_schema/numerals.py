"""The texts of number shapes, as lexemes."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

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
    dfa = number_dfa(**_bounds(shape), integer=shape.integer is True)
    if shape.values is not None:
        dfa = dfa_ops.intersect(dfa, dfa_ops.union(*map(number_value_dfa, sorted(shape.values))))
    if shape.excluded:
        dfa = dfa_ops.difference(dfa, dfa_ops.union(*map(number_value_dfa, sorted(shape.excluded))))
    if shape.integer is False:
        dfa = dfa_ops.difference(dfa, number_dfa(integer=True))
    if shape.spelled is not None:
        dfa = (dfa_ops.intersect if shape.spelled else dfa_ops.difference)(dfa, SPELLED)
    if shape.multiples:
        raise GrammarError("multipleOf is not supported", found=str(shape.multiples))
    return dfa


def _bounds(shape: NumberShape) -> dict[str, Decimal]:
    named = [("minimum", shape.low), ("maximum", shape.high)]
    return {f"exclusive_{name}" if end.open else name: end.value for name, end in named if end is not None}
