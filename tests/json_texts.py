"""JSON values changed a little, and texts of them that other writers would write."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

Json = Any

OTHERS: list[Json] = [None, True, 0, -1, 1.5, 10**20, "", "x", "2020-01-01", [], {}, [1], {"a": 1}, "é😀"]
GAPS = ("", "", " ", "\n", "\n  ", "\n\t", "\r\n    ", "\n\n ")
"""White space that the setting `flexible` lets through."""


def changed(value: Json, rng: random.Random, rate: float) -> Json:
    """`value` with some parts replaced, left out, added, renamed or repeated."""
    if rng.random() < rate:
        return rng.choice(OTHERS)
    if isinstance(value, dict):
        members = {name: changed(inner, rng, rate) for name, inner in value.items() if rng.random() > rate / 2}
        if rng.random() < rate:
            members[rng.choice(["zz", "id", "", *members]) + rng.choice(["", "s"])] = rng.choice(OTHERS)
        return members
    if isinstance(value, list):
        items = [changed(inner, rng, rate) for inner in value if rng.random() > rate / 2]
        return items + items[:1] if rng.random() < rate else items
    if isinstance(value, str) and rng.random() < rate:
        at = rng.randrange(len(value) + 1)
        return (
            value[:at]
            + rng.choice(["", "a", "A", "0", "-", " ", "é", "😀", '"', "\\"])
            + value[at + rng.randrange(2) :]
        )
    if isinstance(value, (int, float)) and not isinstance(value, bool) and rng.random() < rate:
        return value + rng.choice([1, -1, 0.5, -1000, 100000])
    return value


def spelled_number(value: float, rng: random.Random) -> str:
    """The same number in one of the spellings that are let through whatever the bounds (see `grammars.numbers`)."""
    plain = repr(value)
    digits = plain.lstrip("-").rstrip("0")
    if not isinstance(value, int) or len(digits) > 5:
        return plain if "e" in plain or isinstance(value, int) else rng.choice([plain, f"{plain}0"])
    sign, power = "-" if value < 0 else "", len(plain.lstrip("-")) - 1
    mantissa = f"{digits[:1] or '0'}.{digits[1:]}".rstrip(".")
    exponent = rng.choice(["e", "E", "e+", "E+0", "e0"])
    return rng.choice([plain, plain, f"{plain}.0", f"{plain}.000", f"{sign}{mantissa}{exponent}{power}"])


def spelled_string(value: str, rng: random.Random) -> str:
    """The same string with some characters escaped."""
    if rng.random() < 0.6:
        return json.dumps(value, ensure_ascii=rng.random() < 0.5)
    needed = frozenset('"\\').union(map(chr, range(32)))
    return '"' + "".join(_escaped(c, rng) if c in needed or rng.random() < 0.3 else c for c in value) + '"'


def _escaped(char: str, rng: random.Random) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    units = units.upper() if rng.random() < 0.5 else units
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def written(value: Json, rng: random.Random, spaced: bool) -> str:
    """A text of `value`: numbers and strings in other spellings, members shuffled, white space between the parts."""

    def gap() -> str:
        return rng.choice(GAPS) if spaced else ""

    def bracketed(left: str, parts: list[str], right: str) -> str:
        return left + gap() + f"{gap()},{gap()}".join(parts) + gap() + right if parts else left + right

    match value:
        case dict():
            names = list(value)
            if rng.random() < 0.3:
                rng.shuffle(names)
            colon = _colon(gap)
            members = [spelled_string(name, rng) + colon() + written(value[name], rng, spaced) for name in names]
            return bracketed("{", members, "}")
        case list():
            return bracketed("[", [written(item, rng, spaced) for item in value], "]")
        case str():
            return spelled_string(value, rng)
        case bool() | None:
            return json.dumps(value)
        case _:
            return spelled_number(value, rng)


def _colon(gap: Callable[[], str]) -> Callable[[], str]:
    return lambda: f"{gap()}:{gap()}"
