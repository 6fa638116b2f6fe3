"""Random schemas in which something may be wrong, or more than is supported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.coverage_cases import LARGE
from tests.json_schemas import schemas

BAD: list[dict[str, Any]] = [LARGE, {"pattern": "(a)\\1"}, {"type": "strin"}, {"required": 3}, {"$ref": "#/nowhere"}]


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object of a schema that keywords may be added to, itself first."""
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from subschemas(inner)


@st.composite
def doubtful(draw: st.DrawFn) -> Any:
    """Schemas in which keywords may be wrong, or more than is supported, anywhere (where they may not be schemas)."""
    schema = json.loads(json.dumps(draw(schemas())))
    for bad in draw(st.lists(st.sampled_from(BAD), max_size=2)):
        draw(st.sampled_from(list(subschemas(schema)))).update(bad)
    return schema
