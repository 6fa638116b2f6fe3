"""Which keywords there are, since when, and who reads them."""

from __future__ import annotations

from functools import partial

from grammars.json_schema import keywords_array as arrays
from grammars.json_schema import keywords_logic as logic
from grammars.json_schema import keywords_object as objects
from grammars.json_schema import keywords_scalar as scalars
from grammars.json_schema import keywords_values as values
from grammars.json_schema.draft import Draft
from grammars.json_schema.keywords_unevaluated import ITEMS, PROPERTIES
from grammars.json_schema.reader import Keyword
from grammars.memo import remembered

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
    "$ref": Keyword(partial(logic.read_reference, "$ref"), order=2),
    "$dynamicRef": Keyword(partial(logic.read_reference, "$dynamicRef"), order=2, since=2020),
    "$recursiveRef": Keyword(partial(logic.read_reference, "$recursiveRef"), order=2, since=2019, until=2019),
    "allOf": _ALL_OF,
    "anyOf": Keyword(logic.read_any_of, order=3),
    "oneOf": Keyword(logic.read_one_of, order=5, within=logic.one_of_within),
    "not": Keyword(logic.read_not, order=4),
    "if": _IF,
    "then": _IF,
    "else": _IF,
    "unevaluatedItems": Keyword(ITEMS.read, order=6, since=2019, within=ITEMS.within),
    "unevaluatedProperties": Keyword(PROPERTIES.read, order=6, since=2019, within=PROPERTIES.within),
}


@remembered(128)
def names_of(draft: Draft, is_named: bool) -> frozenset[str]:
    """The keywords that a draft knows; where none was named, those of older drafts count too."""
    known = (name for name, keyword in KEYWORDS.items() if keyword.since <= draft.year)
    return frozenset(name for name in known if not is_named or draft.year <= KEYWORDS[name].until)
