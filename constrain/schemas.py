"""What users give as a schema: a JSON Schema, as Python values or as text, or a Python type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from constrain.json_numbers import parse_json
from grammars.json_schema.schema_text import JsonSchema, parse_schema

# pydantic takes a tenth of a second to import, and only Python types need it.


def is_json_schema(schema: Any) -> bool:
    """Whether `schema` is a JSON Schema (as Python values or JSON text) and not a Python type."""
    return isinstance(schema, bool | str | Mapping)


def to_json_schema(schema: Any) -> JsonSchema:
    """The JSON Schema that `schema` is, or that describes the Python type that it is."""
    if isinstance(schema, str):
        return parse_schema(schema)
    if isinstance(schema, bool):
        return schema
    if isinstance(schema, Mapping):
        return dict(schema)
    from constrain.python_types import schema_of_type

    return schema_of_type(schema)


def reader_of(schema: Any) -> Callable[[str], Any]:
    """Turns JSON text into plain values for a JSON Schema, and into validated instances for a Python type."""
    if is_json_schema(schema):
        return parse_json
    from constrain.python_types import reader_of_type

    return reader_of_type(schema)
