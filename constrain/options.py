"""How a schema is to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constrain.arguments import check_is_text, check_is_truth, wrong_type

if TYPE_CHECKING:
    from grammars.json_schema import JsonSchemaGrammar
    from grammars.json_schema.documents import AnyRegistry
    from grammars.json_schema.named_formats import CustomFormats


@dataclass(frozen=True)
class SchemaOptions:
    """The options of `compile_json_schema`; see there."""

    property_order: str = "schema"
    whitespace: str | tuple[str, str] = "flexible"
    formats: str = "assert"
    draft: str | None = None
    registry: AnyRegistry | None = field(default=None, compare=False)  # holds schemas, which have no hash
    custom_formats: CustomFormats | None = field(default=None, compare=False)  # a dict, which has none either
    approximate: bool = False
    deadline: float | None = None

    def __post_init__(self) -> None:
        """Refuses values of a wrong type that would be met in the middle of a schema."""
        for name in ("property_order", "formats"):
            check_is_text(name, getattr(self, name))
        _check_whitespace(self.whitespace)
        if self.draft is not None:
            check_is_text("draft", self.draft)
        if self.custom_formats is not None:
            _check_formats(self.custom_formats)
        check_is_truth("approximate", self.approximate)

    def grammar(self, schema: Any) -> JsonSchemaGrammar:
        """The grammar of a schema; raises `GrammarError`. `approximate` is left to those who ask for it."""
        # The command line has options before it needs a grammar, whose import takes half a second.
        from grammars.json_schema import JsonSchemaGrammar

        return JsonSchemaGrammar(
            schema,
            property_order=self.property_order,
            whitespace=self.whitespace,
            formats=self.formats,
            draft=self.draft,
            registry=self.registry,
            custom_formats=self.custom_formats,
            deadline=self.deadline,
        )


def _check_whitespace(given: object) -> None:
    is_pair = isinstance(given, tuple | list) and len(given) == 2 and all(isinstance(part, str) for part in given)
    if not is_pair and not isinstance(given, str):
        raise wrong_type("whitespace", "'flexible', 'compact' or a pair of separators such as (', ', ': ')", given)


def _check_formats(given: object) -> None:
    from grammars.dfa import Dfa

    accepted = "a mapping from names of formats to patterns (str) or automata (Dfa)"
    if not isinstance(given, Mapping):
        raise wrong_type("custom_formats", accepted, given)
    for name, texts in given.items():
        if not (isinstance(name, str) and isinstance(texts, str | Dfa)):
            raise wrong_type("custom_formats", accepted, given)
