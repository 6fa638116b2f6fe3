"""Which in-place subschemas hold, as alternatives that each know what is evaluated there.

What is evaluated only grows with the subschemas that hold. So an assertion needs no more than alternatives that say
what holds *at least*, and its negation no more than alternatives that say what holds *at most*. An alternative that
asks for more than another and gives nothing for it is left out at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

from grammars.deadline import check
from grammars.errors import LimitError
from grammars.json_schema.conditions import Condition, Conditions
from grammars.json_schema.evaluated import EVERYTHING, NOTHING, Evaluated
from grammars.json_schema.nodes import Node
from grammars.json_schema.reader import Context, branches, mapping_of
from grammars.json_schema.unconditional import Own, Unconditional

MAX_ALTERNATIVES = 512
MAX_STEPS = 20_000
"""How many alternatives may be looked at for one keyword."""


@dataclass(frozen=True)
class Alternative:
    """Under these conditions, at least (for a negation: at most) so much is evaluated."""

    conditions: frozenset[Condition] = frozenset()
    evaluated: Evaluated = NOTHING


class Evaluation:
    """Finds the alternatives for one keyword, as an assertion or its negation."""

    def __init__(self, context: Context, conditions: Conditions, own: Own, keyword: str, positive: bool) -> None:
        self._context = context
        self._conditions = conditions
        self._keyword = keyword
        self._positive = positive
        self._unconditional = Unconditional(context, own, keyword)
        self._known: dict[tuple[Node, Evaluated], list[Alternative]] = {}
        self._open: set[Node] = set()
        self._cut: set[Node] = set()
        self._steps = 0

    def beside(self, node: Node) -> list[Alternative]:
        """The alternatives of a node that holds, but for the keyword itself."""
        self._open.add(node)
        return self._together(node, self._unconditional.beside(node))

    def _of(self, node: Node, base: Evaluated) -> list[Alternative]:
        """The alternatives of a subschema that holds, where `base` is evaluated anyway.

        A subschema that comes back to itself evaluates nothing more there.
        """
        if self._keyword in node.keywords:
            return [Alternative(evaluated=EVERYTHING)]
        if node in self._open:
            self._cut.add(node)
            return [Alternative(evaluated=base)]
        known = self._known.get((node, base))
        return self._visit(node, base) if known is None else known

    def _visit(self, node: Node, base: Evaluated) -> list[Alternative]:
        self._count(1, node.pointer)
        self._open.add(node)
        found = self._together(node, base | self._unconditional.of(node))
        self._open.remove(node)
        self._cut.discard(node)
        if not self._cut:
            self._known[node, base] = found
        return found

    def _together(self, node: Node, base: Evaluated) -> list[Alternative]:
        found = [Alternative(evaluated=base)]
        for keyword in node.keywords:
            for options in self._said(node, keyword, base):
                found = self._product(found, options, node.at(keyword))
        return found

    def _product(self, first: list[Alternative], second: list[Alternative], where: str) -> list[Alternative]:
        given = len(first) * len(second)
        if given > MAX_ALTERNATIVES:
            raise _too_many(where, "alternatives", MAX_ALTERNATIVES, given)
        self._count(given, where)
        return self._best(
            Alternative(one.conditions | other.conditions, one.evaluated | other.evaluated)
            for one in first
            for other in second
            if not self._conditions.are_apart(one.conditions, other.conditions)
        )

    def _count(self, steps: int, where: str) -> None:
        check()
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise _too_many(where, "steps", MAX_STEPS, self._steps)

    def _said(self, node: Node, keyword: str, base: Evaluated) -> Iterator[list[Alternative]]:
        """What a keyword that applies subschemas in place says: lists of alternatives, one of each list is met."""
        match keyword:
            case "$ref" | "$dynamicRef" | "$recursiveRef":
                yield self._of(self._context.locator.target(node, keyword), base)
            case "allOf":
                yield from (self._of(one, base) for one in branches(self._context, node, keyword))
            case "anyOf":
                for one in branches(self._context, node, keyword):
                    yield self._perhaps(one, self._of(one, base), base)
            case "oneOf":
                nodes = branches(self._context, node, keyword)
                yield self._cases([((one, True), self._of(one, base)) for one in nodes])
            case "if":
                yield self._cases(list(self._decided(node, base)))
            case "dependentSchemas" | "dependencies":
                yield from self._dependent(node, keyword, base)

    def _perhaps(self, node: Node, found: list[Alternative], base: Evaluated) -> list[Alternative]:
        """The alternatives of a subschema that may hold or not."""
        if self._positive:
            return self._best([Alternative(evaluated=base), *self._under((node, True), found)])
        return self._best([Alternative(frozenset({(node, False)}), base), *found])

    def _cases(self, cases: list[tuple[Condition, list[Alternative]]]) -> list[Alternative]:
        """The alternatives of cases of which one is there; where all evaluate the same there is nothing to decide."""
        evaluated = {alternative.evaluated for _, found in cases for alternative in found}
        if len(evaluated) == 1:
            return [Alternative(evaluated=evaluated.pop())]
        return [alternative for condition, found in cases for alternative in self._under(condition, found)]

    def _under(self, condition: Condition, found: list[Alternative]) -> list[Alternative]:
        return [
            Alternative(one.conditions | {condition}, one.evaluated)
            for one in found
            if not self._conditions.are_apart([condition], one.conditions)
        ]

    def _dependent(self, node: Node, keyword: str, base: Evaluated) -> Iterator[list[Alternative]]:
        for name, schema in mapping_of(node, keyword).items():
            if not isinstance(schema, (list, str)):
                found = self._of(self._context.locator.child(node, keyword, name), base)
                yield self._cases([((name, False), [Alternative(evaluated=base)]), ((name, True), found)])

    def _decided(self, node: Node, base: Evaluated) -> Iterator[tuple[Condition, list[Alternative]]]:
        condition = self._context.locator.child(node, "if")
        then = self._product(self._of(condition, base), self._of_child(node, "then", base), node.at("then"))
        yield (condition, True), then
        yield (condition, False), self._of_child(node, "else", base)

    def _of_child(self, node: Node, keyword: str, base: Evaluated) -> list[Alternative]:
        if keyword not in node.keywords:
            return [Alternative(evaluated=base)]
        return self._of(self._context.locator.child(node, keyword), base)

    def _best(self, alternatives: Iterable[Alternative]) -> list[Alternative]:
        """Without those that say no more than another, which asks for less."""
        kept: list[Alternative] = []
        for one in sorted(dict.fromkeys(alternatives), key=self._rank):
            if not any(self._replaces(other, one) for other in kept):
                kept.append(one)
        return kept

    def _rank(self, alternative: Alternative) -> tuple[int, float]:
        evaluated = alternative.evaluated
        size = inf if evaluated.everything else len(evaluated.parts)
        return len(alternative.conditions), -size if self._positive else size

    def _replaces(self, one: Alternative, other: Alternative) -> bool:
        less, more = (other, one) if self._positive else (one, other)
        return one.conditions <= other.conditions and less.evaluated <= more.evaluated


def _too_many(where: str, limit: str, allowed: int, given: int) -> LimitError:
    what, advice = "too many combinations of subschemas that may hold", "say with fewer what may be there"
    return LimitError(what, where, "", advice, limit=limit, allowed=allowed, given=given)
