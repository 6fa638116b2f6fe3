"""Where references lead as they are written: by URI, JSON Pointer or anchor, inside the document and outside."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import unquote

from grammars.errors import GrammarError, PlacedAt
from grammars.json_schema.catalogue import ANCHORS, Catalogue, is_named, joined
from grammars.json_schema.dialect import Dialect, Dialects
from grammars.json_schema.documents import Documents
from grammars.json_schema.nodes import Json, Node, Resource
from grammars.json_schema.places import Steps, is_place, subschemas
from grammars.json_schema.schema_text import Written

RECURSIVE = "#"
"""The name under which a resource with `$recursiveAnchor` is kept among those of dynamic anchors."""

_NOTHING: Mapping[str, Node] = {}
Chain: TypeAlias = "tuple[Chain, Steps] | None"
"""The steps from the root of a resource, the last ones outermost."""


class Resources:
    """Finds resources and what is named in them; a document is searched for names when they are first needed."""

    def __init__(
        self, root: Node, catalogue: Catalogue, documents: Documents, dialects: Dialects, written: Written
    ) -> None:
        self._root = root
        self._has_names = written.leads_elsewhere or written.has({root.dialect.draft.id_keyword, *ANCHORS})
        self._catalogue = catalogue
        self._documents = documents
        self._dialects = dialects
        self._targets: dict[tuple[Resource, str], Node] = {}
        self._inside: dict[Node, dict[str, Node]] = {}
        self._outside: dict[tuple[str, Dialect], Node] = {}
        self._anchors: dict[Resource, dict[str, Node]] = {}
        self._dynamic: dict[Resource, dict[str, Node]] = {}

    def target(self, node: Node, keyword: str) -> Node:
        """The node that a reference means by itself, without a scope."""
        reference = node.keywords[keyword]
        if not isinstance(reference, str):
            raise GrammarError(f"{keyword} has to be a string", node.at(keyword), repr(reference)[:80])
        found = self._targets.get((node.resource, reference))
        if found is None:
            with PlacedAt(lambda: node.at(keyword)):
                found = self.named(node.resource, reference)
        return found

    def named(self, resource: Resource, reference: str) -> Node:
        """The node that a reference from inside of a resource means by itself, without a scope."""
        found = self._targets.get((resource, reference))
        if found is None:
            found = self._targets[resource, reference] = self._resolve(resource, reference)
        return found

    def dynamic(self, resource: Resource) -> Mapping[str, Node]:
        """The dynamic anchors of a resource by their names."""
        if resource.dialect.draft.year < 2019:
            return _NOTHING
        self._know(resource)
        return self._dynamic[resource]

    def _resolve(self, resource: Resource, reference: str) -> Node:
        uri, _, fragment = joined(resource.uri, reference).partition("#")
        base = self._top(uri, resource)
        if base is None:
            advice = "nothing is fetched: pass a referencing.Registry that has this document as registry"
            raise GrammarError("this reference leads nowhere", found=reference, advice=advice)
        name = unquote(fragment)
        found = self._walk(base, name) if not name or name[0] == "/" else self._anchored(base.resource, name)
        if found is None:
            raise GrammarError("this reference leads nowhere", found=reference, advice="the document has no such place")
        return found

    def _top(self, uri: str, asking: Resource) -> Node | None:
        """The root of the resource with that URI; what does not name its dialect is read in that of who asks."""
        if uri == asking.uri:
            return self._catalogue.top(asking)
        found = self._uris(self._root).get(uri) or self._outside.get((uri, asking.dialect))
        return self._load(uri, asking.dialect) if found is None else found

    def _load(self, uri: str, asked: Dialect) -> Node | None:
        schema = self._documents.find(uri)
        if schema is None:
            return None
        dialect = self._dialects.of(schema, asked)
        top = self._outside.get((uri, dialect)) or self._catalogue.document(schema, uri, dialect, f"{uri}#")
        self._outside[uri, asked] = self._outside[uri, dialect] = top
        for own, node in self._uris(top).items():
            self._outside.setdefault((own, asked), node)
        return top

    def _walk(self, base: Node, pointer: str) -> Node | None:
        """The node at a JSON Pointer; ids on the way count where subschemas are."""
        place, value = base, base.schema
        steps: Steps = ()
        for text in pointer.split("/")[1:]:
            found = _step(value, text)
            if found is None:
                return None
            value, steps = found[1], (*steps, found[0])
            if isinstance(value, dict) and is_place(steps, place.dialect):
                place, steps = self._catalogue.node(value, place, steps), ()
        return self._catalogue.node(value, place, steps) if steps else place

    def _anchored(self, resource: Resource, name: str) -> Node | None:
        self._know(resource)
        return self._anchors[resource].get(name)

    def _know(self, resource: Resource) -> None:
        """Sees to it that the names in a resource are known; one that only a pointer leads to is searched by itself."""
        if resource not in self._anchors:
            self._uris(self._catalogue.top(resource))

    def _uris(self, top: Node) -> dict[str, Node]:
        """A resource and those inside of it by their URIs; the first search takes down the names in them."""
        found = self._inside.get(top)
        if found is None:
            found = self._inside[top] = {}
            for node in self._named(top):
                found.setdefault(node.resource.uri, self._catalogue.top(node.resource))
                self._take_names(node)
        return found

    def _named(self, top: Node) -> Iterator[Node]:
        """The root of a resource, and all that have names inside of it, the outermost first."""
        yield top
        if top is self._root and not self._has_names:
            return
        queue: deque[tuple[Json, Node, Chain]] = deque([(top.schema, top, None)])
        seen: set[tuple[int, Node]] = set()
        while queue:
            schema, place, chain = queue.popleft()
            # One object may stand at many places in a schema that is not from JSON text.
            if not isinstance(schema, dict) or (id(schema), place) in seen:
                continue
            seen.add((id(schema), place))
            if chain is not None and is_named(schema):
                node = self._catalogue.node(schema, place, steps_of(chain))
                yield node
                if node.resource is not place.resource:
                    place, chain = node, None
            queue.extend((found, place, (chain, steps)) for found, steps in subschemas(schema, place.dialect))

    def _take_names(self, node: Node) -> None:
        anchors = self._anchors.setdefault(node.resource, {})
        dynamic = self._dynamic.setdefault(node.resource, {})
        for name in _anchors(node):
            anchors.setdefault(name, node)
        for name in _dynamic_anchors(node):
            dynamic.setdefault(name, node)


def _anchors(node: Node) -> Iterator[str]:
    """The names that a subschema has for plain references."""
    keys, draft = node.schema, node.dialect.draft
    if not isinstance(keys, dict) or (draft.ref_hides_siblings and "$ref" in keys):
        return
    if draft.ids_are_anchors:
        own = keys.get(draft.id_keyword)
        names: list[Json] = [unquote(own.partition("#")[2])] if isinstance(own, str) else []
    else:
        names = [keys.get("$anchor"), keys.get("$dynamicAnchor")]
    yield from (name for name in names if name and isinstance(name, str))


def _dynamic_anchors(node: Node) -> Iterator[str]:
    """The names that a subschema has for dynamic references."""
    keys = node.schema
    if not isinstance(keys, dict):
        return
    name = keys.get("$dynamicAnchor")
    if isinstance(name, str) and "$dynamicRef" in node.dialect.keywords:
        yield name
    if keys.get("$recursiveAnchor") is True and keys is node.resource.root and "$recursiveRef" in node.dialect.keywords:
        yield RECURSIVE


def _step(value: Json, text: str) -> tuple[str | int, Json] | None:
    """A step of a JSON Pointer as it is made in a value, and where it leads; None where it can not be made."""
    text = text.replace("~1", "/").replace("~0", "~")
    if isinstance(value, dict):
        return (text, value[text]) if text in value else None
    if isinstance(value, list) and text.isascii() and text.isdigit() and len(text) < 10 and int(text) < len(value):
        return int(text), value[int(text)]
    return None


def value_at(value: Json, steps: Sequence[str]) -> Json:
    """What stands at the steps of a JSON Pointer in a value; nothing where they can not be made."""
    for text in steps:
        found = _step(value, text)
        if found is None:
            return None
        value = found[1]
    return value


def steps_of(chain: Chain) -> Steps:
    """The steps of a chain, the first ones first."""
    parts: list[Steps] = []
    while chain is not None:
        chain, steps = chain
        parts.append(steps)
    return tuple(step for steps in reversed(parts) for step in steps)
