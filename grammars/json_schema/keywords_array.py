"""Keywords about arrays."""

from __future__ import annotations

from grammars.json_schema.keywords_values import item_at
from grammars.json_schema.nodes import ANY, NEVER, Json, Node, Rule
from grammars.json_schema.normal_form import ALL, ARRAY, NONE, Normal, only, where
from grammars.json_schema.reader import Context, child_rule, list_of, malformed, size_of
from grammars.json_schema.shapes import ArrayShape, Count


def read_items(context: Context, node: Node, positive: bool) -> Normal:
    """`prefixItems` and `items`; the array form of `items` with `additionalItems`."""
    first, rest = first_and_rest(node)
    prefix = [child_rule(context, node, first, i) for i in range(len(list_of(node, first)))] if first else []
    rule = child_rule(context, node, rest) if rest else ANY
    if positive:
        return where(ARRAY, ArrayShape(tuple(prefix), rule))
    outside = [
        item_at(i, child_rule(context, node, first, i, positive=False)) for i in range(len(prefix)) if prefix[i] != ANY
    ]
    return only(ARRAY, *outside, *_bad_rest(context, node, rest, len(prefix), rule))


def first_and_rest(node: Node) -> tuple[str, str]:
    """The keywords of a node that speak of the first items one by one and of all after them; empty where none does."""
    keys = node.keywords
    if isinstance(keys.get("items"), list):
        known = node.dialect.draft.year < 2020 or not node.dialect.is_named
        return "items", "additionalItems" if "additionalItems" in keys and known else ""
    first = "prefixItems" if "prefixItems" in keys and node.dialect.draft.year >= 2020 else ""
    return first, "items" if "items" in keys else ""


def _bad_rest(context: Context, node: Node, rest: str, size: int, rule: Rule) -> list[ArrayShape]:
    if rule == ANY:
        return []
    if rule == NEVER:
        return [ArrayShape(low=size + 1)]
    bad = child_rule(context, node, rest, positive=False)
    if not size:
        return [ArrayShape(low=1, counts=(Count(bad, 1, None, node.at(rest)),))]
    # An item beyond the prefix is bad: only counts over a part of the array could say so.
    return [ArrayShape(low=size + 1, counts=(Count(bad, 1, None, node.at(rest), size),))]


def read_sizes(_context: Context, node: Node, positive: bool) -> Normal:
    """`minItems` and `maxItems`."""
    low, high = size_of(node, "minItems", 0) or 0, size_of(node, "maxItems")
    if positive:
        return where(ARRAY, *([] if high is not None and high < low else [ArrayShape(low=low, high=high)]))
    shorter = [ArrayShape(high=low - 1)] if low else []
    longer = [] if high is None else [ArrayShape(low=high + 1)]
    return only(ARRAY, *shorter, *longer)


def read_unique(_context: Context, node: Node, positive: bool) -> Normal:
    """`uniqueItems`."""
    value: Json = node.keywords["uniqueItems"]
    if not isinstance(value, bool):
        raise malformed(node, "uniqueItems", "true or false")
    if not value:
        return ALL if positive else NONE
    shape = ArrayShape(unique=(positive, node.at("uniqueItems")))
    return where(ARRAY, shape) if positive else only(ARRAY, shape)


def read_contains(context: Context, node: Node, positive: bool) -> Normal:
    """`contains` with `minContains` and `maxContains`."""
    keys = node.keywords
    if "contains" not in keys:
        return ALL if positive else NONE
    bounded = node.dialect.draft.year >= 2019
    low = (size_of(node, "minContains", 1) if bounded else 1) or 0
    high = size_of(node, "maxContains") if bounded else None
    rule, pointer = child_rule(context, node, "contains"), node.at("contains")
    parts = [(low, high)] if positive else _outside(low, high)
    shapes = [counted(rule, least, most, pointer) for least, most in parts]
    kept = [shape for shape in shapes if shape is not None]
    return where(ARRAY, *kept) if positive else only(ARRAY, *kept)


def _outside(low: int, high: int | None) -> list[tuple[int, int | None]]:
    below: list[tuple[int, int | None]] = [(0, low - 1)] if low else []
    return below if high is None else [*below, (high + 1, None)]


def counted(rule: Rule, low: int, high: int | None, pointer: str) -> ArrayShape | None:
    """The arrays with a number of items in `low..high` that meet a rule."""
    if (high is not None and high < low) or (rule == NEVER and low):
        return None
    if rule == NEVER or (low == 0 and high is None):
        return ArrayShape()
    if rule == ANY:
        return ArrayShape(low=low, high=high)
    if high == 0 and len(rule) == 1:
        ((node, positive),) = rule
        return ArrayShape(rest=((node, not positive),))
    return ArrayShape(low=low, counts=(Count(rule, low, high, pointer),))
