"""Finds subschemas: children, and the targets of `$ref` inside the document (pointers, anchors, embedded ids)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from urllib.parse import unquote, urldefrag, urljoin

from grammars.errors import GrammarError
from grammars.json_schema.draft import Draft
from grammars.json_schema.nodes import ANY, NEVER, Json, Node, Resource, Rule

_SILENT = frozenset({"default", "examples"})
_NAMED = frozenset({"$ref", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor"})
_SCALARS = (str, int, float, bool, type(None))


class Locator:
    """Owns the nodes of one document: the same subschema is always the same node."""

    def __init__(self, schema: Json, draft: Draft, assertions: frozenset[str]) -> None:
        self.draft = draft
        self._assertions = assertions
        self._by_identity: dict[int, Node] = {}
        self._by_content: dict[object, Node] = {}
        self._constants: dict[object, Node] = {}
        self._unions: dict[tuple[Node, ...], Node] = {}
        self._joined: dict[Node, tuple[Node, ...]] = {}
        self._targets: dict[tuple[int, str], Node] = {}
        self._resources: dict[int, Resource] = {}
        self._count = 0
        base = self._own_uri(schema) if isinstance(schema, dict) else None
        self._document = Resource(base or "", schema, None, (), draft)
        self._resources[id(schema)] = self._document
        self.root = self._make(schema, None, (), self._document)

    def child(self, node: Node, *steps: str | int) -> Node:
        """The subschema at `steps` below `node`."""
        if node in self._joined:
            return self._joined[node][int(steps[-1])]
        value: Json = node.schema
        for step in steps:
            value = value[step]  # type: ignore[index]
        return self.node(value, node, steps)

    def node(self, schema: Json, parent: Node, steps: tuple[str | int, ...]) -> Node:
        """The node of `schema`, which stands at `steps` below `parent` (or was made up there)."""
        known = self._by_identity.get(id(schema))
        if known is not None:
            return known
        if not isinstance(schema, (dict, bool)):
            raise GrammarError("a schema has to be an object, true or false", parent.at(*steps), repr(schema)[:80])
        if isinstance(schema, dict):
            return self._meet_equal(schema, parent, steps)
        return self._make(schema, parent, steps, parent.resource)

    def rule(self, node: Node, positive: bool = True) -> Rule:
        """The rule of the values that are valid against `node` (or are not); references alone are followed."""
        seen: set[Node] = set()
        while self._is_reference(node) and node not in seen:
            seen.add(node)
            node = self.target(node)
        if node.schema is False:
            return NEVER if positive else ANY
        if node.schema is True or node in seen or self._assertions.isdisjoint(node.keywords()):
            return ANY if positive else NEVER
        return ((node, positive),)

    def constant(self, value: Json, parent: Node, *steps: str | int) -> Rule:
        """The rule of one value, written at `steps` below `parent`."""
        content = (value, type(value)) if isinstance(value, _SCALARS) else id(value)
        known = self._constants.get(content)
        if known is None:
            known = self._constants[content] = self._make({"enum": [value]}, parent, steps, parent.resource)
        return ((known, True),)

    def either(self, nodes: tuple[Node, ...], parent: Node, *steps: str | int) -> Node:
        """The node of the values valid against at least one of some nodes, made up at `steps` below `parent`."""
        known = self._unions.get(nodes)
        if known is None:
            schema: Json = {"anyOf": [node.schema for node in nodes]}
            known = self._unions[nodes] = self._make(schema, parent, steps, parent.resource)
            self._joined[known] = nodes
        return known

    def target(self, node: Node) -> Node:
        """The node that the `$ref` of `node` means."""
        reference = node.keywords()["$ref"]
        if not isinstance(reference, str):
            raise GrammarError("$ref has to be a string", node.at("$ref"), repr(reference)[:80])
        key = (id(node.resource), reference)
        found = self._targets.get(key)
        if found is None:
            found = self._targets[key] = self._resolve(node, reference)
        return found

    def _is_reference(self, node: Node) -> bool:
        keys = node.keywords()
        if "$ref" not in keys:
            return False
        return self.draft.ref_hides_siblings or self._assertions.isdisjoint(keys.keys() - {"$ref"})

    def _meet_equal(self, schema: dict[str, Json], parent: Node, steps: tuple[str | int, ...]) -> Node:
        content = self._content(schema)
        known = None if content is None else self._by_content.get(content)
        if known is None:
            known = self._make(schema, parent, steps, self._resource_of(schema, parent, steps))
            if content is not None:
                self._by_content[content] = known
        # The document holds the schema, so its id is not given to another object.
        self._by_identity[id(schema)] = known
        return known

    def _content(self, schema: dict[str, Json]) -> object | None:
        """What a small schema of plain values says; schemas that say the same are one node."""
        if len(schema) > 8 or not all(key in _SILENT or isinstance(value, _SCALARS) for key, value in schema.items()):
            return None
        if not _NAMED.isdisjoint(schema):
            return None
        return frozenset((key, value, type(value)) for key, value in schema.items() if key in self._assertions)

    def _make(self, schema: Json, parent: Node | None, steps: tuple[str | int, ...], resource: Resource) -> Node:
        self._count += 1
        node = Node(schema, parent, steps, resource, self._count)
        if isinstance(schema, dict):
            self._by_identity[id(schema)] = node
        return node

    def _own_uri(self, schema: dict[str, Json]) -> str | None:
        name = schema.get(self.draft.id_keyword)
        if not isinstance(name, str) or name.startswith("#") or (self.draft.ref_hides_siblings and "$ref" in schema):
            return None
        return name

    def _resource_of(self, schema: dict[str, Json], parent: Node, steps: tuple[str | int, ...]) -> Resource:
        own = self._own_uri(schema)
        if own is None:
            return parent.resource
        known = self._resources.get(id(schema))
        if known is None:
            known = Resource(urljoin(parent.resource.uri, own), schema, parent, steps, self.draft)
            self._resources[id(schema)] = known
        return known

    def _resolve(self, node: Node, reference: str) -> Node:
        uri, fragment = urldefrag(urljoin(node.resource.uri, reference) if reference[:1] != "#" else reference)
        base = self._by_uri(uri, node, reference) if uri else self._top(node.resource)
        if not fragment:
            return base
        if fragment.startswith("/"):
            return self._walk(base, fragment, node, reference)
        anchor = self._anchors.get((base.resource.uri, unquote(fragment)))
        if anchor is None:
            raise _lost(node, reference)
        return anchor

    def _top(self, resource: Resource) -> Node:
        if resource.parent is None:
            return self.root
        return self.node(resource.root, resource.parent, resource.steps)

    def _by_uri(self, uri: str, node: Node, reference: str) -> Node:
        for known in (node.resource, self._document):
            if urldefrag(known.uri)[0] == uri:
                return self._top(known)
        found = self._identified.get(uri)
        if found is None:
            raise _lost(node, reference)
        return found

    def _walk(self, base: Node, fragment: str, node: Node, reference: str) -> Node:
        steps: list[str | int] = []
        value, place = base.schema, base
        for text in unquote(fragment).split("/")[1:]:
            step: str | int = text.replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and text.isdigit() and int(text) < len(value):
                step = int(text)
                value = value[step]
            elif isinstance(value, dict) and step in value:
                value = value[step]
            else:
                raise _lost(node, reference)
            steps.append(step)
            if isinstance(value, dict) and self._own_uri(value) is not None:
                place, steps = self.node(value, place, tuple(steps)), []
        return self.node(value, place, tuple(steps)) if steps else place

    @cached_property
    def _identified(self) -> dict[str, Node]:
        """Every embedded resource by its URI; read from the whole document, when a reference first needs it."""
        return {urldefrag(node.resource.uri)[0]: node for node in self._subschemas() if self._is_top(node)}

    @cached_property
    def _anchors(self) -> dict[tuple[str, str], Node]:
        """Every anchor by the URI of its resource and its name."""
        found: dict[tuple[str, str], Node] = {}
        for node in self._subschemas():
            keys = node.keywords()
            names = [keys.get("$anchor"), keys.get("$dynamicAnchor")]
            own = keys.get(self.draft.id_keyword)
            if self.draft.ref_hides_siblings and isinstance(own, str) and own.startswith("#"):
                names.append(own[1:])
            found.update({(node.resource.uri, name): node for name in names if isinstance(name, str)})
        return found

    def _is_top(self, node: Node) -> bool:
        return node.resource.root is node.schema

    def _subschemas(self) -> Iterator[Node]:
        stack: list[tuple[Json, Node, tuple[str | int, ...]]] = [(self.root.schema, self.root, ())]
        while stack:
            value, place, steps = stack.pop()
            if isinstance(value, dict) and steps:
                place, steps = self.node(value, place, steps), ()
            if isinstance(value, dict):
                yield place
            items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            for step, inner in items:
                if step not in ("enum", "const", "default", "examples"):
                    stack.append((inner, place, (*steps, step)))


def _lost(node: Node, reference: str) -> GrammarError:
    advice = "only references into the same document are followed"
    return GrammarError("this reference leads nowhere", node.at("$ref"), reference, advice)
