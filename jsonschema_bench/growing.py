"""Schemas of any size, with a text of each: more of everything, more properties, more enum values, more definitions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Grown:
    """A schema of some size, and a text that it accepts."""

    schema: dict[str, Any]
    text: str


def with_bytes(size: int, salt: str) -> Grown:
    """A schema of about so many bytes of JSON text: records of several kinds, as an interface description has them."""
    properties: dict[str, Any] = {}
    written = 0
    while written < size:
        name = f"{salt}record{len(properties)}"
        properties[name] = _record(len(properties))
        written += len(json.dumps(properties[name])) + len(name) + 6
    last = next(reversed(properties))
    value = {last: {"name": "a name", "kind": "new", "count": 7, "tags": ["x", "y"]}}
    return Grown({"type": "object", "properties": properties}, json.dumps(value))


def _record(number: int) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"What is known of number {number}",
        "properties": {
            "name": {"type": "string", "maxLength": 20 + number % 50},
            "kind": {"enum": ["new", "old", f"other{number}"]},
            "count": {"type": "integer", "minimum": 0, "maximum": 1000 + number % 9},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["name", "kind"],
        "additionalProperties": False,
    }


def with_properties(count: int, salt: str) -> Grown:
    """An object with so many properties, the last of which is in the text."""
    names = [f"{salt}property{number}" for number in range(count)]
    schema = {"type": "object", "properties": {name: {"type": "integer"} for name in names}}
    return Grown(schema, json.dumps({names[-1]: 12, names[0]: 3}))


def with_values(count: int, salt: str) -> Grown:
    """An enum of so many strings."""
    values = [f"{salt} value {number}" for number in range(count)]
    return Grown({"enum": values}, json.dumps(values[-1]))


def with_definitions(count: int, salt: str) -> Grown:
    """So many definitions that refer to each other in a chain; the text goes through a few."""
    definitions = {
        f"{salt}{number}": {"type": "object", "properties": {"next": {"$ref": f"#/$defs/{salt}{(number + 1) % count}"}}}
        for number in range(count)
    }
    value: dict[str, Any] = {}
    for _ in range(20):
        value = {"next": value}
    return Grown({"$defs": definitions, "$ref": f"#/$defs/{salt}0"}, json.dumps(value))


GROWERS: dict[str, tuple[Callable[[int, str], Grown], tuple[int, ...]]] = {
    "bytes of schema": (with_bytes, (1_000, 10_000, 100_000, 1_000_000, 4_000_000)),
    "properties": (with_properties, (10, 100, 1_000, 10_000)),
    "enum values": (with_values, (10, 100, 1_000, 10_000, 100_000)),
    "definitions": (with_definitions, (10, 100, 1_000, 10_000)),
}
"""What grows, how it is made, and the sizes that are measured."""
