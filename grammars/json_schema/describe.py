"""Rules in words, for explanations and for errors."""

from __future__ import annotations

import json
from decimal import Decimal

from grammars.json_schema.nodes import ANY, NEVER, Json, Node, Obligation, Rule

_SHOWN = (
    *("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("required", "additionalProperties"),
)
_LONGEST = 60


def describe_rule(rule: Rule) -> str:
    """What values a rule stands for: `a value for #/properties/age: integer, minimum 0`."""
    if rule == ANY:
        return "any JSON value"
    if rule == NEVER:
        return "no value"
    return "a value for " + " and ".join(_describe(obligation) for obligation in rule)


def _describe(obligation: Obligation) -> str:
    node, positive = obligation
    words = ", ".join(_words(node))
    text = f"{node.pointer}: {words}" if words else node.pointer
    return text if positive else f"not ({text})"


def _words(node: Node) -> list[str]:
    """The plain keywords of a node, and the names of the others."""
    keys = node.keywords
    words = []
    for name in _SHOWN:
        if name in keys:
            shown = _short(keys[name])
            words.append(shown if name == "type" else f"{name} {shown}")
    return words


def _short(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        text = " or ".join(str(item) for item in value)
    else:
        text = _beginning(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _beginning(value: Json) -> str:
    """The JSON text of a value, or more of it than is shown: values may be large, and nested deep."""
    text = ""
    for piece in json.JSONEncoder(default=_plain, ensure_ascii=False).iterencode(value):
        text += piece
        if len(text) > _LONGEST:
            break
    return text


def _plain(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)
