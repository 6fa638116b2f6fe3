"""Keywords about objects."""

from __future__ import annotations

from functools import cache, partial

from grammars.json_schema.nodes import ANY, NEVER, Json, Node, Rule, left_of
from grammars.json_schema.normal_form import OBJECT, Normal, all_of, any_of, both, either, only, where
from grammars.json_schema.objects import Members, ObjectShape, Some, has, lacks
from grammars.json_schema.reader import Context, check_pattern, child_rule, malformed, mapping_of, names_of, size_of


def read_members(context: Context, node: Node, positive: bool) -> Normal:
    """`properties`, `patternProperties` and `additionalProperties`."""
    names, patterns = mapping_of(node, "properties"), mapping_of(node, "patternProperties")
    for pattern in patterns:
        check_pattern(pattern, node, "patternProperties", pattern)
    if not positive:
        return only(OBJECT, *_bad_members(context, node, names, patterns))
    members = Members(
        names,
        # The context holds these members: it is not to be held by them.
        cache(partial(context.locator.child_rule, node, "properties")),
        tuple((pattern, child_rule(context, node, "patternProperties", pattern)) for pattern in patterns),
        _additional(context, node, True),
    )
    return where(OBJECT, ObjectShape((members,)))


def _additional(context: Context, node: Node, positive: bool) -> Rule:
    if "additionalProperties" in node.keywords:
        return child_rule(context, node, "additionalProperties", positive=positive)
    return ANY if positive else NEVER


def _bad_members(context: Context, node: Node, names: dict[str, Json], patterns: dict[str, Json]) -> list[ObjectShape]:
    rules = {name: child_rule(context, node, "properties", name) for name in names}
    tellers = _tellers(node, rules)
    bad = {name: child_rule(context, node, "properties", name, positive=False) for name in names}
    shapes = [_first_bad(rules, bad, tellers, name) for name in names if bad[name] != NEVER]
    rest = _additional(context, node, False)
    others = some(frozenset(names), tuple(patterns), None, ANY, rest, node.at("additionalProperties"))
    for pattern in patterns:
        rule = child_rule(context, node, "patternProperties", pattern, positive=False)
        others += some(frozenset(), (), pattern, ANY, rule, node.at("patternProperties", pattern))
    good = ObjectShape(values=tuple((name, rules[name]) for name in tellers))
    return shapes + [shape for shape in map(good.meet, others) if shape is not None]


def _tellers(node: Node, rules: dict[str, Rule]) -> list[str]:
    """The required members that have only some plain values: mostly one tells which of several schemas is meant.

    What is wrong with other members is looked at where these are right, so that what is none of several such schemas
    does not multiply.
    """
    required = node.keywords.get("required")
    names = required if isinstance(required, list) else []
    return [name for name, rule in rules.items() if name in names and left_of([rule]) is not None]


def _first_bad(rules: dict[str, Rule], bad: dict[str, Rule], tellers: list[str], name: str) -> ObjectShape:
    """The objects with a bad member of that name, all tellers (before it, if it is one) being good."""
    good = tellers[: tellers.index(name)] if name in tellers else tellers
    values = ((other, bad[other] if other == name else rules[other]) for other in rules if other in {*good, name})
    return ObjectShape(values=tuple(values), required=(name,))


def some(
    names: frozenset[str], excluded: tuple[str, ...], pattern: str | None, key: Rule, value: Rule, pointer: str
) -> list[ObjectShape]:
    """The objects with at least one member of a kind."""
    if NEVER in (value, key):
        return []
    if not names and not excluded and pattern is None and key == ANY and value == ANY:
        return [ObjectShape(low=1)]
    return [ObjectShape(low=1, some=(Some(names, excluded, pattern, key, value, pointer),))]


def read_required(_context: Context, node: Node, positive: bool) -> Normal:
    """`required`."""
    names = names_of(node, "required")
    if positive:
        return where(OBJECT, _required(names))
    return only(OBJECT, *(lacks(name) for name in names))


def _required(names: list[str]) -> ObjectShape:
    return ObjectShape(required=tuple(dict.fromkeys(names)))


def read_sizes(_context: Context, node: Node, positive: bool) -> Normal:
    """`minProperties` and `maxProperties`."""
    low, high = size_of(node, "minProperties", 0) or 0, size_of(node, "maxProperties")
    if positive:
        return where(OBJECT, *([] if high is not None and high < low else [ObjectShape(low=low, high=high)]))
    fewer = [ObjectShape(high=low - 1)] if low else []
    more = [] if high is None else [ObjectShape(low=high + 1)]
    return only(OBJECT, *fewer, *more)


def read_property_names(context: Context, node: Node, positive: bool) -> Normal:
    """`propertyNames`."""
    rule = child_rule(context, node, "propertyNames", positive=positive)
    if positive:
        return where(OBJECT, ObjectShape(key=rule) if rule != NEVER else ObjectShape(high=0))
    return only(OBJECT, *some(frozenset(), (), None, rule, ANY, node.at("propertyNames")))


def read_dependencies(context: Context, node: Node, positive: bool) -> Normal:
    """`dependencies`: for a name that is there, names that have to be there too, or a schema."""
    return _dependent(context, node, positive, "dependencies")


def read_dependent_required(context: Context, node: Node, positive: bool) -> Normal:
    """`dependentRequired`."""
    return _dependent(context, node, positive, "dependentRequired")


def read_dependent_schemas(context: Context, node: Node, positive: bool) -> Normal:
    """`dependentSchemas`."""
    return _dependent(context, node, positive, "dependentSchemas")


def _dependent(context: Context, node: Node, positive: bool, keyword: str) -> Normal:
    parts = [(name, _demand(context, node, positive, keyword, name)) for name in mapping_of(node, keyword)]
    if positive:
        return all_of(either(where(OBJECT, lacks(name)), demand) for name, demand in parts)
    return any_of(both(only(OBJECT, has(name, ANY)), demand) for name, demand in parts)


def _demand(context: Context, node: Node, positive: bool, keyword: str, name: str) -> Normal:
    value = mapping_of(node, keyword)[name]
    if isinstance(value, str) and keyword == "dependencies":
        names = [value]
    elif isinstance(value, list):
        names = names_of(node, keyword, name)
    elif keyword == "dependentRequired":
        raise malformed(node, keyword, "an object of lists of names")
    else:
        child = context.locator.child(node, keyword, name)
        return context.normal(child, positive)
    if positive:
        return where(OBJECT, _required(names))
    return only(OBJECT, *(lacks(other) for other in names))
