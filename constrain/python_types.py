"""Python types as JSON Schemas, by pydantic, and JSON text read back as their instances."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any, Final, TypeAlias

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from grammars.errors import GrammarError

JsonSchema: TypeAlias = dict[str, Any] | bool
# Python refuses to read integers of more than 4,300 digits from text.
SAFE_DIGITS: Final = 4000
# Whole floats of fewer digits than this are exact.
EXACT_DIGITS: Final = 15


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
    if is_json_schema(schema):
        return parse_json
    adapter = TypeAdapter(schema)
    return lambda text: adapter.validate_json(_plainly_spelled(text))


def parse_json(text: str) -> Any:
    """`json.loads` for numbers of every size: JSON has no limits there.

    A number with a fraction or exponent is a `float` where that has a value for it. Beyond its range it is an `int` if
    it is whole and of at most `SAFE_DIGITS` digits, and otherwise a `Decimal`, not
    infinity and not a wrong 0.
    """
    return json.loads(text, parse_int=_integer, parse_float=_number)


def _integer(digits: str) -> int:
    return int(digits) if len(digits) <= SAFE_DIGITS else int(Decimal(digits))


def _number(spelled: str) -> float | int | Decimal:
    number, exact = float(spelled), _decimal(spelled)
    if exact is None or (isfinite(number) and (number or not exact)):
        return number
    return int(exact) if _is_large_integer(exact) else exact


def _decimal(spelled: str) -> Decimal | None:
    """The exact number, or None where its exponent has some twenty digits."""
    try:
        return Decimal(spelled)
    except InvalidOperation:
        return None


def _plainly_spelled(text: str) -> str:
    """`text` with large whole numbers written as digits: pydantic reads `1e30` as a float, and refuses it as an int."""
    changed: list[str] = []

    def number(spelled: str) -> float | int:
        exact = _decimal(spelled)
        if exact is None or not _is_large_integer(exact):
            return float(spelled)
        changed.append(spelled)
        return int(exact)

    value = json.loads(text, parse_float=number, parse_int=_integer)
    return json.dumps(value) if changed else text


def _is_large_integer(number: Decimal) -> bool:
    return EXACT_DIGITS <= number.adjusted() < SAFE_DIGITS and number == number.to_integral_value()


def _parsed_schema(text: str) -> JsonSchema:
    try:
        schema = json.loads(text)
    except json.JSONDecodeError as error:
        raise GrammarError("the schema is not JSON", f"line {error.lineno}, column {error.colno}", error.msg) from error
    if not isinstance(schema, bool | dict):
        raise GrammarError("a schema is an object, true or false", "#", text[:60])
    return schema
