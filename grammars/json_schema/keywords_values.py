"""`enum` and `const`: finite sets of values of any type."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeAlias, TypeVar

from grammars.errors import GrammarError, LimitError
from grammars.json_schema.keywords_others import other_arrays, other_objects
from grammars.json_schema.nodes import ANY, Json, Node, Rule
from grammars.json_schema.normal_form import ALL, MAX_SHAPES, Normal
from grammars.json_schema.objects import ObjectShape
from grammars.json_schema.reader import Context, decimal_of, list_of
from grammars.json_schema.shapes import ArrayShape, BoolShape, NullShape, NumberShape, StringShape

T = TypeVar("T")
Placed: TypeAlias = tuple[Json, tuple[str | int, ...]]
"""A value, and the steps that lead to it from its node."""
Way: TypeAlias = "tuple[()] | tuple[str | int, Way]"
"""The steps that lead into a value, the last one first: values may be thousands of levels deep."""


def read_enum(context: Context, node: Node, positive: bool) -> Normal:
    """`enum`."""
    values = list_of(node, "enum")
    return _values(context, node, [(value, ("enum", i)) for i, value in enumerate(values)], positive)


def read_const(context: Context, node: Node, positive: bool) -> Normal:
    """`const`."""
    return _values(context, node, [(node.keywords["const"], ("const",))], positive)


def _check_json(node: Node, value: Json, steps: tuple[str | int, ...]) -> None:
    """Raises for what JSON has no text for, at its place."""
    pending: list[tuple[Json, Way]] = [(value, ())]
    while pending:
        found, way = pending.pop()
        if isinstance(found, list):
            pending.extend((item, (i, way)) for i, item in enumerate(found))
        elif isinstance(found, dict) and all(isinstance(name, str) for name in found):
            pending.extend((item, (name, way)) for name, item in found.items())
        elif not (found is None or isinstance(found, str | bool) or decimal_of(found) is not None):
            raise GrammarError(
                "this value is not JSON",
                node.at(*steps, *_steps_of(way)),
                repr(found),
                "JSON has null, true, false, finite numbers, texts, lists, and objects whose names are texts",
            )


def _steps_of(way: Way) -> list[str | int]:
    steps = []
    while way:
        step, way = way
        steps.append(step)
    return steps[::-1]


def _values(context: Context, node: Node, values: list[Placed], positive: bool) -> Normal:
    for value, steps in values:
        _check_json(node, value, steps)
    plain = _plain([value for value, _ in values], positive)
    if positive:
        lists = [_items(context, node, value, steps) for value, steps in values if isinstance(value, list)]
        objects = [_members(context, node, value, steps) for value, steps in values if isinstance(value, dict)]
        return plain._replace(arrays=tuple(map(_array, lists)), objects=tuple(map(_object, objects)))
    arrays = [value for value, _ in values if isinstance(value, list)]
    others = [value for value, _ in values if isinstance(value, dict)]
    one_of = context.locator.one_of
    return plain._replace(
        arrays=_bounded(other_arrays(arrays, one_of), node) if arrays else ALL.arrays,
        objects=_bounded(other_objects(others, one_of), node) if others else ALL.objects,
    )


def _bounded(shapes: Iterator[T], node: Node) -> tuple[T, ...]:
    found = tuple(islice(shapes, MAX_SHAPES + 1))
    if len(found) > MAX_SHAPES:
        what = "too many ways to differ from the values of an enum"
        raise LimitError(what, node.pointer, limit="shapes", allowed=MAX_SHAPES, given=len(found))
    return found


def _plain(values: list[Json], positive: bool) -> Normal:
    words = frozenset(value for value in values if isinstance(value, str))
    numbers = frozenset(number for number in map(decimal_of, values) if number is not None)
    booleans = frozenset(value for value in values if isinstance(value, bool))
    has_null = any(value is None for value in values)
    if not positive:
        left = frozenset({True, False}) - booleans
        return Normal(
            () if has_null else (NullShape(),),
            (BoolShape(left),) if left else (),
            (NumberShape(excluded=numbers),),
            (StringShape(excluded=words),),
        )
    return Normal(
        (NullShape(),) if has_null else (),
        (BoolShape(booleans),) if booleans else (),
        (NumberShape(values=numbers),) if numbers else (),
        (StringShape(words=words),) if words else (),
    )


def _items(context: Context, node: Node, value: list[Json], steps: tuple[str | int, ...]) -> list[Rule]:
    return [context.locator.constant(item, node, *steps, i) for i, item in enumerate(value)]


def _members(
    context: Context, node: Node, value: dict[str, Json], steps: tuple[str | int, ...]
) -> list[tuple[str, Rule]]:
    return [(name, context.locator.constant(item, node, *steps, name)) for name, item in value.items()]


def _array(rules: list[Rule]) -> ArrayShape:
    return ArrayShape(tuple(rules), low=len(rules), high=len(rules))


def _object(members: list[tuple[str, Rule]]) -> ObjectShape:
    names = tuple(name for name, _ in members)
    return ObjectShape(values=tuple(members), required=names, low=len(names), high=len(names))


def item_at(index: int, rule: Rule) -> ArrayShape:
    """The arrays with an item at `index` that meets a rule."""
    return ArrayShape((*(ANY,) * index, rule), low=index + 1)
