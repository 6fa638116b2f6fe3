"""Keywords that assert nothing where they stand, and why."""

from __future__ import annotations

from typing import Final

from grammars.json_schema.nodes import Json, Node

_NAMES: Final = frozenset({"$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor"})
_DIALECT: Final = frozenset({"$schema", "$vocabulary"})
_HOLDERS: Final = frozenset({"$defs", "definitions"})
_DESCRIPTIVE: Final = frozenset(
    {
        *("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"),
        *("contentEncoding", "contentMediaType", "contentSchema"),
    }
)
_NEEDS: Final = {"then": "if", "else": "if", "minContains": "contains", "maxContains": "contains"}


def is_annotation(keyword: str) -> bool:
    """Whether a keyword of some draft asserts nothing wherever it stands."""
    return keyword in _NAMES | _DIALECT | _HOLDERS | _DESCRIPTIVE


def silence_of(node: Node, keyword: str) -> str | None:
    """Why a keyword of a node asserts nothing; None where it does."""
    if keyword in node.keywords:
        return _idle(node.keywords, keyword)
    if keyword in _NAMES:
        return "names the schema"
    if keyword in _DIALECT:
        return "names the dialect"
    if keyword in _HOLDERS:
        return "holds schemas for references"
    if keyword in _DESCRIPTIVE:
        return "describes"
    if "$ref" in node.keywords and node.dialect.draft.ref_hides_siblings:
        return "counts for nothing beside $ref in this draft"
    return "this dialect knows no such keyword"


def _idle(keys: dict[str, Json], keyword: str) -> str | None:
    """Why a keyword that the dialect knows asserts nothing beside the others."""
    needed = _NEEDS.get(keyword)
    if needed is not None and needed not in keys:
        return f"asserts nothing without {needed}"
    if keyword == "if" and keys.keys().isdisjoint({"then", "else"}):
        return "asserts nothing without then or else"
    if keyword == "additionalItems" and not isinstance(keys.get("items"), list):
        return "asserts nothing without a list of items"
    return None
