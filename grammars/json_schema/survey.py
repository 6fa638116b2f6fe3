"""A look ahead over a schema when it is read first: what is not supported should be said then, not in mid-text.

The places of values are walked, and from suspicious ones the rules that are made there of several subschemas. Only so
many of each: what lies beyond the bounds is found when a text gets there. No automaton and no normal form is made for
what is not suspicious.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from itertools import islice

from grammars.deadline import check
from grammars.ir import Call, Choice, Expr, Members, Remember, Repeat, Seq
from grammars.json_schema.dialect import Dialect
from grammars.json_schema.locate import Locator
from grammars.json_schema.nodes import Json, Node
from grammars.json_schema.places import places
from grammars.json_schema.schema_text import Written
from grammars.json_schema.scopes import REFERENCES

_PLAIN = frozenset(
    {
        *("type", "enum", "properties", "required", "additionalProperties", "items"),
        *("title", "description", "default", "examples"),
    }
)
_BACK_REFERENCE = re.compile(r"\\[1-9k]")
"""What no automaton reads. In JSON text the backslash comes twice, and the second one is found."""
MAX_NODES = 2000
MAX_MADE = 200
IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"})
_POINTING = REFERENCES | {"$schema"}
_EXCLUDING = frozenset({"oneOf", "not", "if", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties"})
_REFUSED = frozenset({"unevaluatedItems", "unevaluatedProperties"})
_SUSPICIOUS = _EXCLUDING | _REFUSED | {"multipleOf", "minProperties", "dependencies"}


def suspects(locator: Locator) -> Iterator[Node]:
    """The values, near the root first, whose schemas have keywords that may not be supported."""
    queue = deque([(locator.root, locator.root)])
    seen = {locator.root}
    looked_at = 0
    while queue and looked_at < MAX_NODES:
        check()
        node, value = queue.popleft()
        if _is_suspicious(node.keywords) or _asserts_format(node.keywords, node.dialect):
            yield value
        for child, in_place in islice(_children(locator, node), MAX_NODES - looked_at):
            looked_at += 1
            if child is not None and child not in seen:
                seen.add(child)
                queue.append((child, value if in_place else child))


def may_have_suspects(root: Node, written: Written) -> bool:
    """Whether it is worth while to look for suspects in a document; `written` is its text."""
    if root.dialect.asserts_formats or written.leads_elsewhere:
        return True
    if not written.has(_SUSPICIOUS) and not _BACK_REFERENCE.search(written.text or ""):
        return False
    return any(map(_is_suspicious, _objects(root.schema)))


def _objects(schema: Json) -> Iterator[dict[str, Json]]:
    """Every object inside of a schema, whether it is a subschema or not."""
    pending, seen = [schema], set()
    while pending:
        check()
        found = pending.pop()
        if isinstance(found, list):
            pending += found
        elif isinstance(found, dict) and id(found) not in seen:
            seen.add(id(found))
            pending += found.values()
            yield found


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


def _is_suspicious(keys: dict[str, Json]) -> bool:
    if keys.get("multipleOf", 1) != 1 or keys.get("minProperties", 0) not in (0, 1):
        return True
    patterns = keys.get("patternProperties")
    for pattern in (keys.get("pattern"), *(patterns if isinstance(patterns, dict) else ())):
        if isinstance(pattern, str) and _BACK_REFERENCE.search(pattern):
            return True
    return not _REFUSED.isdisjoint(keys) or _excludes(keys)


def _excludes(keys: dict[str, Json]) -> bool:
    """Whether subschemas that do not hold have a say, so that alternatives may multiply."""
    if not _EXCLUDING.isdisjoint(keys) and not (_EXCLUDING & keys.keys() == {"oneOf"} and _differ(keys["oneOf"])):
        return True
    dependencies = keys.get("dependencies")
    return isinstance(dependencies, dict) and any(isinstance(value, dict) for value in dependencies.values())


def _differ(branches: Json) -> bool:
    """Whether each of some subschemas asks for types of its own, and for nothing that may not be supported."""
    seen: set[str] = set()
    for branch in branches if isinstance(branches, list) else [None]:
        asked = branch.get("type") if isinstance(branch, dict) and branch.keys() <= _PLAIN else None
        listed = asked if isinstance(asked, list) else [asked]
        types = {"number" if each == "integer" else each for each in listed if isinstance(each, str)}
        if not types or not types.isdisjoint(seen):
            return False
        seen |= types
    return True


def _children(locator: Locator, node: Node) -> Iterator[tuple[Node | None, bool]]:
    """The subschemas of a node, None for plain ones, and whether they are about the same value."""
    keys = node.keywords
    for name in REFERENCES.intersection(keys):
        yield locator.target(node, name), True
    for name in keys:
        for schema, steps in places(keys, name):
            child = None if _is_plain(schema, node.dialect) else locator.node(schema, node, steps)
            yield child, name in IN_PLACE


def _asserts_format(keys: dict[str, Json], dialect: Dialect) -> bool:
    """Whether a format has to be one that is known."""
    return dialect.asserts_formats and "format" in keys


def _is_plain(schema: Json, dialect: Dialect) -> bool:
    """Whether a schema has neither subschemas nor suspicious keywords."""
    if not isinstance(schema, dict):
        return isinstance(schema, bool)
    if not _POINTING.isdisjoint(schema) or _is_suspicious(schema) or _asserts_format(schema, dialect):
        return False
    return not any(isinstance(value, (dict, list)) for value in schema.values())
