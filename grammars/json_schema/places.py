"""Where in a schema there are subschemas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grammars.memo import remembered

if TYPE_CHECKING:
    from grammars.json_schema.dialect import Dialect
    from grammars.json_schema.nodes import Json

_ONE = frozenset(
    {
        *("items", "additionalItems", "unevaluatedItems", "contains", "contentSchema"),
        *("additionalProperties", "unevaluatedProperties", "propertyNames", "not", "if", "then", "else"),
    }
)
_MANY = frozenset({"allOf", "anyOf", "oneOf", "prefixItems", "items"})
_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"})
_KEEPERS = {"definitions": 4, "$defs": 2019, "contentSchema": 2019}
"""Keywords that assert nothing and hold subschemas, and the first drafts that know them."""

Steps = tuple[str | int, ...]


def places(keys: dict[str, Json], name: str) -> list[tuple[Json, Steps]]:
    """The subschemas of one keyword, with the steps to them."""
    value = keys[name]
    if name in _NAMED:
        named = value.items() if isinstance(value, dict) else ()
        # Dependencies may be names too.
        return [(schema, (name, key)) for key, schema in named if not isinstance(schema, (list, str))]
    if isinstance(value, list):
        return [(schema, (name, index)) for index, schema in enumerate(value)] if name in _MANY else []
    return [(value, (name,))] if name in _ONE else []


def subschemas(schema: dict[str, Json], dialect: Dialect) -> list[tuple[Json, Steps]]:
    """Everything that a dialect takes for a subschema, whether it asserts something or is only kept there."""
    return parts_of(schema, holders_of(dialect))


def parts_of(schema: dict[str, Json], holders: frozenset[str]) -> list[tuple[Json, Steps]]:
    """The subschemas of some keywords."""
    return [place for name in schema if name in holders for place in places(schema, name)]


def holders_of(dialect: Dialect) -> frozenset[str]:
    """The keywords that hold subschemas in a dialect."""
    return _holders(dialect.keywords, dialect.draft.year)


def is_place(steps: Sequence[str | int], dialect: Dialect) -> bool:
    """Whether steps from a schema to an object lead to a subschema."""
    name = steps[0]
    if not isinstance(name, str) or name not in holders_of(dialect):
        return False
    return name in _ONE if len(steps) == 1 else len(steps) == 2 and name in _MANY | _NAMED


@remembered(128)
def _holders(keywords: frozenset[str], year: int) -> frozenset[str]:
    kept = (name for name, since in _KEEPERS.items() if year >= since)
    return frozenset((*(_ONE | _MANY | _NAMED) & keywords, *kept))
