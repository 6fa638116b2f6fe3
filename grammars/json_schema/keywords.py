"""Which keywords there are, since when, and who reads them."""

from __future__ import annotations

from functools import lru_cache

from grammars.errors import GrammarError
from grammars.json_schema import keywords_array as arrays
from grammars.json_schema import keywords_logic as logic
from grammars.json_schema import keywords_object as objects
from grammars.json_schema import keywords_scalar as scalars
from grammars.json_schema import keywords_values as values
from grammars.json_schema.keywords_unevaluated import ITEMS, PROPERTIES
from grammars.json_schema.nodes import Node
from grammars.json_schema.normal_form import Normal
from grammars.json_schema.reader import Context, Keyword


def refuse(keyword: str) -> Keyword:
    """A keyword that asserts something and is not supported."""

    def read(_context: Context, node: Node, _positive: bool) -> Normal:
        advice = "leave it out or say it otherwise"
        raise GrammarError("this keyword is not supported", node.at(keyword), keyword, advice)

    return Keyword(read, order=0)


_REF = Keyword(logic.read_ref, order=2)
_ALL_OF = Keyword(logic.read_all_of, order=2)
_LIMITS = Keyword(scalars.read_limits)
_LENGTHS = Keyword(scalars.read_lengths)
_ITEMS = Keyword(arrays.read_items)
_ITEM_SIZES = Keyword(arrays.read_sizes)
_CONTAINS = Keyword(arrays.read_contains, since=6)
_MEMBERS = Keyword(objects.read_members)
_SIZES = Keyword(objects.read_sizes)
_IF = Keyword(logic.read_if, order=4, since=7)

KEYWORDS: dict[str, Keyword] = {
    "type": Keyword(scalars.read_type, order=0),
    "enum": Keyword(values.read_enum, order=0),
    "const": Keyword(values.read_const, order=0, since=6),
    "minimum": _LIMITS,
    "maximum": _LIMITS,
    "exclusiveMinimum": _LIMITS,
    "exclusiveMaximum": _LIMITS,
    "multipleOf": Keyword(scalars.read_multiple_of),
    "minLength": _LENGTHS,
    "maxLength": _LENGTHS,
    "pattern": Keyword(scalars.read_pattern),
    "format": Keyword(scalars.read_format),
    "items": _ITEMS,
    "prefixItems": _ITEMS,
    "additionalItems": _ITEMS,
    "minItems": _ITEM_SIZES,
    "maxItems": _ITEM_SIZES,
    "uniqueItems": Keyword(arrays.read_unique),
    "contains": _CONTAINS,
    "minContains": _CONTAINS,
    "maxContains": _CONTAINS,
    "properties": _MEMBERS,
    "patternProperties": _MEMBERS,
    "additionalProperties": _MEMBERS,
    "required": Keyword(objects.read_required),
    "minProperties": _SIZES,
    "maxProperties": _SIZES,
    "propertyNames": Keyword(objects.read_property_names, since=6),
    "dependencies": Keyword(objects.read_dependencies, order=3),
    "dependentRequired": Keyword(objects.read_dependent_required, order=3, since=2019),
    "dependentSchemas": Keyword(objects.read_dependent_schemas, order=3, since=2019),
    "$ref": _REF,
    "allOf": _ALL_OF,
    "anyOf": Keyword(logic.read_any_of, order=3),
    "oneOf": Keyword(logic.read_one_of, order=5, within=logic.one_of_within),
    "not": Keyword(logic.read_not, order=4),
    "if": _IF,
    "then": _IF,
    "else": _IF,
    "unevaluatedItems": Keyword(ITEMS.read, order=6, since=2019, within=ITEMS.within),
    "unevaluatedProperties": Keyword(PROPERTIES.read, order=6, since=2019, within=PROPERTIES.within),
    "$dynamicRef": refuse("$dynamicRef"),
    "$recursiveRef": refuse("$recursiveRef"),
}


@lru_cache
def keywords_of(year: int) -> dict[str, Keyword]:
    """The keywords that a draft knows."""
    return {name: keyword for name, keyword in KEYWORDS.items() if keyword.since <= year}
