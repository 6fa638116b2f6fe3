"""Dynamic references: what they mean depends on the resources that were entered on the way, the dynamic scope.

Of a scope only this is kept: for each name of a dynamic anchor, the outermost place that has it, and only for the
names that a dynamic reference within reach may ask for. So a subschema is one node however it was reached, unless that
makes a difference, and there are no more scopes than there are choices of places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter
from typing import TypeAlias
from urllib.parse import unquote

from grammars.errors import GrammarError, LimitError
from grammars.json_schema.catalogue import Catalogue
from grammars.json_schema.nodes import Node, Resource, Scope
from grammars.json_schema.places import places
from grammars.json_schema.resources import RECURSIVE, Resources

MAX_NAMES = 200
"""How many dynamic anchors may be asked for."""
REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})


class Scopes:
    """Puts nodes into the scope in which they are reached."""

    def __init__(self, resources: Resources, catalogue: Catalogue) -> None:
        self._resources = resources
        self._catalogue = catalogue
        self._needs = Needs(resources, catalogue)

    def within(self, plain: Node, scope: Scope) -> Node:
        """The node reached from a scope."""
        entered = self._resources.dynamic(plain.resource)
        if not (scope or entered) or not isinstance(plain.schema, dict):
            return plain
        wanted = self._needs.of(plain)
        kept = {name: node for name, node in (*entered.items(), *scope) if name in wanted}
        return self._catalogue.scoped(plain, tuple(sorted(kept.items(), key=itemgetter(0)))) if kept else plain

    def target(self, node: Node, keyword: str) -> Node:
        """The node that a reference means where it was reached."""
        plain = self._resources.target(node.plain, keyword)
        name = dynamic_name(node, keyword, plain, self._resources)
        if name is not None:
            plain = dict(node.scope).get(name, plain)
        return self.within(plain, node.scope)


class Needs:
    """For which dynamic anchors a subschema, with all that it leads to, asks the scope.

    A graph over nodes and the names of anchors: names are handed on to all that lead to the reference which asks.
    """

    def __init__(self, resources: Resources, catalogue: Catalogue) -> None:
        self._resources = resources
        self._catalogue = catalogue
        self._found: dict[_Vertex, set[str]] = {}
        self._entered: set[Resource] = set()
        self._names: set[str] = set()
        self._leading: defaultdict[_Vertex, list[_Vertex]] = defaultdict(list)

    def of(self, plain: Node) -> set[str]:
        """The names of dynamic anchors."""
        if plain not in self._found:
            self._explore(plain)
        return self._found[plain]

    def _explore(self, start: Node) -> None:
        stack = [start]
        while stack:
            node = stack.pop()
            if node in self._found:
                continue
            self._found[node] = set()
            if node.resource not in self._entered:
                self._entered.add(node.resource)
                stack.extend(self._enter(node.resource))
            for inner in self._children(node):
                stack.append(inner)
                self._lead(node, inner)

    def _enter(self, resource: Resource) -> Iterator[Node]:
        """The places that a reference to a dynamic anchor may lead to in a resource."""
        for name, anchored in self._resources.dynamic(resource).items():
            self._found.setdefault(name, set())
            self._lead(name, anchored)
            yield anchored

    def _children(self, node: Node) -> list[Node]:
        """The subschemas of a node, and where its references lead by themselves."""
        keys = node.keywords
        found = [self._asked(node, keyword) for keyword in REFERENCES.intersection(keys)]
        for keyword in keys:
            for schema, steps in places(keys, keyword):
                if isinstance(schema, dict):
                    found.append(self._catalogue.node(schema, node, steps))
        return [child for child in found if child is not None]

    def _asked(self, node: Node, keyword: str) -> Node | None:
        """The target of a reference, and for a dynamic one the name that it asks for; nothing for one that is lost."""
        try:
            target = self._resources.target(node, keyword)
            name = dynamic_name(node, keyword, target, self._resources)
        except GrammarError:
            return None
        if name is not None:
            self._count(name, node)
            self._found.setdefault(name, set())
            self._lead(node, name)
            self._give(node, {name})
        return target

    def _count(self, name: str, node: Node) -> None:
        self._names.add(name)
        if len(self._names) > MAX_NAMES:
            what = "dynamic references to too many anchors"
            raise LimitError(what, node.pointer, limit="dynamic anchors", allowed=MAX_NAMES, given=len(self._names))

    def _lead(self, first: _Vertex, second: _Vertex) -> None:
        self._leading[second].append(first)
        self._give(first, self._found.get(second, set()))

    def _give(self, vertex: _Vertex, names: set[str]) -> None:
        stack = [(vertex, names)]
        while stack:
            reached, given = stack.pop()
            new = given - self._found[reached]
            self._found[reached] |= new
            stack.extend((before, new) for before in self._leading[reached] if new)


_Vertex: TypeAlias = Node | str


def dynamic_name(node: Node, keyword: str, target: Node, resources: Resources) -> str | None:
    """The anchor that a reference asks the scope for: it is dynamic, and so is the place that it means by itself."""
    if keyword == "$ref":
        return None
    reference = str(node.keywords[keyword])
    if keyword == "$recursiveRef" and reference != "#":
        raise GrammarError('$recursiveRef has to be "#"', node.at(keyword), reference[:80])
    name = RECURSIVE if keyword == "$recursiveRef" else unquote(reference.partition("#")[2])
    return name if resources.dynamic(target.resource).get(name) is target else None
