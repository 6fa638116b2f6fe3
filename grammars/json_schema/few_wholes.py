"""The arrays and objects of shapes that have only few, each made of values of which there are only few."""

from __future__ import annotations

from typing import Protocol

from grammars.json_schema.members import Table
from grammars.json_schema.nodes import Rule
from grammars.json_schema.objects import ObjectShape
from grammars.json_schema.shapes import ArrayShape
from grammars.values import Value

FEW = 64
"""How many values count as few."""
_NO_VALUE: frozenset[Value] = frozenset()


class Parts(Protocol):
    """What is asked about the parts of arrays and objects."""

    def few_values(self, rule: Rule) -> frozenset[Value] | None:
        """The values of a rule if there are only few."""

    def most_values(self, rule: Rule) -> int | None:
        """How many values a rule may have at most; None for endlessly many, or where that is not known."""

    def value_rule(self, shape: ObjectShape, name: str) -> Rule:
        """The rule of a member."""

    def table(self, shape: ObjectShape) -> Table:
        """The names that members may have, and the other keys."""


def few_arrays(shape: ArrayShape, parts: Parts) -> set[Value] | None:
    """The arrays of a shape; None where there are many, or items are counted."""
    found: set[Value] = set()
    rows: list[tuple[Value, ...]] = [()]
    differs = shape.unique is not None and shape.unique[0]
    for length in range(FEW + 1):
        if length >= shape.low:
            found.update(("array", *row) for row in rows if not _lacks_equal(shape, row))
        if shape.high == length or not rows:
            return found
        items = None if shape.counts else parts.few_values(shape.item(length))
        if items is None:
            return None
        rows = [(*row, item) for row in rows for item in items if not (differs and item in row)]
        if len(rows) > FEW or len(found) > FEW:
            return None
    return None


def _lacks_equal(shape: ArrayShape, row: tuple[Value, ...]) -> bool:
    """Whether two items have to be equal, and none are."""
    return shape.unique is not None and not shape.unique[0] and len(set(row)) == len(row)


def few_objects(shape: ObjectShape, parts: Parts) -> set[Value] | None:
    """The objects of a shape; None where there are many, or members are counted by their kind."""
    table = parts.table(shape)
    if shape.some or any(parts.few_values(rule) != _NO_VALUE for _, rule in table.extras):
        return None
    rows: list[tuple[tuple[str, Value], ...]] = [()]
    for name in table.names:
        values = parts.few_values(parts.value_rule(shape, name))
        if values is None:
            return None
        longer = [(*row, (name, value)) for row in rows for value in values]
        rows = longer if name in shape.required else rows + longer
        if len(rows) > FEW:
            return None
    return {("object", frozenset(row)) for row in rows if _has_size(shape, len(row))}


def _has_size(shape: ObjectShape, size: int) -> bool:
    return shape.low <= size and (shape.high is None or size <= shape.high)


def most_arrays(shape: ArrayShape, parts: Parts, limit: int) -> int | None:
    """How many arrays of a shape there may be at most; None for more than a limit, or where that is not known."""
    differs = shape.unique is not None and shape.unique[0]
    total, rows, length = 0, 1, 0
    while rows and length != shape.high:
        total += rows if length >= shape.low else 0
        items = parts.most_values(shape.item(length))
        if items is None or rows > limit or total > limit:
            return None
        rest = length - len(shape.prefix)
        if rest >= 0 and not differs and items == 1:
            return _lengths(shape, length, limit, rows, total)
        rows *= max(items - rest, 0) if rest >= 0 and differs else items
        length += 1
    total += rows if length >= shape.low else 0
    return None if total > limit else total


def _lengths(shape: ArrayShape, length: int, limit: int, rows: int, total: int) -> int | None:
    """Likewise where all further items are alike: `rows` arrays of each length are still to come."""
    if shape.high is None:
        return None
    found = total + rows * max(shape.high - max(length, shape.low - 1), 0)
    return None if found > limit else found


def most_objects(shape: ObjectShape, parts: Parts, limit: int) -> int | None:
    """How many objects of a shape there may be at most; None for more than a limit, or where that is not known."""
    table = parts.table(shape)
    if any(parts.few_values(rule) != _NO_VALUE for _, rule in table.extras):
        return None
    total = 1
    for name in table.names:
        values = parts.most_values(parts.value_rule(shape, name))
        if values is None:
            return None
        total *= values + (name not in shape.required)
        if total > limit:
            return None
    return total
