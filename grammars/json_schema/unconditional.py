"""What a schema that holds evaluates in any case, whichever of its alternatives is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from operator import and_, or_
from typing import TypeAlias

from grammars.json_schema.evaluated import EVERYTHING, NOTHING, Evaluated
from grammars.json_schema.nodes import Node
from grammars.json_schema.reader import Context, branches

Own: TypeAlias = Callable[[Context, Node], Evaluated]
"""What the keywords of a node evaluate by themselves."""


class Unconditional:
    """Finds out for one keyword what is evaluated in any case, maybe less where schemas lead back to themselves."""

    def __init__(self, context: Context, own: Own, keyword: str) -> None:
        self._context = context
        self._own = own
        self._keyword = keyword
        self._known: dict[Node, Evaluated] = {}

    def of(self, node: Node) -> Evaluated:
        """What a subschema evaluates, with the keyword itself."""
        if self._keyword in node.keywords:
            return EVERYTHING
        if node not in self._known:
            self._known[node] = NOTHING
            self._known[node] = self.beside(node)
        return self._known[node]

    def beside(self, node: Node) -> Evaluated:
        """What a subschema evaluates, but for the keyword itself."""
        parts = (part for keyword in node.keywords for part in self._said(node, keyword))
        return reduce(or_, parts, self._own(self._context, node))

    def _said(self, node: Node, keyword: str) -> Iterator[Evaluated]:
        match keyword:
            case "$ref" | "$dynamicRef" | "$recursiveRef":
                yield self.of(self._context.locator.target(node, keyword))
            case "allOf":
                yield from map(self.of, branches(self._context, node, keyword))
            case "anyOf" | "oneOf":
                yield reduce(and_, map(self.of, branches(self._context, node, keyword)), EVERYTHING)
            case "if":
                yield (self._of_child(node, "if") | self._of_child(node, "then")) & self._of_child(node, "else")

    def _of_child(self, node: Node, keyword: str) -> Evaluated:
        return self.of(self._context.locator.child(node, keyword)) if keyword in node.keywords else NOTHING
