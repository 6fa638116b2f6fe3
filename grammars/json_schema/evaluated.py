"""What the keywords of one schema evaluate, which `unevaluatedProperties` and `unevaluatedItems` then leave alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from grammars.json_schema.keywords_array import first_and_rest
from grammars.json_schema.nodes import Node
from grammars.json_schema.reader import Context, list_of, mapping_of

Part: TypeAlias = tuple[str, str | int | Node]
"""A kind with a name, a pattern, the index of an item, or the schema of the items meant."""

NAME, PATTERN, INDEX, MATCHING = "name", "pattern", "index", "matching"


@dataclass(frozen=True)
class Evaluated:
    """The members or items that are evaluated: those meant by any of the parts, or every one."""

    parts: frozenset[Part] = frozenset()
    everything: bool = False

    def __or__(self, other: Evaluated) -> Evaluated:
        return EVERYTHING if self.everything or other.everything else Evaluated(self.parts | other.parts)

    def __and__(self, other: Evaluated) -> Evaluated:
        """The parts in both: maybe less than the members in both, where parts overlap."""
        if self.everything or other.everything:
            return other if self.everything else self
        return Evaluated(self.parts & other.parts)

    def __le__(self, other: Evaluated) -> bool:
        return other.everything or (not self.everything and self.parts <= other.parts)

    def names(self, kind: str) -> list[str]:
        """The names or patterns, in order."""
        return sorted(part for given, part in self.parts if given == kind and isinstance(part, str))

    def size(self) -> int:
        """How many items at the beginning are evaluated."""
        return sum(kind == INDEX for kind, _ in self.parts)

    def matching(self) -> list[Node]:
        """The schemas whose items are evaluated wherever they stand, in order."""
        return sorted((part for _, part in self.parts if isinstance(part, Node)), key=lambda node: node.number)


NOTHING = Evaluated()
EVERYTHING = Evaluated(everything=True)


def members_evaluated(_context: Context, node: Node) -> Evaluated:
    """The members that the keywords of a node evaluate by themselves."""
    if "additionalProperties" in node.keywords:
        return EVERYTHING
    names = {(NAME, name) for name in mapping_of(node, "properties")}
    return Evaluated(frozenset(names | {(PATTERN, text) for text in mapping_of(node, "patternProperties")}))


def items_evaluated(context: Context, node: Node) -> Evaluated:
    """The items that the keywords of a node evaluate by themselves; `contains` does so from 2020-12 on."""
    first, rest = first_and_rest(node)
    if rest:
        return EVERYTHING
    parts: set[Part] = {(INDEX, i) for i in range(len(list_of(node, first)))} if first else set()
    if "contains" in node.keywords and node.dialect.draft.year >= 2020:
        parts.add((MATCHING, context.locator.child(node, "contains")))
    return Evaluated(frozenset(parts))
