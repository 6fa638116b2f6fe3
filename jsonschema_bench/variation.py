"""Schemas without end, no two alike: cases that were changed in small things, and schemas made from nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jsonschema_bench.cases import Instance, load_case

DEPTH = 3
"""How deep made schemas are nested at most."""
CHANGED = 0.3
"""The share of the places that can be changed in a case that are."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PIECES = (r"[a-z]{2,5}", r"\d+", r"[A-Z]\w*", r"(?:foo|bar|baz)", r"[^,;]{1,9}", r"\s?", r"-", r"[0-9a-f]{4}", r"é?")
_FORMATS = ("date", "date-time", "email", "uuid", "ipv4", "uri", "time", "hostname")
_BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")


class Variations:
    """Schemas by number, the same ones for the same cases and seed, in whatever order they are asked for."""

    def __init__(self, cases: Sequence[Path], seed: int) -> None:
        self.cases = cases
        self.seed = seed

    def make(self, number: int) -> tuple[Any, tuple[Instance, ...]]:
        """A schema that no other number has, and the instances of the case that it was made from, if it was."""
        rng = random.Random(f"{self.seed}/{number}")
        if not self.cases or rng.random() < 0.5:
            return mark(made_object(rng, DEPTH), number, rng), ()
        case = load_case(rng.choice(self.cases))
        schema = changed(case.schema, rng)
        return (mark(schema, number, rng) if isinstance(schema, dict) else made_object(rng, DEPTH)), case.instances


def mark(schema: dict[str, Any], number: int, rng: random.Random) -> dict[str, Any]:
    """The schema with a member that has the number in its name, so that no other schema is equal to it."""
    declared = schema.get("properties", {})
    return {**schema, "properties": {**declared, f"n{number}": made(rng, 0)}} if isinstance(declared, dict) else schema


def changed(schema: Any, rng: random.Random) -> Any:
    """A copy of a schema with other names, words, bounds and patterns in some places."""
    if isinstance(schema, list):
        return [changed(each, rng) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {keyword: _changed_value(keyword, value, rng) for keyword, value in schema.items()}


def _changed_value(keyword: str, value: Any, rng: random.Random) -> Any:
    change = _CHANGES.get(keyword)
    if change is None or rng.random() > CHANGED:
        return changed(value, rng)
    return change(value, rng)


def _change_names(properties: Any, rng: random.Random) -> Any:
    if not isinstance(properties, dict):
        return properties
    return {name + _word(rng) if rng.random() < CHANGED else name: changed(p, rng) for name, p in properties.items()}


def _change_words(values: Any, rng: random.Random) -> Any:
    if not isinstance(values, list):
        return values
    return [value + _word(rng) if isinstance(value, str) and rng.random() < CHANGED else value for value in values]


def _change_pattern(pattern: Any, rng: random.Random) -> Any:
    return f"(?:{pattern})|^{_word(rng)}$" if isinstance(pattern, str) else changed(pattern, rng)


def _change_bound(bound: Any, rng: random.Random) -> Any:
    return bound + rng.randrange(20) if isinstance(bound, int) and not isinstance(bound, bool) else changed(bound, rng)


_CHANGES: dict[str, Callable[[Any, random.Random], Any]] = {
    "properties": _change_names,
    "enum": _change_words,
    "pattern": _change_pattern,
    **dict.fromkeys(_BOUNDS, _change_bound),
}


def made(rng: random.Random, depth: int) -> Any:
    """A schema made from nothing."""
    kinds = _LEAVES if depth == 0 or rng.random() < 0.5 else _NESTED
    return rng.choice(kinds)(rng, depth - 1)


def made_object(rng: random.Random, depth: int) -> dict[str, Any]:
    """An object with a few members, some of them required, now and then open or counted."""
    names = [_word(rng) for _ in range(rng.randint(1, 8))]
    schema: dict[str, Any] = {"type": "object", "properties": {name: made(rng, depth) for name in names}}
    schema["required"] = sorted({name for name in names if rng.random() < 0.5})
    if rng.random() < 0.5:
        schema["additionalProperties"] = rng.choice((False, True, made(rng, 0)))
    if rng.random() < 0.1:
        schema["maxProperties"] = len(names) + rng.randint(1, 5)
    return schema


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(_LETTERS, k=rng.randint(2, 9)))


def _text(rng: random.Random, _depth: int) -> Any:
    return {"type": "string", "minLength": rng.randint(0, 5), "maxLength": rng.randint(6, 3000)}


def _pattern(rng: random.Random, _depth: int) -> Any:
    return {"type": "string", "pattern": f"^{_word(rng)}{''.join(rng.choices(_PIECES, k=rng.randint(1, 5)))}$"}


def _format(rng: random.Random, _depth: int) -> Any:
    return {"type": "string", "format": rng.choice(_FORMATS)}


def _integer(rng: random.Random, _depth: int) -> Any:
    low = rng.randint(-(10**6), 10**6)
    return {"type": "integer", "minimum": low, "maximum": low + rng.randint(0, 10**9)}


def _number(rng: random.Random, _depth: int) -> Any:
    return {"type": "number", "exclusiveMinimum": rng.randint(-1000, 1000) / 4}


def _enum(rng: random.Random, _depth: int) -> Any:
    return {"enum": [_word(rng) for _ in range(rng.randint(1, 30))]}


def _array(rng: random.Random, depth: int) -> Any:
    schema = {"type": "array", "items": made(rng, depth), "maxItems": rng.randint(1, 50)}
    return {**schema, "uniqueItems": True} if rng.random() < 0.1 else schema


def _any_of(rng: random.Random, depth: int) -> Any:
    return {"anyOf": [made(rng, depth) for _ in range(rng.randint(2, 4))]}


_Kinds = tuple[Callable[[random.Random, int], Any], ...]
_LEAVES: _Kinds = (_text, _pattern, _format, _integer, _number, _enum)
_NESTED: _Kinds = (made_object, made_object, _array, _any_of)
