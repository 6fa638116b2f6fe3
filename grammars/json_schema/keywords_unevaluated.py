"""`unevaluatedProperties` and `unevaluatedItems`: rules for what the in-place subschemas that hold leave over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from grammars.errors import LimitError
from grammars.json_schema.alternatives import Alternative, Evaluation
from grammars.json_schema.conditions import Conditions
from grammars.json_schema.evaluated import EVERYTHING, NAME, PATTERN, Evaluated, items_evaluated, members_evaluated
from grammars.json_schema.keywords_object import some
from grammars.json_schema.nodes import ANY, NEVER, Node, Rule, join
from grammars.json_schema.normal_form import ALL, ARRAY, MAX_SHAPES, OBJECT, Normal, Shape, any_of, both, only
from grammars.json_schema.objects import Members, ObjectShape
from grammars.json_schema.reader import Context, child_rule
from grammars.json_schema.shapes import ArrayShape, Count
from grammars.json_schema.unconditional import Own

MAX_MEETINGS = 1 << 16
"""How many pairs of a shape known already and an alternative may be looked at."""


@dataclass(frozen=True)
class Unevaluated:
    """A keyword about the parts of a value that are not evaluated.

    `own` tells what a node evaluates by itself. For what is evaluated, `leaving` gives the shape of the values whose
    other parts are valid, and `bad` the shapes of those where one is not.
    """

    keyword: str
    kind: str
    own: Own
    leaving: Callable[[Context, Node, Evaluated], Shape]
    bad: Callable[[Context, Node, Evaluated], Sequence[Shape]]

    def read(self, context: Context, node: Node, positive: bool) -> Normal:
        """The keyword, or its negation, by itself."""
        if positive:
            return self.within(context, node, ALL)
        alternatives = self._alternatives(context, node, False)
        said = [(one, self.bad(context, node, one.evaluated)) for one in alternatives]
        return self._any(context, only(self.kind, *getattr(ALL, self.kind)), said)

    def within(self, context: Context, node: Node, so_far: Normal) -> Normal:
        """`so_far` and the keyword."""
        known = getattr(so_far, self.kind)
        alternatives = self._alternatives(context, node, True)
        _check(node.at(self.keyword), "meetings", MAX_MEETINGS, len(known) * len(alternatives))
        shapes = {one.evaluated: self.leaving(context, node, one.evaluated) for one in alternatives}
        said = [(one, (shapes[one.evaluated],)) for one in alternatives]
        found = getattr(self._any(context, only(self.kind, *known), said), self.kind)
        _check(node.at(self.keyword), "shapes", MAX_SHAPES, len(found))
        return so_far._replace(**{self.kind: found})

    def _alternatives(self, context: Context, node: Node, positive: bool) -> list[Alternative]:
        """What may be evaluated; one alternative where that makes no difference."""
        if child_rule(context, node, self.keyword) == ANY:
            return [Alternative(evaluated=EVERYTHING)]
        conditions = Conditions(context, self.kind)
        return Evaluation(context, conditions, self.own, self.keyword, positive).beside(node)

    def _any(self, context: Context, so_far: Normal, said: Sequence[tuple[Alternative, Sequence[Shape]]]) -> Normal:
        """The values that have, in some alternative, one of the shapes said there."""
        conditions = Conditions(context, self.kind)
        return any_of(
            both(conditions.under(so_far, alternative.conditions), only(self.kind, *shapes))
            for alternative, shapes in said
            if shapes
        )


def _check(where: str, limit: str, allowed: int, given: int) -> None:
    if given > allowed:
        raise LimitError("too many alternatives", where, limit=limit, allowed=allowed, given=given)


def _other_members(context: Context, node: Node, evaluated: Evaluated) -> ObjectShape:
    """The objects whose other members are valid."""
    if evaluated.everything:
        return ObjectShape()
    names = dict.fromkeys(evaluated.names(NAME), True)
    patterns = tuple((pattern, ANY) for pattern in evaluated.names(PATTERN))
    rule = child_rule(context, node, "unevaluatedProperties")
    return ObjectShape((Members(names, lambda _name: ANY, patterns, rule),))


def _bad_member(context: Context, node: Node, evaluated: Evaluated) -> list[ObjectShape]:
    """The objects with another member that is not valid."""
    if evaluated.everything:
        return []
    keyword = "unevaluatedProperties"
    bad = child_rule(context, node, keyword, positive=False)
    names, patterns = frozenset(evaluated.names(NAME)), tuple(evaluated.names(PATTERN))
    return some(names, patterns, None, ANY, bad, node.at(keyword))


def _other_items(context: Context, node: Node, evaluated: Evaluated) -> ArrayShape:
    """The arrays whose other items are valid."""
    if evaluated.everything:
        return ArrayShape()
    return ArrayShape((ANY,) * evaluated.size(), _matching_or_valid(context, node, evaluated.matching()))


def _matching_or_valid(context: Context, node: Node, matching: list[Node]) -> Rule:
    keyword = "unevaluatedItems"
    options = {one: context.locator.rule(one) for one in (*matching, context.locator.child(node, keyword))}
    if ANY in options.values():
        return ANY
    kept = tuple(one for one, rule in options.items() if rule != NEVER)
    if not kept:
        return NEVER
    return context.locator.rule(kept[0] if len(kept) == 1 else context.locator.either(kept, node, keyword))


def _bad_item(context: Context, node: Node, evaluated: Evaluated) -> list[ArrayShape]:
    """The arrays with another item that is not valid."""
    keyword = "unevaluatedItems"
    others = (*evaluated.matching(), context.locator.child(node, keyword))
    bad = reduce(join, (context.locator.rule(one, positive=False) for one in others), ANY)
    if evaluated.everything or bad == NEVER:
        return []
    size = evaluated.size()
    if bad == ANY:
        return [ArrayShape(low=size + 1)]
    return [ArrayShape(low=size + 1, counts=(Count(bad, 1, None, node.at(keyword), size),))]


PROPERTIES = Unevaluated("unevaluatedProperties", OBJECT, members_evaluated, _other_members, _bad_member)
ITEMS = Unevaluated("unevaluatedItems", ARRAY, items_evaluated, _other_items, _bad_item)
