"""Which schemas plainly have a value, as is seen by looking at them: most do, and need no looking into."""

from __future__ import annotations

from grammars.codepoints import is_text
from grammars.json_schema.dialect import Dialect
from grammars.json_schema.nodes import Json

_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_HARMLESS = frozenset({"type", "properties", "patternProperties", "additionalProperties", "items", "maxLength"})
"""What says something about parts that values can do without."""
_DEPTH = 8


def has_plain_value(schema: Json, dialect: Dialect, depth: int = _DEPTH) -> bool:
    """Whether a schema asks for a type, and says nothing else that a value of it may fail to meet."""
    if not isinstance(schema, dict) or not _asks_for_type(schema):
        return False
    counted = {key for key in schema if key in dialect.keywords and key not in _HARMLESS}
    if not counted:
        return True
    return counted == {"required"} and depth > 0 and _has_plain_members(schema, dialect, depth - 1)


def _asks_for_type(schema: dict[str, Json]) -> bool:
    asked = schema.get("type")
    return isinstance(asked, str) and asked in _TYPES


def _has_plain_members(schema: dict[str, Json], dialect: Dialect, depth: int) -> bool:
    """Whether every required member is declared, nowhere else spoken of, and plainly has a value."""
    required, declared = schema["required"], schema.get("properties")
    if "patternProperties" in schema or not isinstance(declared, dict) or not isinstance(required, list):
        return False
    return all(
        isinstance(name, str) and is_text(name) and _has_value_here(declared.get(name), dialect, depth)
        for name in required
    )


def _has_value_here(schema: Json, dialect: Dialect, depth: int) -> bool:
    """Likewise for a part, which may be in another dialect if it says so."""
    return isinstance(schema, dict) and "$schema" not in schema and has_plain_value(schema, dialect, depth)
