"""Automata for the JSON spellings of the numbers within bounds.

`1000`, `1000.0`, `1e3`, `1E+03` and `10000e-1` are one number, `-0.0` is 0. All spellings together are not regular,
because an exponent can make up for any number of digits before or after it. So what is accepted is:

- every spelling without an exponent,
- with an exponent: one digit other than 0 before the point, any after it, and every exponent that keeps the value
  within the bounds. Where there is no bound, it keeps the value within what a double can hold; too small for a double
  is fine where 0 is allowed. (0 may have exponents up to 999, and so may be values near 0.)
- other mantissas with an exponent only where the bounds are short: at most `SHORT` digits up to the last that is not
  0, and at most `SHORT` digits before the point, or zeros after it. Then there may be up to `SPARE` more digits before
  the point than the larger bound has (or than 1), and up to `SHIFT` more zeros after it than the smaller one.
- for integers there are further limits where an exponent follows: it is at least `-TAKEN_BACK`, and not below 0 where
  there is a point. Digits after the point, unless all are zeros, are at most `EXACT` behind one digit before the point
  (`FRACTION` where the upper bound has more digits than that; more than `EXACT` want an exponent of at least
  `FRACTION`), one behind two digits or a 0, and none otherwise.

Nothing is ever accepted that lies outside of the bounds or is not an integer where one is wanted. Every number that
`json.dumps` writes is among the spellings. Without bounds, `number` allows any exponent of up to three digits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.memo import weighed
from grammars.number_bounds import Bound, Side
from grammars.number_spellings import spellings
from grammars.regex_parser import parse_pattern
from grammars.stored import stored

Number: TypeAlias = int | float | Decimal

_ANY_NUMBER = r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?"
_POSITIVE_OR_ZERO = r"(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?|-0(?:\.0+)?(?:[eE][+-]?\d{1,3})?"


@dataclass(frozen=True)
class _Limit:
    value: Decimal
    inclusive: bool


_ZERO, _ABOVE_ZERO, _ONE = _Limit(Decimal(0), True), _Limit(Decimal(0), False), _Limit(Decimal(1), True)

_MACHINE_RANGES = [(low, 2**bits - 1) for low in (0, 1) for bits in (16, 31, 32, 53, 63, 64)] + [
    (-(2**bits), 2**bits - 1) for bits in (15, 31, 63)
]

_COMMON_RANGES = [
    *((0, high) for high in (1, 5, 6, 10, 23, 59, 100, 255, 360, 1000)),
    *((1, high) for high in (5, 6, 7, 10, 12, 31, 100, 1000)),
    *((-1, 100), (100, 599)),
]
"""Shares, ratings, times, days, bytes, degrees, ports and the like, as integers."""

STORED_NUMBERS: dict[str, tuple[_Limit | None, _Limit | None, bool]] = {
    "number": (None, None, False),
    "number not below 0": (_ZERO, None, False),
    "number above 0": (_ABOVE_ZERO, None, False),
    "integer": (None, None, True),
    "integer not below 0": (_ZERO, None, True),
    "integer above 0": (_ONE, None, True),
    **{
        f"integer {low}..{high}": (_Limit(Decimal(low), True), _Limit(Decimal(high), True), True)
        for low, high in _MACHINE_RANGES + _COMMON_RANGES
    },
    **{
        f"number {low}..{high}": (_Limit(Decimal(low), True), _Limit(Decimal(high), True), False)
        for low, high in ((-1, 1), (0, 1), (0, 5), (0, 10), (0, 100), (0, 360), (-90, 90), (-180, 180))
    },
}
"""The bounds of automata that are stored with the package, and whether they are of integers."""

_STORED = {bounds: name for name, bounds in STORED_NUMBERS.items()}


def number_dfa(
    minimum: Number | None = None,
    maximum: Number | None = None,
    exclusive_minimum: Number | None = None,
    exclusive_maximum: Number | None = None,
    integer: bool = False,
) -> Dfa:
    """The spellings of the numbers (or integers) within all of the bounds; floats mean their shortest decimal."""
    lows = [(minimum, True), (exclusive_minimum, False)]
    highs = [(maximum, True), (exclusive_maximum, False)]
    low = max((_limit(*given) for given in lows if given[0] is not None), key=_tightness_below, default=None)
    high = min((_limit(*given) for given in highs if given[0] is not None), key=_tightness_above, default=None)
    if integer:
        low, high = _rounded(low, 1), _rounded(high, -1)
    return _between(low, high, integer)


def number_value_dfa(value: Number) -> Dfa:
    """The spellings of one number."""
    return number_dfa(minimum=value, maximum=value)


def exact(value: Number) -> Decimal:
    """`value` as a decimal; a float means what it is written as."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _limit(value: Number | None, inclusive: bool) -> _Limit:
    return _Limit(exact(value if value is not None else 0), inclusive)


def _tightness_below(limit: _Limit) -> tuple[Decimal, bool]:
    return limit.value, not limit.inclusive


def _tightness_above(limit: _Limit) -> tuple[Decimal, bool]:
    return limit.value, limit.inclusive


@weighed(1024)
def _between(low: _Limit | None, high: _Limit | None, integer: bool) -> Dfa:
    name = _STORED.get((low, high, integer))
    return stored(name) if name else _built(low, high, integer)


def build_stored(name: str) -> Dfa:
    """What `number_dfa` reads from a file, made from its bounds."""
    return _built(*STORED_NUMBERS[name])


def _built(low: _Limit | None, high: _Limit | None, integer: bool) -> Dfa:
    if not integer and high is None and (low is None or (low.value == 0 and low.inclusive)):
        return determinise(parse_pattern(_ANY_NUMBER if low is None else _POSITIVE_OR_ZERO))
    if low is not None and high is not None and _contradict(low, high):
        return Dfa.empty()
    zero = _allows_zero(low, high)
    return spellings(_side(low, high, zero), _side(_negated(high), _negated(low), zero), integer)


def _contradict(low: _Limit, high: _Limit) -> bool:
    return low.value > high.value or (low.value == high.value and not (low.inclusive and high.inclusive))


def _rounded(limit: _Limit | None, step: int) -> _Limit | None:
    """The integer that bounds the same integers."""
    if limit is None:
        return None
    whole = math.ceil(limit.value) if step > 0 else math.floor(limit.value)
    if not limit.inclusive and whole == limit.value:
        whole += step
    return _Limit(Decimal(whole), True)


def _negated(limit: _Limit | None) -> _Limit | None:
    return None if limit is None else _Limit(limit.value.copy_negate(), limit.inclusive)


def _allows_zero(low: _Limit | None, high: _Limit | None) -> bool:
    above = low is None or low.value < 0 or (low.value == 0 and low.inclusive)
    below = high is None or high.value > 0 or (high.value == 0 and high.inclusive)
    return above and below


def _side(low: _Limit | None, high: _Limit | None, zero: bool) -> Side:
    """What may follow a sign: the absolute values between `low` and `high`."""
    positive = high is None or high.value > 0
    return Side(_bound(low, lower=True), _bound(high, lower=False), zero, positive)


def _bound(limit: _Limit | None, lower: bool) -> Bound | None:
    """The limit of absolute values other than 0; none where it lies below them."""
    if limit is None or limit.value <= 0:
        return None
    _, digits, exponent = limit.value.as_tuple()
    count = len(digits)
    while digits[-1] == 0:
        digits = digits[:-1]
    return Bound(digits, count + int(exponent), limit.inclusive, lower)
