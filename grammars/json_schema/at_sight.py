"""What most schemas say is seen at a glance: objects by their names, arrays of one sort of items, lists of words.

These need no normal form, which would take as long again as all else that is done for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from grammars.codepoints import is_text
from grammars.ir import Lexeme
from grammars.json_schema.locate import Locator
from grammars.json_schema.nodes import ANY, Json, Node, Rule
from grammars.json_schema.reader import size_of
from grammars.json_schema.shapes import ArrayShape, StringShape
from grammars.json_schema.strings import lexeme_of


@dataclass(frozen=True)
class Named:
    """Objects: the names that are spoken of, with the rules of their values, those required, and the rule of others."""

    rules: dict[str, Rule]
    required: frozenset[str]
    others: Rule

    @property
    def other_keys(self) -> Lexeme | None:
        """All keys but the names."""
        return lexeme_of(StringShape(excluded=frozenset(self.rules)))


Seen: TypeAlias = Named | ArrayShape | StringShape


def seen_in(rule: Rule, locator: Locator) -> Seen | None:
    """What a rule says; None where it is anything else, or not as it should be."""
    if len(rule) != 1 or not rule[0][1]:
        return None
    node = rule[0][0]
    kind = node.keywords.get("type", "string")
    if not isinstance(kind, str) or kind not in _READERS:
        return None
    keywords, read = _READERS[kind]
    return read(node, locator) if node.keywords.keys() <= keywords else None


def _named(node: Node, locator: Locator) -> Named | None:
    keys = node.keywords
    declared = keys.get("properties", {})
    names = _texts(list(declared)) if isinstance(declared, dict) else None
    required = _texts(keys.get("required", []))
    if names is None or required is None:
        return None
    others = locator.child_rule(node, "additionalProperties") if "additionalProperties" in keys else ANY
    rules = {name: locator.child_rule(node, "properties", name) for name in names}
    rules.update((name, others) for name in required if name not in rules)
    return Named(rules, frozenset(required), others)


def _array(node: Node, locator: Locator) -> ArrayShape | None:
    if not isinstance(node.keywords.get("items", True), (dict, bool)):
        return None
    rest = locator.child_rule(node, "items") if "items" in node.keywords else ANY
    low, high = size_of(node, "minItems") or 0, size_of(node, "maxItems")
    return ArrayShape(rest=rest, low=low, high=high) if high is None or low <= high else None


def _words(node: Node, _locator: Locator) -> StringShape | None:
    words = _texts(node.keywords.get("enum"))
    return StringShape(words=frozenset(words)) if words else None


def _texts(values: Json) -> list[str] | None:
    """The values if they are a list of nothing but texts."""
    if not isinstance(values, list):
        return None
    texts = [value for value in values if isinstance(value, str) and is_text(value)]
    return texts if len(texts) == len(values) else None


_READERS: Final[dict[str, tuple[frozenset[str], Callable[[Node, Locator], Seen | None]]]] = {
    "object": (frozenset({"type", "properties", "required", "additionalProperties"}), _named),
    "array": (frozenset({"type", "items", "minItems", "maxItems"}), _array),
    "string": (frozenset({"type", "enum"}), _words),
}
