"""Twenty schemas of the kinds that people ask for."""

from __future__ import annotations

from typing import Any

SCHEMAS: list[Any] = [
    {"type": "boolean"},
    {"type": "integer", "minimum": 100, "maximum": 1000},
    {"type": "number", "exclusiveMinimum": 0.5, "maximum": 0.75},
    {"type": "string", "minLength": 3, "maxLength": 12},
    {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{2,4}$"},
    {"type": "string", "format": "date-time"},
    {"enum": ["red", "green", {"mixed": ["red", "green"]}, None, 17]},
    {"const": {"a": [1, 2.5, "é"], "b": {}}},
    {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 5},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "boolean"}], "items": False, "minItems": 2},
    {"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "null"}}, {"type": "string", "maxLength": 4}]},
    {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "maximum": 130}},
        "required": ["name", "age"],
        "additionalProperties": False,
    },
    {
        "type": "object",
        "properties": {"email": {"type": "string", "format": "email"}, "id": {"type": "string", "format": "uuid"}},
        "required": ["id"],
        "additionalProperties": False,
    },
    {"type": "object", "additionalProperties": {"type": "number"}},
    {"type": "object", "properties": {"a": {"type": "boolean"}, "b": {"type": "null"}}, "required": ["b"]},
    {
        "type": "object",
        "properties": {
            "items": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": {"product": {"type": "string"}, "quantity": {"type": "integer", "minimum": 1}},
                    "required": ["product", "quantity"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["items"],
        "additionalProperties": False,
    },
    {
        "type": "object",
        "properties": {"value": {"type": "integer"}, "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
        "required": ["value", "next"],
        "additionalProperties": False,
    },
    {
        "$defs": {
            "tree": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "maxLength": 20},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/tree"}},
                },
                "required": ["name", "children"],
                "additionalProperties": False,
            }
        },
        "$ref": "#/$defs/tree",
    },
    {
        "allOf": [
            {"type": "object", "properties": {"kind": {"enum": ["a", "b"]}}, "required": ["kind"]},
            {"properties": {"size": {"type": ["integer", "null"]}}, "required": ["size"]},
        ]
    },
    {},
]
