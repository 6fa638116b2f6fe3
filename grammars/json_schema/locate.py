"""Finds subschemas: children and the targets of references, each in the dynamic scope in which it is reached."""

from __future__ import annotations

from grammars.json_schema.catalogue import Catalogue
from grammars.json_schema.dialect import Dialect, Dialects
from grammars.json_schema.documents import Documents
from grammars.json_schema.nodes import ANY, NEVER, Json, Node, Resource, Rule
from grammars.json_schema.resources import Resources
from grammars.json_schema.schema_text import Written
from grammars.json_schema.scopes import REFERENCES, Scopes
from grammars.values import Value

UNKNOWN = Written()


class Locator:
    """Owns the nodes of one document: the same subschema in the same scope is always the same node."""

    def __init__(
        self, schema: Json, default: Dialect, documents: Documents, dialects: Dialects, written: Written = UNKNOWN
    ) -> None:
        self._catalogue = Catalogue(dialects)
        root = self._catalogue.document(schema, "", dialects.of(schema, default), "#")
        self._resources = Resources(root, self._catalogue, documents, dialects, written)
        self._scopes = Scopes(self._resources, self._catalogue)
        self._unions: dict[tuple[Node, ...], Node] = {}
        self._joined: dict[Node, tuple[Node, ...]] = {}
        self.root = self._scopes.within(root, ())

    def child(self, node: Node, *steps: str | int) -> Node:
        """The subschema at `steps` below `node`."""
        if node in self._joined:
            return self._joined[node][int(steps[-1])]
        return self._scopes.within(self._catalogue.child(node, *steps), node.scope)

    def child_rule(self, node: Node, *steps: str | int, positive: bool = True) -> Rule:
        """The rule of the subschema at `steps` below `node`."""
        return self.rule(self.child(node, *steps), positive)

    def node(self, schema: Json, parent: Node, steps: tuple[str | int, ...]) -> Node:
        """The node of `schema`, which stands at `steps` below `parent` (or was made up there)."""
        return self._scopes.within(self._catalogue.node(schema, parent.plain, steps), parent.scope)

    def target(self, node: Node, keyword: str) -> Node:
        """The node that a reference means."""
        return self._scopes.target(node, keyword)

    def named(self, resource: Resource, reference: str) -> Node:
        """The node that a reference from inside of a resource means by itself, without a scope."""
        return self._resources.named(resource, reference)

    def constant(self, value: Json, parent: Node, *steps: str | int) -> Rule:
        """The rule of one value, written at `steps` below `parent`."""
        return ((self._catalogue.constant(value, parent, *steps), True),)

    def one_of(self, values: frozenset[Value], positive: bool) -> Rule:
        """The rule of some values, or of all others."""
        if not values:
            return NEVER if positive else ANY
        return ((self._catalogue.one_of(values), positive),)

    def either(self, nodes: tuple[Node, ...], parent: Node, *steps: str | int) -> Node:
        """The node of the values valid against at least one of some nodes, made up at `steps` below `parent`."""
        known = self._unions.get(nodes)
        if known is None:
            schema: Json = {"anyOf": [node.schema for node in nodes]}
            known = self._unions[nodes] = self._catalogue.made(schema, parent, *steps)
            self._joined[known] = nodes
        return known

    def rule(self, node: Node, positive: bool = True) -> Rule:
        """The rule of the values that are valid against `node` (or are not); references alone are followed."""
        seen: set[Node] = set()
        while (keyword := _only_reference(node)) is not None and node not in seen:
            seen.add(node)
            node = self.target(node, keyword)
        if node.schema is False:
            return NEVER if positive else ANY
        if node in seen or not node.keywords:
            return ANY if positive else NEVER
        return ((node, positive),)


def _only_reference(node: Node) -> str | None:
    """The keyword of a node that is a reference and asserts nothing else."""
    keys = node.keywords
    return next(iter(keys)) if len(keys) == 1 and not REFERENCES.isdisjoint(keys) else None
