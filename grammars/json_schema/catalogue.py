"""Every subschema that was looked at, as a node: the same one is always the same node, and equal small ones meet."""

from __future__ import annotations

import marshal
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urljoin

from grammars.errors import GrammarError
from grammars.json_schema.dialect import Dialect, Dialects
from grammars.json_schema.nodes import NOWHERE, Json, Node, Resource, Scope
from grammars.values import Value, plain_value

ANCHORS = frozenset({"$anchor", "$dynamicAnchor", "$recursiveAnchor"})
_NAMING = ANCHORS | {"$id", "id"}
UNSHARED = _NAMING | {"$ref", "$dynamicRef", "$recursiveRef"}
_WITHOUT_REFERENCES = 2
"""The version of `marshal` that writes equal values in the same way, be they one object or two."""
MAX_SHARED = 8192
"""The size in bytes up to which equal schemas are found to be equal."""
_SCALARS = (str, int, float, bool, type(None))


class Catalogue:
    """Owns the nodes of a document and of those that it refers to."""

    def __init__(self, dialects: Dialects) -> None:
        self._dialects = dialects
        self._by_identity: dict[tuple[int, Resource], Node] = {}
        self._by_content: dict[object, Node] = {}
        self._constants: dict[object, Node] = {}
        self._scoped: dict[tuple[Node, Scope], Node] = {}
        self._tops: dict[Resource, Node] = {}
        self._count = 0

    def document(self, schema: Json, uri: str, dialect: Dialect, at: str) -> Node:
        """The root of a document that was found at a URI."""
        if not isinstance(schema, (dict, bool)):
            raise GrammarError("a schema has to be an object, true or false", at, repr(schema)[:80])
        own = own_uri(schema, dialect)
        # A relative id that the URI ends with has been resolved already.
        base = uri if own is None or uri.endswith(own) else joined(uri, own, at)
        return self._top(schema, Resource(base, schema, dialect, at))

    def top(self, resource: Resource) -> Node:
        """The root of a resource."""
        return self._tops[resource]

    def child(self, node: Node, *steps: str | int) -> Node:
        """The subschema at `steps` below `node`, without a scope."""
        value: Json = node.schema
        for step in steps:
            value = value[step]  # type: ignore[index]  # steps lead somewhere
        return self.node(value, node.plain, steps)

    def node(self, schema: Json, parent: Node, steps: tuple[str | int, ...]) -> Node:
        """The node of `schema`, which stands at `steps` below `parent` (or was made up there), without a scope."""
        if isinstance(schema, bool):
            return self._make(schema, parent, steps, parent.resource)
        key = (id(schema), parent.resource)
        known = self._by_identity.get(key)
        if known is None:
            if not isinstance(schema, dict):
                raise GrammarError("a schema has to be an object, true or false", parent.at(*steps), repr(schema)[:80])
            # The document holds the schema, so its id is not given to another object.
            known = self._by_identity[key] = self._meet_equal(schema, parent, steps)
        return known

    def constant(self, value: Json, parent: Node, *steps: str | int) -> Node:
        """The node of one value, written at `steps` below `parent`."""
        content = (value, type(value)) if isinstance(value, _SCALARS) else id(value)
        known = self._constants.get(content)
        if known is None:
            known = self._constants[content] = self._make({"enum": [value]}, parent.plain, steps, parent.resource)
        return known

    def one_of(self, values: frozenset[Value]) -> Node:
        """The node of some values, which stands nowhere."""
        known = self._constants.get(values)
        if known is None:
            ordered = sorted(map(plain_value, values), key=repr)
            known = self._constants[values] = self._make({"enum": ordered}, None, (), NOWHERE)
        return known

    def made(self, schema: Json, parent: Node, *steps: str | int) -> Node:
        """The node of a schema that is not in the document, made up at `steps` below `parent`."""
        return self._make(schema, parent.plain, steps, parent.resource)

    def scoped(self, plain: Node, scope: Scope) -> Node:
        """The node within a scope."""
        known = self._scoped.get((plain, scope))
        if known is None:
            self._count += 1
            known = replace(plain, number=self._count, scope=scope, plain_self=plain)
            self._scoped[plain, scope] = known
        return known

    def _meet_equal(self, schema: dict[str, Json], parent: Node, steps: tuple[str | int, ...]) -> Node:
        content = _content(schema, parent)
        known = None if content is None else self._by_content.get(content)
        if known is None:
            known = self._own(schema, parent, steps) or self._make(schema, parent, steps, parent.resource)
            if content is not None:
                self._by_content[content] = known
        return known

    def _own(self, schema: dict[str, Json], parent: Node, steps: tuple[str | int, ...]) -> Node | None:
        """The node of a schema that is a resource of its own."""
        if "$id" not in schema and "id" not in schema:
            return None
        dialect = self._dialects.of(schema, parent.dialect)
        own = own_uri(schema, dialect)
        if own is None:
            return None
        at = parent.at(*steps)
        return self._top(schema, Resource(joined(parent.resource.uri, own, at), schema, dialect, at))

    def _top(self, schema: Json, resource: Resource) -> Node:
        top = self._tops[resource] = self._make(schema, None, (), resource)
        self._by_identity[id(schema), resource] = top
        return top

    def _make(self, schema: Json, parent: Node | None, steps: tuple[str | int, ...], resource: Resource) -> Node:
        self._count += 1
        return Node(schema, parent, steps, resource, self._count)


def is_named(schema: dict[str, Json]) -> bool:
    """Whether a schema may have a name that references can use."""
    return not _NAMING.isdisjoint(schema)


def own_uri(schema: Json, dialect: Dialect) -> str | None:
    """The URI that a schema gives itself, without fragment, if it does."""
    if not isinstance(schema, dict) or (dialect.draft.ref_hides_siblings and "$ref" in schema):
        return None
    name = schema.get(dialect.draft.id_keyword)
    return name.partition("#")[0] or None if isinstance(name, str) else None


def joined(base: str, reference: str, where: str = "") -> str:
    """A reference read against a base URI, which may be one that Python can not take apart (`urn:…`)."""
    if not reference or reference[0] == "#":
        return base + reference
    try:
        return urljoin(base, reference)
    except ValueError as error:
        raise GrammarError("this is no URI", where, reference, str(error)) from error


def _content(schema: dict[str, Json], parent: Node) -> object | None:
    """What a schema of moderate size says; schemas that say the same are one node.

    References mean the same wherever they stand in a resource.
    """
    if len(schema) > MAX_SHARED or not UNSHARED.isdisjoint(schema):
        return None
    dialect, is_plain, size = parent.dialect, True, 0
    said: list[tuple[str, object]] = []
    for key, value in schema.items():
        plain = isinstance(value, _SCALARS)
        is_plain = is_plain and plain
        if key in dialect.keywords:
            spelled = (value.__class__, value) if plain else _spelled(value)
            said.append((key, spelled))
            size += 0 if plain else len(spelled)
    return None if size > MAX_SHARED else (dialect if is_plain else parent.resource, frozenset(said))


def _spelled(value: Json) -> bytes:
    """A value as bytes that tell it from all others, its members in their order."""
    try:
        return marshal.dumps(cast("Any", value), _WITHOUT_REFERENCES)
    except ValueError:
        return b" " * (MAX_SHARED + 1)
