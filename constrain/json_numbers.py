"""Numbers of JSON texts: JSON has no limits for them, Python and pydantic do."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import isfinite
from typing import Any, Final

# Python refuses to read integers of more than 4,300 digits from text.
SAFE_DIGITS: Final = 4000
# Whole floats of fewer digits than this are exact.
EXACT_DIGITS: Final = 15
_SHOWN: Final = 80


def parse_json(text: str) -> Any:
    """`json.loads` for numbers of every size: JSON has no limits there.

    Whole numbers of at most `SAFE_DIGITS` digits are `int`, however they are spelled: JSON Schema knows no difference
    between `1` and `1.0`. Others are `float` where that has a value for them, and otherwise `Decimal`, not infinity and
    not a wrong 0.
    """
    return json.loads(text, parse_int=_integer, parse_float=_number)


def exact_number(spelled: str) -> int | Fraction:
    """The number that a literal spells, without rounding: `1.0` is the `int` 1, and 0.3 is a multiple of 0.1.

    Raises `ValueError` where that takes more than `SAFE_DIGITS` digits before or behind the point.
    """
    exact = _decimal(spelled)
    exponent = None if exact is None else exact.as_tuple().exponent
    if exact is None or not isinstance(exponent, int) or max(abs(exponent), abs(exact.adjusted())) > SAFE_DIGITS:
        raise ValueError(f"{spelled[:_SHOWN]} has too many digits")
    fraction = Fraction(exact)
    return fraction.numerator if fraction.denominator == 1 else fraction


def _integer(digits: str) -> int:
    return int(digits) if len(digits) <= SAFE_DIGITS else int(Decimal(digits))


def _number(spelled: str) -> float | int | Decimal:
    number, exact = float(spelled), _decimal(spelled)
    if exact is None:
        return number
    if not exact:
        return 0
    if exact.adjusted() < SAFE_DIGITS and exact == exact.to_integral_value():
        return int(exact)
    return number if isfinite(number) and number else exact


def _decimal(spelled: str) -> Decimal | None:
    """The exact number, or None where its exponent has some twenty digits."""
    try:
        return Decimal(spelled)
    except InvalidOperation:
        return None


def plainly_spelled(text: str) -> str:
    """`text` with large whole numbers written as digits: pydantic reads `1e30` as a float, and refuses it as an int."""
    changed: list[str] = []

    def number(spelled: str) -> float | int:
        exact = _decimal(spelled)
        if exact is None or not _is_large_integer(exact):
            return float(spelled)
        changed.append(spelled)
        return int(exact)

    value = json.loads(text, parse_float=number, parse_int=_integer)
    return json.dumps(value) if changed else text


def digits_for_whole_numbers(text: str) -> str:
    """`text` with every whole number written as digits: `1.0` as `1`."""

    def number(spelled: str) -> float | int:
        exact = _decimal(spelled)
        if exact is None or exact != exact.to_integral_value() or exact.adjusted() >= SAFE_DIGITS:
            return float(spelled)
        return int(exact)

    return json.dumps(json.loads(text, parse_float=number, parse_int=_integer))


def _is_large_integer(number: Decimal) -> bool:
    return EXACT_DIGITS <= number.adjusted() < SAFE_DIGITS and number == number.to_integral_value()
