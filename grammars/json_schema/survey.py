"""A look ahead over a schema when it is read first: what is not supported should be said then, not in mid-text.

The places of values are walked that lead to suspicious ones, and from those the rules that are made there of several
subschemas. Only so many of each: what lies beyond the bounds is found when a text gets there. No automaton and no
normal form is made for what is not suspicious.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from itertools import islice

from grammars.deadline import check
from grammars.ir import Call, Choice, Expr, Members, Remember, Repeat, Seq
from grammars.json_schema.apart import are_apart
from grammars.json_schema.catalogue import own_uri
from grammars.json_schema.locate import Locator
from grammars.json_schema.nodes import Json, Node, Resource
from grammars.json_schema.outline import Outline
from grammars.json_schema.places import places
from grammars.json_schema.schema_text import Written
from grammars.json_schema.scopes import REFERENCES

_BACK_REFERENCE = re.compile(r"\\[1-9k]")
"""What no automaton reads. In JSON text the backslash comes twice, and the second one is found."""
_PLAIN = frozenset(
    {
        *("type", "enum", "properties", "required", "additionalProperties", "items"),
        *("title", "description", "default", "examples"),
    }
)
MAX_NODES = 2000
MAX_MADE = 200
IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"})
_EXCLUDING = frozenset({"oneOf", "not", "if", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties"})
_SUSPICIOUS = _EXCLUDING | {"multipleOf", "minProperties", "dependencies"}
_LOOKED_AT = _SUSPICIOUS | {"pattern", "patternProperties"}


class Survey:
    """Finds the values of a document whose schemas have keywords that may not be supported."""

    def __init__(
        self, locator: Locator, outline: Outline, written: Written, has_value: Callable[[Json, Resource], bool]
    ) -> None:
        self._locator = locator
        self._refer = _nowhere if _has_own_bases(locator.root, outline, written) else outline.target
        self._has_value = has_value
        self._harmless = self._apart_from_suspects(outline, written)

    def _apart_from_suspects(self, outline: Outline, written: Written) -> set[int]:
        """The identities of the parts that lead to no suspects; of none where that is not easily seen."""
        if self._refer is _nowhere:
            return set()
        is_clean = not written.has(_SUSPICIOUS) and not _BACK_REFERENCE.search(written.text or "")
        if is_clean and outline.is_whole and not written.leads_elsewhere:
            return {id(outline.places[0][0])}
        return outline.apart_from(self._is_suspicious)

    def suspects(self) -> Iterator[Node]:
        """The values, near the root first."""
        root = self._locator.root
        queue = deque([] if self._is_harmless(root.schema) else [(root, root)])
        seen = {root}
        looked_at = 0
        while queue and looked_at < MAX_NODES:
            check()
            node, value = queue.popleft()
            if self._is_suspect(node):
                yield value
            for child, in_place in islice(self._children(node), MAX_NODES - looked_at):
                looked_at += 1
                if child not in seen:
                    seen.add(child)
                    queue.append((child, value if in_place else child))

    def _children(self, node: Node) -> Iterator[tuple[Node, bool]]:
        """The subschemas of a node that may lead to suspects, and whether they are about the same value."""
        keys = node.keywords
        for name in REFERENCES.intersection(keys):
            yield self._locator.target(node, name), True
        for name in keys:
            for schema, steps in places(keys, name):
                if not self._is_harmless(schema):
                    yield self._locator.node(schema, node, steps), name in IN_PLACE

    def _is_harmless(self, schema: Json) -> bool:
        return id(schema) in self._harmless

    def _is_suspect(self, node: Node) -> bool:
        # What references mean is only known of this document.
        is_foreign = node.resource is not self._locator.root.resource
        return _asserts_format(node) or self._is_suspicious(node.keywords) or (is_foreign and "oneOf" in node.keywords)

    def _is_suspicious(self, keys: dict[str, Json]) -> bool:
        if _LOOKED_AT.isdisjoint(keys):
            return False
        if not _EXCLUDING.isdisjoint(keys) and not self._is_plain_choice(keys):
            return True
        if keys.get("multipleOf", 1) != 1 or keys.get("minProperties", 0) not in (0, 1):
            return True
        return any(map(_BACK_REFERENCE.search, _patterns(keys))) or _has_dependent_schemas(keys)

    def _is_plain_choice(self, keys: dict[str, Json]) -> bool:
        """Whether there is but `oneOf`, of branches that plainly exclude each other and have nothing wrong."""
        branches = keys.get("oneOf")
        if _EXCLUDING & keys.keys() != {"oneOf"} or not isinstance(branches, list):
            return False
        known = self._locator.root.dialect.keywords
        return all(map(self._is_simple, branches)) and are_apart(branches, known, self._refer)

    def _is_simple(self, schema: Json) -> bool:
        """Whether a schema says only what is always supported, or plainly has a value."""
        is_listed = isinstance(schema, dict) and schema.keys() <= _PLAIN
        return is_listed or self._has_value(schema, self._locator.root.resource)


def _has_own_bases(root: Node, outline: Outline, written: Written) -> bool:
    """Whether parts may be in another dialect, or have a URI of their own that pointers are relative to."""
    if root.dialect.asserts_formats:
        return True
    keyword = root.dialect.draft.id_keyword
    if not written.dialects and not written.has({keyword}):
        return False
    parts = (schema for schema, chain, _ in outline.places if chain and isinstance(schema, dict))
    return any("$schema" in part or (keyword in part and own_uri(part, root.dialect) is not None) for part in parts)


def _nowhere(_reference: str) -> Json:
    return None


def _asserts_format(node: Node) -> bool:
    """Whether a format has to be one that is known."""
    return node.dialect.asserts_formats and "format" in node.keywords


def _patterns(keys: dict[str, Json]) -> Iterator[str]:
    names = keys.get("patternProperties")
    for pattern in (keys.get("pattern"), *(names if isinstance(names, dict) else ())):
        if isinstance(pattern, str):
            yield pattern


def _has_dependent_schemas(keys: dict[str, Json]) -> bool:
    """Whether subschemas that do not hold have a say, so that alternatives may multiply."""
    dependencies = keys.get("dependencies")
    return isinstance(dependencies, dict) and any(isinstance(value, dict) for value in dependencies.values())


def expand_ahead(rules: Iterator[Hashable], expand: Callable[[Hashable], Expr]) -> dict[Hashable, Expr]:
    """The expressions of some rules, and of those made of several subschemas or negated ones that they lead to."""
    found: dict[Hashable, Expr] = {}
    made = 0
    for start in rules:
        queue = deque([start])
        while queue:
            check()
            rule = queue.popleft()
            if rule in found:
                continue
            found[rule] = expand(rule)
            inner = [called for called in calls(found[rule]) if _is_made(called) and called not in found]
            queue.extend(inner[: MAX_MADE - made])
            made = min(made + len(inner), MAX_MADE)
    return found


def _is_made(rule: Hashable) -> bool:
    """Whether no subschema stands for a rule by itself."""
    return not isinstance(rule, tuple) or len(rule) > 1 or any(not positive for _, positive in rule)


def calls(expr: Expr) -> Iterator[Hashable]:
    """The rules that an expression calls."""
    match expr:
        case Call(rule) | Remember(rule):
            yield rule
        case Seq(parts) | Choice(parts):
            for part in parts:
                yield from calls(part)
        case Repeat():
            yield from calls(expr.body)
        case Members():
            yield from expr.values
            yield from (extra.value for extra in expr.extras)
