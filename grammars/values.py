"""JSON values as hashable things that are equal exactly when JSON Schema calls the values equal."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Any, TypeAlias

Value: TypeAlias = Hashable


def plain_value(value: Value) -> Any:
    """The JSON value that was made canonical."""
    match value:
        case ("literal", literal):
            return literal
        case ("array", *items):
            return [plain_value(item) for item in items]
        case ("object", frozenset() as members):
            return {name: plain_value(member) for name, member in sorted(members, key=lambda pair: pair[0])}
        case _:
            return value


def canonical(value: Any) -> Value:
    """A JSON value (floats best read as `Decimal`): 1 is 1.0, true is not 1, members have no order."""
    match value:
        case bool() | None:
            return ("literal", value)
        case float():
            return Decimal(repr(value))
        case list():
            return ("array", *map(canonical, value))
        case dict():
            return ("object", frozenset((name, canonical(member)) for name, member in value.items()))
        case _:
            return value if isinstance(value, (str, int, Decimal)) else ("unknown", repr(value))


def has_parts(value: Value) -> bool:
    """Whether a value is an array or an object."""
    return isinstance(value, tuple) and value[0] in {"array", "object"}
