"""Normal forms: per JSON type, a disjunction of shapes. Conjunction, disjunction and the types alone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import TypeAlias

from grammars.errors import LimitError
from grammars.json_schema.objects import ObjectShape
from grammars.json_schema.shapes import ArrayShape, BoolShape, NullShape, NumberShape, StringShape

Shape: TypeAlias = NullShape | BoolShape | NumberShape | StringShape | ArrayShape | ObjectShape
Normal: TypeAlias = tuple[tuple[Shape, ...], ...]

NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT = range(6)

FULL: tuple[Shape, ...] = (NullShape(), BoolShape(), NumberShape(), StringShape(), ArrayShape(), ObjectShape())
ALL: Normal = tuple((shape,) for shape in FULL)
NONE: Normal = ((),) * 6
MAX_SHAPES = 4096
MAX_COMPARED = 64


def only(kind: int, *shapes: Shape) -> Normal:
    """The values of one type that have one of the shapes."""
    return (*NONE[:kind], shapes, *NONE[kind + 1 :])


def where(kind: int, *shapes: Shape) -> Normal:
    """The values that have one of the shapes if they are of that type; all values of other types."""
    return (*ALL[:kind], shapes, *ALL[kind + 1 :])


def both(first: Normal, second: Normal) -> Normal:
    """The conjunction: per type, every shape of one met with every shape of the other."""
    if first is ALL or second is NONE:
        return second
    if second is ALL or first is NONE:
        return first
    return tuple(_meet_all(FULL[kind], first[kind], second[kind]) for kind in range(6))


def either(first: Normal, second: Normal) -> Normal:
    """The disjunction."""
    if first is NONE or second is ALL:
        return second
    if second is NONE or first is ALL:
        return first
    return tuple(_simplest(FULL[kind], first[kind] + second[kind]) for kind in range(6))


def all_of(normals: Iterable[Normal]) -> Normal:
    """The conjunction of normal forms."""
    return reduce(both, normals, ALL)


def any_of(normals: Iterable[Normal]) -> Normal:
    """The disjunction of normal forms."""
    return reduce(either, normals, NONE)


def _meet_all(full: Shape, first: tuple[Shape, ...], second: tuple[Shape, ...]) -> tuple[Shape, ...]:
    if not first or not second:
        return ()
    if len(first) == 1 and first[0] is full:
        return second
    if len(second) == 1 and second[0] is full:
        return first
    if len(first) * len(second) > MAX_SHAPES:
        raise LimitError(
            "too many alternatives", limit="shapes", allowed=MAX_SHAPES, given=len(first) * len(second)
        )
    met = [one.meet(other) for one in first for other in second]  # type: ignore[arg-type]
    return _simplest(full, [shape for shape in met if shape is not None])


def _simplest(full: Shape, shapes: Iterable[Shape]) -> tuple[Shape, ...]:
    distinct = tuple(dict.fromkeys(shapes))
    if len(distinct) == 1:
        return distinct
    if full in distinct:
        return (full,)
    return _uncovered(distinct) if isinstance(full, ObjectShape) and len(distinct) <= MAX_COMPARED else distinct


def _uncovered(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """Without the objects that another alternative has already."""
    kept: list[ObjectShape] = []
    for shape in sorted((s for s in shapes if isinstance(s, ObjectShape)), key=_strictness):
        if not any(other.covers(shape) for other in kept):
            kept.append(shape)
    return tuple(shape for shape in shapes if shape in kept)


def _strictness(shape: ObjectShape) -> int:
    return len(shape.members) + len(shape.values) + len(shape.required) + len(shape.absent) + len(shape.some)
