"""Python types as JSON Schemas, by pydantic, and JSON text read back as their instances.

The schemas say less than pydantic's own where pydantic reads less than they allow: what they accept can be read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import SchemaError

from constrain.json_numbers import digits_for_whole_numbers, plainly_spelled
from constrain.type_schemas import SchemaOfTypes
from grammars.errors import GrammarError

ACCEPTED = "a schema is a dict, True, False or JSON text, or else a pydantic model or any type that pydantic knows"


def schema_of_type(kind: Any) -> JsonSchemaValue:
    """The JSON Schema of a Python type."""
    adapter = _adapter(kind)
    try:
        return adapter.json_schema(schema_generator=SchemaOfTypes)
    except PydanticUserError as error:
        raise _unknown(kind, error) from error


def reader_of_type(kind: Any) -> Callable[[str], Any]:
    """Turns JSON text into validated instances of a Python type."""
    adapter = _adapter(kind)

    def read(text: str) -> Any:
        try:
            return adapter.validate_json(plainly_spelled(text))
        except ValidationError as error:
            # For JSON 1.0 is 1, for pydantic not everywhere: not in strict models, nor in literals.
            try:
                return adapter.validate_json(digits_for_whole_numbers(text))
            except ValueError:  # a ValidationError too, and what Python says to numbers of too many digits
                raise error from None

    return read


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind is None:
        raise GrammarError("None is no schema", advice=f"{ACCEPTED}; the type of None is type(None)")
    try:
        return TypeAdapter(kind)
    except (PydanticUserError, SchemaError, NameError, TypeError, ImportError) as error:
        raise _unknown(kind, error) from error


def _unknown(kind: Any, error: Exception) -> GrammarError:
    why = str(error).strip().split("\n")[0]
    return GrammarError("no schema can be made of this", found=repr(kind), advice=f"{why}; {ACCEPTED}")
