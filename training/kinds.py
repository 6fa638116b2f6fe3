"""Kinds of values: a JSON Schema and a way to draw values that satisfy it, always made together."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from training import words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

Schema: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A schema, and `draw(rng)`, which makes a value of it."""

    schema: Schema
    draw: Callable[[Random], Any]


def text(options: Sequence[str], **limits: int) -> Kind:
    """A free string, one of `options` in the corpus."""
    return Kind({"type": "string", **limits}, lambda rng: rng.choice(options))


def joined(*lists: Sequence[str]) -> Kind:
    """A string of several words, one from each list."""
    return Kind({"type": "string"}, lambda rng: " ".join(rng.choice(options) for options in lists))


def enum(rng: Random, options: Sequence[str], most: int = 5) -> Kind:
    """One of a few of the options; the schema lists them."""
    chosen = rng.sample(list(options), min(len(options), rng.randint(2, most)))
    typed: Schema = {"type": "string"} if rng.random() < 0.5 else {}
    return Kind({**typed, "enum": chosen}, lambda rng: rng.choice(chosen))


def integer(rng: Random, low: int, high: int) -> Kind:
    """A whole number; the schema tells the bounds more often than not."""
    return Kind({"type": "integer"} | _bounds(rng, low, high), lambda rng: rng.randint(low, high))


def number(rng: Random, low: float, high: float, digits: int = 2) -> Kind:
    """A decimal number with a few digits."""
    return Kind({"type": "number"} | _bounds(rng, low, high), lambda rng: round(rng.uniform(low, high), digits))


def _bounds(rng: Random, low: float, high: float) -> Schema:
    style = rng.random()
    if style < 0.4:
        return {"minimum": low, "maximum": high}
    return {"minimum": low} if style < 0.7 else {}


def boolean() -> Kind:
    """True or false."""
    return Kind({"type": "boolean"}, lambda rng: rng.random() < 0.5)


def formatted(name: str, draw: Callable[[Random], str]) -> Kind:
    """A string with a `format`."""
    return Kind({"type": "string", "format": name}, draw)


def pattern(expression: str, draw: Callable[[Random], str]) -> Kind:
    """A string with a `pattern`."""
    return Kind({"type": "string", "pattern": expression}, draw)


def array(rng: Random, item: Kind, low: int = 1, high: int = 4) -> Kind:
    """A list of one kind."""
    limits: Schema = {}
    if rng.random() < 0.4:
        limits["minItems"] = low
    if rng.random() < 0.4:
        limits["maxItems"] = high
    schema = {"type": "array", "items": item.schema, **limits}
    return Kind(schema, lambda rng: [item.draw(rng) for _ in range(rng.randint(low, high))])


def nullable(rng: Random, kind: Kind) -> Kind:
    """A value or null, in either of the two spellings people use."""
    if rng.random() < 0.5 and isinstance(kind.schema.get("type"), str) and "enum" not in kind.schema:
        schema = {**kind.schema, "type": [kind.schema["type"], "null"]}
    else:
        schema = {"anyOf": [kind.schema, {"type": "null"}]}
    return Kind(schema, lambda rng: None if rng.random() < 0.3 else kind.draw(rng))


def date(rng: Random) -> str:
    """A date of the years 1950 to 2035."""
    return (dt.date(1950, 1, 1) + dt.timedelta(days=rng.randrange(31000))).isoformat()


def time(rng: Random) -> str:
    """A time of day with its zone, on a quarter of an hour."""
    return f"{rng.randrange(24):02}:{rng.choice((0, 15, 30, 45)):02}:00Z"


def date_time(rng: Random) -> str:
    """A point in time in UTC."""
    return f"{date(rng)}T{time(rng)}"


def email(rng: Random) -> str:
    """An address at a domain reserved for examples."""
    first, last = rng.choice(words.FIRST_NAMES), rng.choice(words.LAST_NAMES)
    local = (first if rng.random() < 0.4 else f"{first}.{last}").lower()
    return f"{local if local.isascii() else 'info'}@{rng.choice(words.DOMAINS)}"


def uri(rng: Random) -> str:
    """A web address at a domain reserved for examples."""
    return f"https://{rng.choice(words.DOMAINS)}/{rng.choice(words.NOUNS)}"


def uuid4(rng: Random) -> str:
    """A random UUID of version 4."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def ipv4(rng: Random) -> str:
    """A private IPv4 address."""
    return f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def digits(rng: Random, count: int) -> str:
    """A string of so many digits."""
    return "".join(rng.choice("0123456789") for _ in range(count))


def letters(rng: Random, count: int) -> str:
    """A string of so many capital letters."""
    return "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(count))


def invented(rng: Random) -> str:
    """A word that is in no list, so that the model has to copy it from the request."""
    return "".join(rng.choice(words.SYLLABLES) for _ in range(rng.randint(2, 3))).capitalize()


def person_name(rng: Random) -> str:
    """A first name, often with a last name; sometimes an invented one."""
    first = invented(rng) if rng.random() < 0.25 else rng.choice(words.FIRST_NAMES)
    last = invented(rng) if rng.random() < 0.15 else rng.choice(words.LAST_NAMES)
    return first if rng.random() < 0.3 else f"{first} {last}"
