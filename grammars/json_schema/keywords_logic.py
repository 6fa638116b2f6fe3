"""Keywords that combine schemas in place: `allOf`, `anyOf`, `oneOf`, `not`, `if`, references."""

from __future__ import annotations

from itertools import combinations

from grammars.json_schema.nodes import Node
from grammars.json_schema.normal_form import ALL, NONE, Normal, all_of, any_of, both, either, in_common, only
from grammars.json_schema.reader import Context, branches

MAX_PAIRS = 12
"""So many pairs of shapes are looked at one by one and in depth, to leave alone those that are apart.

Measured on 700 schemas of MaskBench with `oneOf`, reading 200 rules of each: 0 takes 29 s, 4 and 12 take 23 to 24 s, 48
takes 48 s, more than half of it for one schema. The same schemas are refused with each.
"""


def read_reference(keyword: str, context: Context, node: Node, positive: bool) -> Normal:
    """`$ref`, `$dynamicRef`, `$recursiveRef`."""
    return context.normal(context.locator.target(node, keyword), positive)


def read_all_of(context: Context, node: Node, positive: bool) -> Normal:
    """`allOf`."""
    parts = [context.normal(branch, positive) for branch in branches(context, node, "allOf")]
    return all_of(parts) if positive else any_of(parts)


def read_any_of(context: Context, node: Node, positive: bool) -> Normal:
    """`anyOf`."""
    parts = [context.normal(branch, positive) for branch in branches(context, node, "anyOf")]
    return any_of(parts) if positive else all_of(parts)


def read_not(context: Context, node: Node, positive: bool) -> Normal:
    """`not`."""
    return context.normal(context.locator.child(node, "not"), not positive)


def read_if(context: Context, node: Node, positive: bool) -> Normal:
    """`if` with `then` and `else`."""
    keys = node.keywords
    if "if" not in keys or not ("then" in keys or "else" in keys):
        return ALL if positive else NONE
    condition = context.locator.child(node, "if")
    cases = [_case(context, node, condition, keyword, positive) for keyword in ("then", "else")]
    return any_of(cases)


def _case(context: Context, node: Node, condition: Node, keyword: str, positive: bool) -> Normal:
    holds = context.normal(condition, keyword == "then")
    if keyword not in node.keywords:
        return holds if positive else NONE
    child = context.locator.child(node, keyword)
    return context.within(child, holds) if positive else both(holds, context.normal(child, False))


def read_one_of(context: Context, node: Node, positive: bool) -> Normal:
    """`oneOf`: exactly one branch holds."""
    if positive:
        return one_of_within(context, node, ALL)
    nodes = branches(context, node, "oneOf")
    parts = [context.normal(branch, True) for branch in nodes]
    none = all_of(context.normal(branch, False) for branch in nodes)
    return either(none, any_of(both(first, second) for first, second in combinations(parts, 2)))


def one_of_within(context: Context, node: Node, so_far: Normal) -> Normal:
    """`so_far` and `oneOf`; what is known so far helps to see that branches are apart."""
    nodes = branches(context, node, "oneOf")
    parts = [context.within(branch, so_far) for branch in nodes]
    return any_of(
        _without_rivals(context, nodes, parts, index, only(kind, shape))
        for index, part in enumerate(parts)
        for kind, shape in part.placed()
    )


def _without_rivals(context: Context, nodes: list[Node], parts: list[Normal], index: int, here: Normal) -> Normal:
    """The values of one shape that no other branch has; `here` is the shape alone."""
    for i, (node, part) in enumerate(zip(nodes, parts, strict=True)):
        if i != index:
            here = _outside(context, node, part, here)
    return here


def _outside(context: Context, node: Node, part: Normal, here: Normal) -> Normal:
    """The values that a branch does not have; `part` is what it has. Shapes that are apart from it are left alone."""
    if context.surely_apart(here, part):
        return here
    shapes = [only(kind, shape) for kind, shape in here.placed()]
    looks_deep = 1 < len(shapes) * max(map(len, part)) <= MAX_PAIRS
    is_apart = context.surely_apart if looks_deep else _plainly_apart
    apart: list[Normal] = []
    close: list[Normal] = []
    for shape in shapes:
        (apart if is_apart(shape, part) else close).append(shape)
    if not apart:
        return both(here, context.normal(node, False))
    return any_of([*apart, both(any_of(close), context.normal(node, False))])


def _plainly_apart(first: Normal, second: Normal) -> bool:
    return next(in_common(first, second), None) is None
