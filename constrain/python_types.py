"""Python types as JSON Schemas, by pydantic, and JSON text read back as their instances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from constrain.json_numbers import plainly_spelled


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


def schema_of_type(kind: Any) -> dict[str, Any]:
    """The JSON Schema of a Python type."""
    return TypeAdapter(kind).json_schema(schema_generator=SchemaOfTypes)


def reader_of_type(kind: Any) -> Callable[[str], Any]:
    """Turns JSON text into validated instances of a Python type."""
    adapter = TypeAdapter(kind)
    return lambda text: adapter.validate_json(plainly_spelled(text))
