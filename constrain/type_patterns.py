"""Patterns of the texts that pydantic reads as a Python type, where a format of JSON Schema allows more than it does.

Each is narrower than what pydantic accepts, never wider.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from grammars.date_patterns import DAY, SECOND

ASCII: Final = r"^[\t\n\r -~]*$"
"""Where dialects of regular expressions, and counting bytes or characters, agree."""
STRIPPED: Final = r"^(?:[!-~](?:[ -~]*[!-~])?)?$"
_DIGITS: Final = r"(?:0|[1-9][0-9]{0,9})"
_DECIMALS: Final = rf"-?{_DIGITS}(?:\.[0-9]{{1,5}})?"
COMPLEX: Final = rf"^{_DECIMALS}[+-]{_DIGITS}(?:\.[0-9]{{1,5}})?j$"
FRACTION: Final = rf"^-?{_DIGITS}(?:/[1-9][0-9]{{0,9}})?$"

_CLOCK: Final = rf"{SECOND}(?:\.[0-9]{{1,6}})?"
NAIVE_TIME: Final = rf"^{_CLOCK}$"
NAIVE_DATETIME: Final = rf"^{DAY}T{_CLOCK}$"
NO_LEAP_SECOND: Final = rf"^(?:[-0-9]*[Tt])?{_CLOCK}(?:[Zz]|[+-][0-9:]*)$"
_SPAN: Final = r"[0-9]{1,4}H(?:[0-9]{1,4}M)?(?:[0-9]{1,4}S)?|[0-9]{1,4}M(?:[0-9]{1,4}S)?|[0-9]{1,4}S"
TIMEDELTA: Final = rf"^-?P(?:[0-9]{{1,6}}D(?:T(?:{_SPAN}))?|T(?:{_SPAN}))$"

BASE64: Final = r"^(?:[A-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9])*$"
"""Of bytes that are ASCII, whole groups alone: no padding."""
HEX: Final = r"^(?:[0-9a-f]{2})*$"

_LABEL: Final = r"[a-z][a-z0-9]{0,20}"
_HOST: Final = rf"{_LABEL}(?:\.{_LABEL}){{1,3}}"
_PATH: Final = r"(?:/[A-Za-z0-9_~-]{0,40}){0,8}"
_QUERY: Final = r"(?:\?[A-Za-z0-9_~=&-]{0,60})?"

KEYS: Final = {
    "int": r"^(?:0|-?[1-9][0-9]{0,17})$",
    "float": rf"^{_DECIMALS}$",
    "decimal": rf"^{_DECIMALS}$",
    "bool": "^(?:true|false)$",
}
"""Keys of objects for Python types that are no text."""


def url(schemes: list[str]) -> str:
    """Plain addresses with one of some schemes: host names of ASCII letters, no port, no user."""
    return rf"^(?:{'|'.join(map(re.escape, schemes))})://{_HOST}{_PATH}{_QUERY}$"


def uuid_of(version: int) -> str:
    """UUIDs of a version."""
    return rf"^[^-]*-[^-]*-{version}[^-]*-[89abAB]"


def decimal_of_digits(whole: int, places: int, *, signed: bool) -> str:
    """Decimal numbers with at most so many digits before and behind the point."""
    first = "0" if whole <= 0 else rf"(?:0|[1-9][0-9]{{0,{whole - 1}}})"
    sign = "-?" if signed else ""
    return rf"^{sign}{first}(?:\.[0-9]{{1,{places}}})?$" if places else rf"^{sign}{first}$"


_HORIZON: Final = 200


def not_before(first: date) -> str:
    """Dates from a day on, two centuries far."""
    years = range(first.year + 1, min(first.year + _HORIZON, 9999))
    return _prefix(first, years, range(first.month + 1, 13), range(first.day, 32))


def not_after(last: date) -> str:
    """Dates up to a day, from two centuries before."""
    years = range(max(last.year - _HORIZON, 1), last.year)
    return _prefix(last, years, range(1, last.month), range(1, last.day + 1))


def _prefix(bound: date, years: range, months: range, days: range) -> str:
    cases = [f"{year:04}-" for year in years]
    cases += [f"{bound.year:04}-{month:02}-" for month in months]
    cases += [f"{bound.year:04}-{bound.month:02}-{day:02}" for day in days]
    return f"^(?:{'|'.join(cases)})"


def moved(day: date, days: int) -> date:
    """A day some days later, within the dates that there are."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
