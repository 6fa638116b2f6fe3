"""Schemas with what a coverage report says of them: pointer, keyword, verdict and words of the reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

LARGE = {"multipleOf": 7.9e-300}
TOO_MANY = "too many remainders"


class Case(NamedTuple):
    """A schema and some of the records of its report."""

    name: str
    schema: Any
    records: tuple[tuple[str, str, str, str], ...]
    options: Mapping[str, Any] = MappingProxyType({})


CASES = [
    Case(
        "annotations",
        {"title": "t", "description": "d", "default": 1, "x-mine": 2, "type": "string", "$id": "https://example.com/a"},
        (
            ("#", "title", "annotation", "describes"),
            ("#", "description", "annotation", "describes"),
            ("#", "default", "annotation", "describes"),
            ("#", "x-mine", "annotation", "no such keyword"),
            ("#", "$id", "annotation", "names"),
            ("#", "type", "enforced", ""),
        ),
    ),
    Case("unknown format", {"format": "colour"}, (("#", "format", "annotation", "'colour'"),)),
    Case("known format", {"format": "date"}, (("#", "format", "enforced", ""),)),
    Case("annotated", {"format": "date"}, (("#", "format", "annotation", "'date'"),), {"formats": "annotate"}),
    Case("own format", {"format": "colour"}, (("#", "format", "enforced", ""),), {"custom_formats": {"colour": "red"}}),
    Case("draft", {"unevaluatedItems": 1}, (("#", "unevaluatedItems", "annotation", "no such"),), {"draft": "draft7"}),
    Case(
        "beside a reference",
        {"$ref": "#/definitions/a", "minimum": 3, "definitions": {"a": {"type": "integer"}, "b": {"type": 3}}},
        (
            ("#", "$ref", "enforced", ""),
            ("#", "minimum", "annotation", "beside $ref"),
            ("#", "definitions", "annotation", "holds schemas"),
            ("#/definitions/a", "type", "enforced", ""),
        ),
        {"draft": "draft7"},
    ),
    Case("idle", {"then": LARGE, "minContains": 2}, (("#", "then", "annotation", "without if"),)),
    Case(
        "equal ones are listed each",
        {"properties": {"a": {"type": "null"}, "b": {"type": "null"}}},
        (("#/properties/a", "type", "enforced", ""), ("#/properties/b", "type", "enforced", "")),
    ),
    Case(
        "equal ones are refused each",
        {"properties": {"a": LARGE, "b/c": LARGE}},
        (
            ("#/properties/a", "multipleOf", "refused", TOO_MANY),
            ("#/properties/b~1c", "multipleOf", "refused", TOO_MANY),
        ),
    ),
    Case(
        "all that is wrong",
        {"properties": {"a": LARGE, "b": {"type": "strin"}, "c": {"items": {"pattern": "(a)\\1"}}, "d": {"enum": 3}}},
        (
            ("#", "properties", "enforced", ""),
            ("#/properties/a", "multipleOf", "refused", TOO_MANY),
            ("#/properties/b", "type", "refused", "type has to be"),
            ("#/properties/c/items", "pattern", "refused", "back-references"),
            ("#/properties/d", "enum", "refused", "has to be a list"),
        ),
    ),
    Case(
        "unused",
        {"type": "string", "properties": {"a": {"type": 3}}},
        (("#/properties/a", "type", "unused", "no value"), ("#", "type", "enforced", "")),
    ),
    Case(
        "a branch of oneOf",
        {"oneOf": [LARGE, {"type": "string", "minLength": 2}]},
        (
            ("#", "oneOf", "refused", TOO_MANY),
            ("#/oneOf/0", "multipleOf", "refused", "#/oneOf/0/multipleOf"),
            ("#/oneOf/1", "minLength", "enforced", ""),
        ),
    ),
    Case("under not", {"not": LARGE}, (("#", "not", "refused", TOO_MANY),)),
    Case("lost reference", {"items": {"$ref": "#/x"}}, (("#/items", "$ref", "refused", "leads nowhere"),)),
    Case("contradiction", {"type": "string", "enum": [1]}, (("#", "enum", "refused", "nothing satisfies"),)),
    Case("never", False, (("#", "", "refused", "nothing satisfies"),)),
    Case("few values", {"uniqueItems": True, "items": {"enum": [1, 2]}}, (("#/items", "enum", "enforced", ""),)),
    Case(
        "no schema",
        {"properties": {"a": 3}, "additionalProperties": LARGE},
        (("#", "properties", "refused", "a schema has to be"),),
    ),
]
