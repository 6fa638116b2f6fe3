"""The numbers that may be taken out of others."""

from __future__ import annotations

from decimal import Decimal

from grammars.json_schema.numerals import number_lexeme_of
from grammars.json_schema.shapes import NumberShape


def _accepted(shape: NumberShape, texts: str) -> list[str]:
    lexeme = number_lexeme_of(shape)
    assert lexeme is not None
    return [text for text in texts.split() if lexeme.dfa.matches(text) >= 0]


def test_no_spelling_of_what_is_taken_out() -> None:
    texts = "5 5.0 0.00005e5 0.05e2 5000e-3 5e0 50000000000e-10 6 4.9 5e1 1e-07"
    assert _accepted(NumberShape(excluded=frozenset({Decimal(5)})), texts) == ["6", "4.9", "5e1", "1e-07"]


def test_no_spelling_of_an_integer() -> None:
    texts = "1 1.0 12.555e3 1.55555e5 100e0 10e-1 10000e-3 1.5 -0.25 1e-07 2.5e-5"
    assert _accepted(NumberShape(integer=False), texts) == ["1.5", "-0.25", "1e-07", "2.5e-5"]
