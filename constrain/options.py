"""How a schema is to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grammars.json_schema.documents import AnyRegistry


@dataclass(frozen=True)
class SchemaOptions:
    """The options of `compile_json_schema`; see there."""

    property_order: str = "schema"
    whitespace: str | tuple[str, str] = "flexible"
    formats: str = "assert"
    draft: str | None = None
    registry: AnyRegistry | None = field(default=None, compare=False)  # holds schemas, which have no hash
    approximate: bool = False
    deadline: float | None = None
