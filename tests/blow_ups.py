"""Schemas that grow out of hand if they are read naively: how each ends, and in how many steps at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = Any


def nested(depth: int, wrap: Callable[[Json, int], Json], base: Json) -> Json:
    """`base` wrapped so many times."""
    for i in range(depth):
        base = wrap(base, i)
    return base


def ring(size: int) -> Json:
    """Definitions each of which is any of all of them, itself included."""
    every = [{"$ref": f"#/$defs/d{i}"} for i in range(size)]
    return {"$ref": "#/$defs/d0", "$defs": {f"d{i}": {"allOf": [{"anyOf": every}]} for i in range(size)}}


def branches(count: int, branch: Callable[[int], Json]) -> Json:
    """A `oneOf`."""
    return {"oneOf": [branch(i) for i in range(count)]}


def geometry(kind: str) -> Json:
    """A shape as GeoJSON has it, told apart from others by its type."""
    return {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {"type": {"enum": [kind]}, "coordinates": {"type": "array", "items": {"title": kind}}},
    }


def depends(on: int) -> Json:
    """Members that may be there for some types only."""
    return {"properties": {"type": {"enum": ["a", f"t{on % 3}"]}}}


FINE: dict[str, Json] = {
    "ring": ring(5),
    "wide ring": ring(40),
    "10,000 words": {"enum": [f"word {i}" for i in range(10_000)]},
    "10,000 numbers": {"enum": list(range(10_000))},
    "2,000 first items": {"type": "array", "prefixItems": [{"const": i} for i in range(2000)], "minItems": 1000},
    "nested items": nested(500, lambda inner, _: {"type": "array", "items": inner, "minItems": 1}, {"type": "null"}),
    "nested allOf": nested(30, lambda inner, i: {"allOf": [inner, {"maxLength": i + 9}]}, {"type": "string"}),
    "deep allOf": nested(1000, lambda inner, _: {"allOf": [inner]}, {"type": "string"}),
    "allOf beside anyOf": nested(
        150, lambda inner, i: {"allOf": [inner], "anyOf": [{"maxLength": i + 9}, {"minLength": i}]}, {"type": "string"}
    ),
    "64 kinds": branches(64, lambda i: {"properties": {"kind": {"const": f"k{i}"}}, "required": ["kind"]}),
    "64 lengths": branches(64, lambda i: {"type": "array", "minItems": i, "maxItems": i}),
    "64 numbers": branches(64, lambda i: {"type": "number", "minimum": i * 10, "maximum": i * 10 + 5}),
    "shapes and any": {"oneOf": [*map(geometry, "abcdefgh"), {"type": "object", "required": ["geometries"]}]},
    "dependencies": {"type": "object", "dependencies": {f"p{i}": depends(i) for i in range(20)}},
    "many unique": {"type": "array", "uniqueItems": True, "minItems": 10_000},
    "many contained": {"type": "array", "contains": {"type": "integer"}, "minContains": 500, "maxItems": 1000},
    "unique words": {"type": "array", "uniqueItems": True, "minItems": 20, "items": {"enum": [*map(str, range(40))]}},
    "unique first": {
        "type": "array",
        "uniqueItems": True,
        "minItems": 12,
        "prefixItems": [{"enum": [*map(str, range(i, i + 6))]} for i in range(12)],
    },
}
"""What is read and can be written out."""

REFUSED: dict[str, tuple[Json, str, str]] = {
    "deep anyOf": (
        nested(1000, lambda inner, i: {"anyOf": [inner, {"const": i}]}, {"const": "a"}),
        "nested",
        "#" + "/anyOf/0" * 80,
    ),
    "deep not": (nested(1000, lambda inner, _: {"not": inner}, {"type": "null"}), "nested", "#" + "/not" * 80),
    "deep constant": ({"not": {"const": nested(5000, lambda inner, _: [inner], 1)}}, "recursion", "#"),
    "independent pairs": (
        {"type": "object", "dependentRequired": {f"p{i}": [f"q{i}"] for i in range(20)}},
        "shapes",
        "#",
    ),
    "keys": (
        {"type": "object", "patternProperties": {chr(97 + i): {"maxLength": i} for i in range(12)}},
        "key classes",
        "#",
    ),
    "many patterns": ({"type": "string", "allOf": [{"pattern": f"{i}.{{9}}{i}"} for i in range(9)]}, "states", "#"),
    "counted": ({"type": "array", "contains": {"const": 1}, "minContains": 100_000}, "counts", "#/contains"),
    "excluded": ({"type": "number", "not": {"enum": list(range(5000))}}, "excluded numbers", "#"),
    "unlike": ({"type": "object", "not": {"enum": [{"a": i, "b": i} for i in range(5000)]}}, "shapes", "#/not"),
    "unique": (
        {
            "type": "array",
            "uniqueItems": True,
            "minItems": 18,
            "prefixItems": [{"enum": [*map(str, range(17))]}] * 18,
        },
        "tails",
        "#/uniqueItems",
    ),
}
"""What is too much, with the limit that says so and its place."""
