"""Which schemas plainly have a value, as is seen by looking at them: most do, and need no looking into.

What is not plain may have a value all the same. Only a few keywords are known here, each as it is mostly written; a
schema with any other, or with a malformed one, is left to those who read it thoroughly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from grammars.codepoints import is_text
from grammars.errors import GrammarError
from grammars.json_schema.apart import ELSEWHERE, are_apart
from grammars.json_schema.locate import Locator
from grammars.json_schema.nodes import Json, Node, Resource
from grammars.json_schema.shapes import Language

_HARMLESS: Final = frozenset({"properties", "patternProperties", "additionalProperties", "items", "maxLength"})
"""What says something about parts that values can do without, or is about a length that may be 0."""
_DEPTH: Final = 8
_LISTING: Final = frozenset({"enum", "const"})
_SET: Final = r"\[\^?-?(?:a-z|A-Z|0-9|a-f|A-F|\\[dws./-]|[a-zA-Z0-9_ .:/@,])+-?\]"
_ATOM: Final = rf"(?:{_SET}|[a-zA-Z0-9_ :/@,-]|\\[dws./-])"
_PLAIN_PATTERN: Final = re.compile(rf"\^?(?:{_ATOM}(?:[*+?]|\{{\d{{1,3}},?\}})?)+\$?")


@dataclass(frozen=True, eq=False)
class Terms:
    """How schemas of a resource are read: the keywords that count, the formats that are asserted, its references."""

    keywords: frozenset[str]
    formats: Mapping[str, Language]
    resource: Resource
    locator: Locator
    targets: dict[str, bool] = field(default_factory=dict)

    def refer(self, reference: str) -> Json:
        """What a reference means if that is in the same resource."""
        try:
            target = self.locator.named(self.resource, reference)
        except GrammarError:
            return None
        return target.schema if target.resource is self.resource else None

    def refers(self, reference: str, depth: int) -> bool:
        """Whether what a reference means plainly has a value; what comes back to itself has none by that."""
        known = self.targets.get(reference)
        if known is None:
            self.targets[reference] = False
            known = self.targets[reference] = has_plain_value(self.refer(reference), self, depth)
        return known


class PlainValues:
    """Finds the schemas of a document that plainly have a value."""

    def __init__(self, locator: Locator, formats: Mapping[str, Language]) -> None:
        self._locator = locator
        self._formats = formats
        self._terms: dict[Resource, Terms] = {}

    def has(self, node: Node) -> bool:
        """Whether a schema plainly has a value."""
        return self.has_part(node.schema, node.resource)

    def has_part(self, schema: Json, resource: Resource) -> bool:
        """Likewise for one that stands in a resource."""
        terms = self._terms.get(resource)
        if terms is None:
            formats = {} if resource.dialect.asserts_formats else self._formats
            terms = self._terms[resource] = Terms(resource.dialect.keywords, formats, resource, self._locator)
        return has_plain_value(schema, terms, _DEPTH)


Keywords: TypeAlias = dict[str, Json]
"""A schema, or those of its keywords that count besides `type` and what is harmless: what it asserts."""


def has_plain_value(schema: Json, terms: Terms, depth: int) -> bool:
    """Whether a schema asks for a type, and says nothing else that a value of it may fail to meet."""
    if not isinstance(schema, dict):
        return False
    asked = schema.get("type")
    if asked is None or "$ref" in schema:
        return _has_without_type(schema, terms, depth)
    kinds = asked if isinstance(asked, list) else [asked]
    if not all(isinstance(kind, str) and kind in _JUDGES for kind in kinds) or not _is_size(schema.get("maxLength", 0)):
        return False
    asserted = {
        key: value for key, value in schema.items() if key in terms.keywords and key not in _HARMLESS and key != "type"
    }
    return any(not asserted or _JUDGES[kind](asserted, schema, terms, depth) for kind in kinds if isinstance(kind, str))


def _has_without_type(schema: Keywords, terms: Terms, depth: int) -> bool:
    """Whether a schema only lists values, one of which is written without more ado, or schemas which all have one."""
    asserted = terms.keywords & schema.keys()
    if len(asserted) != 1 or depth == 0:
        return False
    (name,) = asserted
    value = schema[name]
    if name == "$ref":
        return isinstance(value, str) and terms.refers(value, depth - 1)
    if name in {"anyOf", "oneOf"} and isinstance(value, list):
        is_free = name == "anyOf" or are_apart(value, terms.keywords, terms.refer)
        # What is wrong with the others is only found by those who read them.
        return bool(value) and is_free and all(_part(branch, terms, depth) for branch in value)
    return name in _LISTING and any(map(_is_plain, _listed(name, value)))


def _listed(name: str, value: Json) -> list[Json]:
    if name == "const":
        return [value]
    return value if isinstance(value, list) else []


def _is_plain(value: Json) -> bool:
    return _is_text(value) or value is None or isinstance(value, bool)


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and is_text(value)


def _object(asserted: Keywords, schema: Keywords, terms: Terms, depth: int) -> bool:
    """Whether every required member is declared, nowhere else spoken of, and plainly has a value."""
    required, declared = asserted.get("required"), schema.get("properties")
    if asserted.keys() != {"required"} or "patternProperties" in schema or depth == 0:
        return False
    if not isinstance(declared, dict) or not isinstance(required, list):
        return False
    return all(isinstance(name, str) and is_text(name) and _part(declared.get(name), terms, depth) for name in required)


def _part(schema: Json, terms: Terms, depth: int) -> bool:
    """Likewise for a part, which may be in another dialect if it says so."""
    return isinstance(schema, dict) and ELSEWHERE.isdisjoint(schema) and has_plain_value(schema, terms, depth - 1)


def _array(asserted: Keywords, schema: Keywords, terms: Terms, depth: int) -> bool:
    """Whether there may be no items, or one that has a value as all have."""
    if asserted.keys() == {"uniqueItems"}:
        return isinstance(asserted["uniqueItems"], bool)
    if asserted.keys() == {"maxItems"}:
        return _is_size(asserted["maxItems"])
    if asserted.keys() != {"minItems"} or not _is_size(asserted["minItems"]) or depth == 0:
        return False
    return isinstance(schema.get("items"), dict) and _part(schema["items"], terms, depth)


def _string(asserted: Keywords, schema: Keywords, terms: Terms, _depth: int) -> bool:
    """Whether only a least length, only a known format, or only some words are asked for."""
    if len(asserted) != 1:
        return False
    if "maxLength" in schema:
        return asserted.keys() == {"minLength"} and _are_ordered(asserted["minLength"], schema["maxLength"])
    (name, value), *_ = asserted.items()
    if name in _LISTING:
        return any(map(_is_text, _listed(name, value)))
    if name == "pattern":
        return isinstance(value, str) and _PLAIN_PATTERN.fullmatch(value) is not None
    if name == "format":
        return isinstance(value, str) and terms.formats.get(value) == ("format", value)
    return name == "minLength" and _is_size(value)


def _number(asserted: Keywords, _schema: Keywords, _terms: Terms, _depth: int) -> bool:
    """Whether only a least or a greatest number is asked for, or both, and some whole number lies between."""
    if not asserted.keys() <= {"minimum", "maximum"} or not all(map(_is_whole, asserted.values())):
        return False
    low, high = asserted.get("minimum"), asserted.get("maximum")
    return low is None or high is None or (isinstance(low, int) and isinstance(high, int) and low <= high)


def _nothing_else(_asserted: Keywords, _schema: Keywords, _terms: Terms, _depth: int) -> bool:
    return False


def _is_whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_ordered(low: Json, high: Json) -> bool:
    return _is_size(low) and _is_size(high) and isinstance(low, int) and isinstance(high, int) and low <= high


def _is_size(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_JUDGES: Final[dict[str, Callable[[Keywords, Keywords, Terms, int], bool]]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "number": _number,
    "integer": _number,
    "boolean": _nothing_else,
    "null": _nothing_else,
}
