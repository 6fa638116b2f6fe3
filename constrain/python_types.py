"""Python types as JSON Schemas, by pydantic, and JSON text read back as their instances."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from grammars.errors import GrammarError

JsonSchema: TypeAlias = dict[str, Any] | bool
# Python refuses to read integers of more digits than this from text.
SAFE_DIGITS = 4000


class SchemaOfTypes(GenerateJsonSchema):
    """pydantic's schemas, with the parts that it leaves unsaid said in JSON Schema's own words."""

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """`anyOf`, because the tags already keep the cases apart; `discriminator` is not a JSON Schema keyword."""
        result = dict(super().tagged_union_schema(schema))
        result.pop("discriminator", None)
        if "oneOf" in result:
            result["anyOf"] = result.pop("oneOf")
        return result

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Keys that are integers in Python are spelled as integers in JSON."""
        result = dict(super().dict_schema(schema))
        keys = schema.get("keys_schema", {})
        if keys.get("type") == "int" and "propertyNames" not in result:
            result["propertyNames"] = {"pattern": "^(0|-?[1-9][0-9]{0,17})$"}
        return result


def is_json_schema(schema: Any) -> bool:
    """Whether `schema` is a JSON Schema (as Python values or JSON text) and not a Python type."""
    return isinstance(schema, bool | str | Mapping)


def to_json_schema(schema: Any) -> JsonSchema:
    """The JSON Schema that `schema` is, or that describes the Python type that it is."""
    if isinstance(schema, str):
        return _parsed_schema(schema)
    if isinstance(schema, bool):
        return schema
    if isinstance(schema, Mapping):
        return dict(schema)
    return TypeAdapter(schema).json_schema(schema_generator=SchemaOfTypes)


def reader_of(schema: Any) -> Callable[[str], Any]:
    """Turns JSON text into plain values for a JSON Schema, and into validated instances for a Python type."""
    return parse_json if is_json_schema(schema) else TypeAdapter(schema).validate_json


def parse_json(text: str) -> Any:
    """`json.loads` without its limit on the digits of an integer: JSON has none."""
    return json.loads(text, parse_int=_integer)


def _integer(digits: str) -> int:
    return int(digits) if len(digits) <= SAFE_DIGITS else int(Decimal(digits))


def _parsed_schema(text: str) -> JsonSchema:
    try:
        schema = json.loads(text)
    except json.JSONDecodeError as error:
        raise GrammarError("the schema is not JSON", f"line {error.lineno}, column {error.colno}", error.msg) from error
    if not isinstance(schema, bool | dict):
        raise GrammarError("a schema is an object, true or false", "#", text[:60])
    return schema
